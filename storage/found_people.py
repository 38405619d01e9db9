"""People as the team looks for them: by name, skill, organisation or address."""

import json
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from storage.activity import Activity, Desk, Membership, Participant, Role
from storage.people import Person, PersonAddress

_MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """One person, with the address that is written to."""

    person: Person
    address: str


def found_people(
    session: Session, words: str, *, skip: int, most: int
) -> tuple[list[FoundPerson], bool]:
    """Give people who have all of these words, by name, and whether there are more.

    A word may stand anywhere in a name, a role, an organisation, a skill or an address.
    Whoever has no address (somebody else now) or was forgotten is left out.
    """
    wanted = (
        select(Person, func.min(PersonAddress.written))
        .join(PersonAddress, PersonAddress.person_id == Person.id)
        .where(PersonAddress.is_primary, Person.forgotten_at.is_(None))
        .group_by(Person.id)
        .order_by(Person.name == "", func.lower(Person.name), Person.id)
    )
    for word in words.split()[:_MOST_WORDS]:
        wanted = wanted.where(_has(word))
    rows = session.execute(wanted.offset(skip).limit(most + 1)).all()
    found = [FoundPerson(person, address) for person, address in rows[:most]]
    return found, len(rows) > most


def _has(word: str) -> ColumnElement[bool]:
    low = word.lower()
    # Lists are kept as JSON, in which other letters than ASCII are escaped.
    escaped = json.dumps(low)[1:-1]
    other = aliased(PersonAddress)
    return or_(
        func.lower(Person.name).contains(low, autoescape=True),
        # SQLite lowers ASCII alone.
        Person.name.contains(word, autoescape=True),
        func.lower(Person.organisation).contains(low, autoescape=True),
        func.lower(Person.title).contains(low, autoescape=True),
        func.lower(cast(Person.skills, String)).contains(escaped, autoescape=True),
        exists().where(
            other.person_id == Person.id, other.key.contains(low, autoescape=True)
        ),
    )


def shared_case(session: Session, reader: int, other: int) -> Activity | None:
    """Give the newest case in which one person reads of another, by their seats.

    Whose advice is asked is seen by the team alone. The reader is nobody's staff: a
    seat that they had as staff counts no more.
    """
    theirs = aliased(Participant)
    return session.scalar(
        select(Activity)
        .join(Participant, Participant.activity_id == Activity.id)
        .join(theirs, theirs.activity_id == Activity.id)
        .where(
            Participant.person_id == reader,
            Participant.membership.in_((Membership.TOLD, Membership.JOINED)),
            or_(~Participant.in_team_lane, Participant.role == Role.CONSULTED),
            theirs.person_id == other,
            theirs.membership == Membership.JOINED,
            or_(theirs.role != Role.CONSULTED, Participant.in_team_lane),
            Activity.redirect_id.is_(None),
        )
        .order_by(Activity.id.desc())
        .limit(1)
    )


def cases_at(
    session: Session, person: int, desks: list[str], most: int
) -> list[Activity]:
    """Give the newest cases of some desks that somebody is or was in."""
    wanted = (
        select(Activity)
        .join(Desk, Desk.id == Activity.desk_id)
        .join(Participant, Participant.activity_id == Activity.id)
        .where(
            Participant.person_id == person,
            Desk.address.in_(desks),
            Activity.redirect_id.is_(None),
        )
    )
    return list(session.scalars(wanted.order_by(Activity.id.desc()).limit(most)))
