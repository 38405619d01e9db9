"""The ids by which posts are known outside: who they are, and what came before them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, and_, bindparam, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.activity import Lane
from storage.base import Base, Number, never_reused, word
from storage.event import Event, Kind


class Alias(Base):
    """A Message-ID under which a post is known outside.

    The author's own, or the one that a smarthost says it gave. Not unique: the same id
    with another text is another post (decisions C27).
    """

    __tablename__ = "alias"
    __table_args__ = (
        Index("ix_alias_message_id", "message_id"),
        Index("ix_alias_sender", "sender", "body_hash"),
        never_reused(),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    message_id: Mapped[str]
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    lane: Mapped[Lane] = mapped_column(word(Lane))
    sender: Mapped[str]
    """Matching key of the From of that mail; empty for an id that we gave it; our own
    id of it, where a smarthost gave it this one (storage.assigned_id)."""
    body_hash: Mapped[str]
    """SHA-256 of the normalised body (parsers.mail); empty where a smarthost gave it
    the id, and what it carried is known anyway."""


def known_as(session: Session, message_ids: Sequence[str]) -> dict[str, Alias]:
    """Find the newest post behind each of the ids that others gave."""
    rows = session.scalars(
        select(Alias).where(Alias.message_id.in_(message_ids)).order_by(Alias.id)
    )
    return {alias.message_id: alias for alias in rows}


@dataclass(frozen=True, slots=True)
class Seen:
    """One post that a Message-ID of one sender brought."""

    activity: int
    inbound: int | None
    body_hash: str
    by_hand: bool


def seen(session: Session, message_id: str, sender: str) -> list[Seen]:
    """Give where the same id of the same sender was posted, oldest first."""
    rows = session.execute(_SEEN, {"message_id": message_id, "sender": sender})
    return [
        Seen(activity, inbound, body_hash, "by_hand" in values)
        for activity, inbound, body_hash, values in rows
    ]


_SEEN = (
    select(Alias.activity_id, Event.inbound_id, Alias.body_hash, Event.values)
    .join(Event, Event.id == Alias.event_id)
    .where(
        Alias.message_id == bindparam("message_id"),
        Alias.sender == bindparam("sender"),
    )
    .order_by(Alias.id)
)


def brought(session: Session, message_id: str, sender: str) -> list[Event]:
    """Give the posts that mails with an id of one sender brought, oldest first."""
    wanted = (
        select(Event)
        .join(Alias, Alias.event_id == Event.id)
        .where(
            Alias.message_id == message_id,
            Alias.sender == sender,
            Event.kind == Kind.POST,
        )
    )
    return list(session.scalars(wanted.order_by(Event.id)))


def aliases_of(session: Session, event_id: int) -> list[Alias]:
    """Give the ids under which a post is known outside, oldest first."""
    return list(
        session.scalars(
            select(Alias).where(Alias.event_id == event_id).order_by(Alias.id)
        )
    )


def opened_with(
    session: Session, sender: str, body_hash: str, since: datetime
) -> int | None:
    """Find the activity that this text from this sender opened since a moment."""
    return session.scalar(
        select(Alias.activity_id)
        .join(Event, Event.id == Alias.event_id)
        .where(
            Alias.sender == sender,
            Alias.body_hash == body_hash,
            Event.received_at >= since,
        )
        .order_by(Alias.id)
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Ancestor:
    """An earlier post, as far as the headers of a letter go."""

    id: int
    author: int | None
    message_id: str
    """What its author calls it; empty when they did not mail it."""


def ancestors(
    session: Session, family: Collection[int], lane: Lane, before: int | None, most: int
) -> list[Ancestor]:
    """Give the last posts of a lane before an event number, oldest first."""
    named = {
        "family": family,
        "lane": lane,
        "before": _NEVER if before is None else before,
        "most": most,
    }
    newest = [
        Ancestor(number, author, message_id or "")
        for number, author, message_id in session.execute(_ANCESTORS, named)
    ]
    return newest[::-1]


_NEVER = 2**62


_NOT_ASSIGNED = or_(Alias.body_hash != "", Alias.sender == "")


_ANCESTORS = (
    select(Event.id, Event.actor_id, Alias.message_id)
    # Of what a smarthost gave each copy, every reader holds another.
    .outerjoin(Alias, and_(Alias.event_id == Event.id, _NOT_ASSIGNED))
    .where(
        Event.activity_id.in_(bindparam("family", expanding=True)),
        Event.kind == Kind.POST,
        Event.lane == bindparam("lane"),
        Event.id < bindparam("before"),
    )
    .order_by(Event.id.desc(), Alias.id.desc())
    .limit(bindparam("most"))
)
