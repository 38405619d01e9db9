"""`/sign-in`: a link by mail; what it opens, to whom, for how long (decision 0048)."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from gateway.activities.house import House
from gateway.routing.desk import Desks
from gateway.web.app import build
from parsers.address import Mailbox
from parsers.reply_address import Purpose
from storage import people, same_person
from storage.activity import Activity, Lane, Membership, Participant, Role, Turn
from storage.event import Event
from storage.outbox import Delivery, Letter
from storage.people import Person, PersonAddress
from storage.web_session import SignIn, WebSession
from tests.web.conftest import DESK, NOW

BASE = "https://support.acme.example"
CASE = "/a/K3M9X2AB"
NOTE = "She may cancel."


class Browser:
    """Somebody's browser, over https, which says where it posts from."""

    def __init__(self, house, at=None):
        self.house = house
        self.at = at or [NOW]
        pages = build(house, clock=lambda: self.at[0])
        self.client = TestClient(pages, base_url=BASE, follow_redirects=False)

    def get(self, path):
        return self.client.get(path)

    def post(self, path, origin=BASE, **fields):
        headers = {"Origin": origin} if origin else {}
        return self.client.post(path, data=fields, headers=headers)

    def ask(self, address, to=""):
        return self.post("/sign-in", address=address, to=to)

    def sign_in(self, address, to=""):
        """Ask, read the letter, press the button."""
        self.ask(address, to)
        return self.post(newest_link(self.house))


def letters(house):
    """Every letter that goes out to sign somebody in: its delivery and octets."""
    with house.database.reading() as session:
        rows = session.query(Delivery, Letter).join(Letter).order_by(Delivery.id)
        return [(each.address, each.token_number, letter.raw) for each, letter in rows]


def newest_link(house):
    _, sealed, raw = letters(house)[-1]
    assert b"/sign-in/s-" in raw.replace(b"=\r\n", b"")
    return f"/sign-in/{house.sealer.seal(Purpose.SIGN_IN, sealed)}"


@pytest.fixture
def browser(case):
    return Browser(case.house)


def test_a_letter_a_button_and_one_is_in(browser, case):
    assert browser.get(CASE).headers["location"] == "/sign-in?to=%2Fa%2FK3M9X2AB"
    form = browser.get("/sign-in?to=/a/K3M9X2AB")
    assert 'value="/a/K3M9X2AB"' in form.text
    sent = browser.ask("Ana@ACME.example", "/a/K3M9X2AB")
    assert "Look into your mail" in sent.text
    [(address, _, raw)] = letters(case.house)
    assert address == "ana@acme.example"
    assert b"X-Parlour-Kind: confirmation" in raw
    assert b"X-Parlour-Activity" not in raw
    link = newest_link(case.house)
    before = case.everything()
    for _ in range(2):
        assert browser.get(link).status_code == browser.client.head(link).status_code
        assert "you will be Ana Ruiz" in browser.get(link).text
    assert case.everything() == before
    entered = browser.post(link)
    assert (entered.status_code, entered.headers["location"]) == (303, CASE)
    cookie = entered.headers["set-cookie"]
    assert cookie.startswith("__Host-parlour=")
    for mark in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"):
        assert mark in cookie
    shown = browser.get(CASE)
    assert NOTE in shown.text
    assert "The import stops." in shown.text
    assert shown.headers["referrer-policy"] == "same-origin"
    assert "no-store" in shown.headers["cache-control"]
    # A second press of the same button lets nobody in, and puts nobody out.
    assert browser.post(link).headers["location"] == "/"
    stranger = Browser(case.house)
    assert stranger.get(link).status_code == stranger.post(link).status_code == 410
    assert stranger.get(CASE).status_code == 303
    with case.house.database.reading() as session:
        [row] = session.query(WebSession).all()
        kept = cookie.partition("=")[2].partition(".")[0]
        assert kept not in row.key_hash


def test_nobody_learns_who_is_known(browser, case):
    known = browser.ask("carla@gomez-logistics.example")
    unknown = browser.ask("who@elsewhere.example")
    wrong = browser.ask("no address")
    assert known.status_code == unknown.status_code == wrong.status_code == 200
    assert known.text == unknown.text == wrong.text
    assert [to for to, _, _ in letters(case.house)] == ["carla@gomez-logistics.example"]
    with case.house.database.reading() as session:
        assert session.query(SignIn).count() == 2
        assert session.query(Letter).count() == 1
        assert people.by_address(session, "who@elsewhere.example") is None
    # A case that is not there asks to sign in as one that is.
    assert browser.get("/a/AAAAAAAA").status_code == browser.get(CASE).status_code


