"""`/redact`: a text is taken back, out of wherever it is kept."""

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from gateway.web.app import build
from parsers.reply_address import Purpose, number
from storage import journal, people
from storage.event import Event, Kind
from storage.outbox import Letter
from storage.own_record import own_record
from templates import mime
from tests.activities.people import ANA, BO, CARLA, DESK, MAX, open_case, taken_case
from tests.town import gist

HERS = "carla@gomez.example"
SECRET = "The password of our server is hunter2 and nobody shall know it."
TELLTALE = "hunter2"


def kept(town):
    """Give every place of the database in which the secret still stands."""
    with town.database.reading() as session:
        events = session.scalars(select(Event)).all()
        letters = session.scalars(select(Letter)).all()
        mails = journal.listing(session)
        places = [(f"event {one.kind}", f"{one.text} {one.values}") for one in events]
        places += [(f"letter {one.kind}", mime.text_of(one.raw)) for one in letters]
        places += [(f"letter {one.kind}", str(one.raw)) for one in letters]
        places += [
            ("mail", str(journal.original(one, town.house.blobs))) for one in mails
        ]
        record = own_record(session, people.by_address(session, HERS))
        places.append(("record", str(record)))
    return [place for place, text in places if TELLTALE in text]


def take_back(town, letter, who=ANA):
    (asked,) = town.reply(who, "/redact", to=letter)
    assert asked.kind == "confirmation"
    assert "Nothing has been taken back yet." in asked.text
    (done,) = town.reply(who, "redact", to=asked)
    return asked, done


def ask(town, words):
    (letter,) = town.write(ANA, DESK, "hello", f"/find {words}")
    return letter.text


def test_a_customers_text_is_gone_from_everywhere(each_town):
    town = each_town
    taken_case(town)
    town.reply(CARLA, SECRET, to=town.last(HERS, "message"))
    copy = town.last("ana@acme.example", "message")
    assert "Import fails" in ask(town, "password")
    asked, done = take_back(town, copy)
    assert SECRET in " ".join(asked.text.split())
    assert "stays in the mailboxes of Ana Ruiz" in " ".join(asked.text.split())
    assert "for good" in done.text
    assert kept(town) == []
    assert "No case of this desk" in ask(town, "password")
    client = TestClient(build(town.house, clock=lambda: town.now))
    token = town.house.sealer.seal(Purpose.VIEW, number(1))
    page = client.get(f"/a/{token}").text
    assert TELLTALE not in page
    assert "took this text back on" in page
    again = town.reply(ANA, "/redact", to=copy)
    assert "Ana Ruiz took this text back before." in again[0].text


def test_who_quotes_it_later_brings_it_to_nobody(each_town):
    town = each_town
    taken_case(town)
    town.reply(ANA, "/invite max@gomez.example", to=town.last("ana@acme.example"))
    town.reply(MAX, "yes", to=town.last("max@gomez.example"))
    town.reply(CARLA, SECRET, to=town.last(HERS, "message"))
    copy = town.last("ana@acme.example", "message")
    take_back(town, copy)
    theirs = town.last("max@gomez.example", "message")
    assert TELLTALE in theirs.text
    for text in ("All right.", f"All right.\n\nSurely:\n{SECRET}"):
        before = len(town.letters)
        town.reply(MAX, text, to=theirs)
        told = [each for each in town.letters[before:] if each.to == HERS]
        assert TELLTALE not in "".join(each.text for each in told)
    assert town.state() == "held"


def test_a_note_that_is_taken_back_reaches_nobody_by_a_quote(each_town):
    town = each_town
    taken_case(town)
    town.reply(BO, f"/note\n{SECRET}", to=town.last("bo@acme.example", "message"))
    note = town.last("ana@acme.example", "note")
    take_back(town, note)
    assert kept(town) == []
    answer = town.last("ana@acme.example", "message")
    for text in (SECRET, f"She wrote:\n> {SECRET}"):
        town.reply(ANA, f"Hello Carla,\n{text}", to=answer)
        assert TELLTALE not in "".join(
            each.kept.octets.decode() for each in town.letters if each.to == HERS
        )
    letters = town.reply(ANA, "Quite another answer of mine.", to=answer)
    assert ("message", HERS) in gist(letters)


def test_what_waits_in_the_outbox_goes_without_the_text(each_town):
    town = each_town
    open_case(town)
    town.sink.say("RCPT", "451 4.3.2 busy", to="bo@acme.example")
    town.reply(CARLA, SECRET, to=town.last(HERS))
    take_back(town, town.last("ana@acme.example", "message"))
    town.sink.say_nothing_special()
    town.pass_time(hours=2)
    town.settle()
    late = town.last("bo@acme.example", "message")
    assert "took this text back on" in late.text
    assert "support+r-" in late.mail["Reply-To"]
    assert kept(town) == []


@pytest.mark.parametrize("answer", ["no", "Perhaps not"])
def test_without_a_yes_everything_stays(town, answer):
    taken_case(town)
    town.reply(CARLA, SECRET, to=town.last(HERS, "message"))
    copy = town.last("ana@acme.example", "message")
    (asked,) = town.reply(ANA, "/redact", to=copy)
    town.reply(ANA, answer, to=asked)
    assert "event post" in kept(town)


def test_only_the_team_takes_back_and_only_what_is_answered(town):
    open_case(town)
    town.reply(CARLA, SECRET, to=town.last(HERS))
    letters = town.reply(CARLA, "/redact", to=town.last(HERS))
    assert ("message", "ana@acme.example") in gist(letters), "hers is prose"
    copy = town.last("ana@acme.example", "message")
    letters = town.reply(ANA, f"/redact\n{SECRET[:10]}", to=copy)
    assert "/redact stands alone" in letters[0].text
    letters = town.reply(ANA, "/help", to=copy)
    letters = town.reply(ANA, "/redact", to=letters[0])
    assert "Nothing was taken back" in letters[0].text
    with town.database.reading() as session:
        wanted = select(Event).where(Event.kind == Kind.TAKEN_BACK)
        assert session.scalars(wanted).all() == []


def test_what_is_taken_back_goes_no_further(town):
    open_case(town, text=SECRET)
    first = town.last("ana@acme.example", "message")
    town.reply(
        BO,
        "/note\nThe key lies under the mat.",
        to=town.last("bo@acme.example", "message"),
    )
    note = town.last("ana@acme.example", "note")
    take_back(town, note)
    (said,) = town.reply(ANA, "/publish", to=note)
    assert "took this text back before." in said.text
    assert "Reply publish" not in said.text
    take_back(town, first)
    town.reply(ANA, "/invite mei@elsewhere.example you know servers", to=first)
    invitation = town.last("mei@elsewhere.example")
    assert "What it is about" not in invitation.text
    assert "took this text" not in invitation.text
