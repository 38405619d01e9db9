"""The outbox: letters (the bytes of one variant) and their deliveries."""

from datetime import datetime
from enum import IntEnum, StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.activity import Lane
from storage.base import Base, Number, never_reused, word


class Priority(IntEnum):
    """Who goes first (digests section 1)."""

    CONVERSATION = 0
    TRANSACTION = 1
    NOTIFICATION = 2
    DIGEST = 3


class Progress(StrEnum):
    """The state of a delivery."""

    WAITING = "waiting"
    """Due at `due_at`; a deferred one waits too, with `attempts` above 0."""
    LEASED = "leased"
    SENT = "sent"
    GIVEN_UP = "given up"
    CANCELLED = "cancelled"


MOVES: dict[Progress, frozenset[Progress]] = {
    Progress.WAITING: frozenset({Progress.LEASED, Progress.CANCELLED}),
    Progress.LEASED: frozenset({Progress.SENT, Progress.WAITING, Progress.GIVEN_UP}),
    Progress.SENT: frozenset(),
    Progress.GIVEN_UP: frozenset({Progress.WAITING}),
    Progress.CANCELLED: frozenset({Progress.WAITING}),
}


class Letter(Base):
    """A rendered mail, once per post and variant; placeholders stand for tokens."""

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_activity", "activity_id"), never_reused())

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    kind: Mapped[str]
    """X-Parlour-Kind."""
    message_id: Mapped[str]
    made_at: Mapped[datetime]
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    """RFC 5322 octets with CRLF, without To; dispatch puts that header in front."""
    placeholder: Mapped[str]
    """26 letters that stand in `raw` for each token's body, after the letter of its
    purpose and a hyphen; drawn by chance, so that no text can contain it."""
    activity_id: Mapped[int | None] = mapped_column(
        ForeignKey("activity.id"), default=None
    )
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), default=None)
    lane: Mapped[Lane | None] = mapped_column(word(Lane), default=None)


# What is still to be done; the indexes of the claim hold nothing else.
_OPEN = text("state IN ('waiting', 'leased')")


class Delivery(Base):
    """One letter to one recipient."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index(
            "ix_delivery_due",
            "priority",
            "due_at",
            "id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "ix_delivery_order",
            "person_id",
            "activity_id",
            "id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_delivery_letter", "letter_id"),
        never_reused(),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    address: Mapped[str]
    """The one recipient."""
    due_at: Mapped[datetime]
    activity_id: Mapped[int | None] = mapped_column(
        ForeignKey("activity.id"), default=None
    )
    token_number: Mapped[int | None] = mapped_column(Number, default=None)
    """What the letter's tokens seal (parsers.reply_address.number of a participant
    or a question); the return path seals this row's own id."""
    priority: Mapped[int] = mapped_column(SmallInteger, default=Priority.CONVERSATION)
    null_sender: Mapped[bool] = mapped_column(default=False)
    """Refusals go out with the null return path (RFC 5321 section 4.5.5)."""
    state: Mapped[Progress] = mapped_column(word(Progress), default=Progress.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(default=None)
    leased_by: Mapped[str] = mapped_column(default="")
    last_reply: Mapped[str] = mapped_column(default="")
    """What the smarthost said last, or why it was given up."""
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
