"""How much of a desk's working time lies between two moments."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.routing.desk import Hours

_WEEK = timedelta(days=7)


def worked(start: datetime, end: datetime, hours: Hours, zone: ZoneInfo) -> timedelta:
    """Give the opening time from `start` to `end`, by the clock on the desk's wall.

    An hour that a change of the clocks adds or takes counts as the wall clock shows it.
    """
    at = start.astimezone(zone).replace(tzinfo=None)
    until = end.astimezone(zone).replace(tzinfo=None)
    weeks = max(0, (until - at) // _WEEK)
    at += weeks * _WEEK
    passed = weeks * sum(
        (timedelta(minutes=closes - opens) for opens, closes in _spans(hours)),
        timedelta(),
    )
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    while midnight < until:
        if span := hours.by_weekday.get(midnight.weekday()):
            opens, closes = (midnight + timedelta(minutes=each) for each in span)
            passed += max(timedelta(), min(closes, until) - max(opens, at))
        midnight += timedelta(days=1)
    return passed


def day_length(hours: Hours) -> timedelta:
    """Give how long the longest working day is: what "a day" means in opening time."""
    longest = max((closes - opens for opens, closes in _spans(hours)), default=24 * 60)
    return timedelta(minutes=longest)


def _spans(hours: Hours) -> list[tuple[int, int]]:
    return list(hours.by_weekday.values())
