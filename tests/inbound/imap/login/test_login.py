"""Logging in to a real Dovecot: by password, and by tokens in both mechanisms."""

import base64
import re
import socket
import threading
from contextlib import contextmanager, suppress

import imapclient
import pytest
import structlog

from gateway.inbound.imap.grant import TokenUnavailable
from gateway.inbound.imap.login import (
    LoginRefused,
    LoginUnavailable,
    Password,
)
from tests.inbound.imap.login.tokens import FIRST

SECONDS = 10
MECHANISMS = ["xoauth2", "oauthbearer"]


@contextmanager
def connected(server):
    client = imapclient.IMAPClient(server.host, server.port, ssl=False, timeout=SECONDS)
    try:
        yield client
    finally:
        with suppress(OSError, imapclient.exceptions.IMAPClientError):
            client.shutdown()


def opens(server, login):
    """Log in on a new connection; say which mailbox it is."""
    with connected(server) as client:
        login.log_in(client)
        client.select_folder("INBOX")
        return True


# Tokens.


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_token_opens_the_mailbox(server, login, provider, mechanism):
    assert opens(server, login(mechanism))
    assert len(provider.forms) == 1


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_client_of_its_own_opens_it_too(server, login, mechanism):
    assert opens(server, login(mechanism, refresh_token=""))


def test_a_token_serves_for_many_log_ins(server, login, provider):
    ours = login()
    for _ in range(3):
        assert opens(server, ours)
    assert len(provider.forms) == 1


@pytest.mark.parametrize("seconds", [60, 1, 0])
def test_a_token_that_is_about_to_end_is_not_used_again(
    server, login, provider, seconds
):
    provider.expires_in = seconds
    ours = login()
    assert opens(server, ours)
    assert opens(server, ours)
    assert len(provider.forms) == 2


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_token_that_was_taken_back_is_replaced_once(
    server, login, provider, mechanism
):
    ours = login(mechanism)
    assert opens(server, ours)
    provider.active.clear()
    assert opens(server, ours)
    assert len(provider.forms) == 2


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_fresh_token_that_is_refused_ends_it(server, login, provider, mechanism):
    """No hammering: two tokens the first time, then one for each later try."""
    ours = login(mechanism)
    provider.answers = [
        (200, {"access_token": f"secret-token-{n}", "expires_in": 3600})
        for n in range(10)
    ]
    with pytest.raises(LoginRefused, match="check username") as refused:
        opens(server, ours)
    assert len(provider.forms) == 2
    with pytest.raises(LoginRefused):
        opens(server, ours)
    assert len(provider.forms) == 3
    said = str(refused.value)
    assert "secret-token" not in said
    assert "\n" not in said
    provider.answers = []
    assert opens(server, ours)


def test_the_reason_in_the_servers_challenge_is_told(server, login, provider):
    provider.answers = [(200, {"access_token": "bad"}) for _ in range(2)]
    with pytest.raises(LoginRefused, match=r"AUTHENTICATIONFAILED.*status (400|401)"):
        opens(server, login())


def test_a_token_of_somebody_else_opens_nothing(server, login):
    with pytest.raises(LoginRefused):
        opens(server, login(user="someone.else@acme.example"))


def test_a_spent_refresh_token_tells_the_operator_what_to_do(server, login):
    with pytest.raises(LoginRefused, match="consent again"):
        opens(server, login(refresh_token="spent"))


def test_a_renewed_refresh_token_is_used_next(server, login, provider):
    provider.renews, provider.expires_in = True, 0
    assert opens(server, login())
    assert opens(server, login())
    used = [form["refresh_token"] for form in provider.forms]
    assert used == [FIRST, "refresh-1"]


def test_a_provider_that_is_away_for_a_while_is_asked_again_later(
    server, login, provider
):
    provider.answers = [(503, b"busy"), (502, b"<html>"), (200, b"garbage")]
    ours = login()
    for _ in range(3):
        with pytest.raises(TokenUnavailable):
            opens(server, ours)
    assert opens(server, ours)


def test_a_server_without_the_mechanism_is_told_before_a_token_is_fetched(
    imap_server, login, provider
):
    with pytest.raises(LoginRefused, match="does not offer OAUTHBEARER"):
        opens(imap_server, login("oauthbearer"))
    assert provider.forms == []


# Passwords.


def test_a_password_opens_the_mailbox(server):
    assert opens(server, Password(server.account().name, server.password))


