"""How much a robot of ours may write to somebody: the end of every loop (T10, R4).

What a human wrote is never counted and never withheld, nor what the team gets, nor a
question that holds a mail until it is answered: no limit may suppress the only notice
of a text (promises R16).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from gateway.activities.house import House
from gateway.routing.desk import Desk
from parsers.reply_address import Purpose
from storage import pace
from storage.database import Session
from storage.people import Person
from templates.bearing import Kind, bears
from templates.values import Values

_log = structlog.get_logger()

_COUNTED = frozenset({Kind.ACKNOWLEDGEMENT, Kind.CONFIRMATION, Kind.NOTICE})
_APART = frozenset({Purpose.CONFIRM, Purpose.SIGN_IN})
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Robot:
    """What a letter of no human is: of whom, when, what."""

    desk: Desk
    at: datetime
    values: Values


def withholds(
    session: Session, house: House, robot: Robot, person: int, address: str
) -> bool:
    """Say whether a letter is one too many for somebody outside the team."""
    bearing = bears(robot.values)
    # Who asks to sign in is bounded by limits of its own, known or not.
    if bearing.kind not in _COUNTED or bearing.purpose in _APART:
        return False
    if any(desk.is_team(address) for desk in house.desks.all):
        return False
    if session.get_one(Person, person).is_staff:
        return False
    why = _too_many(session, house, robot, person) or _silenced(
        session, house, robot, person
    )
    if why:
        _log.warning("letter withheld", kind=str(bearing.kind), person=person, why=why)
    return bool(why)


def _too_many(session: Session, house: House, robot: Robot, person: int) -> str:
    limits, at = house.limits, robot.at
    made = pace.automatic_letters(
        session,
        person,
        robot.desk.reply.template,
        [str(kind) for kind in _COUNTED],
        min(limits.machine_letters_per_day, 1000),
    )
    if sum(each > at - _HOUR for each in made) >= limits.machine_letters_per_hour:
        return "machine_letters_per_hour"
    if sum(each > at - _DAY for each in made) >= limits.machine_letters_per_day:
        return "machine_letters_per_day"
    return ""


def _silenced(session: Session, house: House, robot: Robot, person: int) -> str:
    """A sender whose mails collapsed as a loop gets nothing automatic for a while."""
    since = robot.at - timedelta(hours=house.limits.loop_silence_hours)
    held = pace.held_of(session, person, since)
    looped = any(event.values.get("cause") == "loop" for event in held)
    return "loop_silence_hours" if looped else ""
