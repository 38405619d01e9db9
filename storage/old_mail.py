"""Old mail on its way in: what is known of many mails at once, and their rows.

An import works in batches of some hundred mails, each of them one transaction. So every
question is asked once for the whole batch, every kind of row is written by one
statement, and nothing is mapped to objects: at 90,000 mails that is the cost.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    ScalarSelect,
    Table,
    exists,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.activity import Activity, Desk, Lane, Turn
from storage.alias import Alias
from storage.base import Base
from storage.event import DOOR_OF_OLD_MAIL, Event, Kind
from storage.journal import Inbound
from storage.people import Person, PersonAddress

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
    values: dict[str, Any] | None


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
        for some in in_parts(message_ids)
        for row in session.execute(wanted.where(_ALIAS.c.message_id.in_(some)))
    ]


def referred_to(session: Session, message_ids: Collection[str]) -> dict[str, int]:
    """Give the case in which each of some ids, that we do not have, is referred to."""
    wanted = select(_REFERENCE.c.message_id, _REFERENCE.c.activity_id)
    return {
        message_id: activity
        for some in in_parts(message_ids)
        for message_id, activity in session.execute(
            wanted.where(_REFERENCE.c.message_id.in_(some))
        )
    }


def kept(session: Session, digests: Collection[str]) -> set[str]:
    """Give which of some octets the journal has, by their SHA-256."""
    return {
        digest
        for some in in_parts(digests)
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
        for some in in_parts(keys)
        for row in session.execute(wanted.where(_ADDRESS.c.key.in_(some)))
    }


def cases(session: Session, numbers: Collection[int]) -> dict[int, KnownCase]:
    """Find cases, and lock them until the transaction ends."""
    return {
        row.id: KnownCase(*row)
        for some in in_parts(numbers)
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
            _INBOUND.c["values"],
        )
        .outerjoin(_INBOUND, _INBOUND.c.id == _EVENT.c.inbound_id)
        .order_by(_EVENT.c.activity_id, _EVENT.c.id)
    )
    return [
        KnownEvent(*cast("tuple[Any, ...]", row))
        for some in in_parts(numbers)
        for row in session.execute(wanted.where(_EVENT.c.activity_id.in_(some)))
    ]


def newest(session: Session, numbers: Collection[int]) -> dict[int, tuple[int, int]]:
    """Give the newest event of each case, and how many there are."""
    wanted = select(_EVENT.c.activity_id, func.max(_EVENT.c.id), func.count()).group_by(
        _EVENT.c.activity_id
    )
    return {
        activity: (last, count)
        for some in in_parts(numbers)
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
        for some in in_parts(customers)
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


def in_parts(values: Iterable[Any]) -> Iterable[list[Any]]:
    """Give values without doubles, so many at a time as one statement takes."""
    found = list(dict.fromkeys(values))
    for at in range(0, len(found), _MOST_NAMES):
        yield found[at : at + _MOST_NAMES]
