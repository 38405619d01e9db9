"""Tokens and reply addresses: the round trip, and everything that must not pass."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.reply_address import (
    BLANK,
    TOKEN_LETTERS,
    Purpose,
    ReplyAddress,
    Sealer,
    Token,
    number,
    sub_addressed,
)

SECRET = "a secret of at least thirty-two letters"
SEALER = Sealer(SECRET)
purposes = st.sampled_from(Purpose)
numbers = st.integers(0, (1 << 34) - 1)


@given(purposes, numbers)
def test_what_is_sealed_is_unsealed_in_any_case(purpose, value):
    token = SEALER.seal(purpose, value)
    assert len(token) == 2 + TOKEN_LETTERS
    assert set(token[2:]) <= set(string.ascii_lowercase + "234567")
    assert SEALER.unseal(token) == Token(purpose, value)
    assert SEALER.unseal(token.upper()) == Token(purpose, value)


@given(purposes, numbers, st.integers(0, 27), st.sampled_from("abcz27-ru"))
def test_one_other_letter_breaks_it(purpose, value, at, letter):
    token = SEALER.seal(purpose, value)
    changed = token[:at] + letter + token[at + 1 :]
    assert changed == token or SEALER.unseal(changed) is None


@given(st.text(max_size=40))
def test_any_text_is_merely_no_token(text):
    assert SEALER.unseal(text) is None
    assert SEALER.unseal("r-" + text) is None


def test_a_purpose_is_not_another():
    token = SEALER.seal(Purpose.EVERYONE, 5)
    assert SEALER.unseal("t" + token[1:]) is None


def test_row_and_generation():
    token = Token(Purpose.TEAM, number(77, 3))
    assert (token.row, token.generation) == (77, 3)
    for row, generation in ((-1, 0), (1 << 30, 0), (0, 16), (0, -1)):
        with pytest.raises(ValueError):
            number(row, generation)
    for value in (-1, 1 << 34):
        with pytest.raises(ValueError):
            SEALER.seal(Purpose.EVERYONE, value)


def test_a_previous_secret_still_unseals_but_never_seals():
    old = Sealer("an older secret")
    both = Sealer(SECRET, ["an older secret"])
    assert both.unseal(old.seal(Purpose.VIEW, 9)) == Token(Purpose.VIEW, 9)
    assert both.seal(Purpose.VIEW, 9) == SEALER.seal(Purpose.VIEW, 9)
    assert SEALER.unseal(old.seal(Purpose.VIEW, 9)) is None
    assert both.verify("loop", "x", old.mac("loop", "x"))
    assert not SEALER.verify("loop", "x", old.mac("loop", "x"))


def test_an_empty_secret_is_an_error():
    for secrets in (("", ()), ("x", ("",))):
        with pytest.raises(ValueError, match="empty"):
            Sealer(*secrets)


@given(st.text(max_size=20), st.integers(16, 51))
def test_a_mac_holds_for_its_use_and_payload_alone(payload, letters):
    mac = SEALER.mac("loop", payload, letters)
    assert len(mac) == letters
    assert SEALER.verify("loop", payload, mac.upper())
    assert not SEALER.verify("other", payload, mac)
    assert not SEALER.verify("loop", payload + "!", mac)
    assert not SEALER.verify("loop", payload, mac[:15])


def test_a_mac_is_never_too_short_nor_from_afar():
    for letters in (0, 15, 52):
        with pytest.raises(ValueError):
            SEALER.mac("loop", "x", letters)
    assert not SEALER.verify("loop", "x", "")
    assert not SEALER.verify("loop", "x", "ä" * 16)


@pytest.mark.parametrize(
    "template", ["support+{token}@acme.example", "{token}@Reply.acme.example"]
)
@given(purpose=purposes, value=numbers)
def test_an_address_gives_its_token_back(template, purpose, value):
    reply = ReplyAddress(template)
    token = SEALER.seal(purpose, value)
    address = reply.write(token)
    assert reply.read(address) == token
    assert reply.read(address.upper()) == token
    assert reply.read("x" + address) is None
    assert reply.read(address + "x") is None


def test_its_parts():
    reply = ReplyAddress("support+{token}@Acme.example")
    assert reply.domain == "Acme.example"
    assert reply.read("support@acme.example") is None
    assert reply.read("support+r-short@acme.example") is None
    assert reply.read("support+z-" + "a" * 26 + "@acme.example") is None
    assert reply.read("support+r-" + "1" * 26 + "@acme.example") is None
    assert reply.read("support+r-" + "a" * 26 + "@other.example") is None
    assert reply.read("") is None


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("support+{TOKEN}@acme.example", "once"),
        ("supp rt@acme.example", "mail address"),
        ("{token}{token}@acme.example", "once"),
        ("support@{token}.example", "once"),
        ("{token}", "once"),
        ("hülfe+{token}@acme.example", "ASCII"),
        ("{token}@bücher.example", "ASCII"),
        ("x" * 37 + "{token}@acme.example", "65 octets"),
        ("a b{token}@acme.example", "mail address"),
        ("{token}@", "mail address"),
    ],
)
def test_a_bad_template_says_what_is_wrong(template, says):
    with pytest.raises(ValueError, match=says):
        ReplyAddress(template)


def test_the_longest_template_is_good():
    assert ReplyAddress("x" * 36 + "{token}@acme.example").domain == "acme.example"


def test_tokens_are_taken_out_of_a_text_and_only_ours():
    sealer, other = Sealer("x" * 32), Sealer("y" * 32)
    ours = sealer.seal(Purpose.EVERYONE, 7)
    foreign = other.seal(Purpose.EVERYONE, 7)
    text = f"write to support+{ours.upper()}@acme.example, not to r-{foreign[2:]}"
    assert (
        sealer.blank(text) == f"write to support+{BLANK}@acme.example, not to {foreign}"
    )


def test_a_template_without_a_place_is_one_address_for_all():
    reply = ReplyAddress("Support@acme.example")
    assert reply.is_plain
    assert not ReplyAddress("support+{token}@acme.example").is_plain
    assert reply.write("r-" + "a" * TOKEN_LETTERS) == "Support@acme.example"
    assert reply.read("support@acme.example") is None
    assert reply.domain == "acme.example"


@pytest.mark.parametrize(
    ("local", "name"),
    [
        ("support+{}", "support"),
        ("support-{}", "support"),
        ("support+old-{}", "support+old"),
        ("{}", ""),
        ("support.{}", None),
        ("support{}", None),
        ("{}+support", None),
        ("support+{}x", None),
        ("support", None),
        ("", None),
    ],
)
def test_a_local_part_is_parted_at_either_sign(local, name):
    token = "r-" + "a" * TOKEN_LETTERS
    parted = (name, token) if name is not None else None
    assert sub_addressed(local.format(token)) == parted
