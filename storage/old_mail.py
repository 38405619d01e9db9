"""Old mail on its way in: what is known of many mails at once, and their rows.

An import works in batches of some hundred mails, each of them one transaction. So every
question is asked once for the whole batch, every kind of row is written by one
statement, and nothing is mapped to objects: at 90,000 mails that is the cost.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Insert,
    ScalarSelect,
    Table,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.activity import Activity, Desk, Hearing, Lane, Participant, Turn
from storage.base import Base
from storage.event import DOOR_OF_OLD_MAIL, Alias, Event, Kind
from storage.journal import Inbound
from storage.people import Person, PersonAddress

Row = dict[str, Any]
_MOST_NAMES = 5000
"""So many values stand in one question; SQLite takes 32,766."""


class ImportReference(Base):
    """A Message-ID that mails of a case refer to, and that we do not have yet.

    When its mail comes, from the folder that is read next, it finds its case.
    """

    __tablename__ = "import_reference"
    __table_args__ = (Index("ix_import_reference_activity", "activity_id"),)

    message_id: Mapped[str] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))


_ACTIVITY = cast("Table", Activity.__table__)
_ALIAS = cast("Table", Alias.__table__)
_EVENT = cast("Table", Event.__table__)
_INBOUND = cast("Table", Inbound.__table__)
_PARTICIPANT = cast("Table", Participant.__table__)
_PERSON = cast("Table", Person.__table__)
_ADDRESS = cast("Table", PersonAddress.__table__)
_REFERENCE = cast("Table", ImportReference.__table__)


@dataclass(frozen=True, slots=True)
class KnownPost:
    """A post that is here under a Message-ID."""

    message_id: str
    sender: str
    body_hash: str
    activity: int


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody who is here."""

    key: str
    """Of the address that was asked for."""
    first_key: str
    """The least of the keys of all their addresses: whichever is used, it is them."""
    id: int
    name: str
    is_staff: bool


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case that is here."""

    id: int
    desk_id: int
    customer: str
    """By the least of their address keys, as a KnownPerson."""
    subject: str
    opened_at: datetime
    turn: Turn
    waiting_since: datetime | None
    redirect: int | None


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """Something that happened in a case, with the envelope if it was a mail."""

    id: int
    activity: int
    kind: Kind
    lane: Lane
    actor: str | None
    """By the least of their address keys, as a KnownPerson."""
    door: str
    at: datetime
    sender: str | None
    recipients: list[str] | None
    digest: str | None


# What is known.


def _first_key(person: ColumnElement[Any]) -> ScalarSelect[str]:
    """Give the least of the keys of a person's addresses."""
    other = _ADDRESS.alias()
    return (
        select(func.min(other.c.key)).where(other.c.person_id == person)
    ).scalar_subquery()


_CASE = select(
    _ACTIVITY.c.id,
    _ACTIVITY.c.desk_id,
    _first_key(_ACTIVITY.c.customer_id),
    _ACTIVITY.c.subject,
    _ACTIVITY.c.opened_at,
    _ACTIVITY.c.turn,
    _ACTIVITY.c.waiting_since,
    _ACTIVITY.c.redirect_id,
)


def posts(session: Session, message_ids: Collection[str]) -> list[KnownPost]:
    """Find the posts under some Message-IDs, oldest first."""
    wanted = select(
        _ALIAS.c.message_id, _ALIAS.c.sender, _ALIAS.c.body_hash, _ALIAS.c.activity_id
    ).order_by(_ALIAS.c.id)
    return [
        KnownPost(*row)
        for some in _in_parts(message_ids)
        for row in session.execute(wanted.where(_ALIAS.c.message_id.in_(some)))
    ]


def referred_to(session: Session, message_ids: Collection[str]) -> dict[str, int]:
    """Give the case in which each of some ids, that we do not have, is referred to."""
    wanted = select(_REFERENCE.c.message_id, _REFERENCE.c.activity_id)
    return {
        message_id: activity
        for some in _in_parts(message_ids)
        for message_id, activity in session.execute(
            wanted.where(_REFERENCE.c.message_id.in_(some))
        )
    }


def kept(session: Session, digests: Collection[str]) -> set[str]:
    """Give which of some octets the journal has, by their SHA-256."""
    return {
        digest
        for some in _in_parts(digests)
        for digest in session.scalars(
            select(_INBOUND.c.digest).where(_INBOUND.c.digest.in_(some))
        )
    }


def people(session: Session, keys: Collection[str]) -> dict[str, KnownPerson]:
    """Find who has which address."""
    wanted = select(
        _ADDRESS.c.key,
        _first_key(_ADDRESS.c.person_id),
        _PERSON.c.id,
        _PERSON.c.name,
        _PERSON.c.is_staff,
    ).join(_PERSON, _PERSON.c.id == _ADDRESS.c.person_id)
    return {
        row.key: KnownPerson(*row)
        for some in _in_parts(keys)
        for row in session.execute(wanted.where(_ADDRESS.c.key.in_(some)))
    }


