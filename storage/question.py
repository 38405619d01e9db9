"""A question to one person that a `c-` address or a page can answer."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Number, never_reused, word


class Asking(StrEnum):
    """What is asked."""

    UNKNOWN_COMMAND = "unknown command"
    """The mail is held: which command was meant, or `post` (decisions E39)."""
    REACHED = "reached"
    """Does mail reach you: a probe to an address whose mail came back (B2)."""
    CONFIRM_COMMAND = "confirm command"
    """A command from an unproved team address to the desk (decisions B18)."""


class Question(Base):
    """One question and its answer."""

    __tablename__ = "question"
    __table_args__ = (Index("ix_question_inbound", "inbound_id"), never_reused())

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    asking: Mapped[Asking] = mapped_column(word(Asking))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    inbound_id: Mapped[int | None] = mapped_column(
        ForeignKey("inbound.id"), default=None
    )
    """The held mail that waits for the answer, where one does."""
    activity_id: Mapped[int | None] = mapped_column(
        ForeignKey("activity.id"), default=None
    )
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), default=None)
    """The post that it is about, where it is about one."""
    values: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
