"""What a digest tells of the work of a desk beside its cases (digests 3.3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class LostItem:
    """Somebody who waits unseen (promises R16): a case, or a mail."""

    why: str
    """A name that digest/work.j2 knows; another one is an error there."""
    subject: str
    sender: str
    since: datetime
    inbound: int
    """What `parlour inbound show` takes; 0 for a case."""


@dataclass(frozen=True, kw_only=True)
class MailItem:
    """A mail that waits for somebody to decide, or was told to nobody."""

    number: int
    """How an answer names it."""
    name: str
    address: str
    subject: str
    since: datetime
    inbound: int
    failed: bool = False
    """It broke the program; nothing of it is shown."""
    case: str = ""
    """The subject of the case that it was kept with."""


@dataclass(frozen=True, kw_only=True)
class TroubleItem:
    """Somebody in an open case whom mail does not reach."""

    name: str
    address: str
    said: str
    """An enhanced status code or an SMTP reply; empty when it is not known."""
    since: datetime | None
    subject: str
    is_customer: bool
    other: str
    """Another address of theirs; mostly empty."""


@dataclass(frozen=True, kw_only=True)
class ClosedItem:
    """A case that was closed since the last digest."""

    subject: str
    customer: str
    by: str
    """Empty: the reader."""
    is_dropped: bool


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How the desk fares, each with the number of a week ago."""

    open: int
    open_before: int
    first_reply: timedelta | None
    first_reply_before: timedelta | None
    """Medians; None: nobody was answered for the first time in that week."""
    kept: int
    promised: int
    kept_before: int
    promised_before: int
    """How many promises of the next contact ended, and were kept in time."""


@dataclass(frozen=True, kw_only=True)
class DeskWork:
    """What a desk's team is told beside the cases."""

    lost: tuple[LostItem, ...] = ()
    more_lost: int = 0
    """How many further ones there are."""
    held: tuple[MailItem, ...] = ()
    """Past the time by which somebody should have decided, or soon."""
    quiet: tuple[MailItem, ...] = ()
    """Came since the last digest and was told to nobody."""
    kept: tuple[MailItem, ...] = ()
    """From a case's customer, and taken for a machine's."""
    more: int = 0
    """How many further mails there are."""
    troubles: tuple[TroubleItem, ...] = ()
    closed: tuple[ClosedItem, ...] = ()
    more_closed: int = 0
    figures: Figures | None = None
    waiting: int = 0
    unseen: int = 0
    """How many customers wait, and how many of them unseen."""

    @property
    def count_needs(self) -> int:
        """How many of these want somebody to do something."""
        told = (self.lost, self.held, self.quiet, self.kept)
        return sum(map(len, told)) + self.more_lost + self.more
