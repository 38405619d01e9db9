"""Tokens from an endpoint that has good and bad days (RFC 6749)."""

import stat
import threading
import time

import pytest

from gateway.inbound.imap.grant import (
    MOST_OCTETS,
    USUAL_SECONDS,
    OAuthValues,
    TokenRefused,
    TokenUnavailable,
    fetch,
)
from gateway.inbound.imap.renewal import Renewals
from tests.inbound.imap.login.tokens import (
    CLIENT,
    FIRST,
    SECRET,
    Provider,
    drips,
    hangs,
)

OCTETS = 100_000


@pytest.fixture
def provider():
    with Provider() as found:
        yield found


def values(provider, **other):
    given = {
        "token_url": provider.url,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "refresh_token": FIRST,
        "scope": "https://mail.example/ offline",
    }
    return OAuthValues(**(given | other))


def test_a_refresh_token_buys_an_access_token(provider):
    token = fetch(values(provider), FIRST)
    assert (token.value, token.seconds, token.refresh_token) == ("token-1", 3600, "")
    assert provider.forms == [
        {
            "grant_type": "refresh_token",
            "refresh_token": FIRST,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "scope": "https://mail.example/ offline",
        }
    ]


def test_without_a_refresh_token_the_client_speaks_for_itself(provider):
    """RFC 6749 section 4.4, as Microsoft 365 wants it."""
    assert fetch(values(provider, refresh_token="", scope=""), "").value == "token-1"
    [form] = provider.forms
    assert form == {
        "grant_type": "client_credentials",
        "client_id": CLIENT,
        "client_secret": SECRET,
    }


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("3599", 3599),
        (0, 0),
        (None, USUAL_SECONDS),
        ("soon", USUAL_SECONDS),
        (-1, USUAL_SECONDS),
        ([], USUAL_SECONDS),
        (1e999, USUAL_SECONDS),
    ],
)
def test_how_long_a_token_lives(provider, said, meant):
    provider.expires_in = said
    assert fetch(values(provider), FIRST).seconds == meant


@pytest.mark.parametrize(
    ("status", "answer", "words"),
    [
        (400, {"error": "invalid_grant"}, "consent again"),
        (401, {"error": "invalid_client"}, "client_secret is wrong"),
        (400, {"error": "invalid_scope"}, "oauth2.scope"),
        (400, {"error": "unauthorized_client"}, "grant it there"),
        (400, {"error": "unsupported_grant_type"}, "check token_url"),
        (400, {"error": "invalid_request"}, "check client_id"),
        (400, {"error": "interaction_required", "error_description": "MFA"}, "MFA"),
        (404, b"<html>no such page</html>", "answers 404 and no OAuth error"),
        (302, b"", "answers 302"),
        (200, {"access_token": "one", "token_type": "mac"}, "no bearer token but mac"),
    ],
)
def test_what_only_the_operator_can_put_right(provider, status, answer, words):
    provider.answers = [(status, answer)]
    with pytest.raises(TokenRefused, match=words) as refused:
        fetch(values(provider), FIRST)
    assert "\n" not in str(refused.value)
    assert len(provider.forms) == 1


@pytest.mark.parametrize(
    ("status", "answer", "words"),
    [
        (503, b"busy", "answers 503"),
        (500, {"error": "server_error"}, "answers 500"),
        (429, {"error": "invalid_grant"}, "answers 429"),
        (400, {"error": "temporarily_unavailable"}, "answers 400"),
        (200, b"\x00\xff garbage", "holds none"),
        (200, b"[" * 50_000, "holds none"),
        (200, [1], "holds none"),
        (200, {"access_token": 7}, "holds none"),
        (200, {"access_token": "a\x01auth=Bearer b"}, "holds none"),
        (200, {"access_token": "a\r\nA1 LOGOUT"}, "holds none"),
        (200, b" " * OCTETS, f"above {MOST_OCTETS} octets"),
        (400, b" " * OCTETS, f"above {MOST_OCTETS} octets"),
    ],
)
def test_what_passes_by_itself(provider, status, answer, words):
    provider.answers = [(status, answer)]
    with pytest.raises(TokenUnavailable, match=words):
        fetch(values(provider), FIRST)
    assert fetch(values(provider), FIRST).value == "token-2"


