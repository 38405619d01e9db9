"""Senders who are blocked by `/spam`, and the way back (decisions E50)."""

from gateway.activities.house import House
from gateway.activities.place import By, Place
from parsers.address import is_address
from storage import blocked, journal, people
from storage import event as events
from storage.database import Session
from storage.journal import State
from storage.people import Person


def may_be_blocked(session: Session, house: House, key: str) -> bool:
    """Say whether an address is nobody's of ours: no team, no staff, no desk."""
    if not is_address(key) or house.desks.token_in(key):
        return False
    if any(desk.is_team(key) or desk.is_own(key) for desk in house.desks.all):
        return False
    person = people.by_address(session, key)
    return person is None or not person.is_staff


def block_person(place: Place, by: By, person_id: int) -> bool:
    """Block every address of a person; False, and nothing done, for one of ours."""
    session = place.session
    if session.get_one(Person, person_id).is_staff:
        return False
    keys = people.address_keys(session, person_id)
    if not keys or not all(may_be_blocked(session, place.house, key) for key in keys):
        return False
    for key in sorted(keys):
        blocked.block(
            session, key, by=by.person.id, at=by.at, activity=place.activity.id
        )
    return True


def unblock(place: Place, by: By) -> bool:
    """Take back what was blocked in a case; what it wrote here meanwhile is read.

    Returns whether anybody was blocked.
    """
    if not blocked.unblock(place.session, place.activity.id):
        return False
    for event in events.held(place.session, place.activity.id):
        if event.values.get("cause") != "spam" or event.inbound_id is None:
            continue
        waiting = journal.by_id(place.session, event.inbound_id)
        if waiting is not None and waiting.state is State.HELD:
            journal.release(
                place.session, waiting.id, {}, by=f"person {by.person.id}", now=by.at
            )
    return True
