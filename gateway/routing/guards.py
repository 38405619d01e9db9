"""Rules that stop a mail before it is read as a text: loops, robots, forgeries."""

from gateway.routing.decision import (
    Decision,
    Discard,
    Hold,
    Keep,
    Show,
    Told,
)
from gateway.routing.facts import Facts
from gateway.routing.proof import Proof
from parsers.address import is_address


def probe(facts: Facts) -> Decision | None:
    """What `parlour check` mails to itself, and what comes of it, goes no further."""
    if facts.is_probe:
        return Discard(reason="a mail of `parlour check` to itself")
    return None


def own_letter_back(facts: Facts) -> Decision | None:
    """A letter of ours that came back unchanged is dropped (R4)."""
    if facts.is_own_letter:
        return Discard(reason="a letter of ours came back unchanged")
    return None


def duplicate(facts: Facts) -> Decision | None:
    """The same id, sender and text at the same place is one mail (decisions C27)."""
    if facts.duplicate_of is not None:
        return Discard(reason=f"the same mail as inbound {facts.duplicate_of}")
    return None


def too_many_hops(facts: Facts) -> Decision | None:
    """A mail that went through too many servers runs in a circle (R4)."""
    if facts.hops > facts.limits.received_hops and not facts.released:
        return Hold(
            cause="loop",
            reason=f"{facts.hops} Received headers: a mail loop",
            told=Told.NOBODY,
        )
    return None


def unreadable(facts: Facts) -> Decision | None:
    """A mail that could not be read in time waits for a human."""
    if not facts.readable and not facts.released:
        return Hold(
            cause="unreadable",
            reason="could not be read within the limits",
            told=Told.TEAM,
        )
    return None


def oversize(facts: Facts) -> Decision | None:
    """A mail too large to be fetched lies in its mailbox; the team is told."""
    if facts.oversize is not None and not facts.released:
        return Hold(
            cause="oversize",
            reason=f"{facts.oversize} octets, which is above smtp.max_message_mb",
            told=Told.TEAM,
        )
    return None


def stray_report(facts: Facts) -> Decision | None:
    """A delivery report that did not come to a return path is not ours (B1)."""
    if (facts.bounce.is_ or facts.complaint) and facts.thread is None:
        return Discard(reason="a report for no letter of ours")
    return None


def forged(facts: Facts) -> Decision | None:
    """A From that a trusted server calls forged is held; nothing is sent to it."""
    if facts.proof is Proof.FAILED and not facts.released:
        return Hold(
            cause="failed_proof",
            reason="the sender's domain says that it did not send this (DMARC)",
            # Spam has both marks; what a machine wrote is mailed to nobody (C25).
            told=Told.NOBODY if facts.by_machine else Told.OWNER,
        )
    return None


def blocked(facts: Facts) -> Decision | None:
    """Mail of a sender whom the team blocked waits unseen (decisions E50)."""
    if facts.is_blocked and not facts.released and not facts.writer.is_staff:
        return Hold(
            cause="spam",
            reason="from a sender who was blocked by /spam",
            told=Told.NOBODY,
        )
    return None


_NO_HUMAN = frozenset({"reply", "bounce", "report", "receipt", "own"})
"""Kinds of machine mail (parsers.automatic) that nobody writes by hand."""


def too_many_turns(facts: Facts) -> Decision | None:
    """Letters that answered each other too often are a loop, marked or not (R4)."""
    if facts.loop_hops < facts.limits.loop_hops or facts.released:
        return None
    reason = f"{facts.loop_hops} letters that caused each other: a mail loop"
    if facts.thread:
        return Keep(activity=facts.thread.activity, reason=reason)
    return Hold(cause="loop", reason=reason, told=Told.NOBODY)


def machine_in_thread(facts: Facts) -> Decision | None:
    """Mail of a machine into an activity is kept for the team alone (C25)."""
    # A human may have written it after all: some programs mark all mail of a company.
    if not facts.by_machine or facts.released or not facts.thread:
        return None
    activity, reason = facts.thread.activity, facts.automatic.reason
    reason = reason or "written by a machine"
    if facts.bounce.is_ or facts.automatic.kind in _NO_HUMAN:
        return Keep(activity=activity, reason=reason)
    return Show(activity=activity, cause="machine", reason=reason)


def to_operator(facts: Facts) -> Decision | None:
    """postmaster@ and abuse@ wait for the operator, never acknowledged (B24)."""
    if facts.to_operator:
        return Hold(
            cause="operator", reason="for the operator of this server", told=Told.NOBODY
        )
    return None


def no_sender(facts: Facts) -> Decision | None:
    """A mail without a From cannot be answered; a human looks at it."""
    if not is_address(facts.sender.address):
        return Hold(
            cause="no_sender",
            reason="no readable From address",
            told=Told.NOBODY if facts.by_machine else Told.TEAM,
        )
    return None
