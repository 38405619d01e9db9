"""Which cases a colleague could help with who is in none of them (decision 57).

Cases are private to their people: what is told is the word of the reader's own card
that stands there, how long its customer has waited and whether somebody has it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digests.suggesting import wanted_of, words_of
from gateway.activities.helping import is_colleague
from gateway.activities.house import House
from gateway.activities.letters import may_be_written
from gateway.routing.desk import Desk
from storage import help_offer, requests
from storage.database import Session
from storage.help_offer import Told, Waiting, Willing

MOST = 2
"""So many somebody is asked about in a week, at whatever desks."""
STANDS = timedelta(days=7)
"""So long what nobody answered stands in digests that come; then never again."""
_LOOKED_AT = 200
"""Of the cases of a desk, those that wait longest."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A case that somebody could help with."""

    activity: int
    word: str
    """The skill of theirs that stands in it."""
    waiting_since: datetime
    has_owner: bool
    is_new: bool
    """They have not heard of it."""


def are_news(offers: Iterable[Offer]) -> bool:
    """Say whether some offers are reason enough for a digest: one of them is new."""
    return any(each.is_new for each in offers)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The waiting cases of one desk, by the words that their customers wrote first."""

    cases: Mapping[int, Waiting]
    """In the order in which they wait."""
    by_word: Mapping[str, frozenset[int]]

    def of_skill(self, skill: str) -> frozenset[int]:
        """Give the cases in which a skill stands, all of its words."""
        words = wanted_of(skill)
        if not words:
            return frozenset()
        found = (self.by_word.get(each, frozenset()) for each in words)
        return frozenset.intersection(*found)

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


def shelf(cases: Iterable[Waiting], said: Mapping[int, str]) -> Shelf:
    """Order cases by the words in them; pure.

    `said` is what their customers wrote first, by case.
    """
    all_ = {each.activity: each for each in cases}
    by_word: dict[str, set[int]] = {}
    for number, each in all_.items():
        for word in words_of(f"{each.subject} {said.get(number, '')}"):
            by_word.setdefault(word, set()).add(number)
    return Shelf(all_, {word: frozenset(some) for word, some in by_word.items()})


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
            and any(may_be_written(self.house, desk, one) for one in each.addresses)
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
        told = help_offer.told(session, who, sorted(parts), self.at - STANDS)
        offers: dict[Key, tuple[Offer, ...]] = {}
        some: dict[int, list[tuple[int, Offer]]] = {}
        for (person, row), matched in could.items():
            heard = told.get(person, ())
            some.setdefault(person, []).extend(
                (row, offer)
                for one, word in matched.items()
                if (person, one) not in involved
                and (offer := self._offer(row, one, word, heard, known[person]))
            )
        for person, each in some.items():
            for row, offer in self._chosen(each, told.get(person, ())):
                offers[person, row] = (*offers.get((person, row), ()), offer)
        return offers

    def _chosen(
        self, offers: Iterable[tuple[int, Offer]], heard: Iterable[Told]
    ) -> list[tuple[int, Offer]]:
        """Give of all that somebody could help with what they are asked about.

        What was told keeps its place for a week, answered or not: nobody is asked
        about more. Then what is told again since its mail was lost, the longest skill
        and the longest wait.
        """
        taken = sum(not each.is_lost and self.at - each.at < STANDS for each in heard)
        known = {each.activity for each in heard}
        ranked = sorted(
            offers,
            key=lambda each: (
                each[1].is_new,
                each[1].activity not in known,
                -len(words_of(each[1].word)),
                each[1].waiting_since,
                each[1].activity,
            ),
        )
        standing = [each for each in ranked if not each[1].is_new]
        new = [each for each in ranked if each[1].is_new]
        return [*standing, *new[: max(0, MOST - taken)]]

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
        said = requests.words(session, numbers).values()
        return shelf(cases, {each.activity: each.first for each in said})

    def _offer(
        self, row: int, activity: int, word: str, heard: Iterable[Told], who: Willing
    ) -> Offer | None:
        """Give a case as it is offered; None: its reader hears no more of it.

        Whoever heard of it heard one word, and hears no other: else a card that is
        changed each day would find out all that its customer wrote.
        """
        there, said = self._shelves[row], None
        case = there.cases[activity]
        for each in heard:
            if each.activity == activity:
                said = each
            elif each.activity in case.merged:
                return None
        if said is not None:
            word = said.word
            is_over = said.answer or not (said.is_lost or self.at - said.at < STANDS)
            if (
                is_over
                or word not in who.skills
                or activity not in there.of_skill(word)
            ):
                return None
        return Offer(
            activity=activity,
            word=word,
            waiting_since=case.waiting_since,
            has_owner=case.owner is not None,
            is_new=said is None or said.is_lost,
        )
