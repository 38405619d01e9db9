"""Tags of cases: what the team says that a case is about."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.activity import Activity
from storage.base import Base, Number

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
        .where(Activity.desk_id == desk)
        .group_by(Tag.word)
        .order_by(customers.desc(), Tag.word)
        .limit(most)
    )
    return {word: count for word, count in rows}  # noqa: C416
