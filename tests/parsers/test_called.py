"""Who is asked by name in a text (decisions D33)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.called import called, is_called

MEI = ("Mei Tan", "mei.tan")


@pytest.mark.parametrize(
    "text",
    [
        "Mei, does the parser take ISO dates only?",
        "It stops.\nMei: which row?",
        "Mei Tan, which row?",
        "It stops on row 7. Mei, is that a date?",
        "Hi Mei,\n\nwhich row is it?",
        "Hello Mei\n\nwhich row is it?",
        "Liebe Mei, welche Zeile?",
        "Sehr geehrte Frau Tan,\n\nwelche Zeile?",
        "Bonjour Mei, quelle ligne ?",
        "Hola Mei: ¿qué fila?",
        "メイは知りません。\nMeiさん、どの行ですか。",
        "Ana, Mei: which row?",
        "Ana and Mei, which row?",
        "Ask @mei or @bo.",
        "I wonder (@Mei Tan) which row it is.",
        "@mei.tan knows.",
        "Thanks. Mei \u2013 which row?",
    ],
)
def test_somebody_is_spoken_to(text):
    assert is_called(MEI, called(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I told Mei, she knows.",
        "The rows that Mei Tan sent stop too.",
        "Mei knows which row it is.",
        "Write to mei@elsewhere.example.",
        "Meissen, the town, is in Saxony.",
        "Bo, did you ask Mei?",
        "https://x.example/@mei",
        "Best regards\n\nBo",
        "It stops.\n\nMei",
        "Best regards\nMei Tan",
    ],
)
def test_somebody_is_only_spoken_of(text):
    assert not is_called(MEI, called(text))


@given(st.text(max_size=300))
def test_any_text_is_survived(text):
    called(text)


def test_a_long_text_takes_no_time():
    for line in ("a, " * 30_000, "@a " * 30_000, "x. " * 30_000, "a" * 90_000):
        called(line)
