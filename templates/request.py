"""What the digest of a customer says of their own cases (digests 3.4)."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Request:
    """One of their cases, beside what is new in it."""

    state: str
    """new, ours, customers or resolved."""
    said: str
    """The first sentence that they wrote, as they wrote it; a robot never restates."""
    question: str
    """What we asked last and they have not answered; mostly empty."""
    helpers: tuple[tuple[str, str], ...]
    """Who is on it: name and role, the role often empty; who has it comes first."""
    more_helpers: int = 0
    is_late: bool = False
    """The next contact was promised for a time that is over."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What became of what customers asked for, in words that a human approved."""

    status: str
    """planned, done or no."""
    text: str
