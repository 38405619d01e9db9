"""Dates as a reader says them: weekday, day, time and zone (decisions F52)."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    get_timezone_location,
)
from babel.numbers import format_decimal
from babel.units import format_unit

from parsers.zone import zone_named

# Without the year, which only a far date needs; elsewhere the long form with it.
_DAYS = {
    "en": "EEEE d MMMM",
    "de": "EEEE, d. MMMM",
    "fr": "EEEE d MMMM",
    "es": "EEEE, d 'de' MMMM",
    "ja": "M月d日EEEE",
}


_SHORT_DAYS = {
    "en": "EEE d MMM",
    "de": "EEE d. MMM",
    "fr": "EEE d MMM",
    "es": "EEE d MMM",
    "ja": "M月d日(E)",
}


def day(at: datetime, now: datetime | None, zone_name: str, locale: Locale) -> str:
    """Write weekday and day, with the year unless it is now's."""
    where = zone_named(zone_name)
    local = at.astimezone(where)
    return on_day(local.date(), now, zone_name, locale)


def on_day(when: date, now: datetime | None, zone_name: str, locale: Locale) -> str:
    """Write a day that is the same everywhere, with the year unless it is now's."""
    near = now is not None and now.astimezone(zone_named(zone_name)).year == when.year
    return _on_day(when, _DAYS.get(locale.language, "full") if near else "full", locale)


@lru_cache(maxsize=1024)
def _on_day(when: date, pattern: str, locale: Locale) -> str:
    return format_date(when, pattern, locale=locale)


def short_day(at: datetime, zone_name: str, locale: Locale) -> str:
    """Write weekday and day for a subject: "Sat 21 Nov"."""
    local = at.astimezone(zone_named(zone_name)).date()
    if pattern := _SHORT_DAYS.get(locale.language):
        return format_date(local, pattern, locale=locale)
    return format_skeleton("MMMEd", local, locale=locale)


def weekday(number: int, locale: Locale) -> str:
    """Write a weekday by its number, 0 for Monday."""
    return str(locale.days["stand-alone"]["wide"][number])


def clock(at: datetime, zone_name: str, locale: Locale) -> str:
    """Write the time of day and the zone: "08:00 (Madrid)"."""
    return f"{_clock(at, zone_name, locale)} ({_place(zone_name, locale)})"


def moment(at: datetime, now: datetime | None, zone_name: str, locale: Locale) -> str:
    """Write weekday, day, time and zone: "Monday 23 November, 15:00 (Madrid)"."""
    return f"{_day_and_clock(at, now, zone_name, locale)} ({_place(zone_name, locale)})"


def since(at: datetime, now: datetime | None, zone_name: str, locale: Locale) -> str:
    """Write a time that is past: of today the clock alone, else day and clock."""
    where = zone_named(zone_name)
    if now is not None and at.astimezone(where).date() == now.astimezone(where).date():
        return _clock(at, zone_name, locale)
    return _day_and_clock(at, now, zone_name, locale)


def size(octets: int, locale: Locale) -> str:
    """Write a size in MB of 10^6 octets (decisions G62), or in kB below one."""
    if octets >= 1_000_000:
        return f"{format_decimal(octets / 1_000_000, '#,##0.#', locale)} MB"
    return f"{format_decimal(max(1, round(octets / 1000)), '#,##0', locale)} kB"


def span(length: timedelta, locale: Locale) -> str:
    """Write how long something took, in its one or two largest units: "2 hr 5 min"."""
    minutes = round(length.total_seconds() / 60)
    if minutes < 60:
        return _units(((minutes, "minute"),), locale)
    if minutes < 48 * 60:
        return _units(((minutes // 60, "hour"), (minutes % 60, "minute")), locale)
    hours = round(minutes / 60)
    if hours < 10 * 24:
        return _units(((hours // 24, "day"), (hours % 24, "hour")), locale)
    days = round(hours / 24)
    if days < 2 * 365:
        return _units(((days, "day"),), locale)
    return _units(((round(days / 365.25), "year"),), locale)


def _units(parts: tuple[tuple[int, str], ...], locale: Locale) -> str:
    said = [
        format_unit(count, f"duration-{unit}", "short", locale=locale)
        for at, (count, unit) in enumerate(parts)
        if count or not at
    ]
    return " ".join(said)


def month(year: int, number: int, locale: Locale) -> str:
    """Write a month with its year: "Nov 2026"."""
    return format_skeleton("yMMM", date(year, number, 1), locale=locale)


def plain_day(at: datetime, zone_name: str, locale: Locale) -> str:
    """Write a date without its weekday, for tables: "21 Nov 2026"."""
    return format_date(
        at.astimezone(zone_named(zone_name)).date(), "medium", locale=locale
    )


def _day_and_clock(
    at: datetime, now: datetime | None, zone_name: str, locale: Locale
) -> str:
    comma = " " if locale.language == "ja" else ", "
    said = day(at, now, zone_name, locale)
    return f"{said}{comma}{_clock(at, zone_name, locale)}"


def _clock(at: datetime, zone_name: str, locale: Locale) -> str:
    """Write the time of day as the locale does: "15:00", "3:00 PM"."""
    local = at.astimezone(zone_named(zone_name))
    return _time(local.hour, local.minute, locale)


@lru_cache(maxsize=24 * 60)
def _time(hour: int, minute: int, locale: Locale) -> str:
    return format_time(time(hour, minute), "short", locale=locale)


@lru_cache(maxsize=512)
def _place(zone_name: str, locale: Locale) -> str:
    where = zone_named(zone_name)
    if not isinstance(where, ZoneInfo) or "/" not in zone_name or "Etc/" in zone_name:
        return "UTC" if where is UTC else zone_name
    return get_timezone_location(zone_name, locale=locale, return_city=True)
