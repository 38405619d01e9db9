"""Thanks and reactions leave no customer waiting, and are on the page (E44, R16)."""

import re

from starlette.testclient import TestClient

from gateway.web.app import build
from storage.activity import Activity, Turn
from storage.event import Event, Kind
from tests.activities.people import ANA, BO, CARLA, taken_case
from tests.town import gist


def the_case(town):
    with town.database.reading() as session:
        [found] = session.query(Activity).all()
        session.expunge(found)
        return found


def test_thanks_change_nothing_of_the_case(town):
    taken_case(town, "It is mended.")
    before = the_case(town)
    assert before.waiting_since is None
    letters = town.reply(CARLA, "Thank you, Ana!", to=town.last("carla@gomez.example"))
    assert gist(letters) == [("message", "ana@acme.example")]
    assert str(letters[0].mail["X-Parlour-Reason"]) == "owner"
    after = the_case(town)
    assert (after.waiting_since, after.promised_at) == (None, None)
    assert after.turn is before.turn is Turn.OURS
    assert town.unseen() == []
    # A wait is not ended by them either.
    town.reply(CARLA, "It stops again.", to=town.last("carla@gomez.example"))
    since = the_case(town).waiting_since
    assert since is not None
    town.pass_time(minutes=5)
    town.reply(CARLA, "Thanks!", to=town.last("carla@gomez.example"))
    assert the_case(town).waiting_since == since
    assert the_case(town).repeats == 0


def test_a_reaction_is_on_the_page_and_in_no_mail(town):
    taken_case(town, "It is mended.")
    answer = town.last("carla@gomez.example", "message")
    assert town.reply(CARLA, "👍", to=answer) == []
    assert town.state() == "done"
    assert town.unseen() == []
    assert the_case(town).waiting_since is None
    # The last one of each person counts.
    assert town.reply(CARLA, "🎉", to=answer) == []
    with town.database.reading() as session:
        marks = session.query(Event).filter(Event.kind == Kind.REACTION).all()
        assert [each.values["mark"] for each in marks] == ["👍", "🎉"]
    with TestClient(build(town.house, clock=lambda: town.now)) as web:
        shown = web.get(re.search(r"/a/v-\w+", answer.text)[0]).text
    assert "🎉" in shown
    assert "👍" not in shown
    assert shown.index("It is mended.") < shown.index("🎉")
    # Without what it answers it is a message, and somebody reads it.
    letters = town.reply(CARLA, "👍", to=answer, forgets=("In-Reply-To", "References"))
    assert town.state() == "done"
    assert ("message", "ana@acme.example") in gist(letters)


def test_a_mark_on_a_note_stays_with_the_team(town):
    taken_case(town)
    town.reply(BO, "I am here.", to=town.last("bo@acme.example", "message"))
    town.reply(ANA, "/note\n\nShe is patient.", to=town.last("ana@acme.example"))
    note = town.last("bo@acme.example", "note")
    assert town.reply(BO, "👀", to=note) == []
    with town.database.reading() as session:
        [mark] = session.query(Event).filter(Event.kind == Kind.REACTION).all()
        assert str(mark.lane) == "team"
