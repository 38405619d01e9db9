"""What letters on tags and themes need to know (templates.values has the others)."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A tag that a closed case may bear."""

    word: str
    customers: int
    """So many other customers wrote it, or have a case with it."""
    is_tag: bool
    """The desk uses it already."""


@dataclass(frozen=True, kw_only=True)
class WhichTag:
    """To who closed a case: the question what it was about."""

    subject: str
    proposed: tuple[Proposed, ...]
