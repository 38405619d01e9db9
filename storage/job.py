"""Jobs that time asks for: one row for each that was done (decisions G56).

A slot is done in the transaction that writes its row: two schedulers at once, a kill in
the middle and a clock that was set back all end with one row, and so with one letter.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base


class Job(Base):
    """One run of one job; name and slot are unlike any other's."""

    __tablename__ = "job"

    name: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[str] = mapped_column(primary_key=True)
    """What it was run for: a day, an hour, a person's day; empty for the tick."""
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    leased_until: Mapped[datetime | None] = mapped_column(default=None)
    leased_by: Mapped[str] = mapped_column(default="")


def is_done(session: Session, name: str, slot: str) -> bool:
    """Say whether a job was done for a slot; needs no writing transaction."""
    found = session.get(Job, (name, slot))
    return found is not None and found.done_at is not None


def once(session: Session, name: str, slot: str, now: datetime) -> bool:
    """Note that a job is done for a slot by this transaction; False: it was before.

    Whoever asks while another transaction does it waits for that one's end.
    """
    return _make(session, name, slot, done_at=now)


def lease(
    session: Session, name: str, *, node: str, now: datetime, length: timedelta
) -> bool:
    """Take a job that one node at a time does; False while another has it.

    A lease that ends later than any can was taken by a clock that was ahead of ours.
    """
    _make(session, name, "")
    free = or_(
        Job.leased_until.is_(None),
        Job.leased_until <= now,
        Job.leased_until > now + length,
        Job.leased_by == node,
    )
    taken = session.execute(
        update(Job)
        .where(Job.name == name, Job.slot == "", free)
        .values(leased_until=now + length, leased_by=node)
    )
    return _count(taken) == 1


def give_back(session: Session, name: str, *, node: str, now: datetime) -> None:
    """End a lease and note when its work was done; nothing when it was lost."""
    session.execute(
        update(Job)
        .where(Job.name == name, Job.slot == "", Job.leased_by == node)
        .values(leased_until=None, leased_by="", done_at=now)
    )


def mark(session: Session, name: str, now: datetime) -> None:
    """Note when a job was done last, whoever did it."""
    _make(session, name, "")
    session.execute(
        update(Job).where(Job.name == name, Job.slot == "").values(done_at=now)
    )


def last_done(session: Session, name: str) -> datetime | None:
    """Say when a job without slots was done last; None: never."""
    found = session.get(Job, (name, ""))
    return found.done_at if found else None


def newest_slot(session: Session, name: str, beginning: str) -> str | None:
    """Give the greatest slot of a job that begins with these letters."""
    return session.scalar(
        select(Job.slot)
        .where(Job.name == name, Job.slot.startswith(beginning, autoescape=True))
        .order_by(Job.slot.desc())
        .limit(1)
    )


def _make(
    session: Session, name: str, slot: str, done_at: datetime | None = None
) -> bool:
    """Write a row unless there is one; says whether it was written."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert: Any = sqlite.insert if is_sqlite else postgresql.insert
    row = {"name": name, "slot": slot, "done_at": done_at, "leased_by": ""}
    statement = insert(Job).values(row).on_conflict_do_nothing()
    # How many rows an INSERT made, drivers do not agree on.
    return session.scalar(statement.returning(Job.slot)) is not None


def _count(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount
