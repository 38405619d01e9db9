"""What the weekly digest for who leads a desk counts, each in one query.

What an outsider was asked in private is no customer's request: it counts nowhere here
but among the open cases, where it is somebody's work, and is quoted nowhere.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from storage.activity import Activity, Lane, Participant, Role, Turn
from storage.address_health import AddressHealth, Health
from storage.digest import Digest
from storage.event import Event, Kind
from storage.outbox import Delivery, Progress
from storage.people import PersonAddress
from storage.private import IS_QUESTION
from storage.tag import Tag
from storage.theme import Theme


@dataclass(frozen=True, slots=True)
class Span:
    """A period, and the number of the last event before it, or an earlier one."""

    since: datetime
    until: datetime
    after: int


def _within(span: Span) -> tuple[ColumnElement[bool], ...]:
    return (
        Event.id > span.after,
        Event.received_at > span.since,
        Event.received_at <= span.until,
    )


def mentions(
    session: Session, desk: int, since: datetime, until: datetime
) -> list[tuple[str, int, datetime]]:
    """Give the tags that a desk's cases were given: word, customer, when."""
    rows = session.execute(
        select(Tag.word, Activity.customer_id, Tag.at)
        .join(Activity, Activity.id == Tag.activity_id)
        .where(Activity.desk_id == desk, Tag.at > since, Tag.at <= until, ~IS_QUESTION)
    )
    return [(word, customer, at) for word, customer, at in rows]


def first_used(
    session: Session, desk: int, words: Collection[str]
) -> dict[str, datetime]:
    """Give when a desk used each of some tags first."""
    rows = session.execute(
        select(Tag.word, func.min(Tag.at))
        .join(Activity, Activity.id == Tag.activity_id)
        .where(Activity.desk_id == desk, Tag.word.in_(words), ~IS_QUESTION)
        .group_by(Tag.word)
    )
    return {word: at for word, at in rows}  # noqa: C416


def themes_of(session: Session, desk: int, words: Collection[str]) -> dict[str, Theme]:
    """Give what was said to become of some tags of a desk."""
    rows = session.scalars(
        select(Theme).where(Theme.desk_id == desk, Theme.word.in_(words))
    )
    return {each.word: each for each in rows}


def words_of_customers(
    session: Session, desk: int, word: str, since: datetime, most: int
) -> list[str]:
    """Give what customers wrote in cases that were tagged so, newest cases first."""
    return list(
        session.scalars(
            select(Event.text)
            .join(Tag, Tag.activity_id == Event.activity_id)
            .join(Activity, Activity.id == Tag.activity_id)
            .where(
                Activity.desk_id == desk,
                Tag.word == word,
                Tag.at > since,
                *_BY_CUSTOMER,
                Event.text != "",
                ~IS_QUESTION,
            )
            .order_by(Tag.at.desc(), Tag.activity_id.desc(), Event.id)
            .limit(most)
        )
    )


_BY_CUSTOMER = (
    Event.kind == Kind.POST,
    Event.lane == Lane.EVERYONE,
    Event.actor_id == Activity.customer_id,
)


def mails_by_customer(session: Session, desk: int, span: Span) -> dict[int, int]:
    """Count what each customer wrote in a period."""
    return _by_customer(session, desk, span, _BY_CUSTOMER)


def answers_by_customer(session: Session, desk: int, span: Span) -> dict[int, int]:
    """Count what the team wrote to each customer in a period."""
    of_team = exists().where(
        Participant.activity_id == Event.activity_id,
        Participant.person_id == Event.actor_id,
        # Of the team still, or until the case went to another desk.
        or_(Participant.in_team_lane, Participant.role == Role.TEAM),
    )
    wanted = (Event.kind == Kind.POST, Event.lane == Lane.EVERYONE, of_team)
    return _by_customer(session, desk, span, wanted)


def _by_customer(
    session: Session,
    desk: int,
    span: Span,
    wanted: tuple[ColumnElement[bool], ...],
) -> dict[int, int]:
    rows = session.execute(
        select(Activity.customer_id, func.count())
        .select_from(Event)
        .join(Activity, Activity.id == Event.activity_id)
        .where(
            *_within(span),
            Activity.desk_id == desk,
            ~IS_QUESTION,
            *wanted,
        )
        .group_by(Activity.customer_id)
    )
    return {customer: count for customer, count in rows}  # noqa: C416


def closed(
    session: Session, desk: int, span: Span
) -> list[tuple[int, int | None, bool]]:
    """Give the cases that were closed in a period: case, by whom, with a tag or not."""
    has_tag = exists().where(Tag.activity_id == Activity.id)
    rows = session.execute(
        select(Event.activity_id, func.max(Event.actor_id), has_tag)
        .join(Activity, Activity.id == Event.activity_id)
        .where(
            *_within(span),
            Event.kind == Kind.RESOLVED,
            Activity.desk_id == desk,
            ~IS_QUESTION,
        )
        .group_by(Event.activity_id, has_tag)
    )
    return [(case, by, bool(tagged)) for case, by, tagged in rows]


def open_cases(session: Session, desk: int) -> dict[int | None, int]:
    """Count the open cases of a desk by who has them; None is nobody."""
    rows = session.execute(
        select(Activity.owner_id, func.count())
        .where(*_open(desk))
        .group_by(Activity.owner_id)
    )
    return {owner: count for owner, count in rows}  # noqa: C416


def bounced(session: Session, desk: int) -> int:
    """Count the customers with an open case whom mail does not reach."""
    return (
        session.scalar(
            select(func.count(Activity.customer_id.distinct()))
            .join(PersonAddress, PersonAddress.person_id == Activity.customer_id)
            .join(AddressHealth, AddressHealth.key == PersonAddress.key)
            .where(
                *_open(desk),
                PersonAddress.is_primary,
                AddressHealth.state.not_in((Health.OK, Health.WATCH)),
            )
        )
        or 0
    )


def last_heard(
    session: Session, person: int, desk: int, kind: str, before: datetime
) -> tuple[datetime, int] | None:
    """Give the slot and the last event of the newest digest that was not given up.

    Before an instant; one that had nothing to tell counts too.
    """
    row = session.execute(
        select(Digest.slot_at, Digest.range_hi)
        .outerjoin(Delivery, Delivery.id == Digest.delivery_id)
        .where(
            Digest.person_id == person,
            Digest.desk_id == desk,
            Digest.kind == kind,
            Digest.slot_at < before,
            or_(Delivery.id.is_(None), Delivery.state != Progress.GIVEN_UP),
        )
        .order_by(Digest.slot_at.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def first_slot(session: Session, person: int, desk: int, kind: str) -> datetime | None:
    """Give the slot of the first digest of a kind, whatever became of it."""
    return session.scalar(
        select(func.min(Digest.slot_at)).where(
            Digest.person_id == person, Digest.desk_id == desk, Digest.kind == kind
        )
    )


def _open(desk: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Activity.desk_id == desk,
        Activity.redirect_id.is_(None),
        Activity.turn != Turn.RESOLVED,
    )
