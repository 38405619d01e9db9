"""What a customer who asked for it is told once a week: each of their own requests.

What they wrote in their own words, how it stands, who is on it and when they hear from
us next (digests 3.4). Nothing of the team lane is read here, and no address.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from digests.cadence import Slot
from digests.select import EXCERPT_LETTERS, excerpt, sentences
from gateway.activities.opening import first_sentence
from gateway.routing import turn
from parsers.called import called, is_called
from storage import requests
from storage.activity import Turn
from storage.database import Session
from storage.digest_content import Case
from storage.requests import Helper, Moved, OwnRequest, Words
from templates.request import Answered, Request

_WEEK = timedelta(days=7)
_MONTH = timedelta(days=30)
MOST_ANSWERED = 3
_MOST_HELPERS = 4
_NAME_LETTERS = 60


@dataclass(frozen=True, slots=True)
class Requests:
    """The cases of one customer at one desk of which one digest tells."""

    since: datetime
    """What was closed before is over."""
    is_first: bool
    activities: tuple[int, ...]


class Due(Protocol):
    """What is asked of a digest that is due (digests.due)."""

    @property
    def person(self) -> int:
        """Whose it is."""

    @property
    def desk_id(self) -> int:
        """Of which desk."""

    @property
    def slot(self) -> Slot:
        """For which slot it is."""

    @property
    def range_hi(self) -> int:
        """With which event it ends."""

    @property
    def requests(self) -> Requests | None:
        """What the digest of a customer is about; None for any other."""


def of_customers(
    session: Session, people: Collection[int]
) -> dict[tuple[int, int], list[OwnRequest]]:
    """Give the cases of some customers by person and desk; asks nothing for nobody."""
    found: dict[tuple[int, int], list[OwnRequest]] = {}
    if people:
        for each in requests.own(session, people):
            found.setdefault((each.person, each.desk), []).append(each)
    return found


def within(
    rows: Iterable[OwnRequest], at: datetime, last: datetime | None, *, first: datetime
) -> Requests | None:
    """Give of which requests a digest of an instant tells; None: of none.

    Of those that are open, and of those that were closed since the last one whose mail
    was not given up; where there is none, in the week before the slot of the first.
    """
    since = last if last is not None and last < at else min(at, first) - _WEEK
    told = tuple(
        each.activity
        for each in rows
        if each.opened_at <= at
        and (each.resolved_at is None or since < each.resolved_at)
    )
    return Requests(since, last is None, told) if told else None


@dataclass(frozen=True, slots=True)
class Told:
    """All that the digests of customers in one transaction may say."""

    words: Mapping[int, Words]
    helpers: Mapping[int, Sequence[Helper]]
    moved: Sequence[Moved]
    known: Collection[tuple[int, str, int]]
    """Who was told of which theme in a case of their own: theme, status, person."""

    @property
    def named(self) -> set[int]:
        """Whose names it needs."""
        return {each.person for some in self.helpers.values() for each in some}


_NOTHING = Told({}, {}, (), frozenset())


def gather(session: Session, due: Iterable[Due]) -> Told:
    """Look up what some digests tell; no query when none is a customer's."""
    wanted = [each for each in due if each.requests is not None]
    if not wanted:
        return _NOTHING
    cases = sorted(
        {one for each in wanted if each.requests for one in each.requests.activities}
    )
    first = min(each.slot.at for each in wanted) - _MONTH
    moved = requests.moved_themes(
        session, sorted({each.desk_id for each in wanted}), first
    )
    known: set[tuple[int, str, int]] = set()
    if moved:
        known |= requests.told_themes(
            session,
            sorted({each.theme for each in moved}),
            sorted({each.person for each in wanted}),
        )
    until = max(each.range_hi for each in wanted)
    words = requests.words(session, cases, until)
    return Told(words, requests.helpers(session, cases), moved, known)


def request(told: Told, row: Case, names: Mapping[int, tuple[str, str]]) -> Request:
    """Give what the letter says of one case beside what is new in it."""
    words = told.words.get(row.id)
    waits_for_us = row.turn is not Turn.CUSTOMERS
    house = [each for each in told.helpers.get(row.id, ()) if each.person in names]
    helpers = sorted(
        (each for each in house if each.is_here),
        key=lambda one: one.person != row.owner_id,
    )
    return Request(
        state=str(row.turn),
        said=excerpt(first_sentence(words.first), EXCERPT_LETTERS) if words else "",
        question=""
        if waits_for_us or words is None or words.answers_first
        else excerpt(
            _question(words.last, [names[each.person][0] for each in house]),
            EXCERPT_LETTERS,
        ),
        helpers=tuple(
            (
                excerpt(names[each.person][0], _NAME_LETTERS),
                excerpt(each.title, _NAME_LETTERS),
            )
            for each in helpers[:_MOST_HELPERS]
        ),
        more_helpers=max(0, len(helpers) - _MOST_HELPERS),
    )


def _question(text: str, house: Collection[str]) -> str:
    """Give the last sentence of a text that asks its customer; empty without one.

    What speaks to one of the house, "Mei, do you know…?", is not for the customer, also
    when that one has left since.
    """
    asked = [
        each
        for each in sentences(text)
        if turn.asks(each) and not is_called(house, called(each))
    ]
    return asked[-1] if asked else ""


def answered(told: Told, due: Due) -> tuple[Answered, ...]:
    """Give what became of what customers asked for, three at the most.

    Since the last digest, the first time in the last thirty days; what this customer
    was told in a case of their own is not said again.
    """
    asked = due.requests
    if asked is None:
        return ()
    since = due.slot.at - _MONTH if asked.is_first else asked.since
    found = [
        Answered(status=str(each.status), text=excerpt(each.answer, EXCERPT_LETTERS))
        for each in told.moved
        if each.desk == due.desk_id
        and each.changed_at is not None
        and since < each.changed_at <= due.slot.at
        and (each.theme, each.status, due.person) not in told.known
    ]
    return tuple(found[:MOST_ANSWERED])
