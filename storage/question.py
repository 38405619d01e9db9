"""A question to one person that a `c-` address or a page can answer."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, func, insert, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Number, never_reused
from storage.numbers import reserve


class Question(Base):
    """One question and its answer."""

    __tablename__ = "question"
    __table_args__ = (Index("ix_question_inbound", "inbound_id"), never_reused())

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    asking: Mapped[str] = mapped_column(String(24))
    """What is asked: a word of gateway.routing.asking."""
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
    """When it was answered, or when the answer of somebody else settled it."""


def ask_each(
    session: Session,
    asking: str,
    at: datetime,
    to: Sequence[tuple[int, Mapping[str, Any]]],
) -> list[int]:
    """Keep one question for each of some people, with what it means; gives their ids.

    One statement, however many they are.
    """
    if not to:
        return []
    ids = reserve(session, "question", len(to))
    session.connection().execute(
        _INSERT,
        [
            {
                "id": number,
                "asking": asking,
                "person_id": person,
                "asked_at": at,
                "values": values,
                "answer": "",
            }
            for number, (person, values) in zip(ids, to, strict=True)
        ],
    )
    return ids


_INSERT = insert(Base.metadata.tables["question"])


def of_inbound(
    session: Session, inbound_id: int, asking: Iterable[str] = ()
) -> list[Question]:
    """Give the questions about one held mail, oldest first; of some kinds, if named."""
    wanted = select(Question).where(Question.inbound_id == inbound_id)
    if kinds := list(asking):
        wanted = wanted.where(Question.asking.in_(kinds))
    return list(session.scalars(wanted.order_by(Question.id)))


def open_about(
    session: Session, inbound_id: int, activity_id: int | None
) -> list[Question]:
    """Give the questions about one held mail in one activity that nobody answered."""
    return [
        each
        for each in of_inbound(session, inbound_id)
        if each.answered_at is None and each.activity_id == activity_id
    ]


def close(
    session: Session, inbound_id: int, at: datetime, *, activity: int | None = None
) -> None:
    """Close what was asked about a mail that is settled: whoever answers is late.

    With `activity` it is settled there alone.
    """
    wanted = update(Question).where(
        Question.inbound_id == inbound_id, Question.answered_at.is_(None)
    )
    if activity is not None:
        wanted = wanted.where(Question.activity_id == activity)
    session.execute(wanted.values(answered_at=at))


def about_held(session: Session, activities: Collection[int]) -> bool:
    """Say whether a mail to one of some activities waits for an answer."""
    wanted = select(Question.id).where(
        Question.activity_id.in_(activities),
        Question.inbound_id.is_not(None),
        Question.answered_at.is_(None),
    )
    return session.scalar(wanted.limit(1)) is not None


def withdraw(
    session: Session,
    activities: Collection[int],
    persons: Collection[int],
    at: datetime,
) -> None:
    """Close what some persons were asked about some activities: they are late now."""
    session.execute(
        update(Question)
        .where(
            Question.activity_id.in_(activities),
            Question.person_id.in_(persons),
            Question.answered_at.is_(None),
        )
        .values(answered_at=at)
    )


def settle(
    session: Session,
    question: Question,
    answer: str,
    at: datetime,
    *,
    decides: bool = True,
) -> None:
    """Note the answer; if it decides, close what others were asked about the same."""
    question.answer, question.answered_at = answer, at
    if not decides:
        return
    same = []
    if question.inbound_id is not None:
        same.append(Question.inbound_id == question.inbound_id)
    if question.event_id is not None:
        same.append(Question.event_id == question.event_id)
    if not same:
        return
    others = select(Question).where(
        or_(*same), Question.id != question.id, Question.answered_at.is_(None)
    )
    for other in session.scalars(others):
        # A mail to two activities is asked about in each.
        if other.activity_id == question.activity_id:
            other.answered_at = at


def asked(
    session: Session, person_id: int, asking: Iterable[str], *, since: datetime
) -> int:
    """Count what one person was asked of some kinds since a moment."""
    wanted = select(func.count()).where(
        Question.person_id == person_id,
        Question.asking.in_(list(asking)),
        Question.asked_at >= since,
    )
    return session.scalar(wanted) or 0


def is_open(
    session: Session, person_id: int, asking: Iterable[str], address_key: str
) -> bool:
    """Say whether somebody has yet to answer about an address."""
    waiting = select(Question).where(
        Question.person_id == person_id,
        Question.asking.in_(list(asking)),
        Question.answered_at.is_(None),
    )
    found = session.scalars(waiting)
    return any(each.values.get("key") == address_key for each in found)