def test_a_wrong_password_is_told_in_one_line_without_it(server):
    wrong = Password(server.account().name, 'wrong "pass\\word')
    with pytest.raises(LoginRefused, match="app password") as refused:
        opens(server, wrong)
    said = str(refused.value)
    assert "AUTHENTICATIONFAILED" in said
    assert "\n" not in said
    for secret in ("wrong", "pass", "word "):
        assert secret not in said.replace("password", "")
    assert "wrong" not in repr(wrong)


# Servers of other habits, played by a script: what each said is from its makers' word.


@contextmanager
def habits(*capabilities, answer):
    """A server that offers these and answers a log-in as told."""
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(SECONDS)
        offered = " ".join(("IMAP4rev1", *capabilities)).encode()

        def serve():
            connection, _ = listening.accept()
            with connection, connection.makefile("rwb", buffering=0) as lines:
                lines.write(b"* OK [CAPABILITY " + offered + b"] ready\r\n")
                for line in lines:
                    tag, _, command = line.strip().partition(b" ")
                    heard.append(command)
                    if command.upper() == b"CAPABILITY":
                        lines.write(b"* CAPABILITY " + offered + b"\r\n")
                        lines.write(tag + b" OK done\r\n")
                    elif not answer(lines, tag, command):
                        return

        thread = threading.Thread(target=serve)
        thread.start()

        class Found:
            host, port = "127.0.0.1", listening.getsockname()[1]

        Found.heard = heard
        yield Found
        thread.join(SECONDS)


def says(text):
    def answer(lines, tag, command):
        lines.write(tag + b" " + text + b"\r\n")
        return True

    return answer


@pytest.mark.parametrize(
    "text",
    [
        b"NO [UNAVAILABLE] Temporary authentication failure",
        b"NO [ALERT] Too many simultaneous connections. (Failure)",
        b"NO [LIMIT] wait",
        b"NO [INUSE] mailbox locked",
    ],
)
def test_a_refusal_that_passes_is_no_wrong_password(text):
    with (
        habits(answer=says(text)) as server,
        pytest.raises(LoginUnavailable, match="just now"),
    ):
        opens(server, Password("ana", "hemlock-9"))


def test_a_server_that_hangs_up_is_no_wrong_password():
    with (
        habits(answer=lambda *_: False) as server,
        pytest.raises((LoginUnavailable, OSError)) as gone,
    ):
        opens(server, Password("ana", "hemlock-9"))
    assert not isinstance(gone.value, LoginRefused)


def test_login_is_the_last_resort_and_quoted():
    with (
        habits(answer=says(b"NO hemlock-9 is wrong, ana")) as server,
        pytest.raises(LoginRefused) as refused,
    ):
        opens(server, Password('ana "the" admin', "hemlock-9"))
    assert server.heard[-1] == b'LOGIN "ana \\"the\\" admin" "hemlock-9"'
    assert "hemlock" not in str(refused.value)


def test_a_server_that_takes_no_password_gets_none():
    with (
        habits("LOGINDISABLED", answer=says(b"NO")) as server,
        pytest.raises(LoginRefused, match="takes no password"),
    ):
        opens(server, Password("ana", "hemlock-9"))
    assert not any(b"hemlock" in line for line in server.heard)


def test_a_password_outside_ascii_needs_plain():
    with (
        habits(answer=says(b"NO")) as server,
        pytest.raises(LoginRefused, match="outside ASCII"),
    ):
        opens(server, Password("ana", "schlüssel"))


def test_a_server_that_repeats_the_token_spreads_it_nowhere(login, provider):
    """Once as it is, once as it travelled, once cut."""

    def answer(lines, tag, command):
        if command.startswith(b"AUTHENTICATE"):
            lines.write(b"+ \r\n")
            sent = lines.readline().strip()
            lines.write(b"+ eyJzdGF0dXMiOiI0MDEifQ==\r\n")
            assert lines.readline() == b"\r\n"
            token = base64.b64decode(sent).split(b"Bearer ")[1].strip(b"\1")
            lines.write(tag + b" NO " + token + b" " + sent + b" " + sent[:30])
            lines.write(b"\r\n")
        return True

    with (
        habits("AUTH=XOAUTH2", answer=answer) as server,
        structlog.testing.capture_logs() as log,
        pytest.raises(LoginRefused, match="status 401") as refused,
    ):
        opens(server, login())
    told = f"{refused.value} {log}"
    assert not re.search(r"token-\d|dXNlcj", told)
