"""Who is told that a promise is due or a case urgent, and the letters that say so."""

from datetime import datetime, timedelta

from gateway.activities.audience import is_gone
from gateway.activities.fanout import promise_of, put_first
from gateway.activities.letters import Sheet, addressee, language_of, send, zone_of
from gateway.activities.place import By, Place
from gateway.activities.references import root_id
from gateway.activities.telling import owners, team
from gateway.routing.reminding import next_working_day, today
from storage.activity import Activity, Hearing, Lane
from storage.outbox import Priority
from storage.roster import Seat, display_name, roster, seat_of
from templates.promised import PromiseDue, Urgent
from templates.values import Values

SAID_LATELY = timedelta(hours=4)
"""What a digest or a letter said so lately is not said again (decisions F52)."""


def keepers(
    activity: Activity, seats: list[Seat], at: datetime, but: int | None = None
) -> list[Seat]:
    """Give who is to keep the promise of a case: its owner, who stands in, the team.

    Nobody who muted the case or has paused, as it is with the customer's mail (D33,
    D35), and never the person `but`.
    """
    here = [seat for seat in team(seats) if _hears(seat, at) and seat.person.id != but]
    first = [seat for seat in owners(activity, seats, at) if seat in here]
    if first:
        return first
    owner = seat_of(seats, activity.owner_id)
    deputy = seat_of(here, owner.person.deputy_id) if owner else None
    return [deputy] if deputy else here


def whole_team(seats: list[Seat], at: datetime) -> list[Seat]:
    """Give all of a team who hear of their cases at an instant."""
    return [seat for seat in team(seats) if _hears(seat, at)]


def _hears(seat: Seat, at: datetime) -> bool:
    is_muted = seat.participant.hearing is Hearing.MUTED
    return seat.reachable and not is_muted and not is_gone(seat.person, at)


def remind(place: Place, seats: list[Seat], readers: list[Seat], at: datetime) -> None:
    """Tell some of the team that a promise is due soon, or late."""
    activity = place.activity
    promise = promise_of(activity, place.desk, seats)
    if promise is None:
        return
    owner = seat_of(seats, activity.owner_id)
    working = next_working_day(place.desk, at)
    is_tomorrow = working - today(place.desk, at) == timedelta(days=1)
    next_day = None if is_tomorrow else working.weekday()
    for seat in readers:
        is_yours = seat is owner
        values = PromiseDue(
            customer=display_name(place.session, activity.customer_id),
            subject=activity.subject,
            promise=promise,
            waits_since=activity.waiting_since,
            owner=owner.name if owner else "",
            is_yours=is_yours,
            is_late=activity.promise_late_at is not None,
            next_day=next_day,
            urgent=put_first(activity, seats, at),
        )
        _send(place, seat, values, at, "promise")


def press(place: Place, by: By) -> None:
    """Tell the owner, or the team, at once that somebody put a case first.

    Whatever they chose to hear, also in their quiet hours; never who muted the case or
    has paused (decisions D33).
    """
    activity, at = place.activity, by.at
    seats = roster(place.session, activity.id)
    urgent = put_first(activity, seats, at)
    if urgent is None:
        return
    owner = seat_of(seats, activity.owner_id)
    for seat in keepers(activity, seats, at, by.person.id):
        values = Urgent(
            customer=display_name(place.session, activity.customer_id),
            subject=activity.subject,
            urgent=urgent,
            promise=promise_of(activity, place.desk, seats),
            waits_since=activity.waiting_since,
            owner=owner.name if owner else "",
            is_yours=seat is owner,
        )
        _send(place, seat, values, at, "urgent")


def _send(place: Place, seat: Seat, values: Values, at: datetime, reason: str) -> None:
    sheet = Sheet(
        desk=place.desk,
        activity=place.activity,
        at=at,
        reason=reason,
        lane=Lane.TEAM,
        references=(root_id(place, Lane.TEAM),),
        language=language_of(seat.person, place.desk),
        zone=zone_of(seat.person, place.desk),
        priority=Priority.NOTIFICATION,
    )
    send(place.session, place.house, sheet, values, [addressee(seat)])