def cases(session: Session, numbers: Collection[int]) -> dict[int, KnownCase]:
    """Find cases, and lock them until the transaction ends."""
    return {
        row.id: KnownCase(*row)
        for some in _in_parts(numbers)
        for row in session.execute(
            # In one order, so that two who lock many do not wait for each other.
            _CASE.where(_ACTIVITY.c.id.in_(some))
            .order_by(_ACTIVITY.c.id)
            .with_for_update()
        )
    }


def events(session: Session, numbers: Collection[int]) -> list[KnownEvent]:
    """Give all that happened in some cases, in order."""
    wanted = (
        select(
            _EVENT.c.id,
            _EVENT.c.activity_id,
            _EVENT.c.kind,
            _EVENT.c.lane,
            _first_key(_EVENT.c.actor_id),
            _EVENT.c.door,
            _EVENT.c.received_at,
            _INBOUND.c.sender,
            _INBOUND.c.recipients,
            _INBOUND.c.digest,
        )
        .outerjoin(_INBOUND, _INBOUND.c.id == _EVENT.c.inbound_id)
        .order_by(_EVENT.c.activity_id, _EVENT.c.id)
    )
    return [
        KnownEvent(*cast("tuple[Any, ...]", row))
        for some in _in_parts(numbers)
        for row in session.execute(wanted.where(_EVENT.c.activity_id.in_(some)))
    ]


def newest(session: Session, numbers: Collection[int]) -> dict[int, tuple[int, int]]:
    """Give the newest event of each case, and how many there are."""
    wanted = select(_EVENT.c.activity_id, func.max(_EVENT.c.id), func.count()).group_by(
        _EVENT.c.activity_id
    )
    return {
        activity: (last, count)
        for some in _in_parts(numbers)
        for activity, last, count in session.execute(
            wanted.where(_EVENT.c.activity_id.in_(some))
        )
    }


def opened_by(
    session: Session,
    desk_id: int,
    customers: Collection[int],
    since: datetime,
    until: datetime,
) -> list[KnownCase]:
    """Give the cases that some customers have at a desk, opened in a span of time."""
    wanted = _CASE.where(
        _ACTIVITY.c.desk_id == desk_id,
        _ACTIVITY.c.opened_at.between(since, until),
        _ACTIVITY.c.redirect_id.is_(None),
    )
    return [
        KnownCase(*row)
        for some in _in_parts(customers)
        for row in session.execute(
            wanted.where(_ACTIVITY.c.customer_id.in_(some)).order_by(_ACTIVITY.c.id)
        )
    ]


def waiting(session: Session, desk: str | None = None) -> int:
    """Count the cases whose customers wait since a mail that was imported.

    Of one desk, by its address key, or of all; those that were promised a time since
    do not count.
    """
    wanted = (
        select(func.count())
        .select_from(Activity)
        .where(
            Activity.turn.in_([Turn.NEW, Turn.OURS]),
            Activity.waiting_since.is_not(None),
            Activity.promised_at.is_(None),
            Activity.redirect_id.is_(None),
            waits_since_old_mail(),
        )
    )
    if desk is not None:
        wanted = wanted.join(Desk, Desk.id == Activity.desk_id).where(
            Desk.address == desk
        )
    return session.scalar(wanted) or 0


def waits_since_old_mail() -> ColumnElement[bool]:
    """Give the condition that an activity waits for the answer to an imported mail."""
    return exists().where(
        Event.activity_id == Activity.id,
        Event.kind == Kind.POST,
        Event.door == DOOR_OF_OLD_MAIL,
        Event.received_at == Activity.waiting_since,
    )


# Rows; what they all have in common stands here, since nothing is mapped.

_NEW_PERSON: Row = {
    "language": "",
    "zone": "",
    "is_staff": False,
    "organisation": "",
    "title": "",
    "never_invite": False,
}
_NEW_CASE: Row = {
    "promised_at": None,
    "promised_day_only": False,
    "redirect_id": None,
    "linked_id": None,
}
_NEW_SEAT: Row = {
    "hearing": Hearing.EACH,
    "generation": 0,
    "invited_by_id": None,
    "reason": "",
    "since_event_id": 0,
    "unsaid": [],
}
_SETTLED: Row = {"attempts": 0, "leased_until": None, "leased_by": ""}
_NEW_EVENT: Row = {"door": DOOR_OF_OLD_MAIL, "subject_id": None}


def add_people(session: Session, rows: Sequence[tuple[Row, Row]]) -> list[int]:
    """Write people, each with an address; give their numbers in order."""
    numbers = _add(session, _PEOPLE, [_NEW_PERSON | person for person, _ in rows])
    _write(
        session,
        insert(_ADDRESS),
        [
            {**address, "person_id": number, "is_primary": True}
            for number, (_, address) in zip(numbers, rows, strict=True)
        ],
    )
    return numbers


