"""What `parlour check` says of a mailbox: a real one, and one that is not right."""

from datetime import UTC, datetime

import pytest

from gateway.cli.doctor.finding import Level
from gateway.cli.doctor.mailbox import look_at_mailboxes
from gateway.settings import load
from tests.cli.served import write_settings
from tests.imapserver import say_missing
from tests.inbound.imap.login.tokens import CLIENT, SECRET, Provider

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def look(imap_server, tmp_path):
    """A function that looks at a mailbox with these keys."""

    def find(more="", after="", user=None, **other):
        given = {
            "host": imap_server.host,
            "port": imap_server.port,
            "tls": "none",
            "username": user or imap_server.account().name,
            "password": imap_server.password,
        } | other
        keys = [
            f"{name} = {value}" if isinstance(value, int) else f'{name} = "{value}"'
            for name, value in given.items()
            if value is not None
        ]
        block = "\n".join(["[[desk.mailbox]]", *keys, more, after])
        settings = load(write_settings(tmp_path, more=block), {})
        return list(look_at_mailboxes(settings, None, NOW))

    return find


def needs_dovecot(server):
    if not server.is_dovecot:
        say_missing()


def levels(found):
    return [each.level for each in found]


def test_a_sound_mailbox_without_proof(look):
    mailbox, proof = look()
    assert mailbox.level is Level.OK
    assert "logged in" in mailbox.text
    assert "0 mails" in mailbox.text
    assert proof.level is Level.WARNING
    assert "customers get the neutral letter until authserv_ids" in proof.text


def test_ids_of_the_settings_are_named(look):
    _, proof = look('authserv_ids = ["mx.acme.example"]')
    assert (proof.level, "mx.acme.example" in proof.text) == (Level.OK, True)


def test_a_wrong_password_is_told_without_it(look):
    mailbox, *_ = look(password="hemlock-9")
    assert mailbox.level is Level.FAILED
    assert "app password" in mailbox.text
    assert "hemlock" not in str(mailbox)


def test_a_folder_that_is_not_there_is_named(look):
    mailbox, *_ = look('sent_folder = "Gesendet"')
    assert (mailbox.level, "Gesendet" in mailbox.text) == (Level.FAILED, True)


def test_a_server_that_is_away(look):
    mailbox, *_ = look(port=1)
    assert mailbox.level is Level.FAILED
    assert "127.0.0.1" in mailbox.text


def test_starttls_that_fails_is_no_reason_to_go_on_in_clear(look):
    """Its certificate is not believed, or it has none."""
    mailbox, *_ = look(tls="starttls")
    assert mailbox.level is Level.FAILED
    assert "certificate" in mailbox.text or "STARTTLS" in mailbox.text


def test_a_certificate_that_is_not_checked_is_warned_of(look, imap_server):
    needs_dovecot(imap_server)
    found = look("tls_verify = false", tls="tls", port=imap_server.tls_port)
    assert levels(found) == [Level.OK, Level.WARNING, Level.WARNING]
    assert "not checked" in found[1].text


def test_a_mechanism_that_is_not_offered_costs_no_token(look, imap_server):
    needs_dovecot(imap_server)
    with Provider(takes="another") as provider:
        keys = f"""[desk.mailbox.oauth2]
token_url = "{provider.url}"
client_id = "{CLIENT}"
client_secret = "{SECRET}"
refresh_token = "spent-token-7"
"""
        mailbox, *_ = look(after=keys, password=None)
    assert mailbox.level is Level.FAILED
    assert "does not offer XOAUTH2" in mailbox.text
    assert provider.forms == []
    assert "spent-token" not in str(mailbox)
