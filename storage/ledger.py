"""The delivery ledger: for every event and person, what they got and why."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, and_, insert, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Number, word
from storage.event import Event, Kind
from storage.outbox import Delivery, Progress


class Outcome(StrEnum):
    """What a person got of an event."""

    COPY = "copy"
    """A personal copy went to the outbox; its delivery tells the rest."""
    AUTHOR = "author"
    DIRECT = "direct"
    """Stood in To or Cc of the author's own mail (decisions D43)."""
    DIGEST = "digest"
    MUTED = "muted"
    INVITED = "invited"
    """Has not joined yet."""
    GONE = "gone"
    """Left or declined."""
    LANE = "lane"
    """The text is for the team alone."""
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    """They complained of such letters, or unsubscribed from all."""
    LISTEN = "listen"
    """The desk only listens and writes to nobody but its team."""


# What a digest has yet to tell; the index of those holds nothing else.
UNTOLD = text("outcome = 'digest' AND digest_id IS NULL")


class Ledger(Base):
    """One row per (event, person)."""

    __tablename__ = "ledger"
    __table_args__ = (
        Index("ix_ledger_person", "person_id", "event_id"),
        Index(
            "ix_ledger_untold",
            "person_id",
            "event_id",
            sqlite_where=UNTOLD,
            postgresql_where=UNTOLD,
        ),
    )

    event_id: Mapped[int] = mapped_column(
        Number, ForeignKey("event.id"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        Number, ForeignKey("person.id"), primary_key=True
    )
    outcome: Mapped[Outcome] = mapped_column(word(Outcome))
    reason: Mapped[str]
    """The rule that decided, as a short name (gateway.routing.hearing)."""
    at: Mapped[datetime]
    delivery_id: Mapped[int | None] = mapped_column(
        Number, ForeignKey("delivery.id"), default=None
    )
    digest_id: Mapped[int | None] = mapped_column(Number, default=None)
    """The digest that told it, and so no other does (storage.untold)."""


class Entry(NamedTuple):
    """One row to be written."""

    event_id: int
    person_id: int
    outcome: Outcome
    reason: str
    at: datetime
    delivery_id: int | None


def write(session: Session, entries: Sequence[Entry]) -> None:
    """Write what each person got of an event; once per (event, person)."""
    if entries:
        # The table, not the class: the unit of work would split the rows by which
        # of them have a delivery.
        session.connection().execute(_INSERT, [entry._asdict() for entry in entries])


_INSERT = insert(Ledger.__table__)  # type: ignore[arg-type]


def amend(session: Session, entries: Sequence[Entry]) -> None:
    """Write what people got of an event after all, in place of what was written."""
    for each in entries:
        row = session.get_one(Ledger, (each.event_id, each.person_id))
        row.outcome, row.reason, row.at = each.outcome, each.reason, each.at
        row.delivery_id = each.delivery_id


def missed(session: Session, person_id: int, since: datetime) -> list[Event]:
    """Give the posts of which nothing reached a person since a moment, in order."""
    return list(
        session.scalars(
            select(Event)
            .join(Ledger, Ledger.event_id == Event.id)
            .outerjoin(Delivery, Delivery.id == Ledger.delivery_id)
            .where(
                Ledger.person_id == person_id,
                Event.kind == Kind.POST,
                Event.received_at >= since,
                or_(
                    Ledger.outcome == Outcome.UNREACHABLE,
                    and_(
                        Ledger.outcome == Outcome.COPY,
                        Delivery.state == Progress.GIVEN_UP,
                    ),
                ),
            )
            .order_by(Event.id)
        )
    )


def mailed(
    session: Session,
    person_id: int,
    events: Collection[int],
    delivery: int,
    at: datetime,
) -> None:
    """Note that one letter told somebody some posts that had not reached them yet."""
    session.execute(
        update(Ledger)
        .where(Ledger.person_id == person_id, Ledger.event_id.in_(events))
        .values(outcome=Outcome.COPY, delivery_id=delivery, at=at)
    )


@dataclass(frozen=True, slots=True)
class Receipt:
    """One row with the state of its delivery."""

    event_id: int
    person_id: int
    outcome: Outcome
    reason: str
    at: datetime
    delivery_id: int | None
    state: Progress | None
    """None: nothing was to be sent."""
    attempts: int | None
    due_at: datetime | None
    settled_at: datetime | None
    said: str | None
    """What the smarthost said last, or why it was given up."""
    address: str | None
    """Where it went."""


def receipts(session: Session, event_ids: Collection[int]) -> list[Receipt]:
    """Give what everybody got of some events, in one query."""
    rows = session.execute(_RECEIPTS.where(Ledger.event_id.in_(event_ids)))
    return [Receipt(*tuple(row)) for row in rows]


_RECEIPTS = (
    select(
        Ledger.event_id,
        Ledger.person_id,
        Ledger.outcome,
        Ledger.reason,
        Ledger.at,
        Ledger.delivery_id,
        Delivery.state,
        Delivery.attempts,
        Delivery.due_at,
        Delivery.settled_at,
        Delivery.last_reply,
        Delivery.address,
    )
    .outerjoin(Delivery, Delivery.id == Ledger.delivery_id)
    .order_by(Ledger.event_id, Ledger.person_id)
)


def of_event(session: Session, event_id: int) -> list[Ledger]:
    """Give the rows of one event."""
    return list(
        session.scalars(
            select(Ledger).where(Ledger.event_id == event_id).order_by(Ledger.person_id)
        )
    )
