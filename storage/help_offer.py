"""Who wants to hear of cases that they could help with, and of which they heard.

A case is private to its people (decision 57): of one that is not theirs nobody gets
more from here than its number, and the house nothing but who was told.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, delete, exists, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from parsers.address import key as key_of
from storage.activity import Activity, Participant, Turn
from storage.base import Base, Number, among
from storage.event import Event, Kind
from storage.people import Person, PersonAddress
from storage.tag import Tag


class Helper(Base):
    """Somebody who wants to hear of such cases; no row: they do not."""

    __tablename__ = "helper"

    person_id: Mapped[int] = mapped_column(
        Number, ForeignKey("person.id"), primary_key=True
    )
    since: Mapped[datetime]


class HelpOffer(Base):
    """A case of which somebody heard that they could help with it."""

    __tablename__ = "help_offer"

    person_id: Mapped[int] = mapped_column(
        Number, ForeignKey("person.id"), primary_key=True
    )
    activity_id: Mapped[int] = mapped_column(
        Number, ForeignKey("activity.id"), primary_key=True
    )
    told_at: Mapped[datetime]
    """With which digest, by its slot, for the first time."""
    answer: Mapped[str] = mapped_column(default="")
    """yes, no, or empty."""
    answered_at: Mapped[datetime | None] = mapped_column(default=None)


def is_helper(session: Session, person: int) -> bool:
    """Say whether somebody wants to hear of cases that they could help with."""
    return session.get(Helper, person) is not None


def set_helper(session: Session, person: int, at: datetime, *, wanted: bool) -> None:
    """Keep what somebody wants."""
    if not wanted:
        session.execute(delete(Helper).where(Helper.person_id == person))
    elif not is_helper(session, person):
        session.add(Helper(person_id=person, since=at))
    session.flush()


class Willing(NamedTuple):
    """Somebody who wants to help, by what they themselves say that they know."""

    person: int
    is_staff: bool
    skills: tuple[str, ...]
    addresses: tuple[str, ...]
    """Their matching keys."""


def willing(session: Session) -> list[Willing]:
    """Give who wants to help and says on their card what they know."""
    rows = session.execute(
        select(Person.id, Person.is_staff, Person.skills, PersonAddress.key)
        .join(Helper, Helper.person_id == Person.id)
        .join(PersonAddress, PersonAddress.person_id == Person.id)
        .order_by(Person.id)
    )
    found: dict[int, Willing] = {}
    for person, is_staff, skills, key in rows:
        known = found.get(person)
        keys = (*known.addresses, key) if known else (key,)
        if skills:
            found[person] = Willing(person, is_staff, tuple(skills), keys)
    return list(found.values())


class Waiting(NamedTuple):
    """An open case whose customer waits, at a desk that asks others for help."""

    activity: int
    subject: str
    owner: int | None
    waiting_since: datetime
    merged: tuple[int, ...] = ()
    """What became part of it: whoever was there had to do with it."""


def waiting(session: Session, desk: int, most: int) -> list[Waiting]:
    """Give the cases of a desk whose customers wait, those that wait longest.

    Not those into which only their owner invites, nor what belongs to a private
    question.
    """
    rows = session.execute(
        select(
            Activity.id,
            Activity.subject,
            Activity.owner_id,
            Activity.waiting_since,
            Activity.merged,
        )
        .where(
            Activity.desk_id == desk,
            Activity.turn != Turn.RESOLVED,
            Activity.redirect_id.is_(None),
            Activity.waiting_since.is_not(None),
            Activity.owner_invites.is_(False),
            or_(Activity.linked_id.is_(None), ~_IS_QUESTION),
        )
        .order_by(Activity.waiting_since, Activity.id)
        .limit(most)
    )
    return [
        Waiting(activity, subject, owner, since, tuple(merged))
        for activity, subject, owner, since, merged in rows
        if since is not None
    ]


_IS_QUESTION = exists().where(
    Event.activity_id == Activity.id, Event.kind == Kind.ASKED
)


def tags(session: Session, activities: Collection[int]) -> list[tuple[int, str]]:
    """Give the tags of some cases."""
    rows = session.execute(
        select(Tag.activity_id, Tag.word).where(Tag.activity_id.in_(activities))
    )
    return [(activity, word) for activity, word in rows]


def involved(
    session: Session, people: Collection[int], activities: Collection[int]
) -> set[tuple[int, int]]:
    """Give who of some people ever had to do with which cases: person and case.

    Whoever sits there, was invited, declined, left or muted it; whom an event is by or
    about; and who was refused at its door.
    """
    named = {"people": people, "activities": activities}
    found = {(row[0], row[1]) for row in session.execute(_SEATS, named)}
    for actor, subject, activity in session.execute(_EVENTS, named):
        found |= {(one, activity) for one in (actor, subject) if one}
    refused = session.execute(_REFUSED, {"activities": activities}).all()
    if refused:
        keys = session.execute(_KEYS, {"people": people}).all()
        found |= {
            (person, activity)
            for activity, values in refused
            for person, key in keys
            if key_of(values.get("address", "")) == key
        }
    return found


_SEATS = select(Participant.person_id, Participant.activity_id).where(
    Participant.person_id.in_(among("people")),
    Participant.activity_id.in_(among("activities")),
)
_EVENTS = (
    select(Event.actor_id, Event.subject_id, Event.activity_id)
    .distinct()
    .where(
        Event.activity_id.in_(among("activities")),
        or_(Event.actor_id.in_(among("people")), Event.subject_id.in_(among("people"))),
    )
)
_REFUSED = select(Event.activity_id, Event.values).where(
    Event.activity_id.in_(among("activities")),
    Event.kind.in_((Kind.REFUSED, Kind.HELD)),
)
_KEYS = select(PersonAddress.person_id, PersonAddress.key).where(
    PersonAddress.person_id.in_(among("people"))
)


def told(
    session: Session, people: Collection[int], activities: Collection[int]
) -> dict[tuple[int, int], tuple[datetime, str]]:
    """Give of which cases some people heard: when first, and what they answered."""
    rows = session.execute(_TOLD, {"people": people, "activities": activities})
    return {(person, activity): (at, said) for person, activity, at, said in rows}


_TOLD = select(
    HelpOffer.person_id, HelpOffer.activity_id, HelpOffer.told_at, HelpOffer.answer
).where(
    HelpOffer.person_id.in_(among("people")),
    HelpOffer.activity_id.in_(among("activities")),
)


def note_told(
    session: Session, offers: Sequence[tuple[int, int]], at: datetime
) -> None:
    """Note which person heard of which case, where it is for the first time."""
    if not offers:
        return
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert: Any = sqlite.insert if is_sqlite else postgresql.insert
    session.execute(
        insert(HelpOffer).on_conflict_do_nothing(),
        [
            {"person_id": person, "activity_id": activity, "told_at": at, "answer": ""}
            for person, activity in offers
        ],
    )


def answer(
    session: Session, person: int, activity: int, said: str, at: datetime
) -> bool:
    """Keep what somebody answered; False when they had said the same before."""
    row = session.get(HelpOffer, (person, activity))
    if row is None:
        row = HelpOffer(person_id=person, activity_id=activity, told_at=at)
        session.add(row)
    is_new = row.answer != said
    row.answer, row.answered_at = said, at
    session.flush()
    return is_new
