"""`/u/TOKEN`: unsubscribe by button and by the mail provider's one click."""

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
