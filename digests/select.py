"""What a digest shows of what there is, and in which order; pure, in integers.

The unit is the activity. Volume adds nothing to a rank, so that nobody is heard sooner
for shouting (digests section 3.1).
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from digests.sections import NEEDS_YOU, ORDER, Section, Standing, Window, find

IN_FULL, AS_LINES, POSTS = 12, 30, 3
EXCERPT_LETTERS = 280

_HOUR = timedelta(hours=1)


class Post(NamedTuple):
    """One post that the reader has not been told of; a morning has a million."""

    event: int
    author: int | None
    at: datetime
    asks: str = ""
    """The sentence that asks the reader by name."""
    by_customer: bool = False
    ignored: bool = False
    """Of somebody whom the reader ignores: it is counted, and never shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One activity of the reader with what is new in it."""

    activity: int
    posts: tuple[Post, ...]
    """Oldest first."""
    is_owner: bool = False
    waiting_since: datetime | None = None
    """Since when its customer waits for us."""
    promised_at: datetime | None = None
    is_open: bool = True
    changes: int = 0
    """Changes of state since the last digest."""
    watching_only: bool = False
    standing: Standing | None = None
    """How it stands, for a reader who answers for the desk."""
    turn: str = ""
    """Whose turn it is, in a digest that tells customers of their own requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One activity as the digest shows it."""

    case: Case
    section: Section
    why: str
    """The one reason line: asked, late, due, waits, reply, new, changed, request, or
    one of digests.sections."""
    score: int
    shown: tuple[Post, ...]
    """Oldest first."""
    more: int
    """How many posts are only counted."""
    ignored: int

    @property
    def needs_you(self) -> bool:
        """Whether the reader is asked to do something."""
        return self.section in NEEDS_YOU


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a digest shows."""

    full: tuple[Item, ...]
    lines: tuple[Item, ...]
    rest: int
    """How many activities are only counted."""
    needs: int
    changed: int

    @property
    def items(self) -> tuple[Item, ...]:
        """All that have a number."""
        return (*self.full, *self.lines)


def choose(
    cases: Iterable[Case], now: datetime, window: Window | None = None
) -> Selection:
    """Order what there is: by section, then by score.

    Ties are broken by who waits longest, then by the activity's number. Without a
    window nobody answers for a desk.
    """
    items = sorted((_item(each, now, window) for each in cases), key=_rank)
    needs = sum(each.needs_you for each in items)
    return Selection(
        full=tuple(items[:IN_FULL]),
        # What has a line of its own shows no text.
        lines=tuple(
            replace(each, shown=(), more=each.more + len(each.shown))
            for each in items[IN_FULL : IN_FULL + AS_LINES]
        ),
        rest=max(0, len(items) - IN_FULL - AS_LINES),
        needs=needs,
        changed=len(items) - needs,
    )


def rank(
    case: Case, now: datetime, window: Window | None
) -> tuple[int, int, datetime, int]:
    """Give what orders cases as `choose` does: the smaller, the sooner it is shown."""
    return _rank(_item(case, now, window))


def _rank(item: Item) -> tuple[int, int, datetime, int]:
    case = item.case
    since = case.waiting_since or (case.posts[0].at if case.posts else _FAR)
    return (ORDER.index(item.section), -item.score, since, case.activity)


_FAR = datetime.max.replace(tzinfo=UTC)


def _item(case: Case, now: datetime, window: Window | None) -> Item:
    heard = [each for each in case.posts if not each.ignored]
    asked = [each for each in heard if each.asks]
    due = case.is_owner and case.promised_at is not None
    late = due and case.promised_at is not None and case.promised_at < now
    soon = due and case.promised_at is not None and case.promised_at - now < 24 * _HOUR
    waits = case.is_owner and case.waiting_since is not None
    reply = any(each.by_customer for each in heard)
    reasons = (
        ("asked", bool(asked)),
        ("late", late),
        ("due", soon),
        ("waits", waits),
        ("reply", reply),
        ("new", bool(heard)),
        ("changed", True),
    )
    why = next(name for name, holds in reasons if holds)
    needs = why in {"asked", "late", "due", "waits"}
    section = Section.NEEDS if needs else Section.CHANGED
    if case.standing is not None and window is not None:
        found = find(case.standing, window)
        section, why = (found.section, found.why) if found else (section, why)
    if case.turn:
        section, why = _OF_CUSTOMERS.get(case.turn, Section.CHANGED), "request"
    shown = _shown(heard, asked)
    return Item(
        case=case,
        section=section,
        why=why,
        score=score(case, now),
        shown=shown,
        more=len(heard) - len(shown),
        ignored=len(case.posts) - len(heard),
    )


