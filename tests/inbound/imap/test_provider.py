"""Whose word on a sender is believed in the mailboxes of which provider."""

import pytest

from gateway.inbound.imap.provider import (
    PROVIDERS,
    authserv_ids,
    provider_of,
    why_unproved,
)


@pytest.mark.parametrize(
    ("host", "ids"),
    [
        ("imap.gmail.com", ("mx.google.com",)),
        ("IMAP.Gmail.com.", ("mx.google.com",)),
        ("imap.fastmail.com", ("*.messagingengine.com",)),
        ("imap.aol.com", ("*.yahoo.com",)),
        ("imappro.zoho.eu", ("mx.zohomail.eu",)),
        ("outlook.office365.com", ()),
        ("imap.mail.me.com", ()),
        ("mail.acme.example", ()),
        ("imap.gmail.com.evil.example", ()),
        ("127.0.0.1", ()),
    ],
)
def test_the_providers_that_are_known(host, ids):
    assert authserv_ids(host, ()) == ids


def test_what_the_settings_say_wins():
    given = ("mx.acme.example",)
    assert authserv_ids("imap.gmail.com", given) == given
    assert authserv_ids("mail.acme.example", given) == given


def test_who_has_no_ids_says_why():
    for provider in PROVIDERS:
        assert bool(provider.authserv_ids) is not bool(provider.why_not), provider
    assert "Microsoft" in why_unproved("outlook.office365.com")
    assert "mail.acme.example" in why_unproved("mail.acme.example")


def test_each_host_belongs_to_one_provider():
    for provider in PROVIDERS:
        for host in provider.hosts:
            assert provider_of(host.replace("*", "a")) is provider
