"""Forgetting somebody: what would go is shown first, then all of it at once (0049)."""

from dataclasses import dataclass
from datetime import datetime

from gateway.activities import duties, visiting
from gateway.activities.desks import desk_of
from gateway.activities.house import House
from gateway.activities.place import By, Place, note
from parsers.pseudonym import Pseudonym
from storage import activity as activities
from storage import forgetting, web_session
from storage.activity import Activity, Lane, Membership, Role, Turn
from storage.database import Session
from storage.event import Kind
from storage.people import Person
from templates import render
from templates.render import Reader


class OfTheTeamError(Exception):
    """The settings name them: who is of a team cannot be forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What forgetting somebody would do."""

    person: int
    name: str
    pseudonym: str
    addresses: tuple[str, ...]
    cases: int
    open_cases: tuple[str, ...]
    """Open cases whose customer they are: nobody would hear the answer."""
    posts: int
    mails: int
    waiting: int
    """Letters to them that would not be sent."""
    sessions: int


def preview(session: Session, house: House, person: Person) -> Preview:
    """Say what forgetting somebody would do; raises OfTheTeamError."""
    if named := visiting.desks_of(session, house, person.id):
        raise OfTheTeamError(", ".join(desk.address for desk in named))
    found = forgetting.held_on(session, person)
    own = [
        case
        for number in found.family
        if (case := session.get_one(Activity, number)).redirect_id is None
    ]
    return Preview(
        person=person.id,
        name=person.name,
        pseudonym=pseudonym(session, house, person),
        addresses=found.addresses,
        cases=len(own),
        open_cases=tuple(
            case.public_id
            for case in own
            if case.customer_id == person.id and case.turn is not Turn.RESOLVED
        ),
        posts=found.posts,
        mails=len(found.mails),
        waiting=len(found.waiting),
        sessions=len(web_session.of_person(session, person.id)),
    )


def forget(house: House, number: int, now: datetime) -> None:
    """Do it, in one transaction; raises OfTheTeamError."""
    with house.database.transaction() as session:
        person = session.get_one(Person, number, with_for_update=True)
        if named := visiting.desks_of(session, house, person.id):
            raise OfTheTeamError(", ".join(desk.address for desk in named))
        found = forgetting.held_on(session, person)
        name = pseudonym(session, house, person)
        called = Pseudonym(person.name, found.addresses, name, number)
        unused = forgetting.forget(session, person, found, called, now)
        # Whatever is written of it from here on knows the pseudonym alone.
        _leave(session, house, person, now)
    for digest in unused:
        house.blobs.drop(digest)
    house.wake.tell()


def pseudonym(session: Session, house: House, person: Person) -> str:
    """Give what they are called from then on, in the language of their desk."""
    desk = visiting.home_desk(session, house, person)
    reader = Reader(desk.language, desk.zone, None)
    said = {"number": f"{person.id:03x}"}
    return render.letter("pseudonym.txt", "txt", reader, said).strip()


def _leave(session: Session, house: House, person: Person, now: datetime) -> None:
    """End their part in every case; a customer stays the customer, unreachable."""
    by = By(person=person, door="cli", proof="operator", at=now)
    for seat in activities.seats_of(session, person.id):
        if seat.membership is Membership.INVITED:
            activities.move(seat, Membership.DECLINED, now)
            continue
        gone = seat.membership not in {Membership.JOINED, Membership.TOLD}
        if gone or seat.role is Role.CUSTOMER:
            continue
        activities.move(seat, Membership.LEFT, now)
        case = activities.find(session, seat.activity_id)
        desk = desk_of(session, house, seat.activity_id) if case else None
        if case is None or desk is None:
            continue
        place = Place(session, house, desk, case)
        duties.leaves(place, seat, by)
        lane = Lane.TEAM if seat.role is Role.CONSULTED else Lane.EVERYONE
        note(place, by, Kind.LEFT, lane=lane)
