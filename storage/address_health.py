"""Whether mail reaches an address (mail-rules B2; this is its first part)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, word


class Health(StrEnum):
    """The state of an address; mail-rules B2."""

    OK = "ok"
    WATCH = "watch"
    PAUSED = "paused"


class AddressHealth(Base):
    """One row per address that ever bounced."""

    __tablename__ = "address_health"

    key: Mapped[str] = mapped_column(primary_key=True)
    """The matching key (parsers.address.key)."""
    state: Mapped[Health] = mapped_column(word(Health), default=Health.OK)
    since: Mapped[datetime | None] = mapped_column(default=None)
    status: Mapped[str] = mapped_column(default="")
    """The last enhanced status code (RFC 3463) or SMTP reply."""
    reported_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the owner was told; once per fall into `paused`."""
    bounces: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    """What came back lately, at most one hard and one soft a day: its score."""
    probes: Mapped[int] = mapped_column(default=0)
    """How many were sent since it was paused."""
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    """When time changes its state next: a probe, a decay, the end of patience."""


class Refusal(Base):
    """Somebody complained of a kind of letter: it never comes again by itself."""

    __tablename__ = "refusal"

    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    """X-Parlour-Kind of the letter; "all" for everything but answers to them."""
    refused_at: Mapped[datetime]


class DomainHealth(Base):
    """A domain that refuses many: nothing goes there until it is tried again."""

    __tablename__ = "domain_health"

    domain: Mapped[str] = mapped_column(primary_key=True)
    broken_at: Mapped[datetime]
    again_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="")


def fell(session: Session, key: str, *, status: str, at: datetime) -> bool:
    """Mark an address as unreachable; returns whether it was reachable until now."""
    health = session.get(AddressHealth, key)
    if health is None:
        health = AddressHealth(key=key)
        session.add(health)
    was = health.state
    health.state, health.status, health.since = Health.PAUSED, status, at
    health.reported_at = at
    session.flush()
    return was is not Health.PAUSED


def recovered(session: Session, key: str) -> None:
    """Mail from an address proves that somebody is there (mail-rules B2)."""
    health = session.get(AddressHealth, key)
    if health is not None and health.state is not Health.OK:
        health.state = Health.OK
