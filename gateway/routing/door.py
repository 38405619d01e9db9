"""The door for strangers: which answers fit a mail that is held; pure.

The letter about a held mail asks (decisions E48), and offers only what makes sense:
nobody can be let in by a mail that cannot be read, and a forged From does not block
whom it names.
"""

from gateway.routing.decision import Decision, Discard
from gateway.routing.facts import Facts
from gateway.routing.proof import Proof

ADMIT, ONCE, OPEN, REFUSE, SPAM = "admit", "admit once", "open", "refuse", "spam"

# Nothing of these can be shown to others: somebody looks and is done.
_ONLY_SEEN = frozenset({"unreadable", "oversize", "no_sender"})
_GATHERED = frozenset({"stranger", "left"})
# Whoever wrote these takes part or is the house: they need no seat.
_ONE_MAIL = frozenset({"failed_proof", "unproved", "own_address"})


def answers(facts: Facts, cause: str) -> tuple[str, ...]:
    """Give the answers to what is asked about a held mail, the weightiest first."""
    if cause in _ONLY_SEEN:
        return (REFUSE,)
    if cause == "kept_out":
        # Whoever let them in would let nobody in (D36): it becomes a case, or nothing.
        return (OPEN, REFUSE)
    may_block = (SPAM,) if _is_nobody(facts) else ()
    if facts.thread is None:
        return (OPEN, REFUSE, *may_block)
    if facts.team_lane:
        # What came to the team's address is never shown to the others (B23).
        return (REFUSE, *may_block)
    if cause in _ONE_MAIL or facts.writer.standing.takes_part:
        return (ONCE, REFUSE)
    return (ADMIT, ONCE, REFUSE, *may_block)


def is_gathered(cause: str) -> bool:
    """Say whether further mails of the same sender are added to one question (E48)."""
    return cause in _GATHERED


def _is_nobody(facts: Facts) -> bool:
    """Whether blocking the From can hit nobody but who wrote."""
    writer = facts.writer
    is_known = writer.is_staff or writer.is_customer or writer.participant is not None
    return not (is_known or facts.from_own_address or facts.proof is Proof.FAILED)


def refused(facts: Facts) -> Decision | None:
    """What was refused at one case stays out of it when another lets it in (R3)."""
    if facts.refused_here and not facts.released:
        return Discard(reason="refused at the door")
    return None


def twin_of_held(facts: Facts) -> Decision | None:
    """What waits at the door of a case opens no other one by another road (R3, E48)."""
    if facts.waits_in_case and not facts.released:
        reason = f"the same mail as inbound {facts.held_twin}, which waits"
        return Discard(reason=reason)
    return None
