"""How fast things go: what the rules against loops and bursts count (R4)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from storage.event import Event, Kind


def held_of(session: Session, actor_id: int, since: datetime) -> list[Event]:
    """Give what was held of one person at any activity since a moment, oldest first."""
    return list(
        session.scalars(
            select(Event)
            .where(
                Event.actor_id == actor_id,
                Event.received_at >= since,
                Event.kind == Kind.HELD,
            )
            .order_by(Event.id)
        )
    )


def count(session: Session, activity_id: int, kind: Kind, since: datetime) -> int:
    """Count the events of a kind in an activity since a moment."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Event)
            .where(
                Event.activity_id == activity_id,
                Event.kind == kind,
                Event.received_at >= since,
            )
        )
        or 0
    )


def last(session: Session, activity_id: int, kinds: Collection[Kind]) -> Event | None:
    """Give the newest event of some kinds in an activity."""
    return session.scalar(
        select(Event)
        .where(Event.activity_id == activity_id, Event.kind.in_(kinds))
        .order_by(Event.id.desc())
        .limit(1)
    )


def pace(
    session: Session, activity_id: int, most: int
) -> list[tuple[int | None, datetime]]:
    """Give who wrote the last posts of an activity and when, newest first."""
    rows = session.execute(_PACE, {"activity": activity_id, "most": most})
    return [(author, at) for author, at in rows]


_PACE = (
    select(Event.actor_id, Event.received_at)
    .where(Event.activity_id == bindparam("activity"), Event.kind == Kind.POST)
    .order_by(Event.id.desc())
    .limit(bindparam("most"))
)
