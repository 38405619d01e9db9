"""What was looked for at the desk, and the cases in which it was found."""

from dataclasses import dataclass
from datetime import datetime

from templates.queued import QueuePlace


@dataclass(frozen=True, kw_only=True)
class FoundCase:
    """A case, and what it says about what was looked for."""

    place: QueuePlace
    excerpt: str
    """Of its post that holds the most of it; empty where that has no text."""
    author: str
    at: datetime | None
    is_note: bool


@dataclass(frozen=True, kw_only=True)
class Found:
    """The cases of a desk in which all that was looked for is found, best first."""

    desk: str
    wanted: str
    """As it was written."""
    cases: tuple[FoundCase, ...]
    more: int
    """How many there are beside these."""