@pytest.mark.parametrize("address", ["carla@gomez-logistics.example", "x@y.example"])
def test_so_many_links_in_an_hour(case, address):
    at = [NOW]
    browser = Browser(case.house, at)
    for _ in range(5):
        assert "Look into your mail" in browser.ask(address).text
    assert len(letters(case.house)) == (3 if "carla" in address else 0)
    for number in range(25):
        assert browser.ask(f"p{number}@y.example").status_code == 200
    assert browser.ask("ana@acme.example").status_code == 429
    at[0] += timedelta(hours=1)
    assert browser.ask("ana@acme.example").status_code == 200


def test_a_link_ends_and_so_does_a_session(case):
    at = [NOW]
    browser = Browser(case.house, at)
    browser.ask("ana@acme.example")
    link = newest_link(case.house)
    at[0] += timedelta(minutes=16)
    assert "too old" in browser.get(link).text
    assert browser.post(link).status_code == 410
    browser.sign_in("ana@acme.example")
    # Used once in a while it lasts; what is looked at changes no row.
    before = case.everything()
    for _ in range(4):
        at[0] += timedelta(days=6)
        assert browser.get(CASE).status_code == 200
    assert case.everything() == before
    at[0] += timedelta(days=7)
    assert browser.get(CASE).status_code == 303
    browser.sign_in("ana@acme.example")
    at[0] += timedelta(days=8)
    assert browser.get(CASE).status_code == 303


def test_out_here_and_everywhere(browser, case):
    other = Browser(case.house)
    for each in (browser, other):
        each.sign_in("carla@gomez-logistics.example")
        assert each.get(CASE).status_code == 200
    old = dict(browser.client.cookies)
    assert "You are signed out." in browser.post("/sign-out").text
    browser.client.cookies.update(old)
    assert browser.get(CASE).status_code == 303
    assert "Another browser" not in other.get("/settings").text
    browser.sign_in("carla@gomez-logistics.example")
    assert "Another browser" in browser.get("/settings").text
    browser.post("/sign-out", where="everywhere")
    assert other.get(CASE).status_code == 303


def test_the_session_before_is_ended_and_none_is_taken_from_outside(browser, case):
    browser.sign_in("carla@gomez-logistics.example")
    old = browser.client.cookies["__Host-parlour"]
    browser.sign_in("ana@acme.example")
    new = browser.client.cookies["__Host-parlour"]
    assert new != old
    bent = new[:-1] + ("a" if new[-1] != "a" else "b")
    for made_up in (old, bent, "x", "a.1.b", "", "é" * 300):
        other = Browser(case.house)
        header = {"Cookie": f"__Host-parlour={made_up}".encode()}
        assert other.client.get(CASE, headers=header).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": BASE},
        {},
    ],
    ids=str,
)
def test_other_sites_press_no_button(browser, case, headers):
    browser.ask("ana@acme.example")
    link = newest_link(case.house)
    before = case.everything()
    for path in ("/sign-in", link, "/sign-out"):
        data = {"address": "ana@acme.example", "where": "everywhere"}
        answer = browser.client.post(path, data=data, headers=headers)
        assert answer.status_code == 403
    assert case.everything() == before


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/a/K3M9X2AB/../../u/x",
        "/a/K3M9X2AB?x=1",
        "/people/1\r\nSet-Cookie: x=1",
        "javascript:alert(1)",
        "/sign-out",
    ],
)
def test_the_way_back_is_one_of_our_own_pages(browser, to):
    assert to not in browser.client.get("/sign-in", params={"to": to}).text
    assert browser.sign_in("ana@acme.example", to).headers["location"] == "/"


def test_each_reads_their_lanes_and_no_other_case(browser, case):
    carla = browser
    carla.sign_in("carla@gomez-logistics.example")
    shown = carla.get(CASE).text
    assert "One row, please." in shown
    assert NOTE not in shown
    assert "ana@acme.example" not in shown
    missing = carla.get("/a/AAAAAAAA")
    assert missing.status_code == 404
    assert 'href="/settings"' in missing.text
    # The invited have not joined yet, and who left reads no further.
    mei = Browser(case.house)
    mei.sign_in("mei@acme.example")
    assert mei.get(CASE).status_code == 404
    case.send_away("carla")
    assert carla.get(CASE).status_code == 404


