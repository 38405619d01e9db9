"""Less mail, by a mail and by one click, and all the way back (mail-rules 2, T9)."""

import re

import pytest
from starlette.testclient import TestClient

from gateway.web.app import build
from storage import event as events
from storage import people
from storage.outbox import Delivery
from tests.activities.people import ANA, BO, CARLA, DESK, MEI, open_case, taken_case
from tests.town import gist


@pytest.fixture
def web(town):
    app = build(town.house, clock=lambda: town.now)
    with TestClient(app, base_url="http://127.0.0.1:8080") as client:
        yield client


def ways_out(letter):
    """The mail address and the page of List-Unsubscribe (RFC 2369, RFC 8058)."""
    found = str(letter.mail["List-Unsubscribe"]).replace("\r\n", "").replace(" ", "")
    assert str(letter.mail["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    mail = re.search(r"<mailto:([^>?]+)", found)[1]
    return mail, re.search(r"<https?://[^/]+(/u/[^>]+)>", found)[1]


def one_click(town, web, page):
    answer = web.post(page, data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.history) == (200, [])
    return town.settle()


def with_two(town):
    taken_case(town)
    case = town.last("ana@acme.example", "message")
    town.reply(BO, "I am here, too.", to=town.last("bo@acme.example", "message"))
    town.reply(ANA, "/invite mei@elsewhere.example", to=case)
    town.reply(MEI, "yes", to=town.last("mei@elsewhere.example"))
    town.reply(ANA, "Welcome.", to=case)
    return case


def test_by_mail(town):
    case = with_two(town)
    address, _ = ways_out(town.last("mei@elsewhere.example", "message"))
    assert town.write(MEI, address, "unsubscribe", "") == []
    assert town.state() == "done"
    assert town.write(MEI, address, "unsubscribe", "Please!") == []
    letters = town.reply(ANA, "Next.", to=case)
    assert "mei@elsewhere.example" not in {each.to for each in letters}
    # Pasted beside a conversation it does not count (table R3).
    address, _ = ways_out(town.last("bo@acme.example", "message"))
    bos = town.last("bo@acme.example", "message")
    assert town.reply(BO, "I go on.", to=bos, also=[address])
    assert ("message", "bo@acme.example") in gist(town.reply(ANA, "Good.", to=case))


def test_by_one_click_and_back(town, web):
    case = with_two(town)
    _, page = ways_out(town.last("mei@elsewhere.example", "message"))
    for _ in range(3):
        assert web.get(page).status_code == 200
        assert web.head(page).status_code in {200, 405}
    assert ("message", "mei@elsewhere.example") in gist(town.reply(ANA, "1", to=case))
    assert one_click(town, web, page) == []
    assert one_click(town, web, page) == []
    assert ("message", "mei@elsewhere.example") not in gist(
        town.reply(ANA, "2", to=case)
    )
    head = {"Origin": "http://127.0.0.1:8080"}
    assert web.post(page, data={"scope": "undo"}, headers=head).status_code == 200
    assert ("message", "mei@elsewhere.example") in gist(town.reply(ANA, "3", to=case))


@pytest.mark.parametrize("by", ["mail", "page"])
def test_out_of_an_invitation_means_no_more_invitations(town, web, by):
    """mail-rules 3: the letter was an invitation, so that is what it stops."""
    taken_case(town)
    case = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite mei@elsewhere.example", to=case)
    address, page = ways_out(town.last("mei@elsewhere.example"))
    if by == "mail":
        assert town.write(MEI, address, "unsubscribe", "") == []
    else:
        assert one_click(town, web, page) == []
    with town.database.reading() as session:
        assert people.by_address(session, "mei@elsewhere.example").never_invite
    open_case(town, "Another matter", "It is another one.")
    other = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite mei@elsewhere.example", to=other)
    answer = " ".join(town.last("ana@acme.example", "confirmation").text.split())
    assert "Not invited: mei@elsewhere.example" in answer


def test_reading_every_link_moves_nothing(town, web):
    """T9: a scanner follows each link of each mail three times."""
    with_two(town)

    def counted():
        with town.database.reading() as session:
            return session.query(events.Event).count(), session.query(Delivery).count()

    before = counted()
    links = {
        link
        for each in town.letters
        for link in re.findall(r"http://127\.0\.0\.1:8080(/[^\s>)]+)", each.text)
    }
    assert len(links) > 5
    for link in [*links] * 3:
        assert web.get(link).status_code == 200, link
        web.head(link)
    assert town.settle() == []
    assert counted() == before


def test_leave_and_join_again(town):
    case = with_two(town)
    meis = town.last("mei@elsewhere.example", "message")
    letters = town.reply(MEI, "Bye.\n", to=meis)
    assert gist(town.reply(MEI, "/leave", to=meis)) == [
        ("notice", "mei@elsewhere.example")
    ]
    letters = town.reply(ANA, "She is gone.", to=case)
    assert "mei@elsewhere.example" not in {each.to for each in letters}
    assert "Mei Tan has left" in " ".join(letters[0].text.split())
    # Held for the owner; the writer is told once how to come back (R2).
    assert gist(town.reply(MEI, "One more thing.", to=meis)) == [
        ("notice", "ana@acme.example"),
        ("notice", "mei@elsewhere.example"),
    ]
    # What more she says waits with it, and stands in the team's digest (E48).
    assert town.reply(MEI, "And another.", to=meis) == []
    assert town.state() == "held"
    assert town.unseen() == []
    assert gist(town.reply(MEI, "/join", to=meis)) == [
        ("confirmation", "mei@elsewhere.example")
    ]
    letters = town.reply(ANA, "Welcome back.", to=case)
    assert ("message", "mei@elsewhere.example") in gist(letters)


def test_a_customer_who_stops_a_letter_still_gets_their_answer(town):
    """A letter to the customer is no list: there is nothing to unsubscribe from."""
    taken_case(town)
    assert town.last("carla@gomez.example", "message").mail["List-Unsubscribe"] is None
    assert town.write(CARLA, DESK, "unsubscribe", "unsubscribe")
