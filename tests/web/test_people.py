"""`/people`: staff looks for people and edits them; others have their own card."""

import pytest

from parsers.address import Mailbox
from storage import people
from storage.activity import Activity, Membership, Participant, Role
from storage.people import Person
from tests.web.conftest import NOW
from tests.web.test_card import FORM
from tests.web.test_signing_in import Browser


@pytest.fixture
def sqlite(database):
    """Both: how people are found is each database's own affair."""
    return database


CARLA = "carla@gomez-logistics.example"
ANA = "ana@acme.example"


def in_as(case, address):
    browser = Browser(case.house)
    browser.sign_in(address)
    return browser


def number_of(case, name):
    return case.seat(name).person_id


def person(case, number):
    with case.house.database.reading() as session:
        found = session.get_one(Person, number)
        session.expunge(found)
        return found


def meet(case, name, address, **values):
    with case.house.database.transaction() as session:
        found = people.meet(session, Mailbox(name, address), now=NOW)
        for field, value in values.items():
            setattr(found, field, value)
        return found.id


def test_staff_finds_people_page_by_page(case):
    meet(case, "Zoë Ünal", "zoe@elsewhere.example", skills=["Zölle", "50% off"])
    for each in range(60):
        meet(case, f"Person {each:02}", f"p{each}@many.example")
    ana = in_as(case, ANA)
    first = ana.get("/people").text
    assert "Ana Ruiz" in first
    assert "page=2" in first
    assert "Person 59" not in first
    second = ana.get("/people?page=2").text
    assert "Person 59" in second
    assert "page=1" in second
    for words in ("zoë", "zölle", "ELSEWHERE", "Zoë zölle", "50%"):
        shown = ana.client.get("/people", params={"words": words}).text
        assert "Zoë Ünal" in shown, words
        assert "Ana Ruiz" not in shown, words
    for words in ("%", "_", "Ana zölle"):
        shown = ana.client.get("/people", params={"words": words}).text
        assert "Ana Ruiz" not in shown, words
    for page in ("0", "-1", "x", "²", "9" * 30):
        assert ana.client.get("/people", params={"page": page}).status_code == 200


def test_staff_edits_and_marks(case):
    ana = in_as(case, ANA)
    carla = f"/people/{number_of(case, 'carla')}"
    shown = ana.get(carla).text
    assert CARLA in shown
    assert "/a/K3M9X2AB" in shown
    saved = ana.post(carla, **FORM | {"name": "Carla Gómez"})
    assert "Saved." in saved.text
    found = person(case, number_of(case, "carla"))
    assert (found.name, found.language) == ("Carla Gómez", "de")
    assert ana.post(carla, **FORM | {"name": "ana RUIZ"}).status_code == 400
    # What a signature said, they say themselves or nobody.
    assert ana.post(carla, do="confirm").status_code == 404
    mei = f"/people/{number_of(case, 'mei')}"
    for do, is_staff in (("mark", True), ("mark", True), ("unmark", False)):
        assert ana.post(mei, do=do).status_code == 200
        assert person(case, number_of(case, "mei")).is_staff is is_staff
    assert "Mark as staff" not in ana.get(f"/people/{number_of(case, 'ana')}").text


def test_a_mark_makes_staff_but_gives_no_marks_and_no_cases(case):
    meet(case, "Mei Tan", "mei@acme.example", is_staff=True)
    mei = in_as(case, "mei@acme.example")
    assert "Carla Gomez" in mei.get("/people").text
    carla = f"/people/{number_of(case, 'carla')}"
    assert "Mark as staff" not in mei.get(carla).text
    assert "K3M9X2AB" not in mei.get(carla).text
    before = case.everything()
    for do in ("mark", "unmark"):
        assert mei.post(carla, do=do).status_code == 404
    assert case.everything() == before
    assert mei.get("/a/K3M9X2AB").status_code == 404
    # She has it no longer from the next page on.
    meet(case, "Mei Tan", "mei@acme.example", is_staff=False)
    assert mei.get("/people").headers["location"].startswith("/people/")
    assert mei.get(carla).status_code == 404


def test_participants_have_their_own_card_and_read_that_of_others(case):
    meet(case, "Ana Ruiz", ANA, title="Support lead", proposed={"telephone": "+34 1"})
    stranger = meet(case, "Max Fremd", "max@elsewhere.example")
    carla = in_as(case, CARLA)
    own = f"/people/{number_of(case, 'carla')}"
    assert carla.get("/people").headers["location"] == own
    assert "Saved." in carla.post(own, **FORM).text
    assert person(case, number_of(case, "carla")).title == "Head of Logistics"
    ana = f"/people/{number_of(case, 'ana')}"
    shown = carla.get(ana)
    assert "Support lead" in shown.text
    for hidden in (ANA, "+34 1", "<textarea"):
        assert hidden not in shown.text
    before = case.everything()
    for path, status in ((ana, 404), (f"/people/{stranger}", 404), ("/people/9", 404)):
        assert carla.post(path, **FORM).status_code == status
        assert carla.post(path, do="mark").status_code == status
    assert carla.post(own, do="mark").status_code == 404
    assert carla.post(own, do="more").status_code == 400
    assert case.everything() == before
    # The invited has not joined; a stranger shares no case; nobody is nobody.
    for hidden in (number_of(case, "mei"), stranger, 999):
        assert carla.get(f"/people/{hidden}").status_code == 404
    case.send_away("carla")
    assert carla.get(ana).status_code == 404


def test_who_is_only_consulted_is_seen_by_the_team_alone(case):
    with case.house.database.transaction() as session:
        seat = session.get_one(Participant, case.seats["mei"])
        seat.role, seat.membership = Role.CONSULTED, Membership.JOINED
        seat.in_team_lane = True
    mei = f"/people/{number_of(case, 'mei')}"
    assert in_as(case, CARLA).get(mei).status_code == 404
    carla = f"/people/{number_of(case, 'carla')}"
    assert "Carla Gomez" in in_as(case, "mei@acme.example").get(carla).text
    assert "She may cancel." in in_as(case, "mei@acme.example").get("/a/K3M9X2AB").text


@pytest.mark.parametrize("path", ["/people", "/people/1", "/settings"])
def test_strangers_sign_in_first(case, path):
    stranger = Browser(case.house)
    before = case.everything()
    for answer in (stranger.get(path), stranger.client.head(path)):
        assert answer.headers["location"].startswith("/sign-in?to=%2F")
    if path == "/people/1":
        assert stranger.post(path, **FORM).status_code == 303
    with case.house.database.reading() as session:
        assert session.get_one(Activity, case.activity).owner_id
    assert case.everything() == before


def test_other_sites_change_nobody(case):
    ana = in_as(case, ANA)
    carla = f"/people/{number_of(case, 'carla')}"
    before = case.everything()
    for origin in ("https://evil.example", "null", ""):
        assert ana.post(carla, origin=origin, do="mark").status_code == 403
    assert case.everything() == before


def test_hostile_names_stay_words(case):
    name = "<script>x</script>\u202eevil"
    number = meet(case, name, "x@y.example", organisation='"><img src=x>')
    ana = in_as(case, ANA)
    for path in ("/people?words=evil", f"/people/{number}"):
        shown = ana.get(path).text
        assert "<script" not in shown
        assert "<img" not in shown
