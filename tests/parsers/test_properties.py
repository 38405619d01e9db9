"""Any octets, and mails of our own with any change: read, in time, printable."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench import fuzz
from bench.odd import SEEDS, SIGNS

QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

FIELDS = st.sampled_from(
    [
        b"From", b"To", b"Subject", b"Date", b"Message-ID", b"References",
        b"Content-Type", b"Content-Transfer-Encoding", b"Content-Disposition",
        b"Content-ID", b"Return-Path", b"X-Failed-Recipients", b"Auto-Submitted",
        b"Authentication-Results", b"X-Parlour-Loop", b"",
    ]
)  # fmt: skip
VALUES = st.sampled_from(
    [
        b"a@b.example", b'"A, B" <a@b.example>', b"<>", b"multipart/mixed; boundary=b",
        b"multipart/alternative; boundary=b", b"multipart/report; boundary=b",
        b"text/html; charset=utf-16", b"text/plain; format=flowed; delsp=yes",
        b"text/calendar", b"application/ms-tnef", b"message/rfc822",
        b"message/delivery-status", b"base64", b"quoted-printable", b"x-uuencode",
        b"attachment; filename*0*=utf-8''%ff; filename*1=x", b"inline; filename=/../x",
        b"=?utf-8?b?w7w=?= =?x?q?=FF?=", b"Mon, 99 Foo 2026", b"=?utf-7?q?+2D0-?=",
        b"Undelivered Mail", b"\xff\xfe", b"",
    ]
)  # fmt: skip
PIECES = st.one_of(st.sampled_from(SIGNS), st.binary(max_size=40), VALUES)


@st.composite
def mails(draw):
    """Put a mail together from parts that fit, mostly."""
    lines = [
        draw(FIELDS) + b": " + draw(VALUES) + draw(st.sampled_from([b"", b"; a=b"]))
        for _ in range(draw(st.integers(0, 8)))
    ]
    body = b"".join(draw(st.lists(PIECES, max_size=20)))
    end = draw(st.sampled_from([b"\r\n", b"\n", b"\r"]))
    return end.join([*lines, b"", b"--b", *lines[:3], b"", body, b"--b--", b""])


@QUICK
@given(st.binary(max_size=600))
def test_any_octets(raw):
    fuzz.check(raw)


@QUICK
@given(mails())
def test_mails_of_parts_that_do_not_fit(raw):
    fuzz.check(raw)


@QUICK
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 3000), PIECES, st.integers(0, 60)), max_size=6),
)
def test_changed_mails(raw, changes):
    for at, piece, gone in changes:
        raw = raw[:at] + piece + raw[at + gone :]
    fuzz.check(raw)


@pytest.mark.parametrize("seed", SEEDS, ids=range(len(SEEDS)))
def test_mails_cut_off_anywhere(seed):
    for at in range(0, len(seed), 23):
        fuzz.check(seed[:at])


def test_the_same_seed_gives_the_same_mails():
    one, other = (list(itertools.islice(fuzz.mutations(7), 50)) for _ in range(2))
    assert one == other
    for raw in one:
        fuzz.check(raw)


def test_a_finding_is_told():
    with pytest.raises(fuzz.Finding):
        fuzz.check(SEEDS[0], most=0.0)
