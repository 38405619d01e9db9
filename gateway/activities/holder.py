"""Whom a token in a link names, and where."""

from dataclasses import dataclass
from datetime import datetime

from gateway.activities import health
from gateway.activities.desks import desk_of
from gateway.activities.house import House
from gateway.activities.place import By, Place
from parsers.reply_address import Purpose
from storage import activity as activities
from storage.activity import Participant
from storage.database import Session
from storage.people import Person
from storage.roster import address_of


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a token names, and where."""

    place: Place
    participant: Participant
    person: Person

    def by(self, door: str, now: datetime) -> By:
        """Give who acts on a page."""
        return By(person=self.person, door=door, proof="page", at=now)

    def is_there(self, now: datetime, *, opts_in: bool) -> None:
        """Note that a person pressed a button of a letter to them (mail-rules B2)."""
        session, house = self.place.session, self.place.house
        address = address_of(session, self.person.id)
        if opts_in:
            health.opts_in(session, house, address)
        health.heard(session, house, address, now, proved=True)


def holder(
    session: Session,
    house: House,
    token: str,
    purpose: Purpose,
    *,
    lock: bool = False,
) -> Holder | None:
    """Give whom a token names; None for one that is none of ours, or spent.

    `lock` holds the activity until the transaction ends.
    """
    unsealed = house.sealer.unseal(token)
    if unsealed is None or unsealed.purpose is not purpose:
        return None
    participant = session.get(Participant, unsealed.row)
    if participant is None:
        return None
    # An invitation that was made anew turned the token: the old one is spent.
    if purpose is Purpose.INVITATION and (
        unsealed.generation != participant.generation
    ):
        return None
    activity = activities.find(session, participant.activity_id, lock=lock)
    desk = desk_of(session, house, activity.id) if activity else None
    if activity is None or desk is None:
        return None
    participant = activities.present_seat(session, participant)
    if lock:
        # Another press of the same button may have been waited for.
        session.refresh(participant)
    person = session.get_one(Person, participant.person_id)
    # Leaving works by any link, however old (RFC 8058), but for who is nobody now.
    if person.forgotten_at is not None:
        return None
    return Holder(Place(session, house, desk, activity), participant, person)
