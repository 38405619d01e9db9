"""The promise of a case as it changes: made, moved, kept, broken (decision 0043)."""

from datetime import datetime
from typing import Any

from gateway.activities.place import By, Place
from gateway.routing import reminding
from gateway.routing.desk import Desk
from gateway.routing.promise import next_contact
from storage.activity import Activity, Lane
from storage.event import Event, Kind


def by_desk(activity: Activity, desk: Desk, at: datetime) -> None:
    """Promise what the acknowledgement says: the desk's next contact (F52)."""
    until, day_only = next_contact(desk, at)
    _set(activity, desk, until, day_only=day_only, made_at=at)


def by_person(
    place: Place, by: By, until: datetime, *, day_only: bool, moves: int
) -> None:
    """Promise in somebody's name what a letter of theirs tells the customer."""
    activity = place.activity
    before = activity.promised_at
    _set(activity, place.desk, until, day_only=day_only, made_at=by.at)
    activity.promised_by_id = by.person.id
    activity.promise_moves = moves
    values = {
        "at": until.isoformat(),
        "day_only": day_only,
        "moves": moves,
        "before": before.isoformat() if before else "",
    }
    _note(place, by, Kind.PROMISED, values)


def take_back(place: Place, by: By) -> None:
    """Promise nothing any longer, which a letter told the customer."""
    before = place.activity.promised_at
    none(place.activity)
    told = before.isoformat() if before else ""
    _note(place, by, Kind.PROMISED, {"at": "", "before": told})


def kept(place: Place, by: By | None, at: datetime) -> None:
    """End a promise by a human message of the team to the customer, late or not.

    `at` is when it was written; nobody is known for what was sent by hand.
    """
    activity = place.activity
    if activity.promised_at is not None:
        kind = Kind.KEPT_LATE if is_late(activity, place.desk, at) else Kind.KEPT
        _note(place, by, kind, _values(activity), at)
    none(activity)


def closed(place: Place, by: By) -> None:
    """End a promise because its case is closed; broken, if its time was past."""
    activity = place.activity
    if activity.promised_at is not None and is_late(activity, place.desk, by.at):
        _note(place, by, Kind.BROKEN, _values(activity))
    none(activity)


def none(activity: Activity) -> None:
    """Promise nothing."""
    activity.promised_at = activity.promised_by_id = activity.promise_made_at = None
    activity.promise_due_at = activity.promise_said_at = None
    activity.promise_late_at = None
    activity.promise_moves = 0


def is_late(activity: Activity, desk: Desk, at: datetime) -> bool:
    """Say whether the promise of a case is past at an instant."""
    until, day_only = activity.promised_at, activity.promised_day_only
    if until is None:
        return False
    return reminding.late_from(desk, until, day_only=day_only) < at


def state(activity: Activity) -> dict[str, Any]:
    """Give the promise as an event keeps it, for the day when it is to stand again."""
    if activity.promised_at is None:
        return {"promised_at": ""}
    made_at = activity.promise_made_at or activity.opened_at
    return {
        "promised_at": activity.promised_at.isoformat(),
        "promised_day_only": activity.promised_day_only,
        "promised_by": activity.promised_by_id,
        "promise_made_at": made_at.isoformat(),
        "promise_moves": activity.promise_moves,
    }


def restore(activity: Activity, desk: Desk, was: dict[str, Any]) -> None:
    """Let a promise stand again as it was; what is late is told once more."""
    none(activity)
    if not was.get("promised_at"):
        return
    made = was.get("promise_made_at")
    _set(
        activity,
        desk,
        datetime.fromisoformat(was["promised_at"]),
        day_only=bool(was.get("promised_day_only")),
        made_at=datetime.fromisoformat(made) if made else activity.opened_at,
    )
    activity.promised_by_id = was.get("promised_by")
    activity.promise_moves = int(was.get("promise_moves", 0))


def hand_over(activity: Activity, into: Activity) -> None:
    """Let the case that remains keep the earlier of two promises (R16)."""
    if activity.promised_at is None:
        return
    if into.promised_at is None or activity.promised_at < into.promised_at:
        into.promised_at = activity.promised_at
        into.promised_day_only = activity.promised_day_only
        into.promised_by_id = activity.promised_by_id
        into.promise_made_at = activity.promise_made_at
        into.promise_moves = activity.promise_moves
        into.promise_due_at = activity.promise_due_at
        into.promise_said_at = activity.promise_said_at
        into.promise_late_at = activity.promise_late_at


def _set(
    activity: Activity,
    desk: Desk,
    until: datetime,
    *,
    day_only: bool,
    made_at: datetime,
) -> None:
    none(activity)
    activity.promised_at, activity.promised_day_only = until, day_only
    activity.promise_made_at = made_at
    first = reminding.remind_at(desk, made_at, until)
    late = reminding.told_late_at(desk, until, day_only=day_only)
    activity.promise_due_at = first or late


def _values(activity: Activity) -> dict[str, Any]:
    until, made_at = activity.promised_at, activity.promise_made_at
    return {
        "at": until.isoformat() if until else "",
        "day_only": activity.promised_day_only,
        "made_at": made_at.isoformat() if made_at else "",
        "by": activity.promised_by_id,
        "moves": activity.promise_moves,
    }


def _note(
    place: Place,
    by: By | None,
    kind: Kind,
    values: dict[str, Any],
    at: datetime | None = None,
) -> None:
    """Append to the history; written with what else the mail writes."""
    received_at = at or (by.at if by else None)
    assert received_at is not None
    place.session.add(
        Event(
            activity_id=place.activity.id,
            lane=Lane.TEAM,
            kind=kind,
            actor_id=by.person.id if by else None,
            door=by.door if by else "",
            proof=by.proof if by else "",
            received_at=received_at,
            inbound_id=by.inbound if by else None,
            values=values,
        )
    )
