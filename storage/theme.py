"""Themes: what a desk answers to those who asked for the same, and who was told."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.activity import Activity
from storage.base import Base, Number, never_reused
from storage.base import word as one_of
from storage.private import IS_QUESTION
from storage.tag import WORD, Tag


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


def meet(session: Session, desk: int, tag: str) -> Theme:
    """Give the theme of a tag; it is there from now on."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert: Any = sqlite.insert if is_sqlite else postgresql.insert
    row = {"desk_id": desk, "word": tag, "status": Status.HEARD, "answer": ""}
    session.execute(insert(Theme).values(row).on_conflict_do_nothing())
    found = find(session, desk, tag)
    assert found is not None
    return found


def find(session: Session, desk: int, tag: str) -> Theme | None:
    """Find the theme of a tag, once somebody has said something of it."""
    wanted = select(Theme).where(Theme.desk_id == desk, Theme.word == tag)
    return session.scalars(wanted).one_or_none()


def locked(session: Session, theme: Theme) -> Theme:
    """Hold a theme until the transaction ends: who else tells of it waits."""
    if session.get_bind().dialect.name != "sqlite":
        session.refresh(theme, with_for_update=True)
    return theme


def asked(session: Session, desk: int, tag: str) -> list[tuple[int, int]]:
    """Give the cases of a desk with a tag and their customers, the newest first."""
    rows = session.execute(
        select(Activity.id, Activity.customer_id)
        .join(Tag, Tag.activity_id == Activity.id)
        .where(Activity.desk_id == desk, Tag.word == tag, ~IS_QUESTION)
        .order_by(Tag.at.desc(), Activity.id.desc())
    )
    return [(activity, customer) for activity, customer in rows]


def told(session: Session, theme: int, status: Status) -> set[int]:
    """Give who was told that a theme has a status."""
    return set(
        session.scalars(
            select(ThemeTold.person_id).where(
                ThemeTold.theme_id == theme, ThemeTold.status == status
            )
        )
    )


def note_told(
    session: Session, theme: int, status: Status, person: int, event: int
) -> None:
    """Note that somebody was told; IntegrityError if they were before."""
    session.add(
        ThemeTold(theme_id=theme, status=status, person_id=person, event_id=event)
    )
    session.flush()
