"""Rules for mail that somebody sent by hand from a mailbox that we watch."""

import re

from gateway.routing.decision import ByHand, Decision, Discard
from gateway.routing.desk import Desk
from gateway.routing.facts import Facts
from parsers.address import Mailbox

_WORD = re.compile(r"\w+")


def sent_by_machine(facts: Facts) -> Decision | None:
    """An automatic mail among the sent ones answers nobody: a vacation note (C25)."""
    # Sent mail has no envelope: an empty sender says nothing of it.
    if facts.by_hand and (facts.automatic.is_ or facts.bounce.is_):
        return Discard(reason="sent by hand, but written by a machine")
    return None


def sent_to_us(facts: Facts) -> Decision | None:
    """A sent mail that an address of ours takes in anyway is left to that road."""
    if not facts.by_hand:
        return None
    # At the desk's plain address a copy may have no proof of its author, and what the
    # customer has must not be missing; all else is told by the address it went to.
    if facts.to_token or (facts.to_us and not facts.reached_customer):
        return Discard(reason="sent by hand to an address of ours, which takes it in")
    return None


def sent_by_hand(facts: Facts) -> Decision | None:
    """What was sent by hand is recorded in its case and mailed to nobody outside."""
    if not facts.by_hand:
        return None
    if facts.thread is None:
        return Discard(reason="sent by hand, belongs to no case")
    author = author_of(facts)
    by_us = author is not None or facts.from_own_address
    return ByHand(
        activity=facts.thread.activity,
        author=author,
        is_answer=by_us and facts.reached_customer and not facts.writer.is_customer,
        by_us=by_us,
    )


def author_of(facts: Facts) -> Mailbox | None:
    """Say who of the team wrote a mail: by its From, or by the name in it.

    A shared mailbox writes with the desk's own address: then a name that is one
    member's alone tells, or that the team has one member only.
    """
    desk, sender = facts.desk, facts.sender
    if desk is not None and desk.is_own(sender.address):
        if len(desk.team) == 1:
            return desk.team[0]
        return named(desk, sender.name)
    return sender if facts.writer.is_staff else None


def named(desk: Desk, name: str) -> Mailbox | None:
    """Give the one member of the team whom a display name names, if it is one.

    Their whole name counts, "Ana Ruiz (Acme Support)", and failing that the first
    name, "Ana, Acme Support"; never a word that is the desk's own.
    """
    words = _words(name)
    whole = [each for each in desk.team if words and _words(_called(each)) <= words]
    if whole:
        return whole[0] if len(whole) == 1 else None
    words -= _words(desk.name)
    first = [each for each in desk.team if _first(each) in words]
    return first[0] if len(first) == 1 else None


def _called(member: Mailbox) -> str:
    return member.name or member.address.partition("@")[0]


def _first(member: Mailbox) -> str:
    found = _WORD.search(_called(member).casefold())
    return found[0] if found else ""


def _words(name: str) -> set[str]:
    return set(_WORD.findall(name.casefold()))
