"""Header sections read alone say what the whole mail says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers import heading, mail

HEAD = b"""\
Received: from a (a [192.0.2.1]) by b; Mon, 2 Nov 2026 10:00:05 +0000
From: =?utf-8?q?Zo=C3=AB?= Gomez <Zoe@Shop.example>
To: support@acme.example,
 "Dan, Ito" <dan@ito.example>
Cc: eve@uni.example
Subject: =?utf-8?b?UmU6IERydWNrZXI=?=
Date: Mon, 02 Nov 2026 11:00:00 +0100
Message-ID: <a@shop.example>
In-Reply-To: <q@acme.example>
References: <p@acme.example>
\t<q@acme.example>

From: not@this.example
"""


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_all_that_a_header_says(end):
    head = heading.read(HEAD.replace(b"\n", end))
    assert head.sender == mail.Mailbox("Zoë Gomez", "Zoe@Shop.example")
    assert [box.address for box in head.to] == [
        "support@acme.example",
        "dan@ito.example",
    ]
    assert [box.address for box in head.cc] == ["eve@uni.example"]
    assert (head.subject, head.subject_base) == ("Re: Drucker", "Drucker")
    assert head.date == datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
    assert head.received == head.date + timedelta(seconds=5)
    assert head.message_id == "<a@shop.example>"
    assert head.in_reply_to == ("<q@acme.example>",)
    assert head.references == ("<p@acme.example>", "<q@acme.example>")
    assert not head.automatic.is_
    assert not head.is_empty


FIELDS = HEAD.partition(b"\n\n")[0].replace(b"\n ", b" ").replace(b"\n\t", b" ")
LINES = st.lists(
    st.sampled_from([*FIELDS.split(b"\n"), b"X-Odd: ", b"Subject: \xfcber \xe9"]),
    min_size=1,
    max_size=12,
)


@given(LINES)
def test_it_reads_what_the_whole_reading_reads(lines):
    raw = b"\n".join(lines) + b"\n\nText.\n"
    head, whole = heading.read(raw), mail.read(raw)
    assert head.message_id == whole.message_id
    assert head.in_reply_to == whole.in_reply_to
    assert head.references == whole.references
    assert head.sender == whole.sender
    assert (head.to, head.cc) == (whole.to, whole.cc)
    assert (head.subject, head.subject_base) == (whole.subject, whole.subject_base)
    assert head.date == whole.date
    assert head.automatic == whole.automatic


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (b"Auto-Submitted: auto-replied", "reply"),
        (b"List-Id: <l.example>", "list"),
        (b"Precedence: bulk", "bulk"),
        (
            b"Content-Type: multipart/report; report-type=delivery-status; boundary=x",
            "bounce",
        ),
        (
            b'Content-Type: multipart/report;\n report-type="feedback-report"',
            "report",
        ),
        (b"Content-Type: multipart/report; boundary=x", "report"),
    ],
)
def test_machines_are_known_by_the_header(field, kind):
    assert heading.read(field + b"\n" + HEAD).automatic.kind == kind


def test_labels_stand_for_folders():
    head = heading.read(b'X-Gmail-Labels: Sent,"Archived Mail", Opened\n' + HEAD)
    assert head.labels == ("Sent", "Archived Mail", "Opened")
    coded = b"X-Gmail-Labels: =?UTF-8?Q?Gesendet,Entw=C3=BCrfe?=\n"
    assert heading.read(coded + HEAD).labels == ("Gesendet", "Entwürfe")


@pytest.mark.parametrize(
    ("status", "gone"),
    [("0009", True), ("0008", True), ("0001", False), ("0", False), ("zz", False)],
)
def test_what_thunderbird_has_not_compacted_yet(status, gone):
    raw = f"X-Mozilla-Status: {status}\n".encode() + HEAD
    assert heading.read(raw).is_expunged is gone


@pytest.mark.parametrize("trace", ["Received: by mx", "Return-Path: <c@x.example>"])
def test_who_sends_a_mail_puts_it_into_no_folder(trace):
    """Below what servers write, a sender could hide a mail or make it look answered."""
    sent = b"X-Gmail-Labels: Sent\nX-Mozilla-Status: 0009\n"
    head = heading.read(f"{trace}\n".encode() + sent + HEAD)
    assert (head.labels, head.is_expunged) == ((), False)


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"just words\n\nmore", b"\xff\xfe" * 9])
def test_what_is_no_header_is_empty(raw):
    assert heading.read(raw).is_empty


@pytest.mark.parametrize(
    "value", ["", "yesterday", "Mon, 99 Foo 2026", "0", "Mon, 2 Nov 99999 10:00:00"]
)
def test_what_is_no_date_is_none(value):
    assert heading.read_date(value) is None


def test_many_references_keep_the_first_and_the_last():
    ids = " ".join(f"<{n}@x>" for n in range(500))
    head = heading.read(f"References: {ids}\n".encode() + b"From: a@b.example\n\n")
    assert head.references[0] == "<0@x>"
    assert head.references[-1] == "<499@x>"
    assert len(head.references) <= 61


@given(st.binary(max_size=2000))
def test_any_octets_are_read(raw):
    heading.read(raw)


@given(st.lists(st.sampled_from([*HEAD.splitlines(), b" x", b":", b"\x00", b"A:"])))
def test_any_lines_are_read(lines):
    heading.read(b"\n".join(lines))
