"""When is a digest due; pure.

A slot is named after the reader's local date, not after an instant, so that neither a
clock that is set nor a day that begins or ends summer time makes one twice (decisions
G57). What names it says when: no tick has to remember anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from gateway.routing.desk import Desk
from gateway.routing.timetable import Every, Timetable, is_quiet

_LOOKS_BACK = 7
"""Days after which a slot that was missed is no longer made good by itself."""
_APART = timedelta(hours=12)
"""A traveller's next daily comes no sooner after the last (digests section 1)."""
_DAY = timedelta(days=1)
_STEP = timedelta(seconds=1)
_MORNING = 8 * 60
_WEEKEND = frozenset({5, 6})


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One digest that is to be."""

    at: datetime
    """From this instant (UTC) on it is due; what came later waits for the next."""
    name: str
    """The local date, with `T14` for an hour and `pm` for the second of a day."""
    is_second: bool = False
    """It comes only if something is due."""


@lru_cache(maxsize=1024)
def newest(timetable: Timetable, now: datetime) -> Slot | None:
    """Give the newest slot that is due by an instant; None: none in the last days."""
    if not timetable.is_on:
        return None
    today = now.astimezone(_zone(timetable.zone)).date()
    for back in range(_LOOKS_BACK + 1):
        due = [each for each in slots(timetable, today - back * _DAY) if each.at <= now]
        if due:
            return max(due)
    return None


def following(timetable: Timetable, slot: Slot) -> datetime | None:
    """Give when the slot after one comes; None: none in the next days."""
    today = slot.at.astimezone(_zone(timetable.zone)).date()
    for on in range(_LOOKS_BACK + 2):
        later = [
            each.at
            for each in slots(timetable, today + on * _DAY)
            if each.at > slot.at and each.name != slot.name
        ]
        if later:
            return min(later)
    return None


def slots(timetable: Timetable, day: date) -> Iterator[Slot]:
    """Give the slots of one local date, in order; none for a date that never was.

    A time that a spring gap skips is the first there is after it; of one that comes
    twice in autumn it is the first.
    """
    if not timetable.is_on or (
        timetable.every is not Every.HOURLY and day.weekday() not in timetable.weekdays
    ):
        return
    if timetable.every is Every.HOURLY:
        for hour in range(24):
            minute = hour * 60
            at = instant(timetable.zone, day, minute)
            if at and not is_quiet(minute, timetable.quiet):
                yield Slot(at, f"{day}T{hour:02}")
        return
    if at := instant(timetable.zone, day, timetable.minute):
        yield Slot(at, str(day))
    if timetable.second is not None and timetable.second > timetable.minute:
        at = instant(timetable.zone, day, timetable.second)
        if at:
            yield Slot(at, f"{day}pm", is_second=True)


def is_due(
    timetable: Timetable, slot: Slot, last: datetime | None, last_name: str = ""
) -> bool:
    """Say whether a slot comes, after the one before it.

    `last` and `last_name` are those of the newest digest of this person and kind.
    """
    if last is None:
        return True
    if slot.at <= last or slot.name == last_name:
        # It was made; or the clock was set back, or its owner flew to the west.
        return False
    if timetable.every is Every.HOURLY or slot.is_second:
        return True
    if last_name.endswith("pm") or "T" in last_name:
        return True
    return slot.at - last >= _APART


def comes_at(timetable: Timetable, slot: Slot) -> datetime:
    """Give an instant with the time of day at which digests come, on a slot's day.

    That of the first of a day, whatever the hour at which somebody looks beforehand.
    """
    day = slot.at.astimezone(_zone(timetable.zone)).date()
    return instant(timetable.zone, day, timetable.minute) or slot.at


@lru_cache(maxsize=8192)
def instant(zone_name: str, day: date, minute: int) -> datetime | None:
    """Give the instant of a local time; None on a date that the zone skipped."""
    zone = _zone(zone_name)
    local = datetime.combine(day, time(minute // 60, minute % 60), zone)
    at = local.astimezone(UTC)
    if at.astimezone(zone).replace(fold=0) == local:
        return at
    # In a gap: read with the offset behind it, it lies before the gap, and read with
    # the one before it, behind it.
    before, behind = int(local.replace(fold=1).timestamp()), int(at.timestamp())
    offset = datetime.fromtimestamp(before, zone).utcoffset()
    while behind - before > 1:
        middle = (before + behind) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            before = middle
        else:
            behind = middle
    first = datetime.fromtimestamp(behind, UTC)
    ends = (first - _STEP).astimezone(zone).date()
    begins = first.astimezone(zone).date()
    return first if day in {ends, begins} else None


def zone_name(*names: str) -> str:
    """Give the first of some zones that there is; UTC without one."""
    return next((name for name in names if name and _is_zone(name)), "UTC")


@lru_cache(maxsize=1024)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(zone_name(name))


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
