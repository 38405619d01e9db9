"""What somebody tries who wants to read or do more than is theirs."""

import pytest
from starlette.testclient import TestClient

from gateway.activities import forgetting
from gateway.routing.asking import Asking
from gateway.web.app import build
from gateway.web.guard import HEADERS
from parsers.address import Mailbox
from parsers.reply_address import Purpose, number
from storage import people
from storage.activity import Activity, Lane, Membership, Participant, Role
from storage.event import Event, Kind
from storage.people import Person
from storage.question import Question
from tests.web.conftest import NOW
from tests.web.test_signing_in import BASE, CASE, Browser, newest_link

ANA = "ana@acme.example"
CARLA = "carla@gomez-logistics.example"
HOSTILE = "<script>x</script>'\"><img src=x onerror=y>{{ 7*7 }}%(x)s\u202ebad"


@pytest.fixture
def sqlite(database):
    """Both: what a database cannot take is its own affair."""
    return database


def consult(case, name):
    """Let the team ask for somebody's advice; only the team knows."""
    with case.house.database.transaction() as session:
        seat = session.get_one(Participant, case.seats[name])
        seat.role, seat.membership = Role.CONSULTED, Membership.JOINED
        seat.in_team_lane = True


def test_the_customer_does_not_learn_whom_the_team_asks(case, web, stop, view):
    consult(case, "mei")
    mei = case.seat("mei").person_id
    assert "Ana Ruiz" in web.get(stop).text
    for path in (stop, view):
        assert "Mei Tan" not in web.get(path).text
    before = case.everything()
    assert "Mei Tan" not in web.post(stop, data={"ignore": mei}).text
    assert case.everything()["person"] == before["person"]
    # The team does, and may.
    own = f"/u/{case.token(Purpose.UNSUBSCRIBE, 'ana')}"
    assert "Mei Tan" in web.get(own).text


@pytest.fixture
def old_links(case, stop, view):
    """Every link that Carla may still have in a letter of hers."""
    carla = case.seat("carla").person_id
    with case.house.database.transaction() as session:
        rows = [
            Question(
                asking=asking,
                person_id=carla,
                asked_at=NOW,
                activity_id=case.activity,
                values=values,
            )
            for asking, values in (
                (Asking.DIGEST, {"desk": "support@acme.example", "kind": "customer"}),
                (Asking.REACHED, {"address": CARLA}),
            )
        ]
        session.add_all(rows)
        session.flush()
        digest, reached = (number(row.id) for row in rows)
    seal = case.house.sealer.seal
    return {
        stop: {"hear": "muted"},
        view: None,
        f"/me/{case.token(Purpose.VIEW, 'carla')}": {"do": "save", "name": "X"},
        f"/i/{case.token(Purpose.INVITATION, 'carla')}": {"answer": "join"},
        f"/u/{seal(Purpose.DIGEST, digest)}": {"scope": "weekly"},
        f"/c/{seal(Purpose.CONFIRM, reached)}": {"answer": "yes"},
    }


def test_no_link_of_a_forgotten_person_opens_anything(case, web, old_links):
    opened = [path for path in old_links if web.get(path).status_code == 200]
    assert opened == list(old_links)
    browser = Browser(case.house)
    browser.sign_in(CARLA)
    assert browser.get(CASE).status_code == 200
    forgetting.forget(case.house, case.seat("carla").person_id, NOW)
    assert browser.get(CASE).status_code == 303
    before = case.everything()
    for path, form in old_links.items():
        assert web.get(path).status_code == 404, path
        if form:
            assert web.post(path, data=form).status_code == 404, path
            one_click = {"List-Unsubscribe": "One-Click"}
            assert web.post(path, data=one_click).status_code in {404, 400}, path
    assert case.everything() == before


def test_who_left_the_team_finds_nothing_of_its_desk(case):
    with case.house.database.transaction() as session:
        bo = people.meet(session, Mailbox("Bo Berg", "bo@acme.example"), now=NOW)
        seat = Participant(
            activity_id=case.activity,
            person_id=bo.id,
            role=Role.TEAM,
            membership=Membership.JOINED,
            in_team_lane=True,
        )
        session.add(seat)
        session.flush()
        case.seats["bo"] = seat.id
    bo = Browser(case.house)
    bo.sign_in("bo@acme.example")
    link = f"/a/{case.token(Purpose.VIEW, 'bo')}"
    carla = f"/people/{case.seat('carla').person_id}"
    for path in ("/", "/settings", CASE, link, carla):
        assert "bad date" not in bo.get(path).text, path
        assert "Gomez" not in bo.get(path).text, path
    # Whoever is marked as staff reads what their seats give them.
    with case.house.database.transaction() as session:
        session.get_one(Person, case.seat("bo").person_id).is_staff = True
    for path in ("/", CASE, link):
        assert "bad date" in bo.get(path).text, path


