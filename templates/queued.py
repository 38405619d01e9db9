"""What letters need to know of the queue and of a case in it."""

from dataclasses import dataclass
from datetime import datetime

from templates.face import Face
from templates.promised import Promise, PutFirst


@dataclass(frozen=True, kw_only=True)
class QueuePlace:
    """A case in the queue, and what its place follows from."""

    public_id: str
    customer: str
    subject: str
    turn: str
    """new, ours, customers or resolved."""
    promise: Promise | None
    is_late: bool
    since: datetime | None
    """Since when the customer waits."""
    owner: str
    """Empty while nobody has it."""
    is_yours: bool
    urgent: PutFirst | None = None
    """Why it was put first."""


@dataclass(frozen=True, kw_only=True)
class Queue:
    """The cases whose turn is the team's, the one that waited longest first."""

    desk: str
    places: tuple[QueuePlace, ...]
    more: int
    """How many stand behind these."""
    is_mine: bool = False
    """Only the reader's own."""
    theirs: tuple[QueuePlace, ...] = ()
    """The reader's own whose turn is the customer's."""
    more_theirs: int = 0


@dataclass(frozen=True, kw_only=True)
class PostShown:
    """One post of either lane."""

    author: str
    at: datetime
    text: str
    is_note: bool


@dataclass(frozen=True, kw_only=True)
class CaseShown:
    """What a case is, for one of its desk's team who asked."""

    subject: str
    desk: str
    place: QueuePlace
    address: str
    """The customer's."""
    here: tuple[Face, ...]
    posts: tuple[PostShown, ...]
    """The last ones of both lanes."""
    is_in: bool
    """The reader has a seat in it, so that a reply can go there."""
    tags: tuple[str, ...] = ()
