"""How far an import of old mail has come; one row for each source and desk."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Number, never_reused


class ImportRun(Base):
    """An import: where it stands in its source, and what it has made of it so far."""

    __tablename__ = "import_run"
    __table_args__ = (UniqueConstraint("source", "desk"), never_reused())

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    source: Mapped[str]
    """The name of the source (gateway.inbound.sources)."""
    desk: Mapped[str]
    """The matching key of the desk's address."""
    begun_at: Mapped[datetime]
    position: Mapped[str] = mapped_column(default="")
    """Of the last mail that is taken in; empty before the first."""
    counts: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """What became of the mails so far, by name."""
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    leased_until: Mapped[datetime | None] = mapped_column(default=None)
    leased_by: Mapped[str] = mapped_column(default="")


def of(session: Session, source: str, desk: str) -> ImportRun | None:
    """Find the import of a source to a desk, and lock it until the transaction ends."""
    return session.scalar(
        select(ImportRun)
        .where(ImportRun.source == source, ImportRun.desk == desk)
        .with_for_update()
    )


def advance(
    session: Session,
    run: int,
    *,
    node: str,
    position: str,
    counts: Mapping[str, Any],
    leased_until: datetime,
) -> bool:
    """Note how far it has come, with what was made of it, in one transaction.

    False when another has taken the import over: nothing of this transaction may stay.
    """
    row = session.get(ImportRun, run, with_for_update=True, populate_existing=True)
    if row is None or row.leased_by != node or row.finished_at is not None:
        return False
    row.position, row.counts, row.leased_until = position, dict(counts), leased_until
    session.flush()
    return True


def lease_ends(run: ImportRun, now: datetime) -> timedelta | None:
    """Say how long another still holds an import; None when nobody does."""
    if run.leased_until is None or run.leased_until <= now:
        return None
    return run.leased_until - now


def stopped(session: Session, now: datetime) -> list[ImportRun]:
    """Give the imports that did not come to their end, and that nobody works on."""
    return list(
        session.scalars(
            select(ImportRun)
            .where(
                ImportRun.finished_at.is_(None),
                or_(ImportRun.leased_until.is_(None), ImportRun.leased_until <= now),
            )
            .order_by(ImportRun.id)
        )
    )
