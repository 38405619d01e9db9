"""`/u/TOKEN`: unsubscribe by button and by the mail provider's one click."""

import re

import pytest

from parsers.reply_address import Purpose
from storage.activity import Hearing
from storage.people import Person

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def never_invite(case, name):
    with case.house.database.reading() as session:
        return session.get_one(Person, case.seat(name).person_id).never_invite


def test_the_page_says_what_the_reader_gets(web, stop):
    shown = web.get(stop)
    assert shown.status_code == 200
    assert "At present each message comes to your inbox." in shown.text
    assert ">Undo<" not in shown.text


def test_stop_and_undo(web, case, stop):
    for _ in range(2):
        shown = web.post(stop, data={"scope": "activity"})
        assert "You get nothing more about this conversation" in shown.text
        assert ">Undo<" in shown.text
    assert case.seat("carla").hearing is Hearing.MUTED
    assert "Taken back" in web.post(stop, data={"scope": "undo"}).text
    assert case.seat("carla").hearing is Hearing.EACH


def test_stop_invitations(web, case, stop):
    web.post(stop, data={"scope": "invitations"})
    assert never_invite(case, "carla")
    assert case.seat("carla").hearing is Hearing.EACH


def test_stop_everything(web, case, stop):
    web.post(stop, data={"scope": "all"})
    assert never_invite(case, "carla")
    # The answers to her own question still go to her (mail-rules B2).
    assert case.seat("carla").hearing is Hearing.EACH


@pytest.mark.parametrize("sent", [{"data": ONE_CLICK}, {"files": {}}])
def test_one_click_of_a_mail_provider(web, case, stop, sent):
    # RFC 8058 section 3.2: urlencoded or multipart, no cookie, no redirect; whatever
    # site the provider's own page is on.
    if "files" in sent:
        sent = {"files": {name: (None, value) for name, value in ONE_CLICK.items()}}
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"}
    for _ in range(2):
        answer = web.post(stop, headers=headers, **sent)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
    assert case.seat("carla").hearing is Hearing.MUTED
    # The narrowest scope: nothing else changes.
    assert not never_invite(case, "carla")


def test_one_click_on_an_invitation_stops_invitations(web, case):
    token = case.token(Purpose.UNSUBSCRIBE, "mei")
    assert web.post(f"/u/{token}", data=ONE_CLICK).status_code == 200
    assert never_invite(case, "mei")


def test_one_click_with_a_wrong_token(web, case):
    before = case.everything()
    answer = web.post(f"/u/{case.token(Purpose.VIEW, 'carla')}", data=ONE_CLICK)
    assert answer.status_code == 404
    assert case.everything() == before