def test_rights_are_those_of_the_moment(case):
    house = case.house
    with house.database.transaction() as session:
        # Bo is of the team by a seat alone, Lea by the settings alone.
        bo = people.meet(session, Mailbox("Bo", "bo@acme.example"), now=NOW)
        people.meet(session, Mailbox("Lea", "lea@acme.example"), now=NOW)
        seat = Participant(
            activity_id=case.activity,
            person_id=bo.id,
            role=Role.TEAM,
            membership=Membership.TOLD,
            in_team_lane=True,
        )
        session.add(seat)
    team = (*DESK.team, Mailbox("Bo", "bo@acme.example"))
    before = _with_team(house, team)
    browser = Browser(before)
    browser.sign_in("bo@acme.example")
    assert NOTE in browser.get(CASE).text
    assert "The queue of Acme Support" in browser.get("/").text
    now = Browser(house)
    now.client.cookies.update(browser.client.cookies)
    assert now.get(CASE).status_code == 404
    assert "The queue of" not in now.get("/").text
    lea = Browser(_with_team(house, (*team, Mailbox("Lea", "lea@acme.example"))))
    lea.sign_in("lea@acme.example")
    assert NOTE in lea.get(CASE).text


def _with_team(house, team):
    kept = {name: getattr(house, name) for name in House.__dataclass_fields__}
    desk = {name: getattr(DESK, name) for name in type(DESK).__dataclass_fields__}
    return House(**kept | {"desks": Desks([type(DESK)(**desk | {"team": team})])})


def test_staff_who_are_the_customer_read_as_the_customer(case):
    with case.house.database.transaction() as session:
        activity = session.get_one(Activity, case.activity)
        carla = session.get_one(Person, activity.customer_id)
        people.add_address(session, carla.id, "c@acme.example", now=NOW)
    team = (*DESK.team, Mailbox("Carla", "c@acme.example"))
    browser = Browser(_with_team(case.house, team))
    browser.sign_in("c@acme.example")
    shown = browser.get(CASE)
    assert shown.status_code == 200
    assert NOTE not in shown.text


def test_a_link_to_a_case_closed_long_ago_leads_there_once_signed_in(
    browser, case, view
):
    with case.house.database.transaction() as session:
        activity = session.get_one(Activity, case.activity)
        activity.turn = Turn.RESOLVED
        activity.resolved_at = NOW - timedelta(days=31)
    token = case.token(Purpose.VIEW, "ana")
    for path in (view, f"/a/{token}"):
        led = browser.get(path)
        assert led.headers["location"] == "/sign-in?to=%2Fa%2FK3M9X2AB"
    entered = browser.sign_in("carla@gomez-logistics.example", CASE)
    assert "The import stops." in browser.get(entered.headers["location"]).text
    case.turn_token("carla")
    assert browser.get(view).status_code == 404


def test_the_queue_says_the_reason_of_each_place(browser, case):
    with case.house.database.transaction() as session:
        session.get_one(Activity, case.activity).waiting_since = NOW
    assert "/sign-in" in browser.get("/").text
    browser.sign_in("ana@acme.example")
    shown = browser.get("/").text
    assert CASE in shown
    assert "Waiting since" in shown
    assert "You have it." in shown
    carla = Browser(case.house)
    carla.sign_in("carla@gomez-logistics.example")
    assert "The queue of" not in carla.get("/").text
    settings = carla.get("/settings").text
    assert f"/u/{case.token(Purpose.UNSUBSCRIBE, 'carla')}" in settings


def test_two_who_become_one_are_signed_out(browser, case):
    browser.sign_in("mei@acme.example")
    browser.ask("mei@acme.example")
    with case.house.database.transaction() as session:
        ana = people.by_address(session, "ana@acme.example")
        mei = people.by_address(session, "mei@acme.example")
        same_person.merge(session, ana, mei)
    assert browser.get("/").text.count("/sign-in") == 1
    assert browser.post(newest_link(case.house)).status_code == 410


def test_no_token_and_no_address_is_kept(browser, case):
    browser.sign_in("carla@gomez-logistics.example", CASE)
    token = newest_link(case.house).rpartition("/")[2]
    cookie = browser.client.cookies["__Host-parlour"]
    kept = str(case.everything())
    assert token[2:] not in kept
    assert cookie.partition(".")[0] not in kept
    with case.house.database.reading() as session:
        assert session.query(PersonAddress).count() == 3
        [row] = session.query(SignIn).all()
        assert "carla" not in row.address_mac + row.network_mac
        assert session.query(Event).filter(Event.lane == Lane.TEAM).count() == 1
