"""What letters need to know of who cannot be reached, and of what they missed."""

from dataclasses import dataclass
from datetime import datetime

from templates.posted import Said
from templates.promised import Promise


@dataclass(frozen=True, kw_only=True)
class Unreachable:
    """To the owner or the inviter: mail to somebody comes back."""

    name: str
    address: str
    is_customer: bool
    status: str
    """What the other server said."""
    subject: str
    given_up: bool = False
    """Probes came back or were not answered: nothing more goes there."""
    since: datetime | None = None
    """Since when, for whoever writes to somebody who is given up."""


@dataclass(frozen=True, kw_only=True)
class AreYouThere:
    """To somebody whose mail came back: the question whether this one arrives."""

    desk: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Missed:
    """The posts of one case that have not reached a reader yet."""

    subject: str
    said: tuple[Said, ...]
    """None where there are so many cases that this one is only counted."""
    more: int = 0
    """How many older ones stand on the page of the case alone."""
    number: int = 0
    """Which of the letter's numbered tokens is that of the page."""
    notes_of: str = ""
    """The case's public id where notes to the team are among the older ones; the page
    that shows them has no token."""


@dataclass(frozen=True, kw_only=True)
class CatchUp:
    """To somebody who is reached again, or who turned their digests off.

    What was written to them and has not reached them yet, in one letter.
    """

    desk: str
    cases: tuple[Missed, ...]
    handed_over: bool = False
    """It waited for a digest, and its reader turned those off."""
    welcome: bool = False
    """They were given up, and wrote again."""
    ignored: int = 0
    """So many more posts are of people whom the reader ignores."""


@dataclass(frozen=True, kw_only=True)
class Complained:
    """To the owner: somebody reported a letter of ours as unwanted."""

    name: str
    address: str
    is_customer: bool
    kind: str
    """X-Parlour-Kind of what they want no more."""
    subject: str


@dataclass(frozen=True, kw_only=True)
class DomainRefuses:
    """To the team: a whole domain does not take our mail."""

    domain: str
    status: str
    """What its server said."""
    stopped: bool
    """So much came back that nothing goes there for a while."""
    again_at: datetime | None = None
    waiting: tuple[str, ...] = ()
    """Names of those who did not get what was written to them."""


@dataclass(frozen=True, kw_only=True)
class Unheard:
    """To the team: a customer waits, and nobody who is there has got their text."""

    customer: str
    subject: str
    owner: str
    """Who has the case and can be reached; empty when nobody does."""
    promise: Promise | None
    said: tuple[Said, ...]
    """What the customer wrote and nobody got, oldest first."""
