"""What is promised, and what was put first, where people and operators look for it."""

import re

from sqlalchemy import select

from gateway.activities import view
from gateway.activities.explain import explain
from gateway.activities.process import offered_of
from gateway.routing.hearing import Heard
from storage import journal
from storage.activity import Activity, Turn
from tests.activities.people import ANA, BO, CARLA, open_case, taken_case
from tests.town import gist


def page(town, address):
    letter = town.first(address, "message")
    [token] = set(re.findall(r"/a/(v-[a-z2-7]{26})", f"{letter.mail}"))
    return view.activity(town.house, token, town.now)


def case(town):
    with town.database.reading() as session:
        return session.scalar(select(Activity))


def test_the_page_shows_the_team_why_and_nobody_else(town):
    taken_case(town, answer="We look.")
    letter = town.last("ana@acme.example", "message")
    town.reply(ANA, "/promise tomorrow 15:00\n/urgent she called twice", to=letter)
    theirs, hers = page(town, "ana@acme.example"), page(town, "carla@gomez.example")
    assert theirs.promise.at == hers.promise.at == case(town).promised_at
    assert (theirs.promise.by, hers.promise.by) == ("Ana Ruiz", "")
    assert theirs.urgent.why == "she called twice"
    assert hers.urgent is None


def test_explain_tells_of_them_and_who_would_get_the_line(town):
    open_case(town)
    letter = town.last("ana@acme.example", "message")
    town.reply(ANA, "/promise tomorrow 15:00", to=letter)
    with town.database.reading() as session:
        row = journal.listing(session, None)[0]
        octets = journal.octets(row, town.house.blobs)
        mail = town.reader.read(octets)
        [told] = explain(town.house, offered_of(row), mail)
    assert told.facts["thread"]["promised_at"] == case(town).promised_at.isoformat()
    assert told.facts["thread"]["urgent_until"] is None
    got = {each.name for each in told.hearers if each.heard is Heard.COPY}
    assert got == {"Carla Gomez"}


def test_an_answer_that_asks_passes_the_turn_and_wait_does_without(town):
    taken_case(town, answer="Which row is it?")
    assert case(town).turn is Turn.CUSTOMERS
    letter = town.first("ana@acme.example", "message")
    town.reply(ANA, "/wait off", to=letter)
    assert case(town).turn is Turn.OURS
    town.reply(ANA, "/wait\n\nSend me the row when you have it.", to=letter)
    assert case(town).turn is Turn.CUSTOMERS
    assert town.unseen() == []


def test_a_date_that_the_customer_could_not_learn_is_not_promised(town):
    taken_case(town)
    letter = town.first("ana@acme.example", "message")
    town.reply(ANA, "/resolve", to=letter)
    answers = town.reply(BO, "/promise tomorrow", to=letter_of(town, BO))
    assert gist(answers) == [("confirmation", "bo@acme.example")]
    assert "the case is closed" in " ".join(answers[0].text.split())
    town.reply(CARLA, "It is back.", to=town.last("carla@gomez.example", "message"))
    town.change_desk(mode="listen")
    answers = town.reply(BO, "/promise tomorrow", to=letter_of(town, BO))
    assert "this desk only listens" in " ".join(answers[0].text.split())


def letter_of(town, who):
    return town.first(who.split("<")[1].rstrip(">"), "message")
