"""What letters on tags and themes need to know."""

from dataclasses import dataclass
from datetime import datetime


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


@dataclass(frozen=True, kw_only=True)
class ThemeItem:
    """One theme in the digest of who leads a desk; answers name its number."""

    number: int
    word: str
    customers: int
    """In the period."""
    before: int
    """In the four periods before it, added up."""
    change: int | None
    """Against their mean, in per cent; None where few are counted."""
    is_new: bool
    status: str
    """heard, planned, done or no."""
    answer: str
    """What those who asked were told; empty while nothing was."""
    owner: str
    """Empty while nobody looks after it."""
    quote: str
    """A customer's own words; empty where there are none."""


@dataclass(frozen=True, kw_only=True)
class ThemeGroup:
    """Closed cases without a tag that have words in common; answers name its number."""

    number: int
    words: tuple[str, ...]
    customers: int
    quote: str
    """A customer's own words; empty where there are none."""


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What one of the team has in hand."""

    name: str
    open: int
    closed: int


@dataclass(frozen=True, kw_only=True)
class Loudest:
    """The loudest customers and their shares, in per cent."""

    count: int
    customers: int
    of_customers: int
    of_mails: int
    of_answers: int | None


@dataclass(frozen=True, kw_only=True)
class Promised:
    """What became of the promises of the next contact that ended in a period."""

    kept: int
    late: int
    broken: int
    share: int | None
    """Of those that were kept, in per cent; None where there were few."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A theme, and how many customers asked for it."""

    word: str
    customers: int


@dataclass(frozen=True, kw_only=True)
class Month:
    """The month before, in the first digest of a month."""

    since: datetime
    until: datetime
    wrote: int
    closed: int
    promised: Promised | None
    asked: tuple[Asked, ...]
    """The themes of most customers."""


@dataclass(frozen=True, kw_only=True)
class Voice:
    """What customers asked for, and how it went: to who leads a desk, once a week."""

    desk: str
    at: datetime
    """Its slot."""
    since: datetime
    is_week: bool
    """From `since` to `at` it is a week."""
    comes_at: datetime
    """An instant with the time of day at which digests come."""
    every: str
    weekdays: tuple[int, ...]
    themes: tuple[ThemeItem, ...]
    more_themes: int
    team: tuple[Carried, ...]
    unowned: int
    """So many open cases nobody has."""
    loudest: Loudest | None
    waiting: int
    unseen: int
    """How many customers wait, and how many of them unseen."""
    wrote: int
    """So many customers wrote."""
    closed: int
    untagged: int
    """Of the cases that were closed."""
    bounced: int
    """Customers with an open case whom mail does not reach."""
    promised: Promised | None = None
    """None: no promise ended."""
    month: Month | None = None
    groups: tuple[ThemeGroup, ...] = ()
    """Of what nobody tagged, where the extra `themes` is installed."""


@dataclass(frozen=True, kw_only=True)
class ThemeDraft:
    """What those who asked for a theme would be told, and the question whether to."""

    desk: str
    theme: str
    status: str
    text: str
    readers: tuple[str, ...]
    """Some of those who would get it."""
    more: int
    """So many further ones."""
    told: int
    """Were told of this status before."""
    left_out: int
    """Left, muted it, or cannot be reached."""
    later: int
    """Too many for one answer: whoever answers again reaches them."""


@dataclass(frozen=True, kw_only=True)
class ThemeSaid:
    """What became of one line of an answer to such a digest."""

    said: str
    outcome: str
    """A name that theme_answered/body.j2 knows."""
    theme: str = ""
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class ThemeAnswered:
    """The answer to `#3 mine` and the like, and to the yes that sent something."""

    lines: tuple[ThemeSaid, ...]
