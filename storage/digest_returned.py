"""Digests whose mail was given up: what they told is told by the next ones.

The smarthost did not take them for half a day, or their mail came back (decisions A15).
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage import help_offer, lease
from storage.digest import Digest, Issue
from storage.ledger import Ledger
from storage.outbox import Delivery, Letter


def give_up(
    session: Session, delivery_id: int, *, node: str, reply: str, now: datetime
) -> bool:
    """Note that a digest will not be sent; False when the lease was lost."""
    is_ours = lease.give_up(session, delivery_id, node=node, reply=reply, now=now)
    if is_ours:
        take_back(session, delivery_id)
    return is_ours


def take_back(session: Session, delivery_id: int) -> None:
    """Let what a digest told be told by the next one, if it was a digest.

    In the transaction that gives its mail up: nobody has to look for it later. It
    keeps its slot, and gives its range to the next one, which begins where it began;
    the negative of its own number is like no other range of that person.
    """
    lost = session.scalar(
        select(Digest)
        .join(Letter, Letter.message_id == Digest.message_id)
        .join(Delivery, Delivery.letter_id == Letter.id)
        .where(Delivery.id == delivery_id, Digest.state == Issue.QUEUED)
    )
    if lost is None:
        return
    session.execute(
        update(Ledger)
        .where(Ledger.person_id == lost.person_id, Ledger.digest_id == lost.id)
        .values(digest_id=None)
    )
    help_offer.take_back(session, lost.id)
    lost.state = Issue.RETURNED
    lost.range_lo = lost.range_hi = -lost.id
    session.flush()
