"""Who wants to hear of cases that they could help with, and of which they heard.

A case is private to its people (decision 57): of one that is not theirs nobody gets
more from here than its number, and the house nothing but who was told.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, bindparam, delete, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from parsers.address import key as key_of
from storage.activity import Activity, Participant, Turn
from storage.base import Base, Number, among
from storage.event import Event, Kind
from storage.people import Person, PersonAddress


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
    word: Mapped[str]
    """The skill of theirs that they were told: no other is ever tried on this case."""
    told_at: Mapped[datetime]
    """The slot of the digest that told it first."""
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("digest.id"), default=None)
    """That digest; None when its mail was given up: the next one tells it."""
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

    Not those into which only their owner invites, nor a private question or what has
    one: whoever is asked must not learn of it.
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
            ~_HAS_QUESTION,
        )
        .order_by(Activity.waiting_since, Activity.id)
        .limit(most)
    )
    found = [
        Waiting(activity, subject, owner, since, tuple(merged))
        for activity, subject, owner, since, merged in rows
        if since is not None
    ]
    parts = {part for each in found for part in each.merged}
    if not parts:
        return found
    asked = set(session.scalars(_ASKED, {"activities": sorted(parts)}))
    return [each for each in found if asked.isdisjoint(each.merged)]


# Both have such an event: the question, and the case that it is about.
_HAS_QUESTION = exists().where(
    Event.activity_id == Activity.id, Event.kind == Kind.ASKED
)
_ASKED = select(Event.activity_id).where(
    Event.activity_id.in_(among("activities")), Event.kind == Kind.ASKED
)


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


class Told(NamedTuple):
    """A case of which somebody heard."""

    activity: int
    word: str
    at: datetime
    answer: str
    is_lost: bool
    """The mail that told it was given up."""


def told(
    session: Session,
    people: Collection[int],
    activities: Collection[int],
    since: datetime,
) -> dict[int, list[Told]]:
    """Give of which of some cases people heard ever, and since a moment of any."""
    named = {"people": people, "activities": activities, "since": since}
    found: dict[int, list[Told]] = {}
    for person, activity, word, at, said, digest in session.execute(_TOLD, named):
        each = Told(activity, word, at, said, is_lost=digest is None)
        found.setdefault(person, []).append(each)
    return found


_TOLD = select(
    HelpOffer.person_id,
    HelpOffer.activity_id,
    HelpOffer.word,
    HelpOffer.told_at,
    HelpOffer.answer,
    HelpOffer.digest_id,
).where(
    HelpOffer.person_id.in_(among("people")),
    or_(
        HelpOffer.activity_id.in_(among("activities")),
        HelpOffer.told_at > bindparam("since"),
    ),
)


class First(NamedTuple):
    """Somebody hears of a case that they could help with."""

    person: int
    activity: int
    word: str
    at: datetime
    """The slot of the digest that tells it."""
    digest: int


def note_told(session: Session, offers: Sequence[First]) -> None:
    """Note who hears of which case, where it is for the first time.

    Again after the mail that told it was given up; the word stays what it was.
    """
    if not offers:
        return
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert: Any = sqlite.insert if is_sqlite else postgresql.insert
    new = insert(HelpOffer)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["person_id", "activity_id"],
            set_={
                "told_at": new.excluded.told_at,
                "digest_id": new.excluded.digest_id,
            },
            where=HelpOffer.digest_id.is_(None),
        ),
        [
            {
                "person_id": each.person,
                "activity_id": each.activity,
                "word": each.word,
                "told_at": each.at,
                "digest_id": each.digest,
                "answer": "",
            }
            for each in offers
        ],
    )


def take_back(session: Session, digest: int) -> None:
    """Let the next digest tell what a lost one told first, if nobody answered it."""
    session.execute(
        update(HelpOffer)
        .where(HelpOffer.digest_id == digest, HelpOffer.answer == "")
        .values(digest_id=None)
    )


def answer(
    session: Session, person: int, offer: tuple[int, str], said: str, at: datetime
) -> bool:
    """Keep what somebody answered; False when they had said the same before.

    `offer` is the case, and the word that they were told of it.
    """
    activity, word = offer
    row = session.get(HelpOffer, (person, activity))
    if row is None:
        row = HelpOffer(person_id=person, activity_id=activity, word=word, told_at=at)
        session.add(row)
    is_new = row.answer != said
    row.answer, row.answered_at = said, at
    session.flush()
    return is_new
