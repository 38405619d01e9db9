"""Tags of cases: what the team says that a case is about."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.activity import Activity, Lane
from storage.base import Base, Number
from storage.event import Event, Kind
from storage.private import IS_QUESTION

WORD = 40
"""Letters of a tag at most (parsers.tag)."""


class Tag(Base):
    """One tag of one case."""

    __tablename__ = "tag"
    __table_args__ = (Index("ix_tag_word", "word", "at"),)

    activity_id: Mapped[int] = mapped_column(
        Number, ForeignKey("activity.id"), primary_key=True
    )
    word: Mapped[str] = mapped_column(String(WORD), primary_key=True)
    by_id: Mapped[int | None] = mapped_column(Number, ForeignKey("person.id"))
    at: Mapped[datetime]


def tags_of(session: Session, family: Collection[int]) -> list[str]:
    """Give the tags of a case and of what was merged into it, oldest first."""
    rows = session.execute(
        select(Tag.word, func.min(Tag.at).label("first"))
        .where(Tag.activity_id.in_(family))
        .group_by(Tag.word)
        .order_by("first", Tag.word)
    )
    return [word for word, _ in rows]


def put(session: Session, activity: int, word: str, by: int, at: datetime) -> None:
    """Keep a tag of a case; nothing when it has that one."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert: Any = sqlite.insert if is_sqlite else postgresql.insert
    row = {"activity_id": activity, "word": word, "by_id": by, "at": at}
    session.execute(insert(Tag).values(row).on_conflict_do_nothing())


def take_away(session: Session, family: Collection[int], word: str) -> None:
    """Take a tag from a case."""
    session.execute(delete(Tag).where(Tag.activity_id.in_(family), Tag.word == word))


def words_of(session: Session, desk: int, most: int) -> dict[str, int]:
    """Give the tags that a desk uses, each with how many customers it is of."""
    customers = func.count(Activity.customer_id.distinct())
    rows = session.execute(
        select(Tag.word, customers)
        .join(Activity, Activity.id == Tag.activity_id)
        .where(Activity.desk_id == desk, ~IS_QUESTION)
        .group_by(Tag.word)
        .order_by(customers.desc(), Tag.word)
        .limit(most)
    )
    return {word: count for word, count in rows}  # noqa: C416


def said_by_customer(session: Session, activity: Activity) -> list[str]:
    """Give what the customer of a case wrote in it, its subject first."""
    rows = session.scalars(
        select(func.substr(Event.text, 1, _MOST_LETTERS))
        .where(
            Event.activity_id.in_(activity.family),
            Event.kind == Kind.POST,
            Event.lane == Lane.EVERYONE,
            Event.actor_id == activity.customer_id,
        )
        .order_by(Event.id)
        .limit(_MOST_POSTS)
    )
    return [activity.subject, *rows]


def said_by_others(
    session: Session, activity: Activity, most: int
) -> list[tuple[int, str]]:
    """Give how the newest cases of a desk's other customers began, by person."""
    first = (
        select(func.substr(Event.text, 1, _MOST_LETTERS))
        .where(
            Event.activity_id == Activity.id,
            Event.kind == Kind.POST,
            Event.lane == Lane.EVERYONE,
            Event.actor_id == Activity.customer_id,
        )
        .order_by(Event.id)
        .limit(1)
        .correlate(Activity)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Activity.customer_id, Activity.subject, first)
        .where(
            Activity.desk_id == activity.desk_id,
            Activity.customer_id != activity.customer_id,
            Activity.redirect_id.is_(None),
            ~IS_QUESTION,
        )
        .order_by(Activity.id.desc())
        .limit(most)
    )
    return [(person, f"{subject}\n{text or ''}") for person, subject, text in rows]


_MOST_LETTERS, _MOST_POSTS = 4_000, 20
