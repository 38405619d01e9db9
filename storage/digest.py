"""Digests: one row for each slot of a person, and what became of it (decisions A8)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    bindparam,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Number, among, never_reused, word
from storage.outbox import Delivery, Letter


class Issue(StrEnum):
    """What became of a digest."""

    QUEUED = "queued"
    EMPTY = "empty"
    """Nothing of its range may be told any more; no mail went out."""
    RETURNED = "returned"
    """Its mail was given up; the next one tells the same (storage.digest_returned)."""


class Digest(Base):
    """One digest of one person: a slot, and a range of events."""

    __tablename__ = "digest"
    __table_args__ = (
        UniqueConstraint("person_id", "desk_id", "kind", "slot", name="uq_digest_slot"),
        # One that tells no posts has an empty range: several in a row may begin alike.
        Index(
            "uq_digest_range",
            "person_id",
            "desk_id",
            "kind",
            "range_lo",
            unique=True,
            sqlite_where=text("range_hi > range_lo"),
            postgresql_where=text("range_hi > range_lo"),
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


@dataclass(frozen=True, slots=True)
class Last:
    """The newest digest of one person, desk and kind."""

    slot: str
    slot_at: datetime
    range_hi: int
    """With which event what was told ends, whichever digest told it."""
    told_at: datetime | None
    """The slot of the newest whose mail was not given up; None: each was."""
    first_at: datetime
    """The slot of the first of all."""


def newest(
    session: Session, people: Collection[int]
) -> dict[tuple[int, int, str], Last]:
    """Give the newest digest of some people, by person, desk and kind."""
    rows = session.execute(_LAST, {"people": people})
    return {
        (person, desk, kind): Last(slot, at, max(0, until), told_at, first_at)
        for person, desk, kind, slot, at, until, told_at, first_at in rows
    }


_NEWEST = (
    select(
        func.max(Digest.id).label("id"),
        func.max(Digest.range_hi).label("until"),
        func.max(Digest.slot_at)
        .filter(Digest.state != Issue.RETURNED)
        .label("told_at"),
        func.min(Digest.slot_at).label("first_at"),
    )
    .where(Digest.person_id.in_(among("people")))
    .group_by(Digest.person_id, Digest.desk_id, Digest.kind)
    .subquery()
)
_LAST = select(
    Digest.person_id,
    Digest.desk_id,
    Digest.kind,
    Digest.slot,
    Digest.slot_at,
    _NEWEST.c.until,
    _NEWEST.c.told_at,
    _NEWEST.c.first_at,
).join(_NEWEST, _NEWEST.c.id == Digest.id)


class Begun(NamedTuple):
    """A digest that was just written, for a slot that nobody had written."""

    id: int
    person_id: int
    desk_id: int
    kind: str


def begin(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[Begun]:
    """Write digests, each for a slot of its own; gives those that nobody had written.

    Whoever writes the same one at the same time is waited for.
    """
    if not rows:
        return []
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert: Any = sqlite.insert if is_sqlite else postgresql.insert
    columns = _DIGEST.c
    written = session.connection().execute(
        insert(_DIGEST)
        .on_conflict_do_nothing()
        .returning(columns.id, columns.person_id, columns.desk_id, columns.kind),
        [{"body_hash": "", **row} for row in rows],
    )
    return [Begun(*row) for row in written]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What became of a digest that was begun: the letter that tells it."""

    id: int
    question: int
    body_hash: str
    delivery: int | None


def issue(session: Session, issued: Sequence[Issued]) -> None:
    """Note which letters tell some digests."""
    if issued:
        session.connection().execute(
            _ISSUE,
            [
                {
                    "which": each.id,
                    "question": each.question,
                    "hash": each.body_hash,
                    "delivery": each.delivery,
                }
                for each in issued
            ],
        )


_DIGEST = Base.metadata.tables["digest"]
_ISSUE = (
    update(_DIGEST)
    .where(_DIGEST.c.id == bindparam("which"))
    .values(
        state=Issue.QUEUED,
        question_id=bindparam("question"),
        body_hash=bindparam("hash"),
        delivery_id=bindparam("delivery"),
    )
)


def by_message_id(session: Session, message_id: str) -> Digest | None:
    """Find a digest by its Message-ID."""
    return session.scalar(select(Digest).where(Digest.message_id == message_id))


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
