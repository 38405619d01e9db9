"""Reminds of promises, and tells a team of those that are late; each once (F52).

What it looks at next stands with the case, which is locked while its letters are
queued: two schedulers, a kill or a clock that is set make none of them twice.
"""

from datetime import datetime

from gateway.activities import promises
from gateway.activities.desks import desk_of
from gateway.activities.house import House
from gateway.activities.place import Place
from gateway.activities.pressing import SAID_LATELY, keepers, remind, whole_team
from gateway.activities.timetables import quiet_until
from gateway.routing import reminding
from storage import activity as activities
from storage import promised
from storage.activity import Activity, Role, Turn
from storage.roster import Seat, roster


def run(house: House, at: datetime) -> int:
    """Say what is due by an instant; gives of how many promises something was said."""
    with house.database.reading() as session:
        found = promised.looked_at(session, at)
    return sum(_look(house, number, at) for number in found)


def _look(house: House, number: int, at: datetime) -> bool:
    with house.database.transaction(aside=True) as session:
        activity = activities.find(session, number, lock=True)
        desk = desk_of(session, house, number)
        if activity is None or desk is None or activity.id != number:
            return False
        session.refresh(activity)
        due_at = activity.promise_due_at
        if activity.promised_at is None or due_at is None or due_at > at:
            return False
        place = Place(session, house, desk, activity)
        if promises.is_late(activity, desk, at):
            return _say_late(place, activity.promised_at, at)
        return _say_due(place, activity.promised_at, at)


def _say_due(place: Place, until: datetime, at: datetime) -> bool:
    """Remind whoever is to keep it; in quiet hours if it is due before they end (D33).

    Without anybody to tell, and where a digest has said it, it waits until it is late.
    """
    activity, desk = place.activity, place.desk
    seats = roster(place.session, activity.id)
    is_said = _said_lately(activity, at)
    readers = [] if is_said else keepers(activity, seats, at)
    day_only = activity.promised_day_only
    late = reminding.late_from(desk, until, day_only=day_only)
    quiet = quiet_until(place.session, desk, _roles(readers), at)
    now = [seat for seat in readers if quiet.get(seat.person.id, late) >= late]
    if readers and not now:
        activity.promise_due_at = min(quiet.values())
        return False
    activity.promise_due_at = reminding.told_late_at(desk, until, day_only=day_only)
    if not now:
        return False
    activity.promise_said_at = at
    remind(place, seats, now, at)
    return True


def _say_late(place: Place, until: datetime, at: datetime) -> bool:
    """Tell the team, once; the next step is ours, whosever it was."""
    activity, desk = place.activity, place.desk
    activity.promise_due_at, activity.promise_late_at = None, at
    if activity.turn is Turn.CUSTOMERS:
        activity.turn = Turn.OURS
    seats = roster(place.session, activity.id)
    readers = {seat.person.id: seat for seat in whole_team(seats, at)}
    late = reminding.late_from(desk, until, day_only=activity.promised_day_only)
    said = activity.promise_said_at
    for seat in keepers(activity, seats, at):
        if said is not None and said >= late and _said_lately(activity, at):
            readers.pop(seat.person.id, None)
    remind(place, seats, list(readers.values()), at)
    return bool(readers)


def _said_lately(activity: Activity, at: datetime) -> bool:
    said = activity.promise_said_at
    return said is not None and at - said < SAID_LATELY


def _roles(readers: list[Seat]) -> dict[int, tuple[Role, str]]:
    return {
        seat.person.id: (seat.participant.role, seat.person.zone) for seat in readers
    }
