"""What a post does: it asks, it says, its writer is upset; and by which words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.tone import Tone, judge

ASKING = [
    "Could you send us the invoice of May?",
    "The import stops with a bad date.\nWhy?",
    "The export does not work since Monday.",
    "Können Sie mir die Rechnung schicken?",
    "Der Drucker funktioniert nicht.",
    "Pourriez-vous regarder ?",
    "La impresora no funciona.",
    "エラーが出ます。",
    "いつ直りますか\uff1f",
]
SAYING = [
    "The new list is great.",
    "It would be nice to sort by date.",
    "Ich finde die neue Liste verwirrend.",
    "Ce serait bien de trier par date.",
    "Sería útil ordenar por fecha.",
    "並べ替えができると便利だと思います。",
]


@pytest.mark.parametrize("text", ASKING)
def test_it_asks(text):
    tone = judge(text)
    assert tone.asks
    assert not tone.says


@pytest.mark.parametrize("text", SAYING)
def test_it_says(text):
    tone = judge(text)
    assert tone.says
    assert not tone.asks


def test_both_and_with_which_words():
    tone = judge("I love it, but it fails with a bad date. Could you look?")
    assert tone.says == ("i love", "love it") or set(tone.says) == {"i love", "love it"}
    assert "Could you look?" in tone.asks
    assert "fails" in tone.asks


@pytest.mark.parametrize(
    "text",
    [
        "Here it is.",
        "Hello Ana,\nhow are you?",
        "See https://acme.example/why?error=please",
        "> Could you send the row?\nThe third.",
        "Es gab keine Fehlermeldung.",
        "",
    ],
)
def test_neither(text):
    assert judge(text) == Tone()


def test_who_is_upset_and_who_only_shouts_a_name():
    assert "unacceptable" in judge("This is unacceptable.").upset
    assert judge("WHERE IS MY MONEY, ANSWER NOW!!!").upset
    assert not judge("The IMPORT of the CSV file from SAP stops.").upset
    assert not judge("I am not angry, only tired.").upset


def test_a_word_without_end_takes_no_longer():
    began = time.monotonic()
    assert judge("a" * 20_000) == Tone()
    assert judge("?" * 20_000).upset
    assert not judge("See https://can-you.example/please?").asks
    assert time.monotonic() - began < 0.5


@given(st.text())
def test_any_text(text):
    tone = judge(text)
    assert all((*tone.asks, *tone.says, *tone.upset)) or tone == Tone()
