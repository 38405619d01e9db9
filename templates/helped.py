"""What a digest and the team are told of those who could help."""

from dataclasses import dataclass
from datetime import datetime

from templates.face import Face


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A case in a digest that its reader could help with, and is not in.

    It has no subject, no text and no customer: a case is private to its people.
    """

    number: int
    word: str
    """The skill on the reader's own card that stands in it."""
    waiting_since: datetime
    has_owner: bool


@dataclass(frozen=True, kw_only=True)
class HelpOffered:
    """To whoever has a case: somebody who is not in it offers to help."""

    subject: str
    address: str
    word: str
    """The skill of theirs that stands in it: all that they were told of its text."""
    helper: Face
