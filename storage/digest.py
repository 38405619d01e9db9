"""Digests: when each person gets them, and which one told what (decisions A8).

What a digest has to tell are the rows of the ledger with the outcome `digest` that no
digest has told yet. A row can be told by one digest only, for it names that one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ForeignKey,
    SmallInteger,
    String,
    UniqueConstraint,
    bindparam,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.activity import Activity, Hearing, Membership, Participant
from storage.address_health import AddressHealth, Health
from storage.base import Base, Number, never_reused, word
from storage.event import Event, Kind
from storage.ledger import UNTOLD, Ledger, Outcome
from storage.outbox import Delivery, Letter, Progress
from storage.people import Person, PersonAddress


class PersonSchedule(Base):
    """What one person chose for one kind of digest; without a row the default holds."""

    __tablename__ = "person_schedule"

    person_id: Mapped[int] = mapped_column(
        Number, ForeignKey("person.id"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    """A word of gateway.routing.timetable.Kind."""
    every: Mapped[str] = mapped_column(String(24))
    minute: Mapped[int] = mapped_column(SmallInteger)
    """Of the local day."""
    weekdays: Mapped[list[int]]
    """0 is Monday."""
    changed_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(default="")
    """IANA name; empty: that of the person, else of the desk."""
    quiet_from: Mapped[int | None] = mapped_column(SmallInteger, default=None)
    quiet_to: Mapped[int | None] = mapped_column(SmallInteger, default=None)
    batch_max: Mapped[int | None] = mapped_column(default=None)
    """So many untold posts bring the next digest forward, if one of them asks."""


class Issue(StrEnum):
    """What became of a digest."""

    QUEUED = "queued"
    EMPTY = "empty"
    """Nothing of its range may be told any more; no mail went out."""
    RETURNED = "returned"
    """Its mail was given up; the next one tells the same."""


class Digest(Base):
    """One digest of one person: a slot, and a range of events."""

    __tablename__ = "digest"
    __table_args__ = (
        UniqueConstraint("person_id", "desk_id", "kind", "slot", name="uq_digest_slot"),
        UniqueConstraint(
            "person_id", "desk_id", "kind", "range_lo", name="uq_digest_range_lo"
        ),
        UniqueConstraint("message_id"),
        never_reused(),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    kind: Mapped[str] = mapped_column(String(24))
    slot: Mapped[str] = mapped_column(String(24))
    """The local date, with the hour or the half of the day where there are several."""
    slot_at: Mapped[datetime]
    range_lo: Mapped[int] = mapped_column(Number)
    """Events after this one, the range_hi of the digest before."""
    range_hi: Mapped[int] = mapped_column(Number)
    state: Mapped[Issue] = mapped_column(word(Issue))
    message_id: Mapped[str]
    """Made of person, desk, kind and slot."""
    body_hash: Mapped[str] = mapped_column(default="")
    question_id: Mapped[int | None] = mapped_column(
        ForeignKey("question.id"), default=None
    )
    """Whose `d-` address takes the answers to its items."""
    delivery_id: Mapped[int | None] = mapped_column(
        ForeignKey("delivery.id"), default=None
    )


def schedules(
    session: Session, people: Collection[int]
) -> dict[tuple[int, str], PersonSchedule]:
    """Give what some people chose, by person and kind."""
    rows = session.scalars(
        select(PersonSchedule).where(PersonSchedule.person_id.in_(people))
    )
    return {(each.person_id, each.kind): each for each in rows}


def chosen(session: Session) -> list[tuple[PersonSchedule, str]]:
    """Give each way in which digests were chosen, once, with its person's zone."""
    rows = session.execute(
        select(PersonSchedule, Person.zone).join(
            Person, Person.id == PersonSchedule.person_id
        )
    )
    found = {
        (each.kind, each.every, each.minute, tuple(each.weekdays), each.zone, zone): (
            each,
            zone,
        )
        for each, zone in rows
    }
    return list(found.values())


def changed_since(session: Session, moment: datetime) -> bool:
    """Say whether anybody chose since a moment."""
    newest = session.scalar(select(func.max(PersonSchedule.changed_at)))
    return newest is not None and newest >= moment


def zones(session: Session) -> list[str]:
    """Give the zones in which people live; empty for that of the desk."""
    return list(session.scalars(select(Person.zone).distinct()))


def choose(session: Session, chosen: PersonSchedule) -> None:
    """Keep what somebody chose, in place of what they chose before."""
    session.merge(chosen)
    session.flush()


