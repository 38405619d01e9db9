"""What the letters of digests say, for many readers at once: a query for each noun."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from storage.activity import (
    Activity,
    Hearing,
    Lane,
    Membership,
    Participant,
    Turn,
    find,
)
from storage.address_health import AddressHealth, Health
from storage.base import among
from storage.event import Event, Kind
from storage.ledger import Ledger, Outcome
from storage.people import Person, PersonAddress, is_away


class Reader(NamedTuple):
    """What a digest needs of a person; they are many, and a row is cheap."""

    id: int
    name: str
    organisation: str
    language: str
    zone: str
    paused_until: datetime | None
    away_until: date | None

    def is_away(self, at: datetime) -> bool:
        """Say whether they are away at a moment: the day counts where they are."""
        return is_away(self.away_until, self.zone, at)


class Reading(NamedTuple):
    """Somebody who reads digests, and whether mail reaches them."""

    person: Reader
    address: str
    health: Health
    refused: frozenset[str]

    @property
    def is_reached(self) -> bool:
        """Mail goes there as usual."""
        return self.health in {Health.OK, Health.WATCH}


def readers(session: Session, people: Collection[int]) -> dict[int, Reading]:
    """Give people with the address that is written to, by their number."""
    rows = session.execute(_READERS, {"people": people})
    return {
        person[0]: Reading(
            Reader._make(person), written, state or Health.OK, frozenset(refused or ())
        )
        for written, state, refused, *person in rows
    }


_READERS = (
    select(
        PersonAddress.written,
        AddressHealth.state,
        AddressHealth.refused,
        Person.id,
        Person.name,
        Person.organisation,
        Person.language,
        Person.zone,
        Person.paused_until,
        Person.away_until,
    )
    .join(PersonAddress, PersonAddress.person_id == Person.id)
    .outerjoin(AddressHealth, AddressHealth.key == PersonAddress.key)
    .where(Person.id.in_(among("people")))
    # Primary and oldest come last, so they win.
    .order_by(PersonAddress.is_primary, PersonAddress.id.desc())
)


def names(session: Session, people: Collection[int]) -> dict[int, tuple[str, str]]:
    """Give the name that others see, and the organisation, of some people."""
    rows = session.execute(_NAMES, {"people": people})
    return {
        person: (name or written.partition("@")[0], organisation)
        for person, name, organisation, written in rows
    }


_NAMES = (
    select(Person.id, Person.name, Person.organisation, PersonAddress.written)
    .join(PersonAddress, PersonAddress.person_id == Person.id)
    .where(Person.id.in_(among("people")))
    .order_by(PersonAddress.is_primary, PersonAddress.id.desc())
)


def languages(session: Session, people: Collection[int]) -> dict[int, str]:
    """Give the languages that some people read; empty where it is not known."""
    if not people:
        return {}
    rows = session.execute(
        select(Person.id, Person.language).where(Person.id.in_(people))
    )
    return {person: language for person, language in rows}  # noqa: C416


class Case(NamedTuple):
    """What a digest says of an activity."""

    id: int
    subject: str
    customer_id: int
    owner_id: int | None
    turn: Turn
    waiting_since: datetime | None
    promised_at: datetime | None
    promised_day_only: bool
    redirect_id: int | None


def cases(session: Session, numbers: Collection[int]) -> dict[int, Case]:
    """Give activities, or those they were merged into, by the numbers asked for."""
    found = _cases(session, numbers)
    merged = {
        number: into.id
        for number, each in found.items()
        if each.redirect_id is not None and (into := find(session, number))
    }
    whole = _cases(session, sorted(set(merged.values()))) if merged else {}
    return {
        number: whole[merged[number]] if number in merged else each
        for number, each in found.items()
    }


def _cases(session: Session, numbers: Collection[int]) -> dict[int, Case]:
    rows = session.execute(_CASES, {"numbers": numbers})
    return {row[0]: Case._make(row) for row in rows}


_CASES = select(*(getattr(Activity, name) for name in Case._fields)).where(
    Activity.id.in_(among("numbers"))
)


class Happening(NamedTuple):
    """One event as a digest tells of it."""

    id: int
    activity_id: int
    kind: Kind
    lane: Lane
    actor_id: int | None
    received_at: datetime
    text: str


_HAPPENING = select(*(getattr(Event, name) for name in Happening._fields))


def events_of(session: Session, numbers: Collection[int]) -> dict[int, Happening]:
    """Give events by number, as they are now."""
    rows = session.execute(_EVENTS, {"numbers": numbers})
    return {row[0]: Happening._make(row) for row in rows}


_EVENTS = _HAPPENING.where(Event.id.in_(among("numbers")))


def changes(
    session: Session, activities: Collection[int], after: int, until: int
) -> list[Happening]:
    """Give who came and went, who has it and what became of it, in a range."""
    named = {"activities": activities, "after": after, "until": until}
    return [Happening._make(row) for row in session.execute(_CHANGED, named)]


_CHANGES = (Kind.JOINED, Kind.LEFT, Kind.TAKEN, Kind.RESOLVED, Kind.REOPENED)
_CHANGED = _HAPPENING.where(
    Event.activity_id.in_(among("activities")),
    Event.kind.in_(_CHANGES),
    Event.id > bindparam("after"),
    Event.id <= bindparam("until"),
).order_by(Event.id)


def mailed(
    session: Session, people: Collection[int], activities: Collection[int], after: int
) -> list[tuple[int, int, int, datetime]]:
    """Give what went to some people at once: person, activity, event, when."""
    named = {"people": people, "activities": activities, "after": after}
    rows = session.execute(_MAILED, named)
    return [(person, activity, event, at) for person, activity, event, at in rows]


_MAILED = (
    select(Ledger.person_id, Event.activity_id, Ledger.event_id, Ledger.at)
    .join(Event, Event.id == Ledger.event_id)
    .where(
        Ledger.person_id.in_(among("people")),
        Ledger.event_id > bindparam("after"),
        Ledger.outcome == Outcome.COPY,
        Event.activity_id.in_(among("activities")),
    )
    .order_by(Ledger.event_id)
)


class Seat(NamedTuple):
    """How somebody takes part in an activity, as far as a digest looks at it."""

    id: int
    generation: int
    activity_id: int
    person_id: int
    membership: Membership
    hearing: Hearing
    in_team_lane: bool
    since_event_id: int


def seats(
    session: Session, people: Collection[int], activities: Collection[int]
) -> dict[tuple[int, int], Seat]:
    """Give how some people take part in some activities, by activity and person."""
    rows = session.execute(_SEATS, {"people": people, "activities": activities})
    return {(row[2], row[3]): Seat._make(row) for row in rows}


_SEATS = select(*(getattr(Participant, name) for name in Seat._fields)).where(
    Participant.person_id.in_(among("people")),
    Participant.activity_id.in_(among("activities")),
)


def muted(session: Session, people: Collection[int]) -> dict[int, int]:
    """Count the activities that some people muted."""
    rows = session.execute(_MUTED, {"people": people})
    return {person: count for person, count in rows}  # noqa: C416


_MUTED = (
    select(Participant.person_id, func.count())
    .where(
        Participant.person_id.in_(among("people")),
        Participant.hearing == Hearing.MUTED,
        Participant.membership == Membership.JOINED,
    )
    .group_by(Participant.person_id)
)
