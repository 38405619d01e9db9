"""How fast things go: what the rules against loops and bursts count (R4)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from storage.activity import Lane
from storage.event import Event, Kind
from storage.held import DEAD
from storage.ledger import Ledger
from storage.outbox import AUTOMATIC, Delivery, Letter

_MOST_HELD = 200
_DAY = timedelta(days=1)


def held_of(session: Session, actor_id: int, since: datetime) -> list[Event]:
    """Give what was held last of one person at any activity since a moment."""
    return list(
        session.scalars(
            select(Event)
            .where(
                Event.actor_id == actor_id,
                Event.received_at >= since,
                Event.kind == Kind.HELD,
            )
            .order_by(Event.id.desc())
            .limit(_MOST_HELD)
        )
    )


def held_at(
    session: Session, activity_id: int, actor_id: int | None, most: int = _MOST_HELD
) -> list[Event]:
    """Give what was held last of one sender at an activity, oldest first.

    None stands for all whom we do not know.
    """
    newest = session.scalars(
        select(Event)
        .where(
            Event.activity_id == activity_id,
            Event.kind == Kind.HELD,
            Event.actor_id == actor_id,
        )
        .order_by(Event.id.desc())
        .limit(most)
    )
    return list(newest)[::-1]


def count(session: Session, activity_id: int, kind: Kind, since: datetime) -> int:
    """Count the events of a kind in an activity since a moment."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Event)
            .where(
                Event.activity_id == activity_id,
                Event.kind == kind,
                Event.received_at >= since,
            )
        )
        or 0
    )


