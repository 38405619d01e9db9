"""When somebody is reminded of a promise, and from when on it is late; pure.

A reminder comes a quarter of the time before, at least half an hour, and in working
hours (support.md section 3, decision 0043).
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.routing.desk import Desk, Hours
from gateway.routing.promise import open_from

LEAST = timedelta(minutes=30)
"""A reminder that comes later helps nobody."""
_PART = 4
_DAY = timedelta(days=1)
# A desk without hours promises days; nobody is reminded at night all the same.
_OFFICE = Hours(by_weekday=dict.fromkeys(range(5), (8 * 60, 18 * 60)))


def late_from(desk: Desk, at: datetime, *, day_only: bool) -> datetime:
    """Give the instant from which a promise is late; one of a day, when that is over.

    The day is the desk's.
    """
    if not day_only:
        return at
    zone = ZoneInfo(desk.zone)
    after = at.astimezone(zone).date() + _DAY
    return datetime.combine(after, time(), zone).astimezone(UTC)


def told_late_at(desk: Desk, at: datetime, *, day_only: bool) -> datetime:
    """Give when a team is told that a promise is late: when it is, in working hours."""
    late = late_from(desk, at, day_only=day_only).astimezone(ZoneInfo(desk.zone))
    return open_from(late, _hours(desk)).astimezone(UTC)


def remind_at(desk: Desk, made_at: datetime, at: datetime) -> datetime | None:
    """Give when whoever is to keep a promise is reminded of it.

    A quarter of the time before, at least half an hour; outside working hours at the
    next opening, or at the closing before where that would be too late. None for a
    promise so near that whoever made it still knows.
    """
    zone, hours = ZoneInfo(desk.zone), _hours(desk)
    wanted = at - max((at - made_at) / _PART, LEAST)
    opens = open_from(wanted.astimezone(zone), hours).astimezone(UTC)
    if opens > at - LEAST:
        opens = _closed_before(wanted.astimezone(zone), hours).astimezone(UTC)
    return opens if opens > made_at else None


def by_day(desk: Desk, day: date) -> datetime:
    """Give the instant that stands for a promise of a whole day: the desk's closing."""
    zone, hours = ZoneInfo(desk.zone), _hours(desk)
    _, closes = hours.by_weekday.get(day.weekday(), (0, 18 * 60))
    midnight = datetime.combine(day, time(), zone)
    return (midnight + timedelta(minutes=closes)).astimezone(UTC)


def today(desk: Desk, at: datetime) -> date:
    """Give the day that it is at a desk."""
    return at.astimezone(ZoneInfo(desk.zone)).date()


def next_working_day(desk: Desk, at: datetime) -> date:
    """Give the next day of the desk, after today, on which it works."""
    day, hours = today(desk, at) + _DAY, _hours(desk)
    while day.weekday() not in hours.by_weekday:
        day += _DAY
    return day


def _hours(desk: Desk) -> Hours:
    return desk.hours or _OFFICE


def _closed_before(moment: datetime, hours: Hours) -> datetime:
    """Give the last closing before a moment at which nobody works."""
    day = moment.date()
    while True:
        if span := hours.by_weekday.get(day.weekday()):
            midnight = datetime.combine(day, time(), moment.tzinfo)
            closes = midnight + timedelta(minutes=span[1])
            if closes <= moment:
                return closes
        day -= _DAY
