"""One line of `parlour check`."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what was found, and what to do about it."""

    level: Level
    subject: str
    """"settings", "database", "smarthost" and so on."""
    text: str
    remedy: str = ""


def ok(subject: str, text: str) -> Finding:
    """Find nothing wrong."""
    return Finding(Level.OK, subject, text)


def warning(subject: str, text: str, remedy: str) -> Finding:
    """Find something that works, but should be otherwise."""
    return Finding(Level.WARNING, subject, text, remedy)


def failed(subject: str, text: str, remedy: str) -> Finding:
    """Find something that does not work."""
    return Finding(Level.FAILED, subject, text, remedy)
