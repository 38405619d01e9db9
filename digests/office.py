"""One desk at one instant, and what each of those who answer for it is told of.

What a digest of the team may show of its cases and mails; pure, but that it holds what
was looked up (digests.desk_work).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from digests import select
from digests.cadence import end_of, is_late
from digests.sections import NUDGED_AFTER, Standing, Window, find
from digests.suggesting import MOST_OTHERS, Suggested, who_may_know
from gateway.routing.desk import Desk
from parsers.zone import zone_named
from storage.activity import Turn
from storage.desk_work import Closed, OpenCase, Trouble, Week
from storage.held import Kept, Waiting
from storage.unseen import Unseen

_MOST_SHOWN = 200
"""So many cases of a desk are looked at for one digest; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Mails:
    """The mails that wait for a decision, as far as one digest tells of them."""

    held: tuple[Waiting, ...]
    quiet: tuple[Waiting, ...]
    kept: tuple[Kept, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Their numbers in the journal."""
        told = (*self.held, *self.quiet)
        return (
            *(each.inbound for each in told),
            *(each.inbound for each in self.kept),
        )


@dataclass(frozen=True, slots=True)
class Foremost:
    """The cases of a desk that one digest may show."""

    standings: Mapping[int, Standing]
    left_out: frozenset[int]
    """Those that come behind all of these, and are counted."""
    is_news: bool = False
    """Whether one of all of them is reason enough for a digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One desk at one instant, and who answers for it."""

    desk: Desk
    at: datetime
    members: frozenset[int]
    """Those of the team who get its digest."""
    watchers: frozenset[int]
    """They, and whoever else has a case there."""
    must_hear: bool
    """Nobody of the team wants a daily digest: so all get it (promises R16)."""
    keepers: Mapping[int, int]
    """By case: who answers for it; without one the whole team."""
    cases: Mapping[int, OpenCase]
    lost: tuple[Unseen, ...]
    """Who waits unseen, the longest first."""
    mails: Mails
    troubles: tuple[Trouble, ...]
    closed: tuple[Closed, ...]
    weeks: tuple[Week, Week]
    """The last seven days, and the seven before."""
    waiting: int
    skills: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """What those of the team who get its digest said that they know."""
    load: Mapping[int, int] = field(default_factory=dict)
    """How many open cases each owner has."""
    several: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """The newest cases of customers who have several open ones."""
    kept_from: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """By mail: those of the team who are its case's customer or guest."""
    headings: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    """Name, address and subject of mails that were looked at."""
    _foremost: dict[tuple[int, Window], Foremost] = field(default_factory=dict)

    def standings(self, person: int) -> dict[int, Standing]:
        """Give how the cases stand that somebody answers for."""
        found = ((each, self.standing(person, each)) for each in self.cases)
        return {each: standing for each, standing in found if standing is not None}

    def standing(self, person: int, activity: int) -> Standing | None:
        """Give how one open case stands, for who answers for it; None for others."""
        case = self.cases.get(activity)
        # One of the team who wrote to it is told as its customer, unless nobody else
        # could be.
        if case is None or (case.customer == person and self.members - {person}):
            return None
        keeper = self.keepers.get(activity)
        is_theirs = keeper is None and person in self.members
        return self._standing(case, person) if keeper == person or is_theirs else None

    def foremost(self, person: int, window: Window) -> Foremost:
        """Give the cases of which somebody's digest has something to say.

        Of more than it could ever show those that it would show first, as far as one
        can tell without reading them.
        """
        if (person, window) not in self._foremost:
            self._foremost[person, window] = self._first(person, window)
        return self._foremost[person, window]

    def _first(self, person: int, window: Window) -> Foremost:
        found, is_news = {}, False
        for each, standing in self.standings(person).items():
            one = find(standing, window)
            if one is not None:
                found[each] = standing
                is_news = is_news or one.is_news
        order = list(found)
        if len(found) > _MOST_SHOWN:
            order.sort(key=lambda each: _rank(each, found[each], window))
        return Foremost(
            standings={each: found[each] for each in order[:_MOST_SHOWN]},
            left_out=frozenset(order[_MOST_SHOWN:]),
            is_news=is_news,
        )

    def _standing(self, case: OpenCase, person: int) -> Standing:
        return Standing(
            is_owner=self.keepers.get(case.activity) == person,
            has_owner=case.owner is not None,
            is_customers_turn=case.turn is Turn.CUSTOMERS,
            opened_at=case.opened_at,
            waiting_since=case.waiting_since,
            promised_at=case.promised_at,
            is_late=case.promised_at is not None
            and is_late(case.promised_at, self.at, self.desk, by_day=case.day_only),
            answered_at=case.answered_at,
            asked_again=case.asked_again,
        )

    def others_of(self, activity: int) -> tuple[int, ...]:
        """Give the newest other open cases of the customer of one that nobody has."""
        if self.cases[activity].owner is not None:
            return ()
        all_of = self.several.get(self.cases[activity].customer, ())
        return tuple(each for each in all_of if each != activity)[:MOST_OTHERS]

    def may_know(self, text: str) -> Suggested | None:
        """Give who of the team may know what a case is about; None: nobody said so."""
        return who_may_know(text, self.skills, self.load)

    def silent_days(self, activity: int) -> int:
        """Give for how many days nobody wrote in a case."""
        case = self.cases[activity]
        since = case.answered_at or case.opened_at
        return max(0, (self.at - since).days) if self.at - since >= NUDGED_AFTER else 0

    def told(self, person: int, window: Window) -> Mails:
        """Give of which mails somebody's digest tells."""
        if person not in self.members:
            return Mails((), (), ())
        waits = self.mails
        return Mails(
            held=tuple(
                each
                for each in waits.held
                if _is_due(each, window) and not self._is_kept_from(person, each)
            ),
            quiet=tuple(
                each
                for each in (() if window.is_afternoon else waits.quiet)
                if each.received_at <= window.at
                and not (each.is_told and _was_told(each, window))
                and not self._is_kept_from(person, each)
            ),
            kept=tuple(each for each in waits.kept if each.received_at <= window.at),
        )

    def lost_to(self, person: int) -> tuple[Unseen, ...]:
        """Give who waits unseen, as far as somebody is told."""
        if person not in self.members:
            return ()
        return tuple(each for each in self.lost if not self._is_kept_from(person, each))

    def _is_kept_from(self, person: int, mail: Waiting | Unseen) -> bool:
        """Say whether a mail waits at a case of which somebody is the customer.

        Unless nobody else could be told.
        """
        kept = self.kept_from.get(mail.inbound or 0, frozenset())
        return person in kept and bool(self.members - kept)

    def is_news(self, person: int, window: Window) -> bool:
        """Say whether there is reason enough for a digest."""
        if self.lost_to(person) or self.told(person, window).numbers:
            return True
        return self.foremost(person, window).is_news

    def closed_since(self, person: int, window: Window) -> list[Closed]:
        """Give what was closed since the last digest."""
        if person not in self.members or window.is_afternoon:
            return []
        return [each for each in self.closed if _is_since(each.at, window)]


def _rank(
    activity: int, standing: Standing, window: Window
) -> tuple[int, int, datetime, int]:
    """Order a case as the letter will that says nothing but how it stands."""
    case = select.Case(
        activity=activity,
        posts=(),
        is_owner=standing.is_owner,
        waiting_since=standing.waiting_since,
        promised_at=standing.promised_at,
        standing=standing,
    )
    return select.rank(case, window.at, window)


def _is_due(mail: Waiting, window: Window) -> bool:
    """The second of a day tells what became due since the first (decisions G57)."""
    if not mail.is_told:
        return True
    told = window.is_afternoon and window.since is not None
    return mail.deadline_at < window.until and not (
        told and mail.deadline_at <= (window.since or mail.deadline_at)
    )


def _was_told(mail: Waiting, window: Window) -> bool:
    """Say whether an earlier digest of the reader had it; one of a colleague may."""
    return window.since is None or mail.received_at <= window.since


def _is_since(at: datetime, window: Window) -> bool:
    return at <= window.at and (window.since is None or at > window.since)


def window_of(
    desk: Desk,
    at: datetime,
    following: datetime | None,
    since: datetime | None,
    *,
    is_afternoon: bool,
) -> Window:
    """Give the time that a digest looks at, from its slot to the next one.

    What is due on its own day is due now, except in the afternoon.
    """
    ends = end_of(at.astimezone(zone_named(desk.zone)).date(), desk)
    until = following or ends
    return Window(
        at=at,
        until=until if is_afternoon else max(until, ends),
        since=since,
        is_afternoon=is_afternoon,
    )
