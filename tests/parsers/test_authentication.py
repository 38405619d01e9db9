"""Only our own server speaks for a sender, and only plainly (RFC 8601)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.authentication import Verdict, verdict

TRUSTED = ("mx.acme.example",)


def judged(*results, host="gomez.example", trusted=TRUSTED):
    return verdict(results, host, trusted)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("mx.acme.example; dmarc=pass header.from=gomez.example", Verdict.PASS),
        ("MX.acme.example 1;\r\n\tdmarc = pass (p=none)", Verdict.PASS),
        ("mx.acme.example; dkim=pass header.d=gomez.example", Verdict.PASS),
        ("mx.acme.example; dkim=pass header.i=@mail.gomez.example", Verdict.PASS),
        ("mx.acme.example; spf=pass smtp.mailfrom=carla@gomez.example", Verdict.PASS),
        ("mx.acme.example; spf=pass smtp.mailfrom=gomez.example", Verdict.PASS),
        (
            "mx.acme.example; dmarc=fail (p=reject) header.from=gomez.example",
            Verdict.FAIL,
        ),
        ("mx.acme.example; dmarc=fail policy.dmarc=quarantine", Verdict.FAIL),
        ("mx.acme.example; dmarc=fail action=oreject", Verdict.FAIL),
        ("mx.acme.example; dmarc=fail (p=none dis=none)", Verdict.WEAK_FAIL),
        ("mx.acme.example; dmarc=fail", Verdict.WEAK_FAIL),
        ("mx.acme.example; dmarc=pass; dmarc=fail (p=reject)", Verdict.FAIL),
        (
            "mx.acme.example; dkim=pass header.d=gomez.example; dmarc=fail (p=reject)",
            Verdict.FAIL,
        ),
        ("mx.acme.example; none", Verdict.NONE),
        (
            "mx.acme.example; dmarc=none; spf=pass smtp.mailfrom=x@other.example",
            Verdict.NONE,
        ),
        ("mx.acme.example; dkim=pass header.d=other.example", Verdict.NONE),
        ("mx.acme.example; dkim=pass header.d=evilgomez.example", Verdict.NONE),
        ("mx.acme.example; dkim=pass header.d=example", Verdict.NONE),
        ("mx.acme.example; dkim=pass", Verdict.NONE),
        ("mx.acme.example; dmarc=pass header.from=other.example", Verdict.NONE),
        ("mx.acme.example; dmarc=bestguesspass", Verdict.NONE),
        ("mx.acme.example; (dmarc=pass) spf=fail", Verdict.NONE),
        (
            "mx.acme.example; spf=fail (x; dmarc=pass header.from=gomez.example)",
            Verdict.NONE,
        ),
        ('mx.acme.example; spf=fail reason="; dmarc=pass"', Verdict.NONE),
        ('mx.acme.example; spf=fail reason="a\\"; dmarc=pass"', Verdict.NONE),
        ("(mx.acme.example) evil.example; dmarc=pass", Verdict.NONE),
        ("evil.example; mx.acme.example; dmarc=pass", Verdict.NONE),
        ("mx.acme.example.evil.example; dmarc=pass", Verdict.NONE),
        ("", Verdict.NONE),
    ],
)
def test_what_one_header_says(result, expected):
    assert judged(result) == expected


def test_the_topmost_header_of_ours_decides():
    ours = "mx.acme.example; dmarc=fail (p=reject)"
    forged = "mx.acme.example; dmarc=pass"
    assert judged(ours, forged) == Verdict.FAIL
    assert judged("other.example; dmarc=pass", ours) == Verdict.FAIL


def test_without_trusted_servers_nothing_is_proved():
    passed = "mx.acme.example; dmarc=pass"
    assert judged(passed, trusted=()) == Verdict.NONE
    assert judged(passed, host="") == Verdict.NONE
    assert judged() == Verdict.NONE


def test_a_public_suffix_signs_for_nobody():
    signed = "mx.acme.example; dkim=pass header.d=co.uk"
    assert judged(signed, host="gomez.co.uk") == Verdict.NONE


def test_a_domain_in_letters_is_the_domain_in_ascii():
    signed = "mx.acme.example; dkim=pass header.d=xn--bcher-kva.example"
    assert judged(signed, host="bücher.example") == Verdict.PASS


@given(st.text(alphabet=st.sampled_from('mx;=()"\\ dmarcpsfi.\r\n'), max_size=200))
def test_nothing_raises(text):
    judged(text)
    assert judged(f"mx.acme.example; x=y ({text}") in (Verdict.NONE, Verdict.PASS)
