"""What happened: one append-only table; a post is an event with a text."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.activity import Lane
from storage.base import Base, Number, never_reused, word


class Kind(StrEnum):
    """What an event says."""

    POST = "post"
    OPENED = "opened"
    INVITED = "invited"
    JOINED = "joined"
    DECLINED = "declined"
    LEFT = "left"
    MUTED = "muted"
    UNMUTED = "unmuted"
    TAKEN = "taken"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    MACHINE = "machine"
    """Mail of a machine, kept for the team and fanned out to nobody."""
    UNREACHABLE = "unreachable"
    HELD = "held"


class Event(Base):
    """One thing that happened in an activity; never changed, never deleted."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_activity", "activity_id", "id"), never_reused())

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    lane: Mapped[Lane] = mapped_column(word(Lane))
    kind: Mapped[Kind] = mapped_column(word(Kind))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    door: Mapped[str]
    """smtp, web, cli, schedule: by which way it came."""
    proof: Mapped[str]
    """The proof level of a mail, or "page"; mail-rules section 0."""
    received_at: Mapped[datetime]
    written_at: Mapped[datetime | None] = mapped_column(default=None)
    inbound_id: Mapped[int | None] = mapped_column(
        ForeignKey("inbound.id"), default=None
    )
    text: Mapped[str] = mapped_column(default="")
    """The new text of a post; empty for other kinds."""
    values: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


class Alias(Base):
    """A Message-ID under which a post is known outside: the author's own, or the
    one that a smarthost says it gave.

    Not unique: the same id with another text is another post (decisions C27).
    """

    __tablename__ = "alias"
    __table_args__ = (Index("ix_alias_message_id", "message_id"), never_reused())

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    message_id: Mapped[str]
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    lane: Mapped[Lane] = mapped_column(word(Lane))
    sender: Mapped[str]
    """Matching key of the From of that mail."""
    body_hash: Mapped[str]
    """SHA-256 of the normalised body (parsers.mail)."""
