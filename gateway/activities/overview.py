"""A customer asks to be told once a week of all their requests (decision 51).

Their single letters come as before: only the timetable of their digests changes.
"""

from datetime import datetime

from gateway.activities.floor import Floor
from gateway.activities.timetables import set_schedule, timetable
from gateway.routing.desk import Desk
from gateway.routing.timetable import Every, Kind
from storage.database import Session
from storage.people import Person
from templates.understood import Understood

ENDS = frozenset({"overview off", "overview stop", "no overview"})
WORDS = ENDS | {"overview", "overview weekly", "weekly overview"}
"""What may follow `/digest`, in small letters."""


def settle(floor: Floor, *, wanted: bool) -> Understood:
    """Do `/digest overview` and `/digest overview off`, and say how to undo it."""
    place, by = floor.place, floor.by
    choose(place.session, place.desk, by.person, by.at, wanted=wanted)
    if wanted:
        return Understood(
            command="/digest overview", outcome="overview", undo="/digest overview off"
        )
    return Understood(
        command="/digest overview off",
        outcome="overview_off",
        undo="/digest overview",
    )


def is_chosen(session: Session, desk: Desk, person: Person) -> bool:
    """Say whether somebody gets the overview."""
    found = timetable(session, desk, person, Kind.CUSTOMER)
    return found.every is Every.WEEKLY


def choose(
    session: Session, desk: Desk, person: Person, at: datetime, *, wanted: bool
) -> None:
    """Let the digest of somebody's own cases come once a week, or daily again.

    A weekly one that they have already keeps its day.
    """
    if wanted is not is_chosen(session, desk, person):
        words = "weekly" if wanted else "daily"
        set_schedule(session, desk, person, Kind.CUSTOMER, words, at)
