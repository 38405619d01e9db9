"""Looks over the whole store: whether it can be used and keeps its promises."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import (
    Select,
    String,
    and_,
    exists,
    func,
    or_,
    select,
    text,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from storage import waiting
from storage.activity import Desk, Participant, Role
from storage.blobs import Blobs
from storage.database import Database, DatabaseError, Session
from storage.event import DOOR_OF_OLD_MAIL, Event, Kind
from storage.journal import Inbound, State
from storage.ledger import Ledger, Outcome
from storage.outbox import Delivery, Letter, Progress

LATE_LEASE = timedelta(minutes=10)
"""A lease that ended so long ago is one that nobody looks after."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A promise of the store that does not hold."""

    text: str
    remedy: str = "report it, with this line; a backup from before shows since when"


def reach(database: Database) -> None:
    """Prove that the database answers and can be written; raise DatabaseError."""
    try:
        with database.transaction() as session:
            session.execute(text("SELECT 1"))
    except DBAPIError as error:
        why = " ".join(str(error.orig).split())
        raise DatabaseError(
            f"database.url: {database.name} cannot be used: {why}; start it, or "
            "correct the URL and its rights"
        ) from error


def clock(database: Database) -> datetime | None:
    """Ask another machine's clock for the time; None on SQLite, which has none."""
    if database.is_sqlite:
        return None
    with database.reading() as session:
        there: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return there.astimezone(UTC)


