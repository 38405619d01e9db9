"""What is remembered of an address: whether mail reaches it (mail-rules B2)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, word


class Health(StrEnum):
    """The state of an address; the names are those of gateway.routing.health."""

    OK = "ok"
    WATCH = "watch"
    PAUSED = "paused"
    PROBING = "probing"
    DEAD = "dead"


class AddressHealth(Base):
    """One row per address that ever bounced or refused something."""

    __tablename__ = "address_health"

    key: Mapped[str] = mapped_column(primary_key=True)
    """The matching key (parsers.address.key)."""
    state: Mapped[Health] = mapped_column(word(Health), default=Health.OK)
    since: Mapped[datetime | None] = mapped_column(default=None)
    status: Mapped[str] = mapped_column(default="")
    """What was said last: an enhanced status code (RFC 3463) or an SMTP reply."""
    reported_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the owner was told; once until it is ok again."""
    bounces: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    """What came back lately, at most one hard and one soft a day: its score."""
    probes: Mapped[int] = mapped_column(default=0)
    """How many were sent since it was paused."""
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    """When time changes its state next: a probe, a decay, the end of patience."""
    retried: Mapped[list[int]] = mapped_column(default_factory=list)
    """Deliveries that came back hard and were tried once more."""
    missed_from: Mapped[datetime | None] = mapped_column(default=None)
    """When the first letter was written that did not arrive."""
    tried_at: Mapped[datetime | None] = mapped_column(default=None)
    """When somebody last had a dead address tried again."""
    refused: Mapped[list[str]] = mapped_column(default_factory=list)
    """Kinds of letters that they want no more; "all" for all but answers to them."""


def find(session: Session, key: str, *, lock: bool = False) -> AddressHealth | None:
    """Find what is remembered of an address; `lock` keeps it until the end."""
    held = (lock and session.get_bind().dialect.name != "sqlite") or None
    return session.get(AddressHealth, key, with_for_update=held)


def due(session: Session, now: datetime) -> list[str]:
    """Give the addresses whose state time may change now, the most urgent first."""
    return list(
        session.scalars(
            select(AddressHealth.key)
            .where(AddressHealth.due_at <= now)
            .order_by(AddressHealth.due_at, AddressHealth.key)
        )
    )


def counts(session: Session) -> dict[Health, int]:
    """Count the addresses of each state."""
    rows = session.execute(
        select(AddressHealth.state, func.count()).group_by(AddressHealth.state)
    )
    return dict.fromkeys(Health, 0) | {state: count for state, count in rows}  # noqa: C416
