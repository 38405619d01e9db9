"""Zones by their names (IANA), as people write them."""

from datetime import UTC, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones


@lru_cache(maxsize=512)
def zone_named(name: str) -> tzinfo:
    """Give a zone by its name; UTC for a name that nobody knows."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def read_zone(text: str) -> str:
    """Give the name of the zone that somebody wrote; empty when there is none.

    In any case of letters, with spaces for underscores, and its place alone where
    there is one zone of that place: "asia/singapore", "New York", "UTC".
    """
    return _known().get("_".join(text.split()).casefold(), "")


@cache
def _known() -> dict[str, str]:
    zones = sorted(available_timezones())
    known: dict[str, str] = {}
    for zone in zones:
        # Of the names of one place the plain ones win: "Europe/Lisbon", not "Portugal".
        region, _, place = zone.partition("/")
        if place and region not in {"Etc", "SystemV", "posix", "right"}:
            known.setdefault(place.rpartition("/")[2].casefold(), zone)
    return {zone.casefold(): zone for zone in zones} | known