def test_the_buttons_of_another_site_do_nothing(web, case, stop):
    before = case.everything()
    answer = web.post(
        stop, data={"scope": "all"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert case.everything() == before


@pytest.mark.parametrize("data", [{}, {"scope": "more"}])
def test_a_scope_that_is_none_moves_nothing(web, case, stop, data):
    before = case.everything()
    assert web.post(stop, data=data).status_code == 400
    assert case.everything() == before


def test_each_way_to_hear_and_back(web, case, stop):
    for wanted in Hearing:
        shown = web.post(stop, data={"hear": str(wanted)})
        assert shown.status_code == 200
        assert case.seat("carla").hearing is wanted
        assert f'name="hear" value="{wanted}"' not in shown.text
    # What one link did shows its undo in the next letter to its reader too.
    assert [each["undo"] for each in case.seat("carla").unsaid] == ["/unmute"]
    web.post(stop, data={"scope": "undo"})
    assert case.seat("carla").hearing is Hearing.URGENT
    assert case.seat("carla").unsaid == []


def test_an_overview_of_all_requests_and_its_end(web, case, stop):
    assert 'name="overview" value="yes"' in web.get(stop).text
    for said, offered in (("yes", "no"), ("yes", "no"), ("no", "yes")):
        shown = web.post(stop, data={"overview": said})
        assert f'name="overview" value="{offered}"' in shown.text
    # It is the customer's own.
    mei = f"/u/{case.token(Purpose.UNSUBSCRIBE, 'mei')}"
    assert 'name="overview"' not in web.get(mei).text
    assert web.post(mei, data={"overview": "yes"}).status_code == 400


def person(case, name):
    with case.house.database.reading() as session:
        found = session.get_one(Person, case.seat(name).person_id)
        session.expunge(found)
        return found


def test_a_pause_and_its_end(web, case, stop):
    assert 'min="2026-11-22"' in web.get(stop).text
    shown = web.post(stop, data={"pause": "yes", "until": "2026-11-22"})
    assert "Pause until" in shown.text
    web.post(stop, data={"resume": "yes"})
    shown = web.post(stop, data={"pause": "yes", "until": "2026-12-01"})
    assert "Pause until Tuesday, 1 December 2026" in shown.text
    assert person(case, "carla").paused_until.isoformat() == "2026-11-30T23:00:00+00:00"
    assert "The pause is over" in web.post(stop, data={"resume": "yes"}).text
    assert person(case, "carla").paused_until is None
    for day in ("", "soon", "2026-11-20", "2026-11-21", "2031-01-01"):
        shown = web.post(stop, data={"pause": "yes", "until": day})
        assert "choose a day to come" in shown.text
    assert person(case, "carla").paused_until is None


def test_quiet_hours_and_their_end(web, case, stop):
    def at(shown):
        return re.findall(r'name="quiet_\w+" form="quiet" value="([^"]*)"', shown)

    assert at(web.get(stop).text) == ["", ""]
    hours = {"quiet": "on", "quiet_from": "22:00", "quiet_to": "07:30"}
    for _ in range(2):
        shown = web.post(stop, data=hours).text
        assert "nothing comes at once but what cannot wait" in shown
        assert at(shown) == ["22:00", "07:30"]
    for wrong in ("", "soon", "25:00", "22:00", "7\x00", "9" * 5000):
        shown = web.post(stop, data={**hours, "quiet_to": wrong}).text
        assert "two times of day" in shown
        assert at(web.get(stop).text) == ["22:00", "07:30"]
    assert "no quiet hours any more" in web.post(stop, data={"quiet": "off"}).text
    assert at(web.get(stop).text) == ["", ""]


def test_the_last_of_the_team_cannot_pause_away_a_case(web, case):
    """Decisions D35; nor ignore its customer, but she may ignore them."""
    ana = f"/u/{case.token(Purpose.UNSUBSCRIBE, 'ana')}"
    shown = web.post(ana, data={"pause": "yes", "until": "2026-12-01"})
    assert "nobody else of the team would hear" in shown.text
    assert person(case, "ana").paused_until is None
    carlas = str(case.seat("carla").person_id)
    assert "customer of a case" in web.post(ana, data={"ignore": carlas}).text
    assert person(case, "ana").ignores == []
    web.post(ana, data={"hear": "muted"})
    assert "what its customer writes" in web.get(ana).text


def test_whom_somebody_ignores(web, case, stop):
    anas = case.seat("ana").person_id
    shown = web.get(stop).text
    assert f'name="ignore" value="{anas}"' in shown
    shown = web.post(stop, data={"ignore": str(anas)}).text
    assert f'name="again" value="{anas}"' in shown
    assert person(case, "carla").ignores == [anas]
    # Nobody else is told, and somebody who is not here cannot be asked for.
    ana = web.get(f"/u/{case.token(Purpose.UNSUBSCRIBE, 'ana')}").text
    assert "You ignore them" not in ana
    meis = str(case.seat("mei").person_id)
    for number in (meis, "0", "99", "x", "\u00b2"):
        assert web.post(stop, data={"ignore": number}).status_code == 400
    web.post(stop, data={"again": str(anas)})
    assert person(case, "carla").ignores == []


def test_everything_stopped_is_as_before_after_an_undo(web, case):
    ana = f"/u/{case.token(Purpose.UNSUBSCRIBE, 'ana')}"
    web.post(ana, data={"hear": "digest"})
    web.post(ana, data={"scope": "all"})
    assert case.seat("ana").hearing is Hearing.MUTED
    web.post(ana, data={"scope": "undo"})
    assert case.seat("ana").hearing is Hearing.DIGEST
    assert not never_invite(case, "ana")


@pytest.mark.parametrize("data", [{"hear": "loudly"}, {"ignore": ""}, {"again": "-1"}])
def test_a_wish_that_is_none_moves_nothing(web, case, stop, data):
    before = case.everything()
    assert web.post(stop, data=data).status_code == 400
    after = case.everything()
    assert after["participant"] == before["participant"]
    assert after["person"] == before["person"]