# What is to be told.


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
    is_customer = Activity.customer_id == Ledger.person_id
    rows = session.execute(
        select(
            Ledger.person_id,
            Activity.desk_id,
            is_customer,
            func.min(Ledger.event_id),
            func.count(),
        )
        .join(Event, Event.id == Ledger.event_id)
        .join(Activity, Activity.id == Event.activity_id)
        .where(UNTOLD, Ledger.person_id.in_(people))
        .group_by(Ledger.person_id, Activity.desk_id, is_customer)
        .order_by(Ledger.person_id, Activity.desk_id, is_customer)
    )
    return [
        Waiting(person, desk, bool(own), first, count)
        for person, desk, own, first, count in rows
    ]


@dataclass(frozen=True, slots=True)
class Untold:
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
    rows = session.execute(
        select(
            Ledger.person_id,
            Ledger.event_id,
            Event.activity_id,
            Activity.desk_id,
            Activity.customer_id == Ledger.person_id,
            Ledger.reason,
        )
        .join(Event, Event.id == Ledger.event_id)
        .join(Activity, Activity.id == Event.activity_id)
        .where(UNTOLD, Ledger.person_id.in_(people), Ledger.event_id <= until)
        .order_by(Ledger.person_id, Ledger.event_id)
        .with_for_update(of=Ledger)
    )
    return [
        Untold(person, event, activity, desk, bool(own), reason)
        for person, event, activity, desk, own, reason in rows
    ]


@dataclass(frozen=True, slots=True)
class Last:
    """The newest digest of one person, desk and kind."""

    slot: str
    slot_at: datetime
    range_hi: int


def newest(
    session: Session, people: Collection[int]
) -> dict[tuple[int, int, str], Last]:
    """Give the newest digest of some people, by person, desk and kind."""
    ids = (
        select(func.max(Digest.id))
        .where(Digest.person_id.in_(people))
        .group_by(Digest.person_id, Digest.desk_id, Digest.kind)
    )
    rows = session.execute(
        select(
            Digest.person_id,
            Digest.desk_id,
            Digest.kind,
            Digest.slot,
            Digest.slot_at,
            Digest.range_hi,
        ).where(Digest.id.in_(ids))
    )
    return {
        (person, desk, kind): Last(slot, at, until)
        for person, desk, kind, slot, at, until in rows
    }


def settled(session: Session, before: datetime) -> int:
    """Give the number up to which all events are older than an instant.

    On PostgreSQL also older than every transaction that is still at work, which may
    have taken a number and not written it yet (decisions A8).
    """
    if session.get_bind().dialect.name == "sqlite":
        rows = session.execute(_NEWEST.order_by(Event.id.desc()))
    else:
        rows = session.execute(_NEWEST_VISIBLE.order_by(Event.id.desc()))
    until, calm = None, 0
    for number, received_at, is_old in rows.yield_per(500):
        if until is None:
            until = number
        calm += 1
        if received_at > before or not is_old:
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


# A run.


def take_back(session: Session, people: Collection[int]) -> None:
    """Let what stood in digests that were given up be told by the next ones.

    The smarthost did not take them for half a day (decisions A15).
    """
    lost = list(
        session.scalars(
            select(Digest)
            .join(Delivery, Delivery.id == Digest.delivery_id)
            .where(
                Digest.person_id.in_(people),
                Digest.state == Issue.QUEUED,
                Delivery.state == Progress.GIVEN_UP,
            )
        )
    )
    if not lost:
        return
    session.execute(
        update(Ledger)
        .where(
            Ledger.person_id.in_(people),
            Ledger.digest_id.in_([each.id for each in lost]),
        )
        .values(digest_id=None)
    )
    for each in lost:
        each.state = Issue.RETURNED
    session.flush()


def begin(
    session: Session, rows: Sequence[Mapping[str, Any]], mark: str
) -> list[Digest]:
    """Write digests, each for a slot of its own; gives those that nobody had written.

    Whoever writes the same one at the same time is waited for. `mark` is like no
    other's, and stands for their hash until it is known.
    """
    if not rows:
        return []
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert: Any = sqlite.insert if is_sqlite else postgresql.insert
    session.connection().execute(
        insert(_DIGEST).on_conflict_do_nothing(),
        [{**row, "body_hash": mark} for row in rows],
    )
    ids = [row["message_id"] for row in rows]
    return list(
        session.scalars(
            select(Digest).where(Digest.message_id.in_(ids), Digest.body_hash == mark)
        )
    )


_DIGEST = Base.metadata.tables["digest"]


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


