"""Reminds of invitations that nobody answered: once, after three days, then never.

It leaves on a working day of its desk, once that one has opened (decisions D31).
"""

from datetime import datetime

from digests.cadence import due_day
from gateway.activities import inviting
from gateway.activities.desks import desk_of
from gateway.activities.house import House
from gateway.activities.place import Place
from storage import activity as activities
from storage.activity import Participant, Turn


def run(house: House, at: datetime) -> int:
    """Remind of what is due by an instant; gives how many letters were queued."""
    if all(desk.listens or due_day(desk, at) is None for desk in house.desks.all):
        return 0
    with house.database.reading() as session:
        before = at - inviting.REMINDED_AFTER
        found = activities.unanswered(session, before, at - inviting.REMINDED_BEFORE)
    return sum(_remind(house, number, at) for number in found)


def _remind(house: House, number: int, at: datetime) -> bool:
    with house.database.transaction(aside=True) as session:
        seat = session.get_one(Participant, number)
        activity = activities.find(session, seat.activity_id, lock=True)
        desk = desk_of(session, house, seat.activity_id)
        if activity is None or desk is None:
            return False
        # They may have answered while the activity was waited for.
        session.refresh(seat)
        is_over = activity.id != seat.activity_id or activity.turn is Turn.RESOLVED
        if is_over or desk.listens or due_day(desk, at) is None:
            return False
        return inviting.remind(Place(session, house, desk, activity), seat, at)
