"""Somebody is forgotten: the case stays, and nothing says who they were (0049)."""

import email
from email import policy

import pytest
from sqlalchemy import LargeBinary, text

from gateway.activities import forgetting
from storage import journal, people, schema
from storage.activity import Participant
from storage.event import Event, Kind
from storage.journal import Inbound
from storage.outbox import Letter
from tests.activities.people import ANA, CARLA, DESK, MEI
from tests.town import gist

HERS = "carla@gomez.example"
SIGNED = f"""The import stops since Monday, says Carla Gomez.

Carla

--{" "}
Carla Gomez, Buyer, +34 960 555 014
carla@gomez.example
"""


@pytest.fixture
def town(each_town):
    """On each kind of database."""
    return each_town


def forget(town, address):
    with town.database.reading() as session:
        person = people.by_address(session, address)
        found = forgetting.preview(session, town.house, person)
    forgetting.forget(town.house, found.person, town.now)
    return found, town.settle()


def names_her(said):
    said = " ".join(said.split()).casefold()
    return "carla gomez" in said or HERS in said


def decoded(raw):
    """All that a reader of these octets reads: each header, each text."""
    mail = email.message_from_bytes(raw, policy=policy.default)
    texts = [each for each in mail.walk() if each.get_content_maintype() == "text"]
    said = [*map(str, mail.values()), *(each.get_content() for each in texts)]
    return "\n".join(said)


def where_she_is_named(town):
    """Every table and column of the database where a grep finds her."""
    with town.database.reading() as session:
        return {*_in_rows(session), *_in_mails(session, town.house.blobs)}


def _in_rows(session):
    for table in schema.metadata().sorted_tables:
        texts = [each for each in table.c if not isinstance(each.type, LargeBinary)]
        for row in session.execute(table.select()).mappings():
            named = [each for each in texts if names_her(str(row[each.name]))]
            yield from (f"{table.name}.{each.name}" for each in named)
    words = session.execute(text("SELECT * FROM word")).all()
    yield from ["word" for each in words if "gomez" in str(each)]


def _in_mails(session, blobs):
    for letter in session.query(Letter):
        if names_her(decoded(letter.raw)):
            yield "letter.raw"
    for mail in session.query(Inbound):
        if names_her(decoded(journal.original(mail, blobs))):
            yield f"mail of {mail.sender}"


def test_nothing_says_who_they_were(town):
    town.write(CARLA, DESK, "Import fails for Carla Gomez", SIGNED)
    hers = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite mei@elsewhere.example you helped Carla Gomez", to=hers)
    town.reply(MEI, "yes", to=town.last("mei@elsewhere.example", "invitation"))
    town.reply(ANA, "Dear Carla\nGomez, one row, please.", to=hers)
    town.reply(ANA, "/note\nWrite to CARLA@gomez.example before noon.", to=hers)
    to_her = town.last(HERS, "message")
    town.reply(CARLA, "Here it is.\n\nCarla Gomez", to=to_her)
    assert where_she_is_named(town) > {"person.name", "event.text", "letter.raw"}

    found, letters = forget(town, HERS)
    assert letters == []
    assert (found.posts, found.mails, found.cases) == (2, 2, 1)
    # What others mailed stays as it came; of hers there is nothing.
    assert where_she_is_named(town) <= {
        "mail of ana@acme.example",
        "mail of mei@elsewhere.example",
    }
    with town.database.reading() as session:
        assert people.by_address(session, HERS) is None
        texts = [
            each.text
            for each in session.query(Event).filter(Event.kind == Kind.POST)
            if each.actor_id == found.person
        ]
        assert len(texts) == 2
        assert "The import stops since Monday" in texts[0]
        assert "+34 960" not in texts[0]
        assert f"says {found.pseudonym}" in texts[0]
        assert texts[1].strip() == "Here it is."
    assert found.pseudonym == f"former participant {found.person:03x}"
    assert town.unseen() == []


def test_her_address_is_a_new_person_and_her_old_tokens_are_dead(town):
    town.write(CARLA, DESK, "Import fails", "The import stops since Monday.")
    hers = town.last("ana@acme.example", "message")
    town.reply(ANA, "One row, please.", to=hers)
    old = town.last(HERS, "message")
    found, _ = forget(town, HERS)
    # An answer goes nowhere, and its author is told.
    letters = town.reply(ANA, "Any news?", to=hers)
    assert {each.to for each in letters} == {"ana@acme.example"}
    assert names_nobody(letters)
    # What comes to the old address of hers reaches no case by itself.
    town.reply(CARLA, "It is me again.", to=old)
    with town.database.reading() as session:
        posts = session.query(Event).filter(Event.kind == Kind.POST).all()
        assert not any("me again" in each.text for each in posts)
    town.write(CARLA, DESK, "Something new", "A new question of mine.")
    with town.database.reading() as session:
        again = people.by_address(session, HERS)
        assert again.id != found.person
        seats = session.query(Participant).filter(Participant.person_id == found.person)
        assert [each.generation for each in seats] == [1]
    assert town.unseen() == []


def names_nobody(letters):
    return not any(names_her(each.text) for each in letters)


def test_a_colleague_leaves_what_they_were_in(town):
    town.write(CARLA, DESK, "Import fails", "The import stops since Monday.")
    hers = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite mei@elsewhere.example you wrote it", to=hers)
    town.reply(MEI, "yes", to=town.last("mei@elsewhere.example", "invitation"))
    forget(town, "mei@elsewhere.example")
    letters = town.reply(ANA, "One row, please.", to=hers)
    assert gist(letters) == [("message", "bo@acme.example"), ("message", HERS)]
    assert "Mei" not in letters[0].text.replace("former", "")


def test_who_is_of_the_team_is_not_forgotten(town):
    town.write(CARLA, DESK, "Import fails", "The import stops since Monday.")
    before = where_she_is_named(town)
    with pytest.raises(forgetting.OfTheTeamError, match=r"support@acme\.example"):
        forget(town, "ana@acme.example")
    assert where_she_is_named(town) == before
