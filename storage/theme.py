"""Themes: what a desk answers to those who asked for the same, and who was told."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Number, never_reused
from storage.base import word as one_of
from storage.tag import WORD


class Status(StrEnum):
    """What becomes of a theme."""

    HEARD = "heard"
    PLANNED = "planned"
    DONE = "done"
    NO = "no"


class Theme(Base):
    """One tag of one desk, once somebody has said what becomes of it."""

    __tablename__ = "theme"
    __table_args__ = (
        UniqueConstraint("desk_id", "word", name="uq_theme_word"),
        never_reused(),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    word: Mapped[str] = mapped_column(String(WORD))
    status: Mapped[Status] = mapped_column(one_of(Status), default=Status.HEARD)
    answer: Mapped[str] = mapped_column(default="")
    """What those who asked were told last; with `no`, why."""
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    """Who looks after it."""
    changed_at: Mapped[datetime | None] = mapped_column(default=None)


class ThemeTold(Base):
    """Somebody was told what became of a theme: once for each status."""

    __tablename__ = "theme_told"

    theme_id: Mapped[int] = mapped_column(
        Number, ForeignKey("theme.id"), primary_key=True
    )
    status: Mapped[Status] = mapped_column(one_of(Status), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        Number, ForeignKey("person.id"), primary_key=True
    )
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    """The post that told it, in a case of theirs."""
