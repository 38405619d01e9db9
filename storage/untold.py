"""What digests have not told yet, and up to where there is something to tell.

What a digest has to tell are the rows of the ledger with the outcome `digest` that no
digest has told yet. A row can be told by one digest only, for it names that one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, literal, select, text, update
from sqlalchemy.orm import Session

from storage.activity import Activity
from storage.base import Base, among
from storage.digest import Digest
from storage.event import Event, Kind
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


Taken = tuple[int, str]
"""A post that a digest has taken to tell: its event, and why it did not go at once, the
rule of the ledger. A plain pair, for a morning has a million."""


def claim(
    session: Session, digests: Collection[int], *, own: str
) -> dict[int, list[Taken]]:
    """Take for some digests what their people have not been told; gives it, in order.

    Each takes what lies within its range, of its desk. A digest of the kind `own` tells
    its person of the cases whose customer they are, any other of all the rest. What one
    transaction has taken no other tells: whoever claims it too, waits.
    """
    told: dict[int, list[Taken]] = {each: [] for each in digests}
    rows = session.execute(_CLAIM, {"digests": digests, "own": own}).all()
    for which, event, reason in rows:
        told[which].append((event, reason))
    for some in told.values():
        some.sort()
    return told


_LEDGER = Base.metadata.tables["ledger"]
_CLAIM = (
    update(_LEDGER)
    .where(
        UNTOLD,
        Digest.id.in_(among("digests")),
        _LEDGER.c.person_id == Digest.person_id,
        _LEDGER.c.event_id <= Digest.range_hi,
        Event.id == _LEDGER.c.event_id,
        Activity.id == Event.activity_id,
        Activity.desk_id == Digest.desk_id,
        (Activity.customer_id == Digest.person_id) == (Digest.kind == bindparam("own")),
    )
    .values(digest_id=Digest.id)
    .returning(_LEDGER.c.digest_id, _LEDGER.c.event_id, _LEDGER.c.reason)
    # None of these rows is an object of this session.
    .execution_options(synchronize_session=False)
)


def posts(
    session: Session, person: int, activity: int | None
) -> list[tuple[Event, str]]:
    """Give the posts that somebody has not been told yet, in order, and hold them.

    Those of one activity; without it of all whose customer they are. Beside each stands
    why it waits: the rule of the ledger. Until the end of the transaction no digest
    takes them.
    """
    which = (
        Activity.customer_id == person if activity is None else Activity.id == activity
    )
    rows = session.execute(
        select(Event, Ledger.reason)
        .join(Ledger, Ledger.event_id == Event.id)
        .join(Activity, Activity.id == Event.activity_id)
        .where(UNTOLD, Ledger.person_id == person, Event.kind == Kind.POST, which)
        .order_by(Event.id)
        .with_for_update(of=Ledger)
    )
    return [(post, reason) for post, reason in rows]


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
