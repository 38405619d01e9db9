"""Digests: when each person gets them, and which one told what (decisions A8).

What a digest has to tell are the rows of the ledger with the outcome `digest` that no
digest has told yet. A row can be told by one digest only, for it names that one.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    ForeignKey,
    SmallInteger,
    String,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Number, never_reused, word


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


def choose(session: Session, chosen: PersonSchedule) -> None:
    """Keep what somebody chose, in place of what they chose before."""
    session.merge(chosen)
    session.flush()
