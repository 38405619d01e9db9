"""What digests have not told yet, and up to where there is something to tell.

What a digest has to tell are the rows of the ledger with the outcome `digest` that no
digest has told yet. A row can be told by one digest only, for it names that one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, literal, select, text, update
from sqlalchemy.orm import Session

from storage.activity import Activity
from storage.base import Base, among
from storage.event import Event
from storage.ledger import UNTOLD, Ledger


@dataclass(frozen=True, slots=True)
class Waiting:
    """What one person has not been told yet of the activities of one desk."""

    person: int
    desk: int
    is_customer: bool
    """Of these activities they are the customer."""
    first: int
    """The number of the earliest of these events."""
    count: int


def people_waiting(session: Session, after: int, most: int) -> list[int]:
    """Give the next people, by number, whom a digest has something to tell."""
    named = {"after": after, "most": most}
    return list(session.scalars(_PEOPLE, named))


_PEOPLE = (
    select(Ledger.person_id)
    .distinct()
    .where(UNTOLD, Ledger.person_id > bindparam("after"))
    .order_by(Ledger.person_id)
    .limit(bindparam("most"))
)


def waiting_for(session: Session, people: Collection[int]) -> list[Waiting]:
    """Give what some people have not been told yet, by desk."""
    rows = session.execute(_WAITING, {"people": people})
    return [
        Waiting(person, desk, bool(own), first, count)
        for person, desk, own, first, count in rows
    ]


_IS_CUSTOMER = Activity.customer_id == Ledger.person_id
_WAITING = (
    select(
        Ledger.person_id,
        Activity.desk_id,
        _IS_CUSTOMER,
        func.min(Ledger.event_id),
        func.count(),
    )
    .join(Event, Event.id == Ledger.event_id)
    .join(Activity, Activity.id == Event.activity_id)
    .where(UNTOLD, Ledger.person_id.in_(among("people")))
    .group_by(Ledger.person_id, Activity.desk_id, _IS_CUSTOMER)
    .order_by(Ledger.person_id, Activity.desk_id, _IS_CUSTOMER)
)


class Untold(NamedTuple):
    """One post that one person has not been told of."""

    person: int
    event: int
    activity: int
    desk: int
    is_customer: bool
    reason: str
    """Why it did not go at once: the rule of the ledger."""


def untold(session: Session, people: Collection[int], until: int) -> list[Untold]:
    """Give what some people have not been told of, up to an event, in order.

    The rows stay locked until the transaction ends: who else looks, waits.
    """
    rows = session.execute(_UNTOLD, {"people": people, "until": until})
    return [Untold._make(row) for row in rows]


_UNTOLD = (
    select(
        Ledger.person_id,
        Ledger.event_id,
        Event.activity_id,
        Activity.desk_id,
        _IS_CUSTOMER,
        Ledger.reason,
    )
    .join(Event, Event.id == Ledger.event_id)
    .join(Activity, Activity.id == Event.activity_id)
    .where(
        UNTOLD,
        Ledger.person_id.in_(among("people")),
        Ledger.event_id <= bindparam("until"),
    )
    .order_by(Ledger.person_id, Ledger.event_id)
    .with_for_update(of=Ledger)
)


def tell(session: Session, told: Sequence[tuple[int, int, int]]) -> None:
    """Note which digest told what: (digest, person, event)."""
    if told:
        rows = [
            {"d": digest, "p": person, "e": event} for digest, person, event in told
        ]
        session.connection().execute(_TELL, rows)


_LEDGER = Base.metadata.tables["ledger"]
_TELL = (
    update(_LEDGER)
    .where(
        _LEDGER.c.person_id == bindparam("p"),
        _LEDGER.c.event_id == bindparam("e"),
        _LEDGER.c.digest_id.is_(None),
    )
    .values(digest_id=bindparam("d"))
)


def settled(session: Session, before: datetime, *, ahead: datetime) -> int:
    """Give the number up to which all events are older than an instant.

    What is of later than `ahead` was written by a clock that was ahead, and counts as
    old: nobody waits until the time that it showed. Nor is anything younger than what
    was written after it, when the clock was set back in between.
    On PostgreSQL also older than every transaction that is still at work, which may
    have taken a number and not written it yet (decisions A8).
    """
    if session.get_bind().dialect.name == "sqlite":
        rows = session.execute(_NEWEST.order_by(Event.id.desc()))
    else:
        rows = session.execute(_NEWEST_VISIBLE.order_by(Event.id.desc()))
    until, calm, youngest = None, 0, ahead
    for number, received_at, is_old in rows.yield_per(500):
        if until is None:
            until = number
        calm += 1
        youngest = min(youngest, received_at)
        if (received_at <= ahead and youngest > before) or not is_old:
            until, calm = number - 1, 0
        elif calm >= _CALM:
            break
    rows.close()
    return until or 0


_CALM = 500
"""So many settled events in a row, and no unsettled one is looked for before them."""
_NEWEST = select(Event.id, Event.received_at, literal(1))
_NEWEST_VISIBLE = select(
    Event.id,
    Event.received_at,
    text(
        "age(event.xmin) > age("
        "(pg_snapshot_xmin(pg_current_snapshot())::text::bigint % 4294967296)"
        "::text::xid)"
    ),
)
