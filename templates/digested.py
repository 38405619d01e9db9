"""What a digest says of its activities, and when digests come."""

from dataclasses import dataclass
from datetime import datetime

from templates.desk_work import DeskWork
from templates.helped import Wanted
from templates.promised import Promise
from templates.request import Answered, Request


@dataclass(frozen=True, kw_only=True)
class Told:
    """One post in a digest, shortened."""

    author: str
    at: datetime
    text: str
    is_note: bool = False


@dataclass(frozen=True, kw_only=True)
class DigestItem:
    """One activity in a digest; its number is how an answer names it."""

    number: int
    needs_you: bool
    subject: str
    customer: str
    """Empty when the reader is the customer."""
    organisation: str
    why: str
    """The one reason line, a name that digest/item.j2 knows: asked, late, due, waits,
    reply, new, changed, request; of the work of a desk also loose, silent, close,
    unowned, owner_away."""
    by: str
    """Who asked, or wrote last."""
    at: datetime | None
    waiting_since: datetime | None
    """Since when the customer waits for the reader."""
    promise: Promise | None
    is_solved: bool
    changes: tuple[tuple[str, str], ...]
    """What became of it, and by whom: joined, left, taken, resolved, reopened."""
    posts: tuple[Told, ...]
    more: int
    """So many further posts are only counted."""
    mailed: tuple[datetime, ...]
    """When further posts were mailed to the reader at once."""
    lane: str
    """Where an answer goes: team or everyone."""
    is_work: bool = False
    """The reader answers for it; what follows is said of such alone."""
    is_yours: bool = False
    holder: str = ""
    """Who has it, where that is not the reader."""
    noted_by: str = ""
    """Who of the team wrote a note since the customer began to wait."""
    silent: int = 0
    """So many days nobody wrote; 0 where that does not matter."""
    nudge: str = ""
    """A ready text that asks the customer once more."""
    is_open_to_reader: bool = True
    """The reader has a seat there, so its buttons lead somewhere."""
    may_know: str = ""
    """Of a case that nobody has: who of the team may know it; mostly empty."""
    knows: str = ""
    """The skill of theirs that stands in it, in their own words."""
    others: tuple[str, ...] = ()
    """The subjects of other open cases of its customer."""
    alike: tuple[tuple[str, str], ...] = ()
    """Other open cases that may be about the same: subject, and what stands in both."""
    request: Request | None = None
    """It is the reader's own, in a digest that tells of all of them."""


@dataclass(frozen=True, kw_only=True)
class Echo:
    """What became of what the reader said in one activity of a digest."""

    number: int
    subject: str
    customer: str
    at: datetime | None
    """When its customer wrote right after the reader; None: they did not."""
    is_thanks: bool
    """It was thanks and nothing else."""
    has_helped: bool
    """It was solved, and the reader, who was invited, had written there."""


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What happened in the activities of one reader since the last digest."""

    desk: str
    kind: str
    """colleague, team or customer."""
    at: datetime
    """Its slot."""
    comes_at: datetime
    """An instant with the time of day at which digests come."""
    every: str
    """hourly, daily or weekly."""
    weekdays: tuple[int, ...]
    needs: tuple[DigestItem, ...]
    changed: tuple[DigestItem, ...]
    lines: tuple[DigestItem, ...]
    """Activities with one line each."""
    rest: int
    """So many activities are only counted."""
    count_needs: int
    count_changed: int
    muted: int
    """So many activities the reader muted."""
    ignored: int = 0
    """So many posts are of people whom the reader ignores."""
    promised: tuple[DigestItem, ...] = ()
    waiting: tuple[DigestItem, ...] = ()
    silent: tuple[DigestItem, ...] = ()
    unowned: tuple[DigestItem, ...] = ()
    """Of the work of a desk, for who answers for it (digests 3.3)."""
    work: DeskWork | None = None
    echoes: tuple[Echo, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    """Cases that the reader could help with, and is not in (decision 57)."""
    patience: str = ""
    """What it says of a reader who answers nothing: empty, asks or changes."""
    is_of_requests: bool = False
    """A customer asked for it: all of their own cases, and what follows."""
    closed: tuple[DigestItem, ...] = ()
    answered: tuple[Answered, ...] = ()
    """What customers asked for, and what became of it; three at the most."""


@dataclass(frozen=True, kw_only=True)
class Rescheduled:
    """When digests come from now on."""

    every: str
    """hourly, daily, weekly or off."""
    at: datetime
    """An instant with the time of day at which they come."""
    weekdays: tuple[int, ...]
    """0 is Monday."""
    zone: str