_OF_CUSTOMERS = {"customers": Section.NEEDS, "resolved": Section.CLOSED}
"""Where a request of the reader's own stands, by whose turn it is."""


def _shown(heard: Sequence[Post], asked: Sequence[Post]) -> tuple[Post, ...]:
    """Give the posts that ask the reader, filled up with the newest ones."""
    chosen = list(asked[-POSTS:])
    for each in reversed(heard):
        if len(chosen) == POSTS:
            break
        if each not in chosen:
            chosen.append(each)
    return tuple(sorted(chosen, key=lambda post: post.event))


def score(case: Case, now: datetime) -> int:
    """Give the rank of an activity in points (digests section 3.1)."""
    heard = [each for each in case.posts if not each.ignored]
    asked = any(each.asks for each in heard)
    total = 70 + 100 if asked else 0
    if case.is_owner or case.standing is not None:
        total += _deadline(case.promised_at, now)
    if case.is_owner:
        total += 50
        if case.waiting_since is not None and not asked:
            total += 100
    if case.waiting_since is not None:
        total += 40 + min(40, max(0, int((now - case.waiting_since) / _HOUR)))
    if heard:
        total += 10 + 2 * min(5, len({each.author for each in heard}))
    if case.changes:
        total += 8
    if case.watching_only:
        total -= 5
    return total


def _deadline(at: datetime | None, now: datetime) -> int:
    if at is None:
        return 0
    for points, within in ((90, 0), (80, 4), (60, 24)):
        if at - now < within * _HOUR:
            return points
    return 0


_ENDS = ".!?\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}"
_ENDS += "\N{FULLWIDTH QUESTION MARK}"
_SENTENCE = re.compile(rf"[^\n{_ENDS}]+[{_ENDS}]*")


def sentences(text: str) -> list[str]:
    """Give the sentences of a text; a line ends one too."""
    return [said for each in _SENTENCE.finditer(text) if (said := each[0].strip())]


def asks(text: str, names: Collection[str]) -> str:
    """Give the sentence of a text that asks somebody by one of their names, folded.

    With an @ anywhere, or as an address at its beginning: "Mei, does it …?".
    """
    for sentence, begins, mentions in _addressed(text):
        for name in names:
            if name and (begins == name or (mentions and f"@{name}" in mentions)):
                return sentence
    return ""


def called(texts: Iterable[str]) -> frozenset[str]:
    """Give by what texts may ask somebody: how sentences begin, folded, and any @.

    Who has no such name is asked in none of them, if there is no @.
    """
    found = {each for text in texts for each in _addressed(text)}
    names = {begins for _, begins, _ in found if begins}
    return frozenset(names | {"@" for *_, mentions in found if mentions})


@lru_cache(maxsize=256)
def _addressed(text: str) -> tuple[tuple[str, str, str], ...]:
    """Give the sentences that may ask somebody: how each begins, and what has an @.

    Both folded. Kept, for it is asked of every post for every reader.
    """
    found = []
    for sentence in sentences(text):
        folded = sentence.casefold()
        begins, *rest = re.split(r"[,:;]", folded, maxsplit=1)
        address, mentions = begins.strip() if rest else "", "@" in folded
        if address or mentions:
            found.append((sentence, address, folded if mentions else ""))
    return tuple(found)


@lru_cache(maxsize=4096)
def excerpt(text: str, most: int = EXCERPT_LETTERS) -> str:
    """Give the beginning of a text without its signature, cut at a word."""
    words = " ".join(text.partition("\n-- \n")[0].split())
    most = min(most, _fitting(words[:most], 3 * most // 2))
    if len(words) <= most:
        return words
    cut = words[: most - 1].rsplit(" ", 1)[0]
    # Nothing parts a text without spaces but its letters.
    return (
        cut if len(cut) > most // 2 else words[: most - 1]
    ) + "\N{HORIZONTAL ELLIPSIS}"


def _fitting(words: str, most: int) -> int:
    """Give how many letters fit into so many octets of HTML."""
    escaped = sum((count - 1) * words.count(letter) for letter, count in _ESCAPED)
    if len(words.encode("utf-8", "replace")) + escaped <= most:
        return len(words)
    octets, costs = 0, dict(_ESCAPED)
    for count, letter in enumerate(words):
        octets += costs.get(letter) or len(letter.encode("utf-8", "replace"))
        if octets > most:
            return max(2, count)
    return len(words)


_ESCAPED = (("&", 5), ("<", 4), (">", 4), ('"', 5), ("'", 5))
