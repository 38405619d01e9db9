"""Claims of untrusted peers are taken out, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.claims import without

HONEST = b"From: ann@customer.example\r\nSubject: x\r\nX-Parlour-Loop: 1\r\n"
BODY = b"\r\nAuthentication-Results: in the body it stays\r\n"


@pytest.mark.parametrize(
    "claim",
    [
        b"Authentication-Results: mx.acme.example; dmarc=pass\r\n",
        b"authentication-RESULTS : mx.acme.example; dmarc=pass\r\n",
        b"Authentication-Results:\r\n mx.acme.example;\r\n\tdmarc=pass\r\n",
        b"Authentication-Results:\r\n \r\n dmarc=pass\r\n",
        b"ARC-Seal: i=1; cv=none\r\n",
        b"ARC-Authentication-Results: i=1; dmarc=pass\r\n",
        b"Received-SPF: pass\r\n",
        b"X-Spam-Status: No\r\n",
        b"X-Spam: no\r\n",
        b"X-Rspamd-Score: -5\r\n",
    ],
)
def test_a_claim_is_taken_out_wherever_it_stands(claim):
    assert without(claim + HONEST + BODY) == HONEST + BODY
    assert without(HONEST + claim + BODY) == HONEST + BODY
    assert without(HONEST + claim + claim) == HONEST


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        HONEST + BODY,
        b"\r\n" + b"Authentication-Results: no header here\r\n",
        b"X-Note: Authentication-Results: x\r\n" + BODY,
        b"X-Note: a\r\n Authentication-Results: folded\r\n" + BODY,
        b"X-Spoon: y\r\nArchive: z\r\nAuthentication-Results-Of: w\r\n" + BODY,
        b"DKIM-Signature: v=1; a=rsa-sha256\r\nX-Google-DKIM-Signature: y\r\n" + BODY,
    ],
)
def test_all_else_stays_octet_for_octet(raw):
    assert without(raw) == raw


@given(
    st.lists(
        st.sampled_from(
            [
                b"From: a\r\n",
                b" more\r\n",
                b"ARC-Seal: x\r\n",
                b"X-Spam: y\r\n",
                b"\r\n",
                b"word\r\n",
            ]
        )
    ).map(b"".join)
)
def test_no_claim_is_left_and_twice_is_once(raw):
    once = without(raw)
    assert without(once) == once
    head = b"" if once.startswith(b"\r\n") else once.partition(b"\r\n\r\n")[0]
    assert b"\nARC-Seal" not in b"\n" + head
    assert b"\nX-Spam" not in b"\n" + head
