"""When is the daily letter of a desk due; pure.

The slot is the desk's local date, not an instant (decisions G57), so that neither a
clock that is set nor the hours of a day that begins or ends summer time count twice.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.routing.desk import Desk

_MORNING = 8 * 60
_WEEKEND = frozenset({5, 6})


def due_day(desk: Desk, now: datetime) -> date | None:
    """Give the local date whose letter is due by now; None on a day off, or too early.

    It is due at the desk's opening, or at 08:00 from Monday to Friday without hours.
    """
    zone = ZoneInfo(desk.zone)
    today = now.astimezone(zone).date()
    opens = _opens(desk, today.weekday())
    if opens is None:
        return None
    # An hour that a spring gap skips is read with the offset from before it, which
    # is the next hour there is; of two in autumn it is the first.
    clock = time(opens // 60, opens % 60)
    due = datetime.combine(today, clock, zone).astimezone(UTC)
    return today if now >= due else None


def end_of(day: date, desk: Desk) -> datetime:
    """Give the instant at which a local day of the desk ends."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(desk.zone))
    return midnight.astimezone(UTC)


def is_late(promised_at: datetime, now: datetime, desk: Desk, *, by_day: bool) -> bool:
    """Say whether a promise is past; one of a day alone, when that day is."""
    if not by_day:
        return promised_at < now
    zone = ZoneInfo(desk.zone)
    return promised_at.astimezone(zone).date() < now.astimezone(zone).date()


def _opens(desk: Desk, weekday: int) -> int | None:
    """Give the minute at which a desk's day begins; None on a day off."""
    if desk.hours is None:
        return None if weekday in _WEEKEND else _MORNING
    span = desk.hours.by_weekday.get(weekday)
    return span[0] if span else None
