"""The demo's clock: goes ahead, and all that is due on the way happens."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

from digests.schedule import run_due
from gateway.activities.house import House
from gateway.app.build import Clock
from storage import journal, outbox, reports
from storage.outbox import Progress

HOUR = timedelta(hours=1)
SECONDS = 20
"""How long a visitor waits for the work of one step, at the most."""
NODE = "demo-clock"


@dataclass(frozen=True, slots=True)
class Jump:
    """A moment to go to."""

    name: str
    label: str
    at: datetime


def jumps(now: datetime, zone: str) -> tuple[Jump, ...]:
    """Offer moments after `now`, in the order in which they come."""
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()

    def on(days: int, hour: int) -> datetime:
        day = today + timedelta(days=days)
        return datetime(day.year, day.month, day.day, hour, tzinfo=place)

    # The next one, and not today's, even in the morning of such a day.
    friday, monday = ((4 - today.weekday()) % 7 or 7, (0 - today.weekday()) % 7 or 7)
    offered = (
        Jump("hour", "In an hour", now + HOUR),
        Jump("tomorrow", "Tomorrow 08:00", on(1, 8)),
        Jump("friday", "Friday 15:00", on(friday, 15)),
        Jump("monday", "Monday 08:00", on(monday, 8)),
    )
    by_time: dict[datetime, Jump] = {}
    for jump in offered:
        by_time.setdefault(jump.at, jump)
    return tuple(sorted(by_time.values(), key=lambda jump: jump.at))


@dataclass(frozen=True, slots=True)
class Machine:
    """Moves the time that the demo's Parlour sees; the composition root's clock."""

    house: House
    clock: Clock
    turn: Lock = field(default_factory=Lock)
    """Two visitors do not move it at once."""

    def go(self, to: datetime) -> None:
        """Let time pass until `to`, from hour to hour, as if somebody had waited.

        What is due at each step is done and has left before the next one, so that
        letters bear the hour at which they were due. An instant that is past does
        nothing.
        """
        with self.turn:
            while (at := self.clock()) < to:
                # What is in hand is finished first: its lease would seem to be over.
                self.settle()
                self.clock.advance(min(_next_hour(at), to))
                self._do_what_is_due()
            self.settle()

    def settle(self) -> None:
        """Wait until all mail is worked on and every letter that is due has left."""
        for _ in range(SECONDS * 20):
            with self.house.database.reading() as session:
                mail = journal.oldest_pending(session)
                letter = reports.oldest_due(session, self.clock())
                leaving = outbox.counts(session).get(Progress.LEASED)
            if mail is None and letter is None and not leaving:
                return
            self.house.wake.wait(0.05)

    def _do_what_is_due(self) -> None:
        for _ in range(SECONDS * 10):
            if run_due(self.house, self.clock(), node=NODE, clock=self.clock):
                return
            # The schedule's own tick has it; that one sees the same time.
            self.house.wake.wait(0.1)


def _next_hour(at: datetime) -> datetime:
    """Give the next full hour: what is due in the morning is due at one of these."""
    return at.replace(minute=0, second=0, microsecond=0) + HOUR
