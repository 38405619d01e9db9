"""Senders whom somebody of a team blocked by `/spam` (decisions E50)."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base


class BlockedSender(Base):
    """One address whose mail to a desk waits unseen, and who said so."""

    __tablename__ = "blocked_sender"

    key: Mapped[str] = mapped_column(primary_key=True)
    """The matching key (parsers.address.key)."""
    blocked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    blocked_at: Mapped[datetime]
    activity_id: Mapped[int | None] = mapped_column(
        ForeignKey("activity.id"), default=None
    )
    """The case in which it was said."""


def block(
    session: Session, key: str, *, by: int, at: datetime, activity: int | None = None
) -> None:
    """Take no more notice of mail from an address; the first to say so stands."""
    if session.get(BlockedSender, key) is None:
        session.add(
            BlockedSender(
                key=key, blocked_by_id=by, blocked_at=at, activity_id=activity
            )
        )
        session.flush()


def is_blocked(session: Session, key: str) -> bool:
    """Say whether mail from an address is unwanted."""
    return session.get(BlockedSender, key) is not None