NINES = "9" * 5000


ADDRESSES = [
    (f"/people/{NINES}", 404),
    (f"/people/{2**70}", 404),
    (f"/people?page={NINES}", 200),
    ("/people?words=%00", 200),
    ("/people?words=%ED%A0%80", 200),
    (f"/x/x-aaaa/{NINES}/1", 404),
    ("/a/%00%00%00%00%00%00%00%00", 404),
    ("/sign-in?to=%00", 303),
    ("/sign-in/%00", 404),
]


def test_no_address_breaks_a_page(case):
    ana = Browser(case.house)
    ana.sign_in(ANA)
    for path, status in ADDRESSES:
        assert ana.get(path).status_code == status, path[:40]


def test_no_form_breaks_a_page(case, web, stop, invitation):
    ana = Browser(case.house)
    ana.sign_in(ANA)
    card = f"/people/{case.seat('carla').person_id}"
    typed = {
        "do": "save",
        "name": "Carla\x00Gomez",
        "about": "a\x00b",
        "skills": "\x00",
    }
    assert ana.post(card, **typed).status_code == 200
    assert ana.ask("a\x00b@c.example").status_code == 200
    for path in (stop, invitation, "/sign-in", card):
        for data in (
            {"ignore": NINES, "answer": NINES, "do": "\x00", "pause": "\x00"},
            {f"field{each}": "x" for each in range(5000)},
            {"about": "x" * 300_000},
        ):
            answer = ana.post(path, **data)
            assert answer.status_code < 500, (path, list(data)[:1])
        files = {"address": ("a.txt", b"x")}
        answer = ana.client.post(path, files=files, headers={"Origin": BASE})
        assert answer.status_code < 500


def test_no_host_header_leads_elsewhere(case):
    pages = build(case.house, clock=lambda: NOW)
    client = TestClient(pages, base_url="http://evil.example", follow_redirects=False)
    for path in ("/people/", "/settings/", "/a/K3M9X2AB/", "//evil.example/people/"):
        answer = client.get(path)
        assert "evil" not in answer.headers.get("location", ""), path
        assert "evil" not in answer.text


def test_each_answer_bears_the_headers_of_all(case, view, stop):
    ana = Browser(case.house)
    ana.sign_in(ANA)
    answers = [
        *(ana.get(path) for path in ("/", "/settings", "/none", view, stop, "/help")),
        ana.get("/people/"),
        ana.client.get("/a/AAAAAAAA"),
        ana.client.put("/people"),
        ana.post("/sign-out", origin="https://evil.example"),
        ana.post("/people/1", about="x" * 300_000),
        Browser(case.house).get("/people"),
        ana.get("/healthz"),
        ana.get("/static/parlour.css"),
    ]
    for answer in answers:
        for name in HEADERS:
            assert name in answer.headers, (answer.url, answer.status_code, name)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script" not in policy


def test_what_people_write_stays_words_on_every_page(case, web, view, stop, invitation):
    with case.house.database.transaction() as session:
        session.get_one(Activity, case.activity).subject = HOSTILE
        for name in ("carla", "ana", "mei"):
            person = session.get_one(Person, case.seat(name).person_id)
            person.name = person.title = person.organisation = HOSTILE
            person.about, person.skills = HOSTILE, [HOSTILE]
            person.proposed = {"telephone": HOSTILE, "skill": HOSTILE}
        mei = session.get_one(Participant, case.seats["mei"])
        mei.reason = HOSTILE
        said = session.query(Event).filter(
            Event.kind == Kind.POST, Event.lane == Lane.EVERYONE
        )
        for post in said:
            post.text = HOSTILE
            post.values = {"below": [{"kind": "quote", "text": HOSTILE}]}
    own = f"/u/{case.token(Purpose.UNSUBSCRIBE, 'ana')}"
    for reader in (ANA, CARLA):
        browser = Browser(case.house)
        browser.ask(reader)
        link = newest_link(case.house)
        pages = [browser.get(link)]
        browser.post(link)
        card = f"/people/{case.seat('carla').person_id}"
        other = f"/people/{case.seat('ana').person_id}"
        signed_in = ("/", "/settings", "/people", card, other, CASE, own)
        pages += [browser.get(path) for path in signed_in]
        me = f"/me/{case.token(Purpose.VIEW, 'carla')}"
        pages += [web.get(path) for path in (view, stop, invitation, me)]
        for shown in pages:
            assert shown.status_code in {200, 303}
            assert "<script" not in shown.text, shown.url
            assert "<img" not in shown.text, shown.url
            assert ">49<" not in shown.text
