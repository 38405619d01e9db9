"""The journal: every accepted SMTP transaction, raw, with its envelope and state."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Number, never_reused, word


class State(StrEnum):
    """Where an accepted mail is; exactly one of these, always."""

    PENDING = "pending"
    DONE = "done"
    HELD = "held"
    """Kept for a human, with a reason."""
    DISCARDED = "discarded"
    FAILED = "failed"
    """Broke *process* three times; kept with the reason (T27)."""


MOVES: dict[State, frozenset[State]] = {
    State.PENDING: frozenset({State.DONE, State.HELD, State.DISCARDED, State.FAILED}),
    State.HELD: frozenset({State.PENDING, State.DONE, State.DISCARDED}),
    State.FAILED: frozenset({State.PENDING, State.DISCARDED}),
    State.DONE: frozenset(),
    State.DISCARDED: frozenset({State.PENDING}),
}


class Inbound(Base):
    """One SMTP transaction as it came."""

    __tablename__ = "inbound"
    __table_args__ = (
        Index("ix_inbound_state", "state", "id"),
        Index("ix_inbound_thread", "thread_key", "id"),
        never_reused(),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    received_at: Mapped[datetime]
    door: Mapped[str]
    """smtp, lmtp, imap, import."""
    peer: Mapped[str]
    """The address that connected, or the mailbox it was fetched from."""
    trusted: Mapped[bool]
    """Came from a trusted peer, whose Authentication-Results may be believed."""
    sender: Mapped[str]
    """Envelope sender; empty is the null sender."""
    recipients: Mapped[list[str]]
    """Every envelope recipient, as given."""
    size: Mapped[int]
    """Octets as transferred, before compression."""
    digest: Mapped[str]
    """SHA-256 of the octets kept, hexadecimal; names the file of a large mail."""
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    """zstd of the mail up to 256 kB; None when it lies in a file (storage.blobs)."""
    state: Mapped[State] = mapped_column(word(State), default=State.PENDING)
    reason: Mapped[str] = mapped_column(default="")
    """Why it is held, discarded or failed; for people, in plain English."""
    settled_by: Mapped[str] = mapped_column(default="")
    """The rule or the person that settled it."""
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    """Counted before the work, so that a mail that kills us is set aside."""
    leased_until: Mapped[datetime | None] = mapped_column(default=None)
    leased_by: Mapped[str] = mapped_column(default="")
    thread_key: Mapped[str | None] = mapped_column(default=None)
    """`a:ID` of the activity, else `s:ADDRESS` of the sender; None until read."""
    values: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """What a human said of it: {"release": "post"} and the like."""
