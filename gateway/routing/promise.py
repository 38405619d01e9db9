"""When the customer hears from us next (decisions F52); pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.routing.desk import Desk, Hours

_WORKING_WEEK = Hours(by_weekday=dict.fromkeys(range(5), (0, 24 * 60)))
_SPAN = re.compile(r"([1-9][0-9]{0,2}) (business day|day|hour)s?")


@dataclass(frozen=True, slots=True)
class Span:
    """A desk's `next_contact`: so many hours, days or business days."""

    count: int
    unit: str
    """hour, day or business day."""


def read_span(text: str) -> Span:
    """Read `1 business day`, `4 hours`, `2 days`.

    Raises ValueError that says what may be written.
    """
    found = _SPAN.fullmatch(" ".join(text.split()).lower())
    if not found:
        raise ValueError(
            f"{text!r} is no span of time; write for example "
            '"1 business day", "4 hours" or "2 days"'
        )
    return Span(int(found[1]), found[2])


def next_contact(desk: Desk, now: datetime) -> tuple[datetime, bool]:
    """Give the moment by which the customer hears from us, in UTC.

    With it goes whether only its day is promised, because the desk has no hours. A
    mail outside the desk's hours counts from the next opening.
    """
    span = read_span(desk.next_contact)
    zone = ZoneInfo(desk.zone)
    hours = desk.hours or _WORKING_WEEK
    start = now.astimezone(zone)
    if desk.hours or span.unit != "day":
        start = open_from(start, hours)
    match span.unit:
        case "hour":
            at = _after_hours(start, timedelta(hours=span.count), hours)
        case "day":
            day = start.date() + timedelta(days=span.count)
            at = _within(_wall(day, start.time(), zone), desk.hours)
        case _:
            day = _working_day(start.date(), span.count, hours)
            at = _within(_wall(day, start.time(), zone), desk.hours)
    return at.astimezone(UTC), desk.hours is None


def _wall(day: date, clock: time, zone: ZoneInfo) -> datetime:
    # The same wall-clock time; in a spring gap zoneinfo reads it with the offset
    # from before, which lands just after the gap.
    return datetime.combine(day, clock, zone)


def _within(moment: datetime, hours: Hours | None) -> datetime:
    """Give the moment, or the nearest at which the desk works that day or later."""
    if hours is None:
        return moment
    span = hours.by_weekday.get(moment.weekday())
    if span is None:
        return open_from(moment, hours)
    opens, closes = (_at(moment.date(), minutes, moment) for minutes in span)
    return min(max(moment, opens), closes)


def open_from(moment: datetime, hours: Hours) -> datetime:
    """Give the moment itself, or the next opening when the desk is closed."""
    day = moment.date()
    while True:
        if span := hours.by_weekday.get(day.weekday()):
            opens, closes = (_at(day, minutes, moment) for minutes in span)
            if moment < closes:
                return max(moment, opens)
        day += timedelta(days=1)


def _at(day: date, minutes: int, like: datetime) -> datetime:
    midnight = datetime.combine(day, time(), like.tzinfo)
    return midnight + timedelta(minutes=minutes)


def _working_day(day: date, count: int, hours: Hours) -> date:
    while count:
        day += timedelta(days=1)
        if day.weekday() in hours.by_weekday:
            count -= 1
    return day


def _after_hours(start: datetime, left: timedelta, hours: Hours) -> datetime:
    """Let so much opening time pass from `start`, which lies in it."""
    while True:
        closes = _at(start.date(), hours.by_weekday[start.weekday()][1], start)
        if start + left <= closes:
            return start + left
        left -= closes - start
        start = open_from(closes, hours)
