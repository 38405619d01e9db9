"""`/held`: what a page decides on held mail is what a word in a letter decides."""

import pytest

from storage import blocked, journal
from storage.base import Base
from storage.held import Held
from storage.web_session import WebSession
from tests.activities.people import ANA, CARLA, DESK, taken_case
from tests.town import gist
from tests.web.test_signing_in import Browser

STRANGER = "Karl Fremd <karl@elsewhere.example>"
ROBOT = ("Auto-Submitted", "auto-generated")
HOSTILE = "<script>x</script> won <b>you"


@pytest.fixture
def town(each_town):
    """On each kind of database."""
    return each_town


def browser_of(town, who):
    browser = Browser(town.house, [town.now])
    browser.sign_in(who)
    town.settle()
    return browser


def everything(town):
    with town.database.reading() as session:
        return {
            table.name: session.execute(table.select()).all()
            for table in Base.metadata.sorted_tables
        }


def hold(town):
    """A stranger answers with her address, and two mails belong nowhere."""
    taken_case(town)
    town.reply(
        STRANGER, "I am her consultant.", to=town.last("carla@gomez.example", "message")
    )
    for number in (1, 2):
        subject = f"{HOSTILE} {number}"
        sender = f"News <news{number}@letters.example>"
        town.write(sender, DESK, subject, "Cheap.", headers=[ROBOT])
    with town.database.reading() as session:
        return sorted(each.inbound_id for each in session.query(Held))


def state(town, number):
    row = town.inbound(number)
    return str(row.state), row.settled_by


def test_the_team_decides_on_a_page(town):
    strangers, news, more = hold(town)
    ana = browser_of(town, ANA.partition("<")[2].rstrip(">"))
    before = everything(town)
    shown = ana.get("/held").text
    assert ana.client.head("/held").status_code == 200
    assert everything(town) == before
    assert "Karl Fremd" in shown
    assert "I am her consultant." in shown
    assert "Import fails</bdi></a>" in shown
    assert "news1@letters.example" in shown
    assert "<script" not in shown
    assert '<a href="/held">' in ana.get("/").text

    with town.database.reading() as session:
        [ana_number] = {each.person_id for each in session.query(WebSession)}
    by = f"person {ana_number}"
    assert "It is dropped; nobody" in ana.post("/held", mail=news, do="refuse").text
    assert state(town, news) == ("discarded", by)
    assert "sender is blocked" in ana.post("/held", mail=more, do="spam").text
    assert state(town, more) == ("discarded", by)
    with town.database.reading() as session:
        assert blocked.is_blocked(session, "news2@letters.example")
        assert not blocked.is_blocked(session, "news1@letters.example")
    assert "It is let in." in ana.post("/held", mail=strangers, do="open").text
    letters = town.settle()
    assert ("message", "carla@gomez.example") in gist(letters)
    assert "Nothing waits here." in ana.get("/held").text
    # Who comes second learns that it is done, and changes nothing.
    before = everything(town)
    for number, word in ((strangers, "refuse"), (news, "open"), (more, "open")):
        answer = ana.post("/held", mail=number, do=word)
        assert "Somebody decided before you" in answer.text
    assert everything(town) == before
    assert town.unseen() == []


def test_nobody_else_sees_or_decides_anything(town):
    numbers = hold(town)
    stranger = Browser(town.house, [town.now])
    carla = browser_of(town, CARLA.partition("<")[2].rstrip(">"))
    ana = browser_of(town, "ana@acme.example")
    with town.database.transaction() as session:
        session.get_one(Held, numbers[0]).desk = "sales@acme.example"
    before = everything(town)
    assert stranger.get("/held").headers["location"] == "/sign-in?to=%2Fheld"
    assert stranger.post("/held", mail=numbers[1], do="open").status_code == 303
    assert carla.get("/held").status_code == 404
    assert "/held" not in carla.get("/").text
    assert "Karl Fremd" not in ana.get("/held").text
    for browser, number, word, status in (
        (carla, numbers[1], "open", 404),
        (ana, numbers[0], "open", 404),
        (ana, 9999, "open", 404),
        (ana, "9" * 5000, "open", 404),
        (ana, "", "refuse", 404),
        (ana, numbers[1], "", 400),
        (ana, numbers[1], "publish", 400),
    ):
        assert browser.post("/held", mail=number, do=word).status_code == status
    for origin in ("https://evil.example", "null", ""):
        answer = ana.post("/held", origin=origin, mail=numbers[1], do="open")
        assert answer.status_code == 403
    assert everything(town) == before
    with town.database.reading() as session:
        assert journal.by_id(session, numbers[0]).state == "held"