def former_desks(session: Session) -> list[str]:
    """Give the addresses of desks that are gone from the settings."""
    return list(
        session.scalars(
            select(Desk.address).where(Desk.gone_at.is_not(None)).order_by(Desk.address)
        )
    )


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Say since when the delivery that should have gone first is due."""
    return session.scalar(
        select(func.min(Delivery.due_at)).where(
            Delivery.state == Progress.WAITING, Delivery.due_at <= now
        )
    )


def faults(session: Session, blobs: Blobs, *, now: datetime) -> Iterator[Fault]:
    """Check every promise of the store; give those that do not hold."""
    for invariant in INVARIANTS:
        yield from invariant(session, blobs, now)


Invariant = Callable[[Session, Blobs, datetime], Iterator[Fault]]


def _states(session: Session, _: Blobs, __: datetime) -> Iterator[Fault]:
    """Each mail is in one state of ours; one that is settled says when and by what."""
    written = type_coerce(Inbound.state, String)
    yield from _each(
        session,
        select(Inbound.id).where(written.not_in([state.value for state in State])),
        "mail {} is in no state that is known",
    )
    unsettled = or_(Inbound.settled_at.is_(None), Inbound.settled_by == "")
    yield from _each(
        session,
        select(Inbound.id).where(Inbound.state != State.PENDING, unsettled),
        "mail {} is settled, but not when or by what",
    )


def _reasons(session: Session, _: Blobs, __: datetime) -> Iterator[Fault]:
    """What is held, discarded or failed says why."""
    yield from _each(
        session,
        select(Inbound.id).where(
            Inbound.state.in_([State.HELD, State.DISCARDED, State.FAILED]),
            Inbound.reason == "",
        ),
        "mail {} is set aside without a reason",
    )


def _raw(session: Session, blobs: Blobs, __: datetime) -> Iterator[Fault]:
    """Each accepted mail is there, in its row or in its file."""
    rows = session.execute(
        select(Inbound.id, Inbound.digest).where(Inbound.raw.is_(None))
    )
    for number, digest in rows:
        if not blobs.has(digest):
            yield Fault(
                f"the file of mail {number} is missing from {blobs.folder}",
                "bring the file back from a backup of data_dir",
            )


def _ledger(session: Session, _: Blobs, __: datetime) -> Iterator[Fault]:
    """Each post has a row for its author, and for all who heard of a post before.

    Of old mail that was imported nobody got anything from us.
    """
    yield from _each(
        session,
        select(Event.id).where(
            Event.kind == Kind.POST,
            Event.door != DOOR_OF_OLD_MAIL,
            ~exists().where(Ledger.event_id == Event.id),
        ),
        "post {} stands in the ledger for nobody",
    )
    before, told = aliased(Event), aliased(Ledger)
    heard_before = (
        select(Event.id, told.person_id)
        .join(before, before.activity_id == Event.activity_id)
        .join(told, told.event_id == before.id)
        .where(
            Event.kind == Kind.POST,
            Event.door != DOOR_OF_OLD_MAIL,
            before.kind == Kind.POST,
            before.id < Event.id,
            ~exists().where(
                Ledger.event_id == Event.id, Ledger.person_id == told.person_id
            ),
        )
        .distinct()
    )
    for event, person in session.execute(heard_before.limit(_MOST)):
        yield Fault(f"post {event} has no ledger row for person {person}")


def _copies(session: Session, _: Blobs, __: datetime) -> Iterator[Fault]:
    """Each copy in the ledger is a delivery of that post, to that person.

    Or of a notice that tells several: what was missed, or waited for a digest.
    """
    yield from _each(
        session,
        select(Ledger.event_id)
        .outerjoin(Delivery, Delivery.id == Ledger.delivery_id)
        .outerjoin(Letter, Letter.id == Delivery.letter_id)
        .where(
            Ledger.outcome == Outcome.COPY,
            or_(
                Delivery.id.is_(None),
                Delivery.person_id != Ledger.person_id,
                and_(
                    Letter.kind != "notice",
                    Letter.event_id.is_distinct_from(Ledger.event_id),
                ),
            ),
        ),
        "a copy of post {} is not in the outbox",
    )


def _twice(session: Session, _: Blobs, __: datetime) -> Iterator[Fault]:
    """Nobody is sent the same post twice."""
    rows = session.execute(
        select(Letter.event_id, Delivery.person_id)
        .join(Delivery, Delivery.letter_id == Letter.id)
        .where(Letter.event_id.is_not(None), Letter.kind.in_(["message", "note"]))
        .group_by(Letter.event_id, Delivery.person_id)
        .having(func.count() > 1)
        .limit(_MOST)
    )
    for event, person in rows:
        yield Fault(f"post {event} has more than one delivery to person {person}")


def _lanes(session: Session, _: Blobs, __: datetime) -> Iterator[Fault]:
    """No customer and no guest sits in a team lane."""
    yield from _each(
        session,
        select(Participant.id).where(
            Participant.in_team_lane,
            Participant.role.in_([Role.CUSTOMER, Role.GUEST]),
        ),
        "participant {} is no staff and reads the team lane",
    )


def _leases(session: Session, _: Blobs, now: datetime) -> Iterator[Fault]:
    """What was leased and left behind is taken up again."""
    for kind, table, state in (
        ("mail", Inbound, Inbound.state == State.PENDING),
        ("delivery", Delivery, Delivery.state == Progress.LEASED),
    ):
        for fault in _each(
            session,
            select(table.id).where(state, table.leased_until < now - LATE_LEASE),
            kind + " {} was left behind by its worker",
        ):
            yield Fault(fault.text, "is `parlour serve` running? its log says more")


def _nobody_waits(session: Session, _: Blobs, now: datetime) -> Iterator[Fault]:
    """Nobody waits unseen (promises R16)."""
    for unseen in islice(waiting.exceptions(session, now), _MOST):
        yield Fault(unseen.text, _REMEDIES[unseen.inbound is None])


_REMEDIES = {
    True: "answer, or write /resolve or /take to that case",
    False: "parlour inbound show, and then release or discard; is `parlour serve` "
    "running?",
}
INVARIANTS: tuple[Invariant, ...] = (
    _states,
    _reasons,
    _raw,
    _ledger,
    _copies,
    _twice,
    _lanes,
    _leases,
    _nobody_waits,
)

_MOST = 20
"""So many faults of one kind are shown; the first says enough."""


def _each(session: Session, wanted: Select[Any], says: str) -> Iterator[Fault]:
    """Give a fault for each row found."""
    for found in session.scalars(wanted.limit(_MOST)):
        yield Fault(says.format(found))