@pytest.mark.parametrize("bad_day", [hangs, drips], ids=["hangs", "drips"])
def test_an_endpoint_that_takes_too_long_is_left(provider, bad_day):
    provider.answers = [bad_day(provider)]
    began = time.monotonic()
    with pytest.raises(TokenUnavailable, match=r"no answer within 0\.3 s"):
        fetch(values(provider), FIRST, seconds=0.3)
    assert time.monotonic() - began < 5


def test_an_endpoint_that_is_not_there(provider):
    gone = values(provider, token_url="http://127.0.0.1:1/token")
    with pytest.raises(TokenUnavailable, match="no token from 127"):
        fetch(gone, FIRST)


@pytest.mark.parametrize(
    "url",
    ["http://login.example/token", "ftp://127.0.0.1/", "http://127.0.0.1.example/x"],
)
def test_a_secret_goes_to_https_alone(provider, url):
    with pytest.raises(TokenRefused, match="https"):
        fetch(values(provider, token_url=url), FIRST)


@pytest.mark.parametrize("secret", [SECRET, FIRST])
def test_no_secret_is_repeated_whatever_the_provider_says(provider, secret):
    said = f"the form was {secret} and {secret}\r\nforged line"
    provider.answers = [
        (400, {"error": "invalid_grant", "error_description": said}),
        (400, {"error": secret}),
        (200, {"access_token": "ok-token", "token_type": f"{secret} ok-token"}),
    ]
    for _ in range(2):
        with pytest.raises(TokenRefused) as refused:
            fetch(values(provider), FIRST)
        assert secret not in str(refused.value)
        assert "\n" not in str(refused.value)
    assert secret not in repr(values(provider))


# What a provider renews is kept.


def test_a_renewed_refresh_token_survives_a_restart(provider, tmp_path):
    provider.renews = True
    folder = tmp_path / "oauth2"
    before = Renewals(folder)
    assert [before.fetch(values(provider)).value for _ in range(2)] == [
        "token-1",
        "token-2",
    ]
    after = Renewals(folder)
    assert after.fetch(values(provider)).value == "token-3"
    used = [form["refresh_token"] for form in provider.forms]
    assert used == [FIRST, "refresh-1", "refresh-2"]
    kept = [path for path in folder.iterdir() if path.suffix != ".lock"]
    assert [path.read_text() for path in kept] == ["refresh-3"]
    assert stat.S_IMODE(kept[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_new_token_in_the_settings_wins_over_what_was_kept(provider, tmp_path):
    provider.renews = True
    Renewals(tmp_path).fetch(values(provider))
    provider.takes = "written by hand"
    fresh = values(provider, refresh_token="written by hand")
    assert Renewals(tmp_path).fetch(fresh).value == "token-2"


def test_a_kept_token_that_is_spent_gives_way_to_that_of_the_settings(
    provider, tmp_path
):
    """As after the data folder came back from a backup."""
    provider.renews = True
    Renewals(tmp_path).fetch(values(provider))
    provider.takes = FIRST
    assert Renewals(tmp_path).fetch(values(provider)).value == "token-3"


def test_a_spent_token_is_told_after_two_questions_at_most(provider, tmp_path):
    provider.renews = True
    renewals = Renewals(tmp_path)
    renewals.fetch(values(provider))
    provider.takes = "something else"
    with pytest.raises(TokenRefused, match="consent again"):
        renewals.fetch(values(provider))
    assert len(provider.forms) == 3


def test_two_who_share_an_account_take_turns(provider, tmp_path):
    """A token that serves once must not be spent twice: `check` beside `serve`."""
    provider.renews = True
    found = []

    def ask():
        found.append(Renewals(tmp_path).fetch(values(provider)).value)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [f"token-{number}" for number in range(1, 9)]


def test_a_folder_that_cannot_be_written_costs_nothing_until_a_restart(
    provider, tmp_path
):
    provider.renews = True
    (tmp_path / "file").write_text("no folder")
    renewals = Renewals(tmp_path / "file" / "oauth2")
    assert renewals.fetch(values(provider)).value == "token-1"
    assert renewals.fetch(values(provider)).value == "token-2"
