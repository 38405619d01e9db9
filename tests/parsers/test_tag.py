"""Tags: one word however it is written, and nothing that is none."""

import pytest

from parsers.tag import MOST_AT_ONCE, normalised, read_tags


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Import", "import"),
        ("#CSV  Import.", "csv import"),
        ("\uff23\uff33\uff36", "csv"),
        ("Stra\u00dfe", "strasse"),
        ("日付の形式", "日付の形式"),
        ("c++", "c++"),
        ("\u200fx\u200b", "x"),
        ("a\tb\nc", "a b c"),
        ("one two three four", ""),
        ("x" * 41, ""),
        ("?!", ""),
        ("", ""),
        ("\ufdfa", ""),
    ],
)
def test_a_tag_is_kept_as_it_is_compared(text, word):
    assert normalised(text) == word
    assert normalised(word) == word


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("import, Dates,, dates", ("import", "dates")),
        ("輸入、日付", ("輸入", "日付")),
        ("import, one two three four", ()),
        (",", ()),
        (",".join(map(str, range(99))), tuple(map(str, range(MOST_AT_ONCE)))),
    ],
)
def test_a_line_names_several(argument, words):
    assert read_tags(argument) == words
