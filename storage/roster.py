"""The roster of an activity: who takes part, with names, addresses and health."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.activity import Participant, Role
from storage.address_health import AddressHealth, Health
from storage.people import Person, PersonAddress


@dataclass(frozen=True, slots=True)
class Seat:
    """One participant with what a letter to them needs."""

    participant: Participant
    person: Person
    address: str
    """As written; what mail is sent to."""
    keys: frozenset[str]
    """The matching keys of all their addresses."""
    health: Health = Health.OK
    """Of the address that is written to (mail-rules B2)."""
    refused: frozenset[str] = frozenset()
    """Kinds of letters that they want no more."""

    @property
    def reachable(self) -> bool:
        """Mail goes there as usual."""
        return self.health in {Health.OK, Health.WATCH}

    @property
    def name(self) -> str:
        """The name, or the part of the address before the @."""
        return self.person.name or self.address.partition("@")[0]


# Written once: SQLAlchemy spends more on writing it than SQLite on answering.
_ROSTER = (
    select(
        Participant,
        Person,
        PersonAddress.written,
        PersonAddress.key,
        AddressHealth.state,
        AddressHealth.refused,
    )
    .join(Person, Person.id == Participant.person_id)
    .join(PersonAddress, PersonAddress.person_id == Person.id)
    .outerjoin(AddressHealth, AddressHealth.key == PersonAddress.key)
    .where(Participant.activity_id == bindparam("activity"))
    .order_by(Participant.id, PersonAddress.is_primary.desc(), PersonAddress.id)
)


def roster(session: Session, activity_id: int) -> list[Seat]:
    """Give every participant of an activity, in the order they came."""
    rows = session.execute(_ROSTER, {"activity": activity_id})
    seats: dict[int, Seat] = {}
    for participant, person, written, key, health, refused in rows:
        seat = seats.get(participant.id)
        if seat is None:
            seats[participant.id] = Seat(
                participant,
                person,
                written,
                frozenset({key}),
                health or Health.OK,
                frozenset(refused or ()),
            )
        else:
            seats[participant.id] = replace(seat, keys=seat.keys | {key})
    return list(seats.values())


class Card(NamedTuple):
    """Whom a mail of an activity may name: a seat, as far as texts are compared."""

    person: int
    name: str
    organisation: str
    address: str
    keys: frozenset[str]
    in_team: bool

    @property
    def shown(self) -> str:
        """The name, or the part of the address before the @."""
        return self.name or self.address.partition("@")[0]


def cards(session: Session, activity_id: int) -> list[Card]:
    """Give the participants of an activity as cards; many are read in little time."""
    found: dict[int, Card] = {}
    for row in session.execute(_CARDS, {"activity": activity_id}):
        seat, person, name, organisation, written, key, role, in_team_lane = row
        if (card := found.get(seat)) is not None:
            found[seat] = card._replace(keys=card.keys | {key})
            continue
        found[seat] = Card(
            person,
            name,
            organisation,
            written,
            frozenset({key}),
            in_team_lane or role is Role.TEAM,
        )
    return list(found.values())


_CARDS = (
    select(
        Participant.id,
        Participant.person_id,
        Person.name,
        Person.organisation,
        PersonAddress.written,
        PersonAddress.key,
        Participant.role,
        Participant.in_team_lane,
    )
    .join(Person, Person.id == Participant.person_id)
    .join(PersonAddress, PersonAddress.person_id == Person.id)
    .where(Participant.activity_id == bindparam("activity"))
    .order_by(Participant.id, PersonAddress.is_primary.desc(), PersonAddress.id)
)


def seat_of(seats: list[Seat], person_id: int | None) -> Seat | None:
    """Find one person's seat."""
    return next((seat for seat in seats if seat.person.id == person_id), None)


def seated(seats: list[Seat], person_id: int) -> Seat:
    """Give one person's seat; LookupError when they have none."""
    seat = seat_of(seats, person_id)
    if seat is None:
        raise LookupError(f"person {person_id} has no seat")
    return seat


def display_name(session: Session, person_id: int) -> str:
    """Give a person's name, or the part of their address before the @."""
    person = session.get_one(Person, person_id)
    if person.name:
        return person.name
    address = session.scalar(
        select(PersonAddress.written)
        .where(PersonAddress.person_id == person_id)
        .order_by(PersonAddress.is_primary.desc(), PersonAddress.id)
    )
    return (address or "somebody").partition("@")[0]


def address_of(session: Session, person_id: int) -> str:
    """Give the address a person is written to.

    Raises LookupError for somebody without one.
    """
    address = session.scalar(
        select(PersonAddress.written)
        .where(PersonAddress.person_id == person_id)
        .order_by(PersonAddress.is_primary.desc(), PersonAddress.id)
    )
    if address is None:
        raise LookupError(f"person {person_id} has no address")
    return address
