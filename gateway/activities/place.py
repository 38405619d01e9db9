"""One activity in one transaction: where deeds happen, and who does them."""

from dataclasses import dataclass
from datetime import datetime

from gateway.activities.desks import desk_of
from gateway.activities.house import House
from gateway.routing.desk import Desk
from storage import activity as activities
from storage import event as events
from storage.activity import Activity, Lane
from storage.database import Session
from storage.event import Event, Kind
from storage.people import Person


@dataclass(frozen=True, slots=True)
class Place:
    """An activity, its desk, and the transaction that works on it."""

    session: Session
    house: House
    desk: Desk
    activity: Activity

    @property
    def domain(self) -> str:
        """The domain of the ids that letters about this activity bear."""
        return self.desk.reply.domain


def place_of(
    session: Session, house: House, number: int | None, *, lock: bool = False
) -> Place | None:
    """Enter an activity by its number; None when it or its desk is gone.

    It is the one that it was merged into. `lock` holds its row (storage.activity.find).
    """
    activity = activities.find(session, number, lock=lock) if number else None
    desk = desk_of(session, house, activity.id) if activity else None
    return Place(session, house, desk, activity) if activity and desk else None


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who does something, by which door, with what proof, when."""

    person: Person
    door: str
    proof: str
    at: datetime
    inbound: int | None = None

    @property
    def by_mail(self) -> bool:
        """A mail asked for it, so that the answer counts as a reply to that mail."""
        return self.inbound is not None


def note(
    place: Place,
    by: By,
    kind: Kind,
    *,
    lane: Lane = Lane.EVERYONE,
    subject: int | None = None,
    text: str = "",
) -> Event:
    """Append what somebody did to the history of an activity."""
    return events.record(
        place.session,
        Event(
            activity_id=place.activity.id,
            lane=lane,
            kind=kind,
            actor_id=by.person.id,
            subject_id=subject,
            text=text,
            door=by.door,
            proof=by.proof,
            received_at=by.at,
            inbound_id=by.inbound,
        ),
    )