def mailed(
    session: Session, people: Collection[int], activities: Collection[int], after: int
) -> list[tuple[int, int, int, datetime]]:
    """Give what went to some people at once: person, activity, event, when."""
    rows = session.execute(
        select(Ledger.person_id, Event.activity_id, Ledger.event_id, Ledger.at)
        .join(Event, Event.id == Ledger.event_id)
        .where(
            Ledger.person_id.in_(people),
            Ledger.event_id > after,
            Ledger.outcome == Outcome.COPY,
            Event.activity_id.in_(activities),
        )
        .order_by(Ledger.event_id)
    )
    return [(person, activity, event, at) for person, activity, event, at in rows]


def seats(
    session: Session, people: Collection[int], activities: Collection[int]
) -> dict[tuple[int, int], Participant]:
    """Give how some people take part in some activities, by activity and person."""
    rows = session.scalars(
        select(Participant).where(
            Participant.person_id.in_(people), Participant.activity_id.in_(activities)
        )
    )
    return {(each.activity_id, each.person_id): each for each in rows}


def muted(session: Session, people: Collection[int]) -> dict[int, int]:
    """Count the activities that some people muted."""
    rows = session.execute(
        select(Participant.person_id, func.count())
        .where(
            Participant.person_id.in_(people),
            Participant.hearing == Hearing.MUTED,
            Participant.membership == Membership.JOINED,
        )
        .group_by(Participant.person_id)
    )
    return {person: count for person, count in rows}  # noqa: C416


def by_message_id(session: Session, message_id: str) -> Digest | None:
    """Find a digest by its Message-ID."""
    return session.scalar(select(Digest).where(Digest.message_id == message_id))


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody who reads digests, and whether mail reaches them."""

    person: Person
    address: str
    health: Health
    refused: frozenset[str]

    @property
    def is_reached(self) -> bool:
        """Mail goes there as usual."""
        return self.health in {Health.OK, Health.WATCH}


def readers(session: Session, people: Collection[int]) -> dict[int, Reading]:
    """Give people with the address that is written to, by their number."""
    rows = session.execute(
        select(
            Person, PersonAddress.written, AddressHealth.state, AddressHealth.refused
        )
        .join(PersonAddress, PersonAddress.person_id == Person.id)
        .outerjoin(AddressHealth, AddressHealth.key == PersonAddress.key)
        .where(Person.id.in_(people))
        # Primary and oldest come last, so they win.
        .order_by(PersonAddress.is_primary, PersonAddress.id.desc())
    )
    return {
        person.id: Reading(
            person, written, state or Health.OK, frozenset(refused or ())
        )
        for person, written, state, refused in rows
    }


def names(session: Session, people: Collection[int]) -> dict[int, tuple[str, str]]:
    """Give the name that others see, and the organisation, of some people."""
    rows = session.execute(
        select(Person.id, Person.name, Person.organisation, PersonAddress.written)
        .join(PersonAddress, PersonAddress.person_id == Person.id)
        .where(Person.id.in_(people))
        .order_by(PersonAddress.is_primary, PersonAddress.id.desc())
    )
    return {
        person: (name or written.partition("@")[0], organisation)
        for person, name, organisation, written in rows
    }


def events_of(session: Session, numbers: Collection[int]) -> dict[int, Event]:
    """Give events by number, as they are now."""
    rows = session.scalars(select(Event).where(Event.id.in_(numbers)))
    return {each.id: each for each in rows}


def changes(
    session: Session, activities: Collection[int], after: int, until: int
) -> list[Event]:
    """Give who came and went, who has it and what became of it, in a range."""
    return list(
        session.scalars(
            select(Event)
            .where(
                Event.activity_id.in_(activities),
                Event.kind.in_(_CHANGES),
                Event.id > after,
                Event.id <= until,
            )
            .order_by(Event.id)
        )
    )


_CHANGES = (Kind.JOINED, Kind.LEFT, Kind.TAKEN, Kind.RESOLVED, Kind.REOPENED)


def queued_for(session: Session, person: int) -> list[bytes]:
    """Give the letters of the digests that a transaction queued for somebody."""
    return list(
        session.scalars(
            select(Letter.raw)
            .join(Delivery, Delivery.letter_id == Letter.id)
            .join(Digest, Digest.delivery_id == Delivery.id)
            .where(Digest.person_id == person, Digest.slot == PREVIEW)
            .order_by(Digest.id)
        )
    )


PREVIEW = "preview"
"""The slot of a digest that is only looked at, and never kept."""
