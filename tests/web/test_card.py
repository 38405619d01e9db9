"""`/me/TOKEN`: what a reader tells of themselves, looked at and changed."""

from datetime import date

import pytest

from parsers.reply_address import Purpose
from storage import people
from storage.activity import Participant
from storage.people import Person

FORM = {
    "do": "save",
    "name": "Carla Gomez",
    "title": "Head of Logistics",
    "organisation": "Gomez Logistics",
    "skills": "imports, dates,, imports",
    "about": "",
    "zone": "madrid",
    "language": "de",
    "away": "2026-12-01",
    "primary": "",
}


@pytest.fixture
def card(case):
    return f"/me/{case.token(Purpose.VIEW, 'carla')}"


def person(case, name="carla"):
    with case.house.database.reading() as session:
        seat = session.get_one(Participant, case.seats[name])
        found = session.get_one(Person, seat.person_id)
        session.expunge(found)
        return found


def set_person(case, **values):
    with case.house.database.transaction() as session:
        seat = session.get_one(Participant, case.seats["carla"])
        found = session.get_one(Person, seat.person_id)
        for name, value in values.items():
            setattr(found, name, value)
        people.add_address(session, found.id, "carla@home.example", now=None)


def test_saved_and_taken_back(web, case, card):
    for _ in range(2):
        shown = web.post(card, data=FORM)
        assert shown.status_code == 200
        assert "Saved." in shown.text
    found = person(case)
    assert (found.title, found.organisation) == ("Head of Logistics", "Gomez Logistics")
    assert (found.skills, found.zone) == (["imports", "dates"], "Europe/Madrid")
    assert (found.language, found.away_until) == ("de", date(2026, 12, 1))
    web.post(card, data={"do": "save", "name": "Carla Gomez"})
    found = person(case)
    assert (found.title, found.skills, found.zone, found.away_until) == (
        "",
        [],
        "",
        None,
    )


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": " "}, "please give your own name"),
        ({"name": "ana RUIZ"}, "please give your own name"),
        ({"zone": "Atlantis"}, "we know no such zone"),
        ({"away": "2026-11-20"}, "must be a day to come"),
        ({"away": "soon"}, "must be a day to come"),
        ({"do": "more"}, "Your card"),
    ],
)
def test_what_is_wrong_saves_nothing_and_keeps_what_was_typed(
    web, case, card, wrong, says
):
    before = case.everything()
    shown = web.post(card, data=FORM | wrong)
    assert shown.status_code == 400
    assert says in shown.text
    assert case.everything() == before
    if "do" not in wrong:
        assert 'value="Head of Logistics"' in shown.text


def test_what_a_signature_said_is_taken_over_by_one_press(web, case, card):
    said = {"title": "Buyer", "telephone": "+34 1", "skill": "wrote the importer"}
    set_person(case, proposed=said)
    shown = web.get(card).text
    assert "Buyer, wrote the importer" in shown
    assert "+34 1" not in shown
    shown = web.post(card, data={"do": "confirm"}).text
    assert "put it on my card" not in shown
    found = person(case)
    assert (found.title, found.skills) == ("Buyer", ["wrote the importer"])


def test_which_address_is_written_to(web, case, card):
    set_person(case)
    shown = web.get(card).text
    assert "carla@home.example" in shown
    with case.house.database.reading() as session:
        mine = people.addresses_of(session, person(case).id)
        others = people.addresses_of(session, person(case, "ana").id)
    web.post(card, data=FORM | {"primary": str(others[0].id)})
    web.post(card, data=FORM | {"primary": str(mine[1].id)})
    with case.house.database.reading() as session:
        addresses = people.addresses_of(session, mine[0].person_id)
        assert [each.written for each in addresses] == [
            "carla@home.example",
            "carla@gomez-logistics.example",
        ]
        assert people.addresses_of(session, others[0].person_id)[0].is_primary


def test_looking_moves_nothing_and_no_other_token_opens_it(web, case, card):
    before = case.everything()
    for _ in range(2):
        assert web.get(card).status_code == web.head(card).status_code == 200
    wrong = f"/me/{case.token(Purpose.UNSUBSCRIBE, 'carla')}"
    assert web.get(wrong).status_code == web.post(wrong, data=FORM).status_code == 404
    other_site = {"Origin": "https://evil.example"}
    assert web.post(card, data=FORM, headers=other_site).status_code == 403
    assert case.everything() == before
    case.send_away("carla")
    assert web.post(card, data=FORM).status_code == 404


def test_hostile_words_stay_words(web, card):
    # A name that only looks like that of the team is that name; nothing turns words.
    shown = web.post(card, data=FORM | {"name": "Ana\u200b Ruiz"})
    assert shown.status_code == 400
    hostile = {"about": '"><script>x</script>', "title": "Buyer\u202eresiuB"}
    shown = web.post(card, data=FORM | hostile).text
    assert "<script" not in shown
    assert "\u202e" not in shown


def test_the_page_of_the_case_leads_there_and_shows_the_others_cards(web, case, card):
    set_person(case, title="Buyer", skills=["imports"], proposed={"telephone": "+34 1"})
    guest = web.get(f"/a/{case.token(Purpose.VIEW, 'ana')}").text
    assert "<bdi>Carla Gomez</bdi>, <bdi>Buyer</bdi>" in guest
    assert "not confirmed: +34 1" in guest
    own = web.get(f"/a/{case.token(Purpose.VIEW, 'carla')}").text
    assert card in own
    assert "+34 1" not in own
