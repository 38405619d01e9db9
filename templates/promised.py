"""What letters say of a promise, and of a case that somebody put first."""

from dataclasses import dataclass
from datetime import datetime

from templates.render import Reader, letter


@dataclass(frozen=True, kw_only=True)
class Promise:
    """When the customer hears from us next."""

    at: datetime
    day_only: bool = False
    """Say the day, not the time (decisions F52)."""
    zone: str = ""
    """Whose day it is, the desk's; only for a promise of a day."""
    by: str = ""
    """Who of the team made it; empty when the desk did. Only for the team."""
    moves: int = 0
    """How often its date was moved; only for the team."""


@dataclass(frozen=True, kw_only=True)
class PutFirst:
    """Why a case is first in the queue; only for the team."""

    why: str
    by: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class PromiseDue:
    """To whoever is to keep a promise before it is due; to the team once it is late."""

    customer: str
    subject: str
    promise: Promise
    waits_since: datetime | None
    """Since when the customer waits."""
    owner: str
    """Who has the case; empty when nobody has."""
    is_yours: bool
    """The reader has it."""
    is_late: bool
    next_day: int | None
    """The weekday of the next working day, 0 for Monday; None: that is tomorrow."""
    urgent: PutFirst | None = None


@dataclass(frozen=True, kw_only=True)
class Urgent:
    """To the owner or the team, at once: somebody put a case first."""

    customer: str
    subject: str
    urgent: PutFirst
    promise: Promise | None
    waits_since: datetime | None
    owner: str
    is_yours: bool


def line(promise: Promise, reader: Reader, *, holds: bool) -> str:
    """Write the one line by which a customer learns of a date, or that it is off."""
    seen = {"promise": promise, "holds": holds}
    return letter("promised/line.txt", "txt", reader, seen).strip()
