"""The envelope of a fetched mail: what the provider noted, and no more."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.inbound.imap.envelope import Envelope, envelope
from gateway.inbound.recipients import Recipients
from gateway.routing.desk import Desk, Desks
from parsers import head
from parsers.address import Mailbox
from parsers.reply_address import Purpose, ReplyAddress, Sealer, number

DESK = "support@acme.example"
HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Forwarded-To")
SEALER = Sealer("a secret of at least 32 characters")
TOKEN = f"support+{SEALER.seal(Purpose.EVERYONE, number(7))}@acme.example"
FORGED = "support+r-aaaaaaaaaaaaaaaaaaaaaaaaaa@acme.example"
RECIPIENTS = Recipients(
    Desks(
        [
            Desk(
                name="Acme",
                address=DESK,
                aliases=("help@acme.example",),
                reply=ReplyAddress("support+{token}@acme.example"),
                team=(Mailbox("Ana", "ana@acme.example"),),
            )
        ]
    ),
    SEALER,
)


def read(*lines: str, trusted=HEADERS) -> Envelope:
    raw = "".join(f"{line}\r\n" for line in lines) + "\r\nHello.\r\n"
    return envelope(raw.encode("utf-8", "surrogateescape"), trusted, RECIPIENTS, DESK)


@pytest.mark.parametrize(
    ("lines", "recipients", "marked"),
    [
        # The first kind that yields one of our addresses counts.
        ([f"Delivered-To: {TOKEN}"], (TOKEN,), ""),
        (["Delivered-To: help@acme.example"], ("help@acme.example",), ""),
        (["Delivered-To: box@gmail.example", f"X-Original-To: {TOKEN}"], (TOKEN,), ""),
        ([f"X-Original-To: {TOKEN}", f"Delivered-To: {DESK}"], (DESK,), ""),
        ([f"Envelope-To: {TOKEN}", f"To: {DESK}"], (TOKEN,), ""),
        ([f"X-Forwarded-To: {TOKEN}"], (TOKEN,), ""),
        ([f"Envelope-To: {TOKEN}, {DESK}"], (TOKEN, DESK), ""),
        ([f"delivered-to:\t<{TOKEN}>"], (TOKEN,), ""),
        (["Delivered-To:", f" {TOKEN}"], (TOKEN,), ""),
        # Of each kind the topmost field alone: the others came with the mail.
        (["Delivered-To: box@gmail.example", f"Delivered-To: {TOKEN}"], (DESK,), ""),
        (
            ["X-Original-To: x@y.example", f"X-Original-To: {TOKEN}"],
            (DESK,),
            "",
        ),
        # What is not ours is nobody.
        ([f"Delivered-To: {FORGED}"], (DESK,), ""),
        (["Delivered-To: ana@acme.example"], (DESK,), ""),
        (["Delivered-To: postmaster@acme.example"], ("postmaster@acme.example",), ""),
        # Without an envelope: tokens of ours in To and Cc, and they are marked.
        ([f"To: Acme <{TOKEN}>"], (TOKEN,), "header"),
        ([f"To: {DESK}", f"Cc: bo@x.example, {TOKEN}"], (TOKEN,), "header"),
        ([f"Bcc: {TOKEN}"], (DESK,), ""),
        ([f"To: {FORGED}"], (DESK,), ""),
        ([f'To: "{TOKEN}" <bo@x.example>'], (DESK,), ""),
        ([f"To: {TOKEN}, {TOKEN.upper()}"], (TOKEN,), "header"),
        # Else the desk whose mailbox it is.
        (["To: help@acme.example"], (DESK,), ""),
        ([], (DESK,), ""),
    ],
)
def test_the_recipients(lines, recipients, marked):
    found = read("From: ann@customer.example", *lines)
    assert (found.recipients, found.marked) == (recipients, marked)


def test_only_what_is_trusted_is_asked():
    lines = ["From: a@b.example", f"Delivered-To: {TOKEN}", f"Envelope-To: {DESK}"]
    assert read(*lines, trusted=("Envelope-To",)).recipients == (DESK,)
    assert read(*lines, trusted=()).recipients == (DESK,)
    assert read(*lines, trusted=("Delivered-To",)).recipients == (TOKEN,)


@pytest.mark.parametrize(
    ("lines", "sender"),
    [
        (["Return-Path: <ann@customer.example>", "From: x@y.example"], "ann@customer"),
        (["Return-Path: <>", "From: x@y.example"], ""),
        (["Return-Path: < >", "From: x@y.example"], ""),
        (["Return-Path: <a@b.example>", "Return-Path: <>"], "a@b"),
        (["Return-Path: nonsense", "From: x@y.example"], "x@y"),
        (["From: Ann <ann@customer.example>"], "ann@customer"),
        (["From: undisclosed"], None),
        (["Subject: x"], None),
        ([], None),
    ],
)
def test_the_sender(lines, sender):
    found = read(*lines).sender
    assert found == (sender and f"{sender}.example")


def test_a_mail_that_begins_with_its_body_has_no_header():
    raw = b"\r\nDelivered-To: " + TOKEN.encode() + b"\r\n\r\n"
    assert envelope(raw, HEADERS, RECIPIENTS, DESK) == Envelope(None, (DESK,))


def test_a_body_names_nobody():
    assert read("Subject: x", "", f"Delivered-To: {TOKEN}").recipients == (DESK,)


@given(st.binary(max_size=2000))
def test_no_octets_break_it(raw):
    found = envelope(raw, HEADERS, RECIPIENTS, DESK)
    assert found.recipients


@given(st.text(max_size=300))
def test_no_value_breaks_it(value):
    read(f"Delivered-To: {value}", f"From: {value}", f"To: {value}")


@pytest.mark.parametrize(
    "line",
    [
        b"To: " + b"a@b.example, " * 100_000,
        b"To: " + b"<" * 1_000_000,
        b"To: " + b"(" * 1_000_000,
        b'To: "' + b"\\" * 1_000_000,
        b"To: x@y.example\r\n" * 60_000,
        b" x\r\n" * 200_000,
        b"Delivered-To: " + TOKEN.encode() * 10_000,
        b"To: " + b", ".join([TOKEN.encode()] * 20_000),
    ],
    ids=range(8),
)
def test_nothing_takes_long(line):
    begun = time.monotonic()
    envelope(line + b"\r\n\r\n", HEADERS, RECIPIENTS, DESK)
    assert time.monotonic() - begun < 2


def test_fields_are_unfolded_and_found_in_any_case():
    found = head.fields(
        b"SUBJECT: a\r\n\tb\r\nnonsense\r\nx: 1\r\nX: 2\r\n\r\nY: 3\r\n"
    )
    assert found.first("subject") == "a\tb"
    assert found.all("x") == ("1", "2")
    assert found.names == {"subject", "x"}


def test_a_header_section_without_end_is_cut():
    raw = b"X: 1\r\n" * 100_000
    assert len(head.section(raw)) == head.MOST_OCTETS
