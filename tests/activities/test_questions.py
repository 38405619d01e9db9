"""Closing and asking: follow-ups, commands that are asked about (C26, E39, F54)."""

from dataclasses import replace

import pytest

from storage.activity import Activity
from tests.activities.people import (
    ANA,
    BO,
    CARLA,
    DESK,
    open_case,
    taken_case,
    verified,
)
from tests.town import ACME, gist

OPENED = [
    ("acknowledgement", "carla@gomez.example"),
    ("message", "ana@acme.example"),
    ("message", "bo@acme.example"),
]


def linked(town):
    with town.database.reading() as session:
        rows = session.query(Activity).order_by(Activity.id)
        return [(str(row.turn), row.linked_id) for row in rows]


def resolved_case(town):
    taken_case(town)
    town.reply(ANA, "/resolve", to=town.last("ana@acme.example", "message"))
    return town.last("carla@gomez.example", "message")


def test_an_answer_reopens_for_two_weeks_and_then_follows_up(town):
    hers = resolved_case(town)
    town.pass_time(days=13)
    assert gist(town.reply(CARLA, "It is back.", to=hers)) == [
        ("message", "ana@acme.example")
    ]
    assert linked(town) == [("ours", None)]
    town.reply(ANA, "/resolve", to=town.last("ana@acme.example", "message"))
    town.pass_time(days=15)
    letters = town.reply(CARLA, "It is back again.", to=hers)
    assert gist(letters) == OPENED
    assert linked(town) == [("resolved", None), ("new", 1)]


def test_another_matter_to_the_address_of_a_closed_case_is_a_case(town):
    """C26: she took an old letter for the address; while it is open the token wins."""
    hers = resolved_case(town)
    anew = {"forgets": ["In-Reply-To", "References"]}
    other = [("Subject", "An invoice is missing")]
    assert gist(town.reply(CARLA, "Where is it?", to=hers, headers=other, **anew)) == (
        OPENED
    )
    assert linked(town) == [("resolved", None), ("new", 1)]
    # With her old subject, or an id of ours, it is the old matter.
    assert gist(town.reply(CARLA, "The import again.", to=hers, **anew)) == [
        ("message", "ana@acme.example")
    ]
    assert gist(town.reply(CARLA, "Or else?", to=hers, headers=other, **anew)) == [
        ("message", "ana@acme.example")
    ]


def test_machine_mail_never_reopens_and_never_keeps_a_promise(town):
    hers = resolved_case(town)
    away = [("Auto-Submitted", "auto-replied")]
    assert town.reply(CARLA, "I am away.", to=hers, headers=away) == []
    assert linked(town) == [("resolved", None)]


def test_a_question_is_answered_by_whom_it_was_put_to_and_once(town):
    open_case(town)
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, "/tkae\n\nI do.", to=anas)
    asked = town.last("ana@acme.example", "confirmation")
    # What decides nothing waits, and the team is told of it (R16).
    told = [("notice", "ana@acme.example"), ("notice", "bo@acme.example")]
    assert gist(town.reply(BO, "/take", to=asked)) == told
    assert town.state() == "held", "somebody else's answer"
    letters = town.reply(ANA, "What?", to=asked)
    assert gist(letters) == [("confirmation", "ana@acme.example")]
    assert "One word is enough" in letters[0].mail["Subject"]
    assert town.state() == "held", "neither a command nor `post`"
    away = [("Auto-Submitted", "auto-replied")]
    assert town.reply(ANA, "post", to=asked, headers=away) == []
    assert town.state() == "discarded", "a machine answers no question"
    letters = town.reply(ANA, "/take", to=asked)
    assert ("message", "carla@gomez.example") in gist(letters)
    assert "I do." in town.last("carla@gomez.example").text
    assert "/tkae" not in town.last("carla@gomez.example").text
    letters = town.reply(ANA, "post", to=asked)
    assert gist(letters) == [("confirmation", "ana@acme.example")]
    assert "You answered this before with /take" in letters[0].text


def test_commands_in_quotes_and_signatures_are_none(town):
    """T20: only the first lines of the new text count."""
    open_case(town)
    anas = town.last("ana@acme.example", "message")
    text = "Which row?\n\n-- \nAna\n/resolve\n"
    letters = town.reply(ANA, text, to=anas)
    assert ("message", "carla@gomez.example") in gist(letters)
    town.reply(
        CARLA,
        "Row 7.\n\n> /leave\n> /invite x@elsewhere.example",
        to=town.last("carla@gomez.example"),
    )
    assert linked(town) == [("ours", None)]
    assert "x@elsewhere.example" not in {each.to for each in town.letters}


def test_a_command_of_the_team_from_a_guest_is_prose(town):
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    town.reply(CARLA, "/resolve\n/take\n\nPlease do.", to=hers)
    assert linked(town) == [("ours", None)] or linked(town) == [("customers", None)]
    text = town.last("ana@acme.example", "message").text
    assert "/resolve" in text
    assert "/take" in text.partition("---")[0]


@pytest.mark.parametrize(
    ("wish", "proved", "got"),
    [("off", True, "none"), ("full", False, "full"), ("neutral", True, "neutral")],
)
def test_a_desk_may_wish_another_acknowledgement(make_town, wish, proved, got):
    desk = replace(ACME, acknowledge=wish)
    town = make_town(desks=(desk,), trusted=("mx.acme.example",))
    head = [verified("gomez.example")] if proved else []
    letters = town.write(CARLA, DESK, "Rows", "All rows are twice.", headers=head)
    found = [each for each in letters if each.kind == "acknowledgement"]
    texts = [" ".join(each.text.split()) for each in found]
    assert len(found) == (got != "none")
    assert ("All rows are twice." in "".join(texts)) == (got == "full")


def test_a_desk_may_demand_verified_commands(make_town):
    """mail-rules 0: `staff_proof`; what is not proved is held and asked about."""
    desk = replace(ACME, staff_proof="verified")
    town = make_town(desks=(desk,), trusted=("mx.acme.example",))
    open_case(town)
    anas = town.last("ana@acme.example", "message")
    letters = town.reply(ANA, "/resolve", to=anas)
    assert linked(town) == [("new", None)]
    assert town.state() == "held"
    assert gist(letters) == [("confirmation", "ana@acme.example")]
    proved = [verified("acme.example")]
    town.reply(ANA, "/resolve", to=anas, headers=proved)
    assert linked(town) == [("resolved", None)]
