"""What the gate holds beside the doors, merges and R16; a note that is published."""

from collections import Counter

import pytest
from sqlalchemy import select

from gateway.activities.door import waiting_since_notice
from storage.activity import Activity
from storage.event import Event, Kind
from storage.held import Held
from storage.ledger import Ledger
from tests.activities.people import ANA, BO, CARLA, open_case
from tests.activities.test_gate import ASKED, NOTE, noted_case, outside
from tests.activities.test_held_again import posts
from tests.activities.test_merging import answered, public_id
from tests.town import gist

ANAS, BOS, CARLAS = "ana@acme.example", "bo@acme.example", "carla@gomez.example"
STRANGER = "Karl Fremd <karl@elsewhere.example>"
ROBOT = ("Auto-Submitted", "auto-generated")


@pytest.fixture
def town(each_town):
    """On each kind of database."""
    return each_town


def held_rows(town):
    with town.database.reading() as session:
        return [(row.inbound_id, row.is_quiet) for row in session.scalars(select(Held))]


def open_doors(town):
    with town.database.reading() as session:
        return [each.inbound for each in waiting_since_notice(session)]


def test_r16_what_the_gate_holds_has_a_notice_and_a_deadline(town):
    noted_case(town)
    hers = town.last(CARLAS, "message")
    assert gist(town.reply(CARLA, f"What is this? {NOTE}", to=hers)) == ASKED
    assert [is_quiet for _, is_quiet in held_rows(town)] == [False]
    assert open_doors(town) == []
    assert town.unseen() == []


def test_r16_a_writer_of_the_team_is_the_one_who_knows(town):
    noted_case(town)
    anas = town.last(ANAS, "message")
    assert gist(town.reply(ANA, f"Well: {NOTE}", to=anas)) == ASKED
    assert [is_quiet for _, is_quiet in held_rows(town)] == [False]
    assert town.unseen() == []


def test_what_was_taken_for_a_machines_is_no_secret_of_the_team(town):
    open_case(town)
    town.reply(ANA, "Which row is it?", to=town.last(ANAS, "message"))
    hers = town.last(CARLAS, "message")
    text = "It is the row with the name of my sister in law."
    [asked] = town.reply(CARLA, text, to=hers, headers=[ROBOT])
    letters = town.reply(ANA, "post", to=asked)
    assert ("message", ANAS) in gist(letters)
    assert posts(town)[-1] == ("everyone", text)


def test_a_stranger_who_is_let_in_comes_to_the_gate_and_is_asked_about_once(town):
    noted_case(town)
    hers = town.last(CARLAS, "message")
    town.reply(STRANGER, f"She says: {NOTE}", to=hers)
    letters = town.reply(ANA, "admit once", to=town.last(ANAS, "notice"))
    assert gist(letters) == ASKED
    assert town.unseen() == []
    question = letters[0]
    letters = town.reply(ANA, "/admit once", to=town.last(ANAS, "message"))
    assert not [each for each in letters if each.text == question.text]
    letters = town.reply(ANA, "send", to=question)
    assert ("message", CARLAS) in gist(letters)


def test_the_gate_knows_the_notes_of_a_case_that_was_merged(town):
    one = answered(town, "Import fails", "The import stops since Monday.")
    other = answered(town, "Invoice 4711", "The invoice shows the wrong sum.")
    town.reply(ANA, f"/note\n\n{NOTE}", to=other)
    [asked] = town.reply(ANA, f"Well: {NOTE}", to=other)
    town.reply(ANA, f"/merge {public_id(one)}", to=other)
    before = len(outside(town))
    [again] = town.reply(ANA, f"Look: {NOTE}", to=one)
    assert again.kind == "confirmation"
    assert len(outside(town)) == before
    # What was asked before the merge is answered after it.
    letters = town.reply(ANA, "send", to=asked)
    assert ("message", CARLAS) in gist(letters)


def test_a_published_note_is_an_answer_and_comes_once(town):
    open_case(town)
    town.reply(BO, "/note\n\nPlease send us the log file.", to=town.last(BOS))
    [asked] = town.reply(ANA, "/publish", to=town.last(ANAS, "note"))
    town.reply(ANA, "yes", to=asked)
    with town.database.reading() as session:
        [case] = session.scalars(select(Activity))
        assert case.waiting_since is None
        newest = session.scalars(
            select(Event).where(Event.kind == Kind.POST).order_by(Event.id)
        ).all()[-1]
        rows = session.scalars(select(Ledger).where(Ledger.event_id == newest.id))
        times = Counter(row.person_id for row in rows)
    assert set(times.values()) == {1}
    assert town.unseen() == []


def test_a_note_is_not_published_again_after_a_merge(town):
    one = answered(town, "Import fails", "The import stops since Monday.")
    other = answered(town, "Invoice 4711", "The invoice shows the wrong sum.")
    town.reply(ANA, "/note\n\nPlease send us the log file.", to=other)
    [asked] = town.reply(ANA, "/publish", to=other)
    town.reply(ANA, "yes", to=asked)
    town.reply(ANA, f"/merge {public_id(one)}", to=other)
    [said] = town.reply(ANA, "/publish", to=one)
    assert "Everybody has this note already" in said.text
