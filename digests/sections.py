"""Where a case stands in the digest of whoever answers for it; pure.

The sections of digests 3.3 in their order, then those of a reader who only follows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

NUDGED_AFTER = timedelta(days=3)
"""So long a customer is silent before a nudge is proposed, and again after it."""
NUDGES = 2
"""After so many it is proposed to close the case."""


class Section(StrEnum):
    """A heading of a digest; letters know these names."""

    PROMISED = "promised"
    """Late, or due before the next digest."""
    WAITING = "waiting"
    """The customer waits for us, or nobody knows what comes next (decisions F51)."""
    SILENT = "silent"
    """We wait for the customer."""
    UNOWNED = "unowned"
    NEEDS = "needs"
    """Asked by name, or the reader's own."""
    CHANGED = "changed"
    CLOSED = "closed"
    """Requests of the reader that were closed since the last digest."""


ORDER = tuple(Section)
NEEDS_YOU = frozenset(ORDER) - {Section.CHANGED, Section.CLOSED}
OF_THE_AFTERNOON = frozenset({Section.PROMISED, Section.WAITING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an open case stands, for one who answers for it."""

    is_owner: bool
    """The reader has it; else nobody does, or its owner is not there."""
    has_owner: bool
    is_customers_turn: bool
    opened_at: datetime
    waiting_since: datetime | None
    promised_at: datetime | None
    is_late: bool
    answered_at: datetime | None
    """When the team last wrote to everybody, or took it."""
    asked_again: int = 0
    """How often the team asked again and got no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The time that one digest looks at."""

    at: datetime
    """Its slot; what came later waits for the next."""
    until: datetime
    """What is due before then is due now: the next digest, or the end of the day."""
    since: datetime | None
    """The slot of the last one; None: there was none."""
    is_afternoon: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where a case stands in a digest, and why."""

    section: Section
    why: str
    """The one reason line, a name that digest/body.j2 knows."""
    is_news: bool
    """It is reason enough for a digest; else it only stands in one that comes."""


def find(standing: Standing, window: Window) -> Found | None:
    """Say where a case stands; None for one of which there is nothing to say."""
    waits, promised = standing.waiting_since, standing.promised_at
    if (waits or standing.opened_at) > window.at:
        return None
    if promised is not None and promised < window.until:
        why = "late" if standing.is_late else "due"
        # The second of a day comes for what became due since the first (G57).
        told = window.is_afternoon and window.since is not None
        is_news = not (told and promised <= (window.since or promised))
        return Found(section=Section.PROMISED, why=why, is_news=is_news)
    return (
        _of_owner(standing, window) if standing.is_owner else _of_all(standing, window)
    )


def _of_all(standing: Standing, window: Window) -> Found | None:
    """What nobody has, or whose owner is not there, is everybody's."""
    if standing.has_owner and standing.waiting_since is None:
        return None
    why = "owner_away" if standing.has_owner else "unowned"
    return _morning(Section.UNOWNED, why, window, is_news=True)


def _of_owner(standing: Standing, window: Window) -> Found | None:
    if standing.waiting_since is not None:
        return Found(section=Section.WAITING, why="waits", is_news=False)
    if standing.promised_at is not None:
        return None
    since = standing.answered_at or standing.opened_at
    is_news = _comes_up(since, window)
    if not standing.is_customers_turn:
        is_news = is_news and not window.is_afternoon
        return Found(section=Section.WAITING, why="loose", is_news=is_news)
    if window.at - since < NUDGED_AFTER:
        return None
    why = "close" if standing.asked_again >= NUDGES else "silent"
    return _morning(Section.SILENT, why, window, is_news=is_news)


def _morning(
    section: Section, why: str, window: Window, *, is_news: bool
) -> Found | None:
    """The second issue of a day holds what is due, and no more (decisions G57)."""
    if window.is_afternoon:
        return None
    return Found(section=section, why=why, is_news=is_news)


def _comes_up(since: datetime, window: Window) -> bool:
    """Say whether it is time for it again: at first, then every three days."""
    if window.since is None or since > window.since:
        return True
    return (window.at - since) // NUDGED_AFTER > (window.since - since) // NUDGED_AFTER
