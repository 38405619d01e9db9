"""What customers ask for, and on whom the time goes: counted by customers; pure.

By distinct customers, never by mails, in whole numbers. Where fewer than five customers
are counted no share is told (digests section 3.5).
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from digests.select import excerpt
from parsers.tag import normalised

PERIODS = 4
"""So many periods before this one are compared with it."""
MOST = 5
FEW = 5
"""Below so many customers there are no percentages."""
_LOUD = 20
"""One in so many is the loudest 5 per cent, and it is one at least."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One tag of one case: whose case it is, and when it was tagged."""

    word: str
    customer: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Count:
    """How many customers a theme is of."""

    word: str
    customers: int
    """In the period."""
    before: int
    """In the four periods before it, added up."""
    is_new: bool
    """Nobody had a case with it before the period."""

    @property
    def change(self) -> int | None:
        """The change against the mean of the periods before, in per cent.

        None where that would be a share of fewer than five customers.
        """
        if self.customers < FEW or self.before < FEW:
            return None
        return percent(PERIODS * self.customers - self.before, self.before)


def count(
    mentions: Iterable[Mention],
    first: Mapping[str, datetime],
    since: datetime,
    until: datetime,
) -> tuple[list[Count], int]:
    """Give the five themes of a period, new ones first, and how many more there are.

    The period is after `since` up to `until`; `first` is when each word was used first.
    Those of most customers are chosen.
    """
    length = until - since
    wrote: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for each in mentions:
        if since - PERIODS * length < each.at <= until:
            wrote[each.word][_periods_ago(each.at, until, length)].add(each.customer)
    found = [
        Count(
            word=word,
            customers=len(said[0]),
            before=sum(len(who) for ago, who in said.items() if ago),
            is_new=first[word] > since,
        )
        for word, said in wrote.items()
        if 0 in said
    ]
    found.sort(key=lambda one: (-one.customers, not one.is_new, one.word))
    shown = sorted(found[:MOST], key=lambda one: not one.is_new)
    return shown, len(found) - len(shown)


def _periods_ago(at: datetime, until: datetime, length: timedelta) -> int:
    # The end of a period belongs to it.
    return (until - at) // length


@dataclass(frozen=True, slots=True)
class Spoke:
    """What one customer wrote in a period, and what they got."""

    customer: int
    mails: int
    answers: int


@dataclass(frozen=True, slots=True)
class Fairness:
    """The share of the loudest: of customers, of mails, of our answers; per cent."""

    loudest: int
    """How many customers that are."""
    customers: int
    of_customers: int
    of_mails: int
    of_answers: int | None
    """None where nothing was answered."""


def fairness(spoke: Collection[Spoke]) -> Fairness | None:
    """Compare the loudest 5 per cent with all; None for fewer than five customers.

    Loud is who sent the most mails.
    """
    everybody = [each for each in spoke if each.mails]
    if len(everybody) < FEW:
        return None
    loudest = -(-len(everybody) // _LOUD)
    ranked = sorted(everybody, key=lambda one: (-one.mails, one.customer))[:loudest]
    answers = sum(each.answers for each in everybody)
    return Fairness(
        loudest=loudest,
        customers=len(everybody),
        of_customers=percent(loudest, len(everybody)),
        of_mails=percent(
            sum(each.mails for each in ranked), sum(each.mails for each in everybody)
        ),
        of_answers=percent(sum(each.answers for each in ranked), answers)
        if answers
        else None,
    )


def percent(part: int, whole: int) -> int:
    """Give a share in whole per cent, halves rounded up."""
    return (200 * part + whole) // (2 * whole)


def quote(texts: Iterable[str], word: str, most: int) -> str:
    """Give a sentence in a customer's own words, one that names the theme if any does.

    Takes what customers wrote; nothing is changed in it but that it ends at `most`
    letters.
    """
    first = ""
    for text in texts:
        for found in _SENTENCE.finditer(text.partition("\n-- \n")[0]):
            sentence = " ".join(found[0].split())
            if len(sentence) < _SHORTEST:
                continue
            if word in _folded(sentence):
                return excerpt(sentence, most)
            first = first or sentence
    return excerpt(first, most)


def _folded(sentence: str) -> str:
    """Compare as tags are, whatever the length."""
    return " ".join(filter(None, map(normalised, sentence.split())))


_SHORTEST = 12
"""A greeting says nothing."""
_SENTENCE = re.compile(r"[^.!?\n\u3002\uff01\uff1f]+[.!?\u3002\uff01\uff1f]*")
