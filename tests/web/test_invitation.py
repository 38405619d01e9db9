"""`/i/TOKEN`: GET shows, POST answers, once or twice."""

import pytest

from parsers.reply_address import Purpose
from storage.activity import Hearing, Membership


def test_the_page_says_who_asks_and_why_and_what_is_shared(web, invitation):
    shown = web.get(invitation)
    assert shown.status_code == 200
    for words in (
        "Ana Ruiz invites you to a case of Acme Support",
        "you wrote the importer",
        "Import fails with &#34;bad date&#34;",
        "Carla Gomez",
        "You see what was said from the start.",
        "Never invite me again",
    ):
        assert words in shown.text


def test_join_takes_part_and_the_catch_up_is_queued_once(web, case, invitation):
    before = case.count("delivery")
    for _ in range(2):
        shown = web.post(invitation, data={"answer": "join"})
        assert shown.status_code == 200
        assert "You are in" in shown.text
    assert case.seat("mei").membership is Membership.JOINED
    assert case.seat("mei").hearing is Hearing.EACH
    assert case.count("delivery") == before + 1
    assert "You are in" in web.get(invitation).text


def test_only_a_daily_digest(web, case, invitation):
    shown = web.post(invitation, data={"answer": "digest"})
    assert "Once a day one mail" in shown.text
    assert case.seat("mei").membership is Membership.JOINED
    assert case.seat("mei").hearing is Hearing.DIGEST


def test_no_thanks_is_for_this_case_and_can_be_taken_back(web, case, invitation):
    for _ in range(2):
        shown = web.post(invitation, data={"answer": "decline"})
        assert "You declined" in shown.text
    assert case.seat("mei").membership is Membership.DECLINED
    assert case.count("delivery") == 0
    web.post(invitation, data={"answer": "join"})
    assert case.seat("mei").membership is Membership.JOINED


def test_never_again_is_for_ever(web, case, invitation):
    for _ in range(2):
        shown = web.post(invitation, data={"answer": "never"})
        assert "We will not invite you again" in shown.text
    assert case.seat("mei").membership is Membership.DECLINED
    assert "We will not invite you again" in web.get(invitation).text


@pytest.mark.parametrize("data", [{}, {"answer": ""}, {"answer": "perhaps"}])
def test_an_answer_that_is_none_moves_nothing(web, case, invitation, data):
    before = case.everything()
    shown = web.post(invitation, data=data)
    assert shown.status_code == 400
    assert "Ana Ruiz invites you" in shown.text
    assert case.everything() == before


def test_an_answer_that_is_a_file_is_none(web, case, invitation):
    before = case.everything()
    files = {"answer": ("join", b"join")}
    assert web.post(invitation, files=files).status_code == 400
    assert case.everything() == before


def test_the_button_of_another_site_does_nothing(web, case, invitation):
    before = case.everything()
    shown = web.post(
        invitation, data={"answer": "join"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert shown.status_code == 403
    assert "Nothing was changed" in shown.text
    assert case.everything() == before


def test_an_invitation_made_anew_spends_the_old_link(web, case, invitation):
    case.turn_token("mei")
    assert web.get(invitation).status_code == 404
    anew = case.token(Purpose.INVITATION, "mei", generation=1)
    assert web.get(f"/i/{anew}").status_code == 200


def test_the_token_works_in_capitals(web, case):
    # Some mail programs and people shout.
    token = case.token(Purpose.INVITATION, "mei").upper()
    assert web.get(f"/i/{token}").status_code == 200
