"""When somebody gets their digests: how often, at what hour, on which days; pure.

The slots that follow from it are digests.cadence. What people write is read here:
`daily 07:30`, `weekly monday`, `weekdays 08:00`, `hourly`, `off`, and with any of them
or alone `quiet 22:00-07:00` and `quiet off`.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

WORKDAYS = frozenset(range(5))
ALL_DAYS = frozenset(range(7))
_DAY = 24 * 60


class Kind(StrEnum):
    """Whose digest it is, and so what it tells."""

    COLLEAGUE = "colleague"
    """Whoever was invited, from inside or outside."""
    TEAM = "team"
    CUSTOMER = "customer"
    MANAGER = "manager"
    """Whoever leads a desk: what its customers ask for, and how it went."""


class Every(StrEnum):
    """How often."""

    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When one kind of digest comes; times are minutes after local midnight."""

    every: Every = Every.DAILY
    minute: int = 8 * 60
    """Of the day: 08:00."""
    second: int | None = None
    """A second issue on the same day, which comes only if something is due (G57)."""
    weekdays: frozenset[int] = WORKDAYS
    """0 is Monday."""
    zone: str = "UTC"
    quiet: tuple[int, int] | None = None
    """From and until; hourly digests and what is urgent wait for its end (D33).

    It may span midnight.
    """

    @property
    def is_on(self) -> bool:
        """Whether any digest comes at all."""
        return self.every is not Every.OFF and bool(self.weekdays)


def is_quiet(minute: int, quiet: tuple[int, int] | None) -> bool:
    """Say whether a minute of the day lies in quiet hours, which may span midnight."""
    if quiet is None or quiet[0] == quiet[1]:
        return False
    begins, ends = quiet
    if begins < ends:
        return begins <= minute < ends
    return minute >= begins or minute < ends


def read(words: str, now: Timetable) -> Timetable | None:
    """Change a timetable as somebody says; None when the words say nothing clear.

    `daily` without a time keeps the hour, `weekly` without a day means Monday.
    """
    found = words.casefold().replace("\u2013", "-")
    changed = now
    if quiet := _QUIET.search(found):
        span = _span(quiet)
        if span is None and not quiet["off"]:
            return None
        changed = replace(changed, quiet=span)
        found = found[: quiet.start()] + found[quiet.end() :]
        if not found.strip():
            return changed
    if not found.strip():
        return None
    for word in found.split():
        step = _word(word, changed)
        if step is None:
            return None
        changed = step
    if changed.every is Every.WEEKLY and len(changed.weekdays) != 1:
        changed = replace(changed, weekdays=frozenset({0}))
    return changed


def is_of_quiet_hours(words: str) -> bool:
    """Say whether words that can be read are of quiet hours and of nothing else."""
    found = words.casefold().replace("\u2013", "-")
    return bool(_QUIET.search(found)) and not _QUIET.sub("", found, count=1).strip()


_QUIET = re.compile(
    r"\bquiet(?:\s+hours)?\s+(?:(?P<off>off)|(?P<begins>[\d:.h]+)\s*-\s*(?P<ends>[\d:.h]+))"
    r"(?!\S)"
)


def _span(found: re.Match[str]) -> tuple[int, int] | None:
    """Read from and until of quiet hours; None for what is no time of day."""
    if found["off"]:
        return None
    begins, ends = minutes(found["begins"]), minutes(found["ends"])
    return None if begins is None or ends is None else (begins, ends)


_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?")
_DAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon",
            "tuesday tue",
            "wednesday wed",
            "thursday thu",
            "friday fri",
            "saturday sat",
            "sunday sun",
        )
    )
    for name in names.split()
}
WEEKDAYS = frozenset(_DAYS)
"""Their names in English, long and short."""
_FILLERS = frozenset({"at", "on", "digest", "every"})


def _word(word: str, now: Timetable) -> Timetable | None:
    word = word.strip(",.")
    if word in _FILLERS:
        return now
    if word == "daily":
        days = now.weekdays if now.every is Every.DAILY else WORKDAYS
        return replace(now, every=Every.DAILY, weekdays=days)
    if word in _DAYS:
        return replace(now, every=Every.WEEKLY, weekdays=frozenset({_DAYS[word]}))
    if changes := _SAYS.get(word):
        return replace(now, **changes)
    minute = minutes(word)
    return None if minute is None else replace(now, minute=minute)


_SAYS: dict[str, dict[str, Any]] = {
    "hourly": {"every": Every.HOURLY},
    "weekly": {"every": Every.WEEKLY},
    "weekdays": {"every": Every.DAILY, "weekdays": WORKDAYS},
    **{key: {"every": Every.OFF} for key in ("off", "stop", "never")},
}


def minutes(clock: str) -> int | None:
    """Read a time of day as minutes after midnight: `7`, `07:30`, `16.30`."""
    found = _CLOCK.fullmatch(clock)
    if found is None:
        return None
    minute = int(found[1]) * 60 + int(found[2] or 0)
    return minute if minute < _DAY and int(found[2] or 0) < 60 else None
