"""Which cases a colleague could help with who is in none of them (decision 57).

Cases are private to their people: what is told is the word of the reader's own card
that stands there, how long its customer has waited and whether somebody has it.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.activities.helping import is_colleague
from gateway.activities.house import House
from gateway.routing.desk import Desk
from storage import help_offer, requests
from storage.database import Session
from storage.help_offer import Waiting, Willing

MOST = 2
"""In one digest."""
STANDS = timedelta(days=7)
"""So long what nobody answered stands in digests that come; then never again."""
_LOOKED_AT = 200
"""Of the cases of a desk, those that wait longest."""
_WORD = re.compile(r"\w+")
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """A case that somebody could help with."""

    activity: int
    word: str
    """The skill of theirs that stands in it."""
    waiting_since: datetime
    has_owner: bool
    is_new: bool
    """They have not heard of it: reason enough for a digest."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The waiting cases of one desk, by the words that their customers wrote first."""

    cases: Mapping[int, Waiting]
    """In the order in which they wait."""
    by_word: Mapping[str, frozenset[int]]
    by_tag: Mapping[str, frozenset[int]]

    def of_skill(self, skill: str) -> frozenset[int]:
        """Give the cases in which a skill stands, all of its words, or as a tag."""
        words = words_of(skill)
        if not words or max(map(len, words)) < _SHORTEST:
            return frozenset()
        found = [self.by_word.get(each, frozenset()) for each in words]
        return frozenset.intersection(*found) | self.by_tag.get(
            _folded(skill), frozenset()
        )

    def of_skills(self, skills: Iterable[str]) -> dict[int, str]:
        """Give the cases in which one of some skills stands, with that one.

        The longest skill first, for it says most, then whose customer waits longest.
        """
        ranked = sorted(skills, key=lambda each: (-len(words_of(each)), each))
        found: dict[int, str] = {}
        for skill in ranked:
            there = self.of_skill(skill)
            if there:
                found |= {
                    one: skill for one in self.cases if one in there - found.keys()
                }
        return found


def shelf(
    cases: Iterable[Waiting],
    said: Mapping[int, str],
    tags: Iterable[tuple[int, str]],
) -> Shelf:
    """Order cases by the words in them; pure.

    `said` is what their customers wrote first, by case.
    """
    all_ = {each.activity: each for each in cases}
    by_word: dict[str, set[int]] = {}
    for number, each in all_.items():
        for word in words_of(f"{each.subject} {said.get(number, '')}"):
            by_word.setdefault(word, set()).add(number)
    by_tag: dict[str, set[int]] = {}
    for number, tag in tags:
        by_tag.setdefault(_folded(tag), set()).add(number)
    return Shelf(
        all_,
        {word: frozenset(some) for word, some in by_word.items()},
        {tag: frozenset(some) for tag, some in by_tag.items()},
    )


def words_of(text: str) -> frozenset[str]:
    """Give the words of a text, as they are compared."""
    return frozenset(each.casefold() for each in _WORD.findall(text))


def _folded(tag: str) -> str:
    return " ".join(tag.casefold().split())


Key = tuple[int, int]
"""A person, and the row of a desk."""


@dataclass
class Helping:
    """What one run knows of it: looked up once, and only where a desk asks."""

    house: House
    at: datetime
    desks: Mapping[int, Desk]
    """By the number of their row."""
    _willing: Mapping[int, Willing] | None = None
    _shelves: dict[int, Shelf] = field(default_factory=dict)
    _could: dict[Key, dict[int, str]] = field(default_factory=dict)

    def people(self, session: Session) -> Mapping[int, Willing]:
        """Give who wants to help; nobody where no desk asks."""
        if self._willing is None:
            asks = any(desk.ask_helpers for desk in self.desks.values())
            found = help_offer.willing(session) if asks else []
            self._willing = {
                each.person: each
                for each in found
                if is_colleague(self.house, each.addresses, marked=each.is_staff)
            }
        return self._willing

    def offers(
        self, session: Session, people: Collection[int]
    ) -> dict[Key, tuple[Offer, ...]]:
        """Give what some people could help with, by person and desk."""
        known = self.people(session)
        willing = [known[one] for one in people if one in known]
        could = {
            (each.person, row): found
            for each in willing
            for row, desk in self.desks.items()
            if desk.ask_helpers
            and not any(map(desk.is_team, each.addresses))
            and (found := self._matches(session, each, row))
        }
        if not could:
            return {}
        who = sorted({person for person, _ in could})
        which = {one for matched in could.values() for one in matched}
        parts = {
            part: one
            for row in {row for _, row in could}
            for one, case in self._shelves[row].cases.items()
            for part in (one, *case.merged)
            if one in which
        }
        met = help_offer.involved(session, who, sorted(parts))
        involved = {(person, parts[part]) for person, part in met}
        told = help_offer.told(session, who, sorted(which))
        offers: dict[Key, tuple[Offer, ...]] = {}
        for (person, row), matched in could.items():
            some = [
                self._offer(row, one, word, told.get((person, one)))
                for one, word in matched.items()
                if (person, one) not in involved
                and self._stands(told.get((person, one)))
            ]
            # What was told before keeps its place: nobody is asked more and more.
            some.sort(key=lambda each: each.is_new)
            if some:
                offers[person, row] = tuple(some[:MOST])
        return offers

    def _matches(self, session: Session, who: Willing, row: int) -> dict[int, str]:
        if (who.person, row) not in self._could:
            if row not in self._shelves:
                self._shelves[row] = self._shelf(session, row)
            self._could[who.person, row] = self._shelves[row].of_skills(who.skills)
        return self._could[who.person, row]

    @staticmethod
    def _shelf(session: Session, row: int) -> Shelf:
        cases = help_offer.waiting(session, row, _LOOKED_AT)
        numbers = [each.activity for each in cases]
        said = {each.activity: each.first for each in _words(session, numbers)}
        return shelf(cases, said, help_offer.tags(session, numbers))

    def _stands(self, told: tuple[datetime, str] | None) -> bool:
        return told is None or (not told[1] and self.at - told[0] < STANDS)

    def _offer(
        self, row: int, activity: int, word: str, told: tuple[datetime, str] | None
    ) -> Offer:
        case = self._shelves[row].cases[activity]
        return Offer(
            activity=activity,
            word=word,
            waiting_since=case.waiting_since,
            has_owner=case.owner is not None,
            is_new=told is None,
        )


def _words(session: Session, cases: Collection[int]) -> Iterable[requests.Words]:
    return requests.words(session, cases).values()