def last(session: Session, activity_id: int, kinds: Collection[Kind]) -> Event | None:
    """Give the newest event of some kinds in an activity."""
    return session.scalar(
        select(Event)
        .where(Event.activity_id == activity_id, Event.kind.in_(kinds))
        .order_by(Event.id.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Post:
    """One post: who wrote it, and when it came."""

    id: int
    author: int | None
    at: datetime


def posts_before(
    session: Session, activity_id: int, event_id: int, most: int
) -> list[Post]:
    """Give the last posts of an activity before an event, newest first."""
    named = {"activity": activity_id, "event": event_id, "most": most}
    return [Post(*row) for row in session.execute(_POSTS, named)]


_POSTS = (
    select(Event.id, Event.actor_id, Event.received_at)
    .where(
        Event.activity_id == bindparam("activity"),
        Event.kind == Kind.POST,
        Event.id < bindparam("event"),
    )
    .order_by(Event.id.desc())
    .limit(bindparam("most"))
)


def texts(session: Session, event_ids: Collection[int]) -> list[str]:
    """Give the texts of some posts, newest first."""
    rows = select(Event.text).where(Event.id.in_(event_ids)).order_by(Event.id.desc())
    return list(session.scalars(rows))


def letters_to(
    session: Session, activity_id: int, person_id: int, since: datetime
) -> list[datetime]:
    """Give when letters about an activity went to somebody since a moment."""
    rows = session.execute(
        select(Delivery.settled_at, Letter.made_at)
        .join(Letter, Letter.id == Delivery.letter_id)
        .where(
            Letter.activity_id == activity_id,
            Letter.made_at >= since,
            Delivery.person_id == person_id,
        )
    )
    return [sent or made for sent, made in rows]


def waits_for_digest(session: Session, event_id: int, reasons: Collection[str]) -> bool:
    """Say whether a post was put off for one of these reasons."""
    return (
        session.scalar(
            select(Ledger.event_id)
            .where(Ledger.event_id == event_id, Ledger.reason.in_(reasons))
            .limit(1)
        )
        is not None
    )


def burst_since(
    session: Session, activity_id: int, person_id: int, since: datetime
) -> Event | None:
    """Give the last time that the owner was told of somebody's haste."""
    return session.scalar(
        select(Event)
        .where(
            Event.subject_id == person_id,
            Event.received_at >= since,
            Event.activity_id == activity_id,
            Event.kind == Kind.BURST,
        )
        .order_by(Event.id.desc())
        .limit(1)
    )


def spoke_since(
    session: Session, activity_id: int, event_id: int, people: Collection[int]
) -> bool:
    """Say whether one of some people wrote to everyone since an event."""
    return (
        session.scalar(
            select(Event.id)
            .where(
                Event.activity_id == activity_id,
                Event.id > event_id,
                Event.kind == Kind.POST,
                Event.lane == Lane.EVERYONE,
                Event.actor_id.in_(people),
            )
            .limit(1)
        )
        is not None
    )


def told_of_haste(session: Session, posts: Collection[int]) -> dict[int, set[int]]:
    """Give, by post, who was told within the day before that its author's posts wait.

    They know that there is more in their digest (decisions E46).
    """
    post, burst = aliased(Event), aliased(Event)
    rows = session.execute(
        select(post.id, post.received_at, burst.received_at, Delivery.person_id)
        .join(
            burst,
            and_(
                burst.activity_id == post.activity_id,
                burst.subject_id == post.actor_id,
                burst.kind == Kind.BURST,
            ),
        )
        .join(
            Letter,
            and_(
                Letter.event_id == burst.values["post"].as_integer(),
                Letter.kind == "notice",
            ),
        )
        .join(Delivery, Delivery.letter_id == Letter.id)
        .where(
            post.id.in_(posts),
            Letter.event_id <= post.id,
            Delivery.state.not_in(DEAD),
        )
    )
    found: dict[int, set[int]] = {}
    for number, at, told_at, person in rows:
        if told_at >= at - _DAY:
            found.setdefault(number, set()).add(person)
    return found


def was_busy(session: Session, activity_id: int, since: datetime) -> bool:
    """Say whether an activity was too busy for everybody since an instant."""
    told = session.scalars(
        select(Event.values).where(
            Event.activity_id == activity_id,
            Event.kind == Kind.BURST,
            Event.received_at >= since,
        )
    )
    return any(values.get("pace") == "busy" for values in told)


def put_off(
    session: Session,
    activity_id: int,
    author: int,
    since: int,
    reasons: Collection[str],
) -> int:
    """Count somebody's posts since an event that were put off for these reasons."""
    return (
        session.scalar(
            select(func.count(func.distinct(Event.id)))
            .select_from(Event)
            .join(Ledger, Ledger.event_id == Event.id)
            .where(
                Event.activity_id == activity_id,
                Event.actor_id == author,
                Event.id >= since,
                Ledger.reason.in_(reasons),
            )
        )
        or 0
    )


def acknowledged(
    session: Session, now: datetime, *, person: int | None = None, domain: str = ""
) -> int:
    """Count acknowledgements to one person in a day, or to one domain in an hour."""
    spans = {True: timedelta(days=1), False: timedelta(hours=1)}
    query = (
        select(func.count())
        .select_from(Delivery)
        .join(Letter, Letter.id == Delivery.letter_id)
        .where(
            Letter.kind == "acknowledgement",
            Letter.made_at > now - spans[person is not None],
        )
    )
    if person is not None:
        query = query.where(Delivery.person_id == person)
    else:
        query = query.where(func.lower(Delivery.address).like(f"%@{domain}"))
    return session.scalar(query) or 0


def automatic_letters(
    session: Session, person: int, return_path: str, kinds: Collection[str], most: int
) -> list[datetime]:
    """Give when the last letters of these kinds of a desk to somebody were made."""
    return list(
        session.scalars(
            select(Letter.made_at)
            .join(Delivery, Delivery.letter_id == Letter.id)
            .where(
                Delivery.person_id == person,
                AUTOMATIC,
                Letter.kind.in_(kinds),
                Letter.return_path == return_path,
            )
            .order_by(Delivery.id.desc())
            .limit(most)
        )
    )
