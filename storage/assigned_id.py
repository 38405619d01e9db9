"""Under which ids a smarthost sent our letters, beside our own (mail-rules 1.2)."""

from collections.abc import Collection

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from storage.activity import Lane
from storage.alias import Alias
from storage.event import Event
from storage.outbox import Letter


def keep(session: Session, letter_id: int, message_id: str) -> None:
    """Remember the id that a smarthost gave a letter, unless it left ours alone.

    A letter about no activity is not remembered: nothing could be led back by it.
    """
    letter = session.execute(_LETTER, {"number": letter_id}).one_or_none()
    if letter is None:
        return
    own, activity, event, lane = letter
    if own == message_id or activity is None:
        return
    if event is None:
        # What carries no post hangs on the first thing that happened.
        event = session.scalar(_FIRST, {"activity": activity})
    if event is None:
        return
    session.add(
        Alias(
            message_id=message_id,
            activity_id=activity,
            event_id=event,
            lane=lane or Lane.EVERYONE,
            sender=own,
            body_hash=ASSIGNED,
        )
    )


ASSIGNED = ""
"""The body hash of an alias that a smarthost gave; its sender is our own id."""

_LETTER = select(
    Letter.message_id, Letter.activity_id, Letter.event_id, Letter.lane
).where(Letter.id == bindparam("number"))
_FIRST = select(func.min(Event.id)).where(Event.activity_id == bindparam("activity"))


def ours(aliases: Collection[Alias]) -> dict[str, str]:
    """Give our own id behind each of the aliases that a smarthost gave."""
    return {
        alias.message_id: alias.sender
        for alias in aliases
        if alias.body_hash == ASSIGNED and alias.sender
    }
