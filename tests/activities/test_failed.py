"""A mail that breaks process rests as failed; others go on, its desk hears (T27)."""

import random
from datetime import timedelta

import pytest

from gateway.activities import posting
from gateway.activities.process import process_some
from storage import event as events
from storage import journal
from storage.journal import State
from tests.activities.people import ANA, CARLA, DESK, open_case
from tests.town import gist

POISON = "This one breaks us."


@pytest.fixture
def poison(monkeypatch):
    """Break the deed that keeps a post, for one text."""
    sound = events.record

    def broken(session, event):
        if POISON in event.text:
            raise RuntimeError("no \0 such thing")
        return sound(session, event)

    monkeypatch.setattr(posting.events, "record", broken)
    return monkeypatch


def newest_of(town, state):
    with town.database.reading() as session:
        return journal.listing(session, state)


def test_a_mail_that_breaks_process_is_told_once_and_stops_nobody(each_town, poison):
    town = each_town
    open_case(town)
    letters = town.write("Paul <paul@poison.example>", DESK, "Poison", POISON)
    assert gist(letters) == [
        ("notice", "ana@acme.example"),
        ("notice", "bo@acme.example"),
    ]
    assert "paul@poison.example" in letters[0].text
    assert "could not be read" in " ".join(letters[0].text.split())
    assert "parlour inbound release 2" in letters[0].text
    assert POISON not in letters[0].text
    [failed] = newest_of(town, State.FAILED)
    assert failed.attempts == 3
    assert failed.reason == "RuntimeError: no  such thing"

    # Others go on, also in a thread where one mail broke us.
    case = town.last("ana@acme.example", "message")
    letters = town.reply(ANA, POISON, to=case)
    assert gist(letters) == [
        ("notice", "ana@acme.example"),
        ("notice", "bo@acme.example"),
    ]
    letters = town.reply(ANA, "This one does not.", to=case)
    assert ("message", "carla@gomez.example") in gist(letters)
    assert town.settle() == []

    # Once mended, a human has it read again.
    poison.undo()
    with town.database.transaction() as session:
        said = {"released": "post"}
        journal.release(session, failed.id, said, by="cli", now=town.now)
    assert gist(town.settle()) == [
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]


def test_a_mail_that_kills_its_reader_is_told_too(town):
    """Nobody is left to say what was wrong: the lease ends three times."""
    town.write("Paul <paul@poison.example>", DESK, "Hello", "I am the first.")
    with town.database.transaction() as session:
        row = journal.listing(session, most=1)[0]
        row.state, row.attempts, row.leased_by = State.PENDING, 3, "dead"
        row.leased_until = town.now - timedelta(seconds=1)
    process_some(town.house, town.reader, node="other", clock=lambda: town.now)
    assert gist(town.settle()) == [
        ("notice", "ana@acme.example"),
        ("notice", "bo@acme.example"),
    ]
    [failed] = newest_of(town, State.FAILED)
    assert "died 3 times" in failed.reason


def test_when_even_the_notice_breaks_the_mail_rests(town, poison):
    def broken(*_):
        raise RuntimeError("no letters today")

    poison.setattr("gateway.activities.holding.tell_broken", broken)
    assert town.write(CARLA, DESK, "Poison", POISON) == []
    assert [row.reason for row in newest_of(town, State.FAILED)] == [
        "RuntimeError: no  such thing"
    ]


@pytest.mark.parametrize(
    "sender",
    [
        f"{random.Random(1).randbytes(4000).hex()}@long.example",
        '"two words"@odd.example',
        "carla@gomez.example.",
        "carla@@gomez.example",
    ],
)
def test_a_from_that_cannot_be_answered_waits_for_a_human(each_town, sender):
    """No index has room for every From, and no letter would ever reach it."""
    town = each_town
    raw = (
        f"From: <{sender}>\r\nTo: {DESK}\r\nSubject: Help\r\n\r\nThe import stops.\r\n"
    )
    letters = town.deliver(raw.encode(), "carla@gomez.example", [DESK])
    assert gist(letters) == [
        ("notice", "ana@acme.example"),
        ("notice", "bo@acme.example"),
    ]
    assert town.rules == ["no_sender"]
