"""What each reader should have, known from what people did and from no table of ours.

Every post has a word that nobody else ever wrote. Where it stands in a letter, the post
has been told.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tests.periods.place import Mail

WORD = re.compile(r"\bw\d+w\b")
_TELLS = frozenset({"message", "note", "digest"})
_HANDED_OVER = "What waited for you"
"""What waited when its reader wants each message and gets no digests (decision 40)."""
MOST_SHOWN = 3
_DAY = timedelta(days=1)
_SETTLES = timedelta(minutes=2)


class Owed(StrEnum):
    """Whether somebody should have a post."""

    MUST = "must"
    """In exactly one mail."""
    MAY = "may"
    """In one mail at most: they wanted to hear no more before it was told."""
    NEVER = "never"


class Broken(AssertionError):  # noqa: N818 (it is a promise that is broken)
    """What was promised to people does not hold."""


@dataclass
class Seat:
    """How one reader hears one case."""

    hearing: str = "each"
    is_here: bool = True


@dataclass
class Reader:
    """One person, and when their digests come."""

    address: str
    on_team: bool = False
    zone: str = ""
    every: str = "daily"
    minute: int = 8 * 60
    weekdays: frozenset[int] = frozenset(range(5))
    quiet: bool = False
    paused_until: datetime | None = None
    away_until: date | None = None
    since: datetime | None = None
    """Since when nothing of this was changed, and no clock was set."""
    seats: dict[int, Seat] = field(default_factory=dict)

    def is_paused(self, now: datetime) -> bool:
        """Nothing comes at once."""
        return self.paused_until is not None and self.paused_until > now

    def is_done(self, now: datetime) -> datetime:
        """Give when they have had two slots, if nothing is changed any more."""
        begins = [now]
        if self.paused_until:
            begins.append(self.paused_until)
        if self.away_until:
            begins.append(datetime.combine(self.away_until, time(), UTC))
        return max(begins) + (16 if self.every == "weekly" else 6) * _DAY

    def slot_of(self, day: str, now: datetime) -> datetime:
        """Give the slot that a digest names in its subject, as `Mon 23 Nov`."""
        zone = ZoneInfo(self.zone or "UTC")
        for back in range(-1, 9):
            local = (now - back * _DAY).astimezone(zone)
            if f"{local:%a} {local.day} {local:%b}" == day:
                return local.replace(
                    hour=self.minute // 60,
                    minute=self.minute % 60,
                    second=0,
                    microsecond=0,
                    fold=0,
                )
        raise Broken(f"{self.address} got a digest for {day}, at {now}")

    def next_slot(self, now: datetime) -> datetime:
        """Give the next time of day at which a digest of theirs may be due."""
        zone = ZoneInfo(self.zone or "UTC")
        local = now.astimezone(zone).replace(
            hour=self.minute // 60, minute=self.minute % 60, second=0, microsecond=0
        )
        at = local.astimezone(UTC)
        return at if at > now else at + _DAY

    def slots(self, after: datetime, until: datetime) -> int:
        """Count the days on which a digest of theirs is due in a span.

        An hourly one counts as if it were daily: it has its slots sooner.
        """
        zone = ZoneInfo(self.zone or "UTC")
        day, last, count = (
            after.astimezone(zone).date(),
            until.astimezone(zone).date(),
            0,
        )
        while day <= last:
            at = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(
                minutes=self.minute
            )
            count += day.weekday() in self.weekdays and after < at <= until
            day += _DAY
        return count


@dataclass
class Post:
    """One text, and who should have it."""

    word: str
    at: datetime
    owed: dict[str, Owed]


@dataclass
class Expected:
    """What was said, and what must have come of it."""

    readers: dict[str, Reader]
    posts: dict[str, Post] = field(default_factory=dict)
    """By its word."""
    got: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """How many letters told each reader each word."""
    relived: datetime | None = None
    """Until when a clock that was set back lets time pass once more."""
    used_up: int = 0
    """How many slots had their digest before their day, by a clock that was ahead."""
    doubles: int = 0
    """Letters that came once more in R3's window."""
    given_up: Callable[[], Collection[str]] = tuple
    """Gives the Message-IDs of digests that Parlour gave up."""
    _seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    _told_by: dict[tuple[str, str], str] = field(default_factory=dict)
    _days: Counter[tuple[str, str]] = field(default_factory=Counter)

    # What people do.

    def says(
        self, author: str, case: int, now: datetime, *, calls: str, is_note: bool
    ) -> str:
        """Somebody writes; gives the word that they have to use."""
        word = f"w{len(self.posts)}w"
        owed = {
            each.address: self._owed(each, case, now, calls, is_note=is_note)
            for each in self.readers.values()
            if each.address != author
        }
        self.posts[word] = Post(word, now, owed | {author: Owed.NEVER})
        return word

    def has_room(self, case_of: dict[str, int], case: int) -> bool:
        """Whether each digest can show one more post of a case: beyond three it counts.

        What is only counted has no word by which it could be known.
        """
        return all(
            sum(
                post.owed[address] is not Owed.NEVER
                and case_of[post.word] == case
                and not self.got[address][post.word]
                for post in self.posts.values()
            )
            < MOST_SHOWN
            for address in self.readers
        )

    def _owed(
        self, reader: Reader, case: int, now: datetime, calls: str, *, is_note: bool
    ) -> Owed:
        seat = reader.seats[case]
        if not seat.is_here or (is_note and not reader.on_team):
            return Owed.NEVER
        if seat.hearing == "muted":
            return Owed.NEVER
        if reader.is_paused(now) or seat.hearing != "urgent":
            return Owed.MUST
        return Owed.MUST if calls == reader.address else Owed.NEVER

    def wants_no_more(self, reader: Reader, case_of: dict[str, int], case: int) -> None:
        """Somebody muted or left a case: what waits for them may stay untold."""
        for word, post in self.posts.items():
            waits = post.owed.get(reader.address) is Owed.MUST
            if case_of[word] == case and waits and not self.got[reader.address][word]:
                post.owed[reader.address] = Owed.MAY

    def sets_back(self, before: datetime) -> None:
        """A clock that showed this shows an earlier time."""
        self.relived = max(self.relived or before, before)

    def changes(self, now: datetime, readers: Iterable[Reader] = ()) -> None:
        """Something was changed; from now on the slots are counted anew."""
        for each in readers or self.readers.values():
            each.since = now

    # What came.

    def read(self, letter: Mail, windows: int, now: datetime) -> None:
        """Read one more letter; Broken when it tells what it must not.

        `windows` is how often the sender or its connection ended between a mail and
        the note that it was sent: so many may have come once more (promises R3). If
        all further tries of such a digest fail, the next one tells what it told.
        """
        name = (letter.name, letter.to)
        self._seen[name] += 1
        if self._seen[name] > 1:
            self.doubles += 1
            if self.doubles > windows:
                raise Broken(f"{letter.kind} to {letter.to} came again: {name[0]}")
            return
        words = sorted(set(WORD.findall(letter.text)))
        again = {self._told(letter, word) for word in words} - {""}
        self.doubles += len(again)
        if again and self.doubles > windows:
            raise Broken(f"{letter.to} was told once more what {again} told")
        if letter.kind == "digest":
            self._one_a_slot(letter, now)

    def _told(self, letter: Mail, word: str) -> str:
        """Note what a letter tells; gives the lost digest that told it, if one did."""
        owed = self.posts[word].owed.get(letter.to, Owed.NEVER)
        if letter.kind not in _TELLS and not letter.subject.startswith(_HANDED_OVER):
            return ""
        self.got[letter.to][word] += 1
        if owed is Owed.NEVER:
            raise Broken(f"{letter.to} was told {word}, by {letter.kind}")
        before = self._told_by.setdefault((letter.to, word), letter.name)
        if self.got[letter.to][word] == 1:
            return ""
        if before not in self.given_up():
            raise Broken(f"{letter.to} was told {word} twice")
        return before

    def _one_a_slot(self, letter: Mail, now: datetime) -> None:
        """A digest comes once for a day that its reader chose, and tells what was."""
        reader = self.readers[letter.to]
        if "so from now on they come once a week" in " ".join(letter.text.split()):
            reader.every, reader.weekdays = "weekly", frozenset({0})
            reader.since = now
        day = letter.subject.rpartition(",")[2].strip()
        self._days[letter.to, day] += 1
        # The team has a second one on a day on which something is due.
        most = 2 if reader.on_team else 1
        if self._days[letter.to, day] > most and reader.every != "hourly":
            raise Broken(f"{letter.to} got {most + 1} digests on {day}")
        long_ago = reader.since is None or now - reader.since > 2 * _DAY
        if not long_ago or reader.every == "hourly" or reader.on_team:
            return
        if reader.is_paused(now):
            raise Broken(f"{letter.to} has paused and got a digest")
        at = reader.slot_of(day, now)
        if at.weekday() not in reader.weekdays:
            raise Broken(f"{letter.to} wants no digest on {day}")
        for word in WORD.findall(letter.text):
            if self.posts[word].at > at - _SETTLES:
                raise Broken(f"{word} was told {letter.to} before it had settled")

    def judge(self, now: datetime) -> None:
        """Broken when anybody who had two slots was not told.

        A day that a clock set back lets pass once more has no second digest; nor has a
        slot that a clock ahead used up: who was not looked after at the one before it
        is told in the third.
        """
        for post in self.posts.values():
            for address, owed in post.owed.items():
                if owed is not Owed.MUST or self.got[address][post.word]:
                    continue
                if self._had_two_slots(self.readers[address], post, now):
                    raise Broken(f"{address} was not told {post.word} of {post.at}")

    def _had_two_slots(self, reader: Reader, post: Post, now: datetime) -> bool:
        after = max(post.at + timedelta(minutes=2), reader.since or post.at)
        if self.relived:
            after = max(after, self.relived - _DAY)
        if reader.every == "off" or reader.is_paused(now):
            return False
        if reader.paused_until:
            after = max(after, reader.paused_until)
        if reader.away_until:
            back = datetime.combine(
                reader.away_until, datetime.min.time(), ZoneInfo(reader.zone or "UTC")
            )
            after = max(after, back)
        return after < now and reader.slots(after, now) >= 2 + self.used_up
