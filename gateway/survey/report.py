"""What `parlour look` found, as plain values: text, JSON and the page show the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A mail that could not be read, and where it lies."""

    position: str
    folder: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Where every mail went: `read` is the sum of all the others."""

    read: int
    in_threads: int
    machines: dict[str, int]
    """Mail written by machines, by kind: list, bulk, reply, bounce, note and others."""
    repeats: int
    """The same mail a second time, in another folder or under another label."""
    aside: dict[str, int]
    """Mail in folders for drafts, junk and trash, which is not looked at."""
    unreadable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Us:
    """Whom we took for ours."""

    desks: tuple[str, ...]
    domains: tuple[str, ...]
    writers: tuple[str, ...]
    """Addresses of ours that wrote, the busiest first."""
    guessed_desk: bool
    guessed_team: bool
    wrote: int
    """Mails of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Twice:
    """A customer's mail that got two answers."""

    subject: str
    customer: str
    at: datetime
    """When the customer wrote."""
    by: tuple[str, ...]
    """Who answered, in that order."""
    by_two: bool
    """Two people did; else one did so twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many were answered within a time; `part` of all that customers began."""

    within: timedelta
    is_day: bool
    count: int
    part: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long a customer's first mail waited for its answer."""

    answered: int
    in_working_hours: bool
    """Opening time of the desk alone was counted."""
    median: timedelta | None
    p90: timedelta | None
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Somebody who wrote last."""

    name: str
    address: str
    subject: str
    since: datetime
    mails: int
    """How many they wrote since our last answer."""
    never_answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The mails of one month."""

    year: int
    month: int
    customers: int
    ours: int
    machines: int

    @property
    def people(self) -> int:
        """Count what people wrote."""
        return self.customers + self.ours

    @property
    def all(self) -> int:
        """Count everything."""
        return self.people + self.machines


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All figures."""

    now: datetime
    zone: str
    language: str
    first_at: datetime | None
    last_at: datetime | None
    counts: Counts
    us: Us
    threads: int
    by_customers: int
    """Threads that a customer began; those below are counted among them alone."""
    never_answered: int
    answered_twice: int
    twice_by_two: int
    twice: tuple[Twice, ...]
    """The newest of them."""
    times: Times
    waiting: tuple[Waiting, ...]
    """Who waits, the longest first."""
    recent_from: datetime | None
    """Who waits since then is listed first; the others for a very long time."""
    months: tuple[Month, ...]
    """Without gaps, the oldest first."""
    unreadable: tuple[Unreadable, ...]
    """The first of them."""

    def recent(self) -> tuple[Waiting, ...]:
        """Give who has begun to wait in the newest part of the mail, longest first."""
        start = self.recent_from
        return tuple(one for one in self.waiting if start is None or one.since >= start)

    @property
    def never_part(self) -> float:
        """Give the part of customers' threads without any answer."""
        return self.never_answered / self.by_customers if self.by_customers else 0.0

    @property
    def never_waiting(self) -> int:
        """Count those who wait and never got an answer."""
        return sum(one.never_answered for one in self.waiting)

    @property
    def again_waiting(self) -> int:
        """Count those who wait and had an answer before."""
        return len(self.waiting) - self.never_waiting

    @property
    def busiest(self) -> int:
        """Give the mails of the busiest month."""
        return max((month.all for month in self.months), default=0)
