"""How much is known about who wrote (mail-rules section 0)."""

import pytest

from gateway.routing.proof import Proof, proof
from parsers.authentication import Verdict


@pytest.mark.parametrize(
    ("verdict", "bears", "level"),
    [
        (Verdict.NONE, False, Proof.UNPROVED),
        (Verdict.NONE, True, Proof.BEARER),
        (Verdict.PASS, False, Proof.VERIFIED),
        (Verdict.PASS, True, Proof.VERIFIED),
        # Forged under a policy of quarantine or reject: no secret makes up for it.
        (Verdict.FAIL, False, Proof.FAILED),
        (Verdict.FAIL, True, Proof.FAILED),
        # Forged under p=none is as if nothing was said (decisions B19).
        (Verdict.WEAK_FAIL, False, Proof.UNPROVED),
        (Verdict.WEAK_FAIL, True, Proof.BEARER),
    ],
)
def test_levels(verdict, bears, level):
    assert proof(verdict, bears=bears) is level


def test_every_verdict_has_a_level():
    assert all(proof(verdict, bears=False) in Proof for verdict in Verdict)


def test_no_level_is_guessed():
    with pytest.raises(AssertionError):
        proof("pass?", bears=True)


def test_the_levels_are_in_order_and_have_a_word():
    assert [level.label for level in sorted(Proof)] == [
        "failed",
        "unproved",
        "bearer",
        "verified",
    ]
