"""How much we know about who wrote a mail."""

from enum import IntEnum
from typing import assert_never

from parsers.authentication import Verdict


class Proof(IntEnum):
    """Ordered: a higher level may do all that a lower one may."""

    FAILED = 0
    """A trusted server says that the From is forged."""
    UNPROVED = 1
    """The From alone."""
    BEARER = 2
    """A secret of ours came back from an address of the person it was made for."""
    VERIFIED = 3
    """A trusted server says that the From's domain sent it."""

    @property
    def label(self) -> str:
        """The word that events and explanations use."""
        return self.name.lower()


def proof(verdict: Verdict, *, bears: bool) -> Proof:
    """Weigh what trusted servers say and whether a secret of ours came back.

    A forged From under a published policy of quarantine or reject is failed
    whatever else speaks for it; under p=none it counts as if nothing was said.
    """
    match verdict:
        case Verdict.FAIL:
            return Proof.FAILED
        case Verdict.PASS:
            return Proof.VERIFIED
        case Verdict.NONE | Verdict.WEAK_FAIL:
            return Proof.BEARER if bears else Proof.UNPROVED
        case _:
            assert_never(verdict)
