"""What travels below the text of a post, and what is left out (E40)."""

import pytest

from parsers.leftover import CUT, MOST, Held, leftover
from parsers.quoting import Folded

POST = "Which of the rows is it that fails?\nI think it is the third one.\n\nAna"
LETTER = f"{POST}\n\n---\nHere with you: Ana Ruiz (has it).\nYour reply goes to her."
NOTE = "She threatened to cancel last month."
HELD = Held(known=[POST, "Carla Gomez"], got=[LETTER], secret=[NOTE, "Late payer"])


def left(*parts, held=HELD):
    found = leftover([Folded(kind, text) for kind, text in parts], held)
    return [(each.kind, each.text) for each in found]


def quoted(text):
    return "\n".join(f"> {line}" for line in text.split("\n"))


@pytest.mark.parametrize(
    "text",
    [
        quoted(POST),
        quoted(LETTER),
        "On Fri, 20 Nov 2026 at 10:00, Ana Ruiz <ana@acme.example> wrote:\n"
        + quoted(LETTER),
        "On Fri, 20 Nov 2026 at 10:00, Ana Ruiz\n<ana@acme.example> wrote:\n\n"
        + quoted(POST),
        "From: Ana Ruiz\nSent: Friday\nTo: Carla\nSubject: Rows\n\n" + LETTER,
        # Wrapped anew, and a word lost on the way.
        "> Which of the rows\n> is it that fails? I think it is\n> the third one.",
        quoted(LETTER).replace("her.", "her. […]"),
    ],
)
def test_a_quote_of_the_thread_is_left_out(text):
    assert left(("quote", text)) == []


@pytest.mark.parametrize(
    "text",
    [
        quoted(NOTE),
        f"{NOTE}\nAnd more that nobody knows.",
        "> SHE THREATENED to\n> cancel",
        "> Late payer\n> And more that nobody knows.",
    ],
)
@pytest.mark.parametrize("kind", ["quote", "forward", "signature"])
def test_a_part_with_text_of_the_team_is_left_out_whole(kind, text):
    assert left((kind, text)) == []


def test_to_the_team_all_of_it_may_go():
    held = Held(known=[POST])
    assert left(("quote", quoted(NOTE)), held=held) == [("quote", quoted(NOTE))]


def test_what_nobody_has_travels_with_who_wrote_it():
    text = "On 19 Nov 2026, Max wrote:\n> We pay when the numbers are in.\n>\n> Max"
    assert left(("quote", text)) == [("quote", text)]


def test_of_a_quote_inside_a_quote_only_what_is_new_travels():
    text = "> No, it is the fifth one, and I told you.\n" + quoted(quoted(POST))
    assert left(("quote", text)) == [
        ("quote", "> No, it is the fifth one, and I told you.")
    ]


def test_a_signature_travels_whole_and_once():
    first = "-- \nCarla Gomez\nGomez Logistics\nTelephone 555 0100"
    below = "Carla Gomez\nGomez Logistics\nTelephone 555 0100"
    assert left(("signature", first)) == [("signature", below)]
    held = Held(known=[*HELD.known, below])
    assert left(("signature", first), held=held) == []
    moved = first.replace("0100", "0200")
    assert left(("signature", moved), held=held) == [
        ("signature", below.replace("0100", "0200"))
    ]
    assert left(("signature", "--\nCarla Gomez")) == []


def test_a_notice_of_the_law_travels_once():
    law = "This message is confidential and meant for its recipient alone."
    assert left(("disclaimer", law)) == [("disclaimer", law)]
    assert left(("disclaimer", law), held=Held(known=[law])) == []


def test_what_is_too_long_is_cut_and_says_so():
    line = "A line of somebody whom nobody of us knows.\n"
    found = left(("quote", line * 600), ("disclaimer", "Never shown any more."))
    assert [kind for kind, _ in found] == ["quote", CUT]
    assert 0.9 * MOST < len(found[0][1]) <= MOST
    assert found[0][1].endswith("knows.")
