"""Whether somebody writes faster than people do (decisions E46); pure.

What is too fast is kept and goes by digest, and the owner is told once: nobody is
stopped. Two robots without any header end here, since neither hears the other.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from enum import StrEnum

from gateway.routing.limits import Limits

_HOUR = timedelta(hours=1)
_DIGITS = re.compile(r"\d+")
_COMPARED_LETTERS = 400
_ALIKE = 0.8


class Pace(StrEnum):
    """How fast it goes; the ledger keeps the reason under the same words."""

    CALM = "calm"
    BURST = "burst"
    """One person writes too much."""
    BUSY = "busy"
    """All together do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uttered:
    """One post, as far as its pace goes."""

    author: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    """What tells a robot that answers each letter at once from a quick human."""

    texts: Sequence[str] = ()
    """The last texts of the author, this one first."""
    answers: Sequence[datetime] = ()
    """When these came."""
    letters: Sequence[datetime] = ()
    """When letters of ours went to the author."""


def pace(
    post: Uttered, before: Sequence[Uttered], quick: Quick, limits: Limits
) -> Pace:
    """Say how fast it goes with this post, knowing those `before` it, of everybody."""
    own = [each.at for each in before if each.author == post.author]
    minutes = timedelta(minutes=limits.burst_minutes)
    if (
        _until(own, post.at, minutes) >= limits.burst_posts
        or _until(own, post.at, _HOUR) >= limits.posts_per_hour
        or is_quick(quick, limits)
    ):
        return Pace.BURST
    everybody = [each.at for each in before]
    if _until(everybody, post.at, _HOUR) >= limits.busy_posts_per_hour:
        return Pace.BUSY
    return Pace.CALM


def _until(moments: Sequence[datetime], at: datetime, span: timedelta) -> int:
    """Count what came before a post; one that was held came before what it follows."""
    return sum(at - span < each <= at for each in moments)


def is_quick(quick: Quick, limits: Limits) -> bool:
    """Say whether so many answers came at once, each to another letter, and all alike.

    A person who is quick writes something else each time.
    """
    count = limits.quick_answers
    if min(len(quick.answers), len(quick.texts), len(quick.letters)) < count:
        return False
    span = timedelta(seconds=limits.quick_answer_seconds)
    unanswered = sorted(quick.letters)
    for answer in sorted(quick.answers[:count]):
        fitting = [each for each in unanswered if timedelta(0) <= answer - each <= span]
        if not fitting:
            return False
        unanswered.remove(fitting[0])
    newest, *others = quick.texts[:count]
    return all(_is_alike(newest, each) for each in others)


def _is_alike(one: str, other: str) -> bool:
    first, second = _bare(one), _bare(other)
    if first == second:
        return True
    matcher = SequenceMatcher(a=first, b=second, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _bare(text: str) -> str:
    """Take away what robots count up: numbers, and how the lines break."""
    words = _DIGITS.sub("", text.casefold()).split()
    return " ".join(words)[:_COMPARED_LETTERS]
