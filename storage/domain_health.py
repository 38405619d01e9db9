"""What is remembered of a domain that refuses mail (mail-rules B1 and B2)."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.outbox import Delivery, Progress

_LOOKED_AT = 5_000
"""So many of the newest deliveries are looked at to count those of ten minutes."""


class DomainHealth(Base):
    """One row per domain that failed lately; while it is broken nothing goes there."""

    __tablename__ = "domain_health"

    domain: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(default="")
    """What its server said last."""
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the team last heard that it refuses us for policy; once a day."""
    broken_at: Mapped[datetime | None] = mapped_column(default=None)
    again_at: Mapped[datetime | None] = mapped_column(default=None)
    trying: Mapped[bool] = mapped_column(default=False)
    """One mail has gone since `again_at`, and nothing has come of it so far."""
    failures: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    """What failed in the last minutes: when, how, which delivery, whose address."""


def find(session: Session, domain: str) -> DomainHealth:
    """Find what is remembered of a domain, or begin; nobody else changes it."""
    held = session.get_bind().dialect.name != "sqlite" or None
    row = session.get(DomainHealth, domain, with_for_update=held)
    if row is None:
        row = DomainHealth(domain=domain)
        session.add(row)
        session.flush()
    return row


def broken(session: Session) -> dict[str, DomainHealth]:
    """Give the domains to which nothing goes; as a rule there are none."""
    if session.scalar(_ANY_BROKEN) is None:
        return {}
    return {row.domain: row for row in session.scalars(_BROKEN)}


# Written once, and one word to read: it is asked with every claim.
_ANY_BROKEN = text("SELECT 1 FROM domain_health WHERE broken_at IS NOT NULL LIMIT 1")
_BROKEN = select(DomainHealth).where(DomainHealth.broken_at.is_not(None))


def settled_since(session: Session, domain: str, since: datetime) -> int:
    """Count the mails to a domain that were sent or refused since a moment."""
    newest = (
        select(Delivery.address, Delivery.state, Delivery.settled_at)
        .order_by(Delivery.id.desc())
        .limit(_LOOKED_AT)
        .subquery()
    )
    return (
        session.scalar(
            select(func.count())
            .select_from(newest)
            .where(
                newest.c.state.in_([Progress.SENT, Progress.GIVEN_UP]),
                newest.c.settled_at >= since,
                func.lower(newest.c.address).endswith(f"@{domain}", autoescape=True),
            )
        )
        or 0
    )