def name_people(session: Session, names: Mapping[int, str]) -> None:
    """Give people the names that they lack."""
    statement = update(_PERSON).where(_PERSON.c.id == bindparam("number"))
    _write(
        session,
        statement.values(name=bindparam("called")),
        [{"number": number, "called": name} for number, name in names.items()],
    )


def add_cases(session: Session, rows: Sequence[Row]) -> list[int]:
    """Write cases; give their numbers in order."""
    return _add(session, _CASES, [_NEW_CASE | row for row in rows])


def change_cases(session: Session, rows: Sequence[Row]) -> None:
    """Write what became of cases; each row names its case by `number`."""
    by_names: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        by_names.setdefault(tuple(row), []).append(row)
    for names, some in by_names.items():
        changes: dict[str, Any] = {
            name: bindparam(f"to_{name}") for name in names if name != "number"
        }
        statement = update(_ACTIVITY).where(_ACTIVITY.c.id == bindparam("number"))
        _write(
            session,
            statement.values(**changes),
            [
                {"number": row["number"]}
                | {f"to_{name}": row[name] for name in changes}
                for row in some
            ],
        )


def add_mails(session: Session, rows: Sequence[Row]) -> list[int]:
    """Write journal rows that are settled already; give their numbers in order."""
    return _add(session, _MAILS, [_SETTLED | row for row in rows])


def add_events(session: Session, rows: Sequence[Row]) -> list[int]:
    """Write posts; give their numbers in order."""
    return _add(session, _EVENTS, [_NEW_EVENT | row for row in rows])


def add_aliases(session: Session, rows: Sequence[Row]) -> None:
    """Write under which Message-IDs posts are known."""
    _write(session, insert(_ALIAS), rows)


def add_references(session: Session, cases: Mapping[str, int]) -> None:
    """Remember ids that cases refer to, and that we do not have."""
    _write(
        session,
        insert(_REFERENCE),
        [{"message_id": name, "activity_id": case} for name, case in cases.items()],
    )


def drop_references(session: Session, message_ids: Collection[str]) -> None:
    """Forget ids that have come."""
    for some in _in_parts(message_ids):
        session.execute(delete(_REFERENCE).where(_REFERENCE.c.message_id.in_(some)))


def add_seats(session: Session, rows: Sequence[Row]) -> None:
    """Seat people in cases."""
    _write(session, insert(_PARTICIPANT), [_NEW_SEAT | row for row in rows])


def drop_seats(session: Session, cases: Collection[int]) -> None:
    """Clear the seats of cases that consist of imported mail alone."""
    for some in _in_parts(cases):
        session.execute(
            delete(_PARTICIPANT).where(_PARTICIPANT.c.activity_id.in_(some))
        )


def move_to_lane(session: Session, numbers: Collection[int], lane: Lane) -> None:
    """Show imported mails of a case to others than before, with their ids."""
    for some in _in_parts(numbers):
        session.execute(update(_EVENT).where(_EVENT.c.id.in_(some)).values(lane=lane))
        session.execute(
            update(_ALIAS).where(_ALIAS.c.event_id.in_(some)).values(lane=lane)
        )


def merge(session: Session, number: int, into: int) -> None:
    """Let a case of imported mail alone become part of another one."""
    for table in (_EVENT, _ALIAS, _REFERENCE):
        session.execute(
            update(table).where(table.c.activity_id == number).values(activity_id=into)
        )
    session.execute(
        update(_INBOUND)
        .where(_INBOUND.c.thread_key == f"a:{number}")
        .values(thread_key=f"a:{into}")
    )
    drop_seats(session, [number])
    session.execute(
        update(_ACTIVITY)
        .where(_ACTIVITY.c.id == number)
        .values(redirect_id=into, waiting_since=None, promised_at=None, owner_id=None)
    )


def _in_parts(values: Iterable[Any]) -> Iterable[list[Any]]:
    found = list(dict.fromkeys(values))
    for at in range(0, len(found), _MOST_NAMES):
        yield found[at : at + _MOST_NAMES]


def _write(session: Session, statement: Any, rows: Sequence[Row]) -> None:
    if rows:
        session.connection().execute(statement, list(rows))


def _add(
    session: Session, ways: tuple[Insert, Insert], rows: Sequence[Row]
) -> list[int]:
    """Write rows by one statement; give their numbers in the order of the rows."""
    if not rows:
        return []
    connection = session.connection()
    simple, ordered = ways
    # SQLite numbers rows in the order of VALUES (as storage.journal.write).
    statement = simple if connection.dialect.name == "sqlite" else ordered
    found = connection.execute(statement, list(rows)).scalars()
    return sorted(found) if statement is simple else list(found)


def _ways(table: Table) -> tuple[Insert, Insert]:
    return (
        insert(table).returning(table.c.id),
        insert(table).returning(table.c.id, sort_by_parameter_order=True),
    )


_PEOPLE, _CASES, _MAILS, _EVENTS = map(_ways, (_PERSON, _ACTIVITY, _INBOUND, _EVENT))
