"""Addresses: what is matched, what is refused, what broken headers still say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.address import (
    Mailbox,
    domain,
    is_address,
    is_role,
    key,
    read_mailboxes,
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (" Ana@Acme.Example ", "ana@acme.example"),
        ("<ana@acme.example>", "ana@acme.example"),
        ("ana@acme.example.", "ana@acme.example"),
        ("ana@BÜCHER.example", "ana@xn--bcher-kva.example"),
        ("ana@xn--bcher-kva.example", "ana@xn--bcher-kva.example"),
        ("ana@straße.example", "ana@xn--strae-oqa.example"),
        ("ana@例え。jp", "ana@xn--r8jz45g.jp"),
        ("ana@\uff21\uff23ME.example", "ana@acme.example"),
        ("JÖRG@acme.example", "jörg@acme.example"),
        ("no address", "no address"),
    ],
)
def test_one_key_for_every_way_of_writing(written, expected):
    assert key(written) == expected


def test_two_people_never_share_a_key():
    assert key("straße@acme.example") != key("strasse@acme.example")
    assert key("ana@straße.example") != key("ana@strasse.example")


@given(st.text())
def test_key_never_raises_and_is_its_own_key(text):
    assert key(key(text)) == key(text)
    assert domain(text) == domain(key(text))


@given(st.text(st.characters(), max_size=30), st.text(st.characters(), max_size=30))
def test_key_of_local_and_domain_is_stable(local, host):
    once = key(f"{local}@{host}")
    assert key(once) == once


@pytest.mark.parametrize(
    "address",
    [
        "ana@acme.example",
        "a.b+tag=x@sub.acme.example",
        "user..name.@docomo.example",
        "jörg@bücher.example",
        '"ana..ruiz"@acme.example',
        "root@localhost",
        "x@[192.0.2.1]",
        "x@[IPv6:2001:db8::1]",
        "a" * 64 + "@acme.example",
    ],
)
def test_takes_what_people_have(address):
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "ana",
        "ana@",
        "@acme.example",
        "a b@acme.example",
        '"a b"@acme.example',
        '"a@b"@acme.example',
        "a@b@acme.example",
        "@hop.example:ana@acme.example",
        "ana%victim.example@acme.example",
        "ana\0@acme.example",
        "ana\r@acme.example",
        "ana\n@acme.example",
        "ana@acme.example\n",
        "\udcff\udcfe@acme.example",
        "ana\u202e@acme.example",
        "ana\u0085@acme.example",
        "a" * 65 + "@acme.example",
        "ö" * 33 + "@acme.example",
        "a@" + "b" * 64 + ".example",
        "a@" + "b." * 130 + "example",
        "a@.example",
        "a@acme..example",
        "a@-acme.example",
        "a@acme.example-",
        "a@[nonsense]",
        "a@[192.0.2.1",
    ],
)
def test_refuses_what_nobody_honest_has(address):
    assert not is_address(address)


@given(st.text())
def test_is_address_never_raises(text):
    if is_address(text):
        assert "\n" not in text
        assert text.isprintable()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("ana@acme.example", [("", "ana@acme.example")]),
        ("Ana Ruiz <Ana@Acme.example>", [("Ana Ruiz", "Ana@Acme.example")]),
        ('"Ruiz, Ana" <ana@acme.example>', [("Ruiz, Ana", "ana@acme.example")]),
        ("Ruiz, Ana <ana@acme.example>", [("Ruiz, Ana", "ana@acme.example")]),
        ("ana@acme.example (Ana (the) Ruiz)", [("Ana (the) Ruiz", "ana@acme.example")]),
        (
            "a@x.example, B <b@x.example>;c@x.example",
            [("", "a@x.example"), ("B", "b@x.example"), ("", "c@x.example")],
        ),
        (
            "Team: Ana <ana@x.example>, bo@x.example;, c@x.example",
            [("Ana", "ana@x.example"), ("", "bo@x.example"), ("", "c@x.example")],
        ),
        ("undisclosed-recipients:;", []),
        ("=?utf-8?q?J=C3=B6rg?= <j@x.example>", [("Jörg", "j@x.example")]),
        (
            "=?utf-8?q?evil=40x.example=2C?= <j@x.example>",
            [("evil@x.example,", "j@x.example")],
        ),
        ("=?utf-8?b?SsO2cmcgPGpAeC5leGFtcGxlPg==?=", [("Jörg", "j@x.example")]),
        (
            '"ceo@acme.example" <x@evil.example>',
            [("ceo@acme.example", "x@evil.example")],
        ),
        ("<@hop.example,@two.example:ana@x.example>", [("", "ana@x.example")]),
        ("Ana ana@x.example", [("Ana", "ana@x.example")]),
        ("Ana <<ana@x.example>>", [("Ana", "ana@x.example")]),
        ("ana @ x.example", [("", "ana@x.example")]),
        ("mailto:ana@x.example", [("", "ana@x.example")]),
        ('"Ana <ana@x.example>', [("Ana", "ana@x.example")]),
        ("Ana (open <ana@x.example>", [("Ana (open", "ana@x.example")]),
        ('"A\\"na" <ana@x.example>', [('A"na', "ana@x.example")]),
        ("Ana\u202e\r\n\tRuiz\x00 <ana@x.example>", [("Ana Ruiz", "ana@x.example")]),
        ("J\udcf6rg <j@x.example>", [("Jörg", "j@x.example")]),
        ("Ana <>", []),
        ("", []),
    ],
)
def test_reads_sound_and_broken_headers(header, expected):
    assert list(read_mailboxes(header)) == [Mailbox(*pair) for pair in expected]


@given(st.text(alphabet=st.sampled_from('ab@.,;:<>()"\\ =?\r\n\udcff')))
def test_reading_never_raises_and_gives_clean_addresses(header):
    for mailbox in read_mailboxes(header):
        assert "@" in mailbox.address
        assert not set(mailbox.address) & set(" \r\n\t")
        assert not set(mailbox.name) & set("\r\n\t")


def test_a_thousand_mailboxes_are_enough():
    assert len(read_mailboxes("a@x.example," * 5000)) == 1000


@pytest.mark.parametrize(
    "address",
    [
        "no-reply@x.example",
        "NoReply+42@x.example",
        "do_not_reply@x.example",
        "orders-noreply@x.example",
        "postmaster@x.example",
        "MAILER-DAEMON@x.example",
        "bounces+ana=y.example@x.example",
        "dev-request@lists.example",
        "owner-dev@lists.example",
        "abuse@x.example",
    ],
)
def test_offices_and_machines_are_roles(address):
    assert is_role(address)


@pytest.mark.parametrize(
    "address",
    [
        "ana@x.example",
        "info@x.example",
        "owner@bakery.example",
        "replya@x.example",
        "root.ana@x.example",
        "",
    ],
)
def test_people_are_not_roles(address):
    assert not is_role(address)
