"""What became of what somebody said: who answered after it, as our tables know."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from storage.activity import Activity, Lane
from storage.base import among
from storage.event import Event, Kind


def wrote(
    session: Session, people: Collection[int], activities: Collection[int]
) -> dict[tuple[int, int], int]:
    """Give what some people wrote first in some cases, be it a note.

    The number of that event by case and person.
    """
    if not people or not activities:
        return {}
    rows = session.execute(_WROTE, {"people": people, "activities": activities})
    return {(activity, person): first for activity, person, first in rows if person}


_WROTE = (
    select(Event.activity_id, Event.actor_id, func.min(Event.id))
    .group_by(Event.activity_id, Event.actor_id)
    .where(
        Event.activity_id.in_(among("activities")),
        Event.actor_id.in_(among("people")),
        Event.kind == Kind.POST,
    )
)


class Heeded(NamedTuple):
    """A post of a customer right after one of somebody else."""

    activity: int
    person: int
    """Whose post stands before it."""
    event: int
    at: datetime
    is_thanks: bool


def heeded(
    session: Session, wrote_in: Collection[tuple[int, int]], after: int
) -> list[Heeded]:
    """Give what customers wrote right after somebody who wrote in their case.

    Takes cases and persons as `wrote` gives them; of events after a number, in order.
    """
    if not wrote_in:
        return []
    rows = session.execute(
        _HEEDED,
        {"activities": sorted({activity for activity, _ in wrote_in}), "after": after},
    )
    return [Heeded(*row) for row in rows if (row[0], row[1]) in wrote_in]


_TALK = (
    select(
        Event.activity_id,
        func.lag(Event.actor_id)
        .over(partition_by=Event.activity_id, order_by=Event.id)
        .label("before"),
        Event.id,
        Event.received_at,
        Event.is_thanks,
        Event.actor_id,
    )
    .where(
        Event.activity_id.in_(among("activities")),
        Event.kind == Kind.POST,
        Event.lane == Lane.EVERYONE,
    )
    .subquery()
)
_HEEDED = (
    select(
        _TALK.c.activity_id,
        _TALK.c.before,
        _TALK.c.id,
        _TALK.c.received_at,
        _TALK.c.is_thanks,
    )
    .join(Activity, Activity.id == _TALK.c.activity_id)
    .where(
        _TALK.c.actor_id == Activity.customer_id,
        _TALK.c.before != Activity.customer_id,
        _TALK.c.id > bindparam("after"),
    )
    .order_by(_TALK.c.id)
)
