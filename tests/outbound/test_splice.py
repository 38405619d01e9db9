"""A letter's octets are cut at its placeholders and filled for each delivery."""

import quopri
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.outbound.splice import clean, cut, fill, header, plain
from parsers.reply_address import Purpose

PLACEHOLDER = "abcdefghijklmnopqrstuvwxyz"
TOKEN = "z-" + "7" * 13 + "q" * 13
TOKENS = {
    Purpose.EVERYONE: "r" + TOKEN[1:],
    Purpose.UNSUBSCRIBE: "u" + TOKEN[1:],
}
TO = "ann@customer.example"


def copy(raw: bytes) -> bytes:
    """Fill a letter and give what stands behind the To header."""
    letter = fill(cut(raw, PLACEHOLDER), TO, TOKENS)
    first, _, rest = letter.partition(b"\r\n")
    assert first == f"To: {TO}".encode()
    assert len(rest) == len(raw)
    return rest


def soft(text: str, offset: int) -> bytes:
    """Encode as quoted-printable with CRLF, with the text at a column."""
    octets = quopri.encodestring(("ü" * 3 + "x" * offset + text).encode())
    return octets.replace(b"\n", b"\r\n")


@pytest.mark.parametrize("offset", range(160))
def test_quoted_printable_breaks_a_placeholder_anywhere(offset):
    text = f"https://acme.example/u/u-{PLACEHOLDER} and r-{PLACEHOLDER}."
    read = quopri.decodestring(copy(soft(text, offset))).decode()
    want = text.replace(f"u-{PLACEHOLDER}", TOKENS[Purpose.UNSUBSCRIBE])
    assert read.endswith(want.replace(f"r-{PLACEHOLDER}", TOKENS[Purpose.EVERYONE]))


@given(
    before=st.binary(max_size=80),
    gaps=st.lists(st.integers(0, 27), max_size=3, unique=True),
    after=st.binary(max_size=80),
    fold=st.sampled_from([b"=\r\n", b"\r\n ", b"\r\n\t"]),
)
def test_breaks_stay_where_they_were(before, gaps, after, fold):
    def broken(token: str) -> bytes:
        octets = token.encode()
        for gap in sorted(gaps, reverse=True):
            octets = octets[: gap + 1] + fold + octets[gap + 1 :]
        return octets

    # A letter or a hyphen in front would be another text than a placeholder's.
    frame = clean(before) + b"<", b">" + clean(after)
    raw = frame[0] + broken(f"r-{PLACEHOLDER}") + frame[1]
    want = frame[0] + broken(TOKENS[Purpose.EVERYONE]) + frame[1]
    assert copy(clean(raw)) == clean(want)


@given(texts=st.lists(st.sampled_from([f"u-{PLACEHOLDER}", "x", "-", "r-", "\r\n "])))
def test_every_placeholder_is_filled_and_nothing_else(texts):
    raw = " ".join(texts).encode()
    want = raw.replace(
        f"u-{PLACEHOLDER}".encode(), TOKENS[Purpose.UNSUBSCRIBE].encode()
    )
    assert copy(raw) == want


def test_a_look_alike_in_front_does_not_hide_a_placeholder():
    raw = f"a-{'b' * 25}r-{PLACEHOLDER}".encode()
    assert copy(raw).endswith(TOKENS[Purpose.EVERYONE].encode())


def test_a_letter_knows_which_tokens_it_wants():
    found = cut(f"r-{PLACEHOLDER} u-{PLACEHOLDER}".encode(), PLACEHOLDER)
    assert found.purposes == {Purpose.EVERYONE, Purpose.UNSUBSCRIBE}
    with pytest.raises(KeyError):
        fill(found, TO, {Purpose.EVERYONE: TOKENS[Purpose.EVERYONE]})


@pytest.mark.parametrize("raw", [f"k-{PLACEHOLDER}", f"7-{PLACEHOLDER}", PLACEHOLDER])
def test_a_placeholder_without_a_purpose_is_a_fault(raw):
    with pytest.raises(ValueError):
        cut(raw.encode(), PLACEHOLDER)


@given(st.binary(max_size=300))
def test_line_ends_become_crlf(octets):
    found = clean(octets)
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", found)
    assert clean(found) == found


@pytest.mark.parametrize(
    ("address", "want"),
    [
        ("ann@customer.example", b"To: ann@customer.example\r\n"),
        ("a.b+c@x.example", b"To: a.b+c@x.example\r\n"),
        ("bob..@x.example", b'To: "bob.."@x.example\r\n'),
        ("jörg@x.example", "To: jörg@x.example\r\n".encode()),
        (
            "a" * 60 + "@" + "b" * 50 + ".example",
            b"To:\r\n " + b"a" * 60 + b"@" + b"b" * 50 + b".example\r\n",
        ),
    ],
)
def test_the_to_header_is_one_address(address, want):
    assert header(address) == want


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "a@b\r\nBcc: c@d",
        "a@b\nX: y",
        "a b@x.example",
        "a@x.example, b@y.example",
    ],
)
def test_no_header_is_made_of_anything_else(address):
    with pytest.raises(ValueError):
        header(address)


def test_a_domain_has_an_ascii_form_and_a_local_part_has_none():
    assert plain("Ann@bücher.example") == "Ann@xn--bcher-kva.example"
    assert plain("jörg@bücher.example") == "jörg@bücher.example"
    assert plain("Ann@Customer.example") == "Ann@Customer.example"
