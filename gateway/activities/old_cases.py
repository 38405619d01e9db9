"""A case while old mail comes to it, and the cases that an import has in mind."""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from gateway.activities.old_mail import OldMail
from gateway.routing import past
from gateway.routing.past import Post, Side, Who
from storage.activity import Lane
from storage.old_mail import KnownCase

_MOST_ENTRIES = 20_000
"""Mails whose places are kept in mind; so memory does not grow with the mailbox."""


@dataclass(slots=True, eq=False)
class Entry:
    """One mail of a case: one that is stored, or one that comes now."""

    post: Post
    event: int | None = None
    lane: Lane | None = None
    mail: OldMail | None = None


@dataclass(slots=True, eq=False)
class Case:
    """A case with all of its mails, old and new."""

    known: KnownCase | None = None
    """As it was stored when it was looked up; None for one that begins now."""
    number: int = 0
    is_live: bool = False
    """More happened in it than imports: it is added to, and else left alone."""
    entries: list[Entry] = field(default_factory=list)
    machine: list[OldMail] = field(default_factory=list)
    subjects: list[tuple[datetime, str]] = field(default_factory=list)
    """Of the mails that may be its first."""
    outsiders: set[Who] = field(default_factory=set)
    link: "Case | None" = None
    """Whose mail its first one answered, without its writer having been there."""
    merged: "Case | None" = None
    """What it became part of."""
    mark: tuple[int, int] = (0, 0)
    """Its newest event and their number, as far as it was looked up."""
    _first: Post | None = None
    _customer: Who | None = None
    _is_clear: bool = False
    """The customer has been found since the last mail was added."""

    @property
    def posts(self) -> list[Post]:
        """Its mails in the order of time."""
        return past.in_order(entry.post for entry in self.entries)

    @property
    def opened_at(self) -> datetime:
        """When its first mail came; ValueError for a case without any."""
        if self._first is None:
            raise ValueError("a case without a mail")
        return self._first.at

    @property
    def subject(self) -> str:
        """The subject of its first mail."""
        return min(self.subjects)[1]

    @property
    def customer(self) -> Who | None:
        """Whose case it is, as far as one can tell now."""
        if self.is_live and self.known is not None:
            return self.known.customer
        if self._first is None:
            return None
        if self._first.side is Side.OTHER:
            return self._first.writer
        if not self._is_clear:
            self._customer = past.customer_of(self.posts)
            self._is_clear = True
        return self._customer

    def add(self, entry: Entry) -> None:
        """Add a mail, stored or new."""
        post = entry.post
        self.entries.append(entry)
        self.outsiders |= past.outsiders([post])
        if self._first is None or (post.at, post.name) < (
            self._first.at,
            self._first.name,
        ):
            self._first = post
        if entry.mail is not None:
            self.subjects.append((post.at, entry.mail.subject))
        self._is_clear = False

    def take_over(self, other: "Case") -> None:
        """Let another case become part of this one."""
        for entry in other.entries:
            self.add(entry)
        self.machine += other.machine
        self.subjects += other.subjects
        self.mark = (max(self.mark[0], other.mark[0]), self.mark[1] + other.mark[1])
        other.entries, other.machine, other.merged = [], [], self

    def last(self) -> "Case":
        """Give what it became part of in the end, or itself."""
        case = self
        while case.merged is not None:
            case = case.merged
        return case


class Minded:
    """Cases that were looked up lately, so that a thread is not read for every mail.

    They stand for what is stored only as long as `mark` does, and are forgotten when a
    transaction fails.
    """

    def __init__(self, most: int = _MOST_ENTRIES) -> None:
        """Hold the cases of so many mails."""
        self._most = most
        self._cases: OrderedDict[int, tuple[Case, int]] = OrderedDict()
        self._entries = 0

    def get(self, number: int, mark: tuple[int, int] | None) -> Case | None:
        """Give a case if nothing happened in it since."""
        case, _ = self._cases.get(number, (None, 0))
        if case is None or case.mark != mark:
            return None
        self._cases.move_to_end(number)
        return case

    def keep(self, cases: Collection[Case]) -> None:
        """Hold cases that are stored now as they are; living ones are read anew."""
        for case in cases:
            if case.is_live:
                continue
            case.subjects = [min(case.subjects)]
            case.machine, case.link = [], None
            for entry in case.entries:
                entry.mail = None
            self._drop(case.number)
            self._cases[case.number] = case, len(case.entries)
            self._entries += len(case.entries)
        while self._entries > self._most:
            self._drop(next(iter(self._cases)))

    def _drop(self, number: int) -> None:
        _, entries = self._cases.pop(number, (None, 0))
        self._entries -= entries

    def forget(self) -> None:
        """Hold nothing more."""
        self._cases.clear()
        self._entries = 0
