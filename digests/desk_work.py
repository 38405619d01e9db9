"""What a desk has to do, for the digests of those who answer for it (digests 3.3).

The team, and whoever has a case there. It is looked up once for a run: all of them are
told of the same.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digests import select
from digests.cadence import end_of, is_late
from digests.sections import NUDGED_AFTER, Standing, Window, find
from digests.suggesting import MOST_OTHERS, Suggested, by_customer, who_may_know
from gateway.activities import private
from gateway.activities.audience import is_gone
from gateway.activities.house import House
from gateway.activities.timetables import as_chosen
from gateway.routing.desk import Desk
from gateway.routing.timetable import Every, Kind, Timetable
from parsers.address import key
from parsers.zone import zone_named
from storage import activity as activities
from storage import desk_work, digest_content, held, people, person_schedule, waiting
from storage.activity import Turn
from storage.database import Session
from storage.desk_work import Closed, OpenCase, Trouble, Week
from storage.digest_content import Reading
from storage.held import Kept, Waiting
from storage.unseen import Unseen

_LOOKS_BACK = timedelta(days=8)
_WEEK = timedelta(days=7)
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


# Looked up.


def meet(house: House, at: datetime) -> None:
    """See to it that each desk has its row, and everybody of the teams is known."""
    desks = {key(desk.address): desk for desk in house.desks.all}
    members = {key(one.address): one for desk in desks.values() for one in desk.team}
    with house.database.reading() as session:
        known = desk_work.people_of(session, list(members))
        rows = {row.address for row in activities.desks(session)}
    if members.keys() <= known.keys() and desks.keys() <= rows:
        return
    with house.database.transaction() as session:
        for name, one in members.items():
            if name not in known:
                people.meet(session, one, now=at)
        for name in desks.keys() - rows:
            if activities.desk_named(session, name) is None:
                session.add(activities.Desk(address=name, name=desks[name].name))


def office(
    session: Session, house: House, row: int, desk: Desk, at: datetime
) -> Office:
    """Look up one desk, by the number of its row."""
    team = desk_work.people_of(session, [key(one.address) for one in desk.team])
    owners = desk_work.owners(session).get(row, frozenset())
    who = digest_content.readers(session, [*team.values(), *owners])
    tables = _tables(session, desk, who, frozenset(team.values()))
    members, must_hear = _members(at, who, tables, frozenset(team.values()))
    watchers = members | {
        person
        for person in owners - frozenset(team.values())
        if person in who and _hears(who[person], tables[person], at)
    }
    cases = desk_work.open_cases(session, row)
    first = house.desks.all[0]
    name = key(desk.address)
    mails = held.waiting(session, name)
    unseen = [
        each
        for each in waiting.exceptions(session, at)
        # Of what nobody has read, nobody knows the desk.
        if each.desk == name or (not each.desk and desk is first)
    ]
    kept = tuple(each for each in held.kept_unseen(session) if each.desk == name)
    told = {each.inbound for each in mails} | {each.inbound for each in kept}
    at_door = told | {each.inbound for each in unseen if each.inbound is not None}
    return Office(
        desk=desk,
        at=at,
        members=members,
        watchers=watchers,
        must_hear=must_hear,
        keepers=_keepers(session, row, cases, who, watchers),
        cases={each.activity: each for each in cases},
        lost=tuple(
            sorted(
                (each for each in unseen if each.inbound not in told),
                key=lambda each: each.since,
            )
        ),
        mails=Mails(
            held=tuple(each for each in mails if not each.is_quiet),
            quiet=tuple(
                each for each in mails if each.is_quiet and each.received_at <= at
            ),
            kept=kept,
        ),
        troubles=tuple(desk_work.troubles(session, row)),
        closed=tuple(desk_work.closed(session, row, at - _LOOKS_BACK)),
        weeks=(
            desk_work.week(session, row, at),
            desk_work.week(session, row, at - _WEEK),
        ),
        waiting=waiting.count(session, name),
        skills=desk_work.skills(session, members),
        load=Counter(each.owner for each in cases if each.owner is not None),
        kept_from=private.mails_kept_from(session, sorted(at_door), members),
        several=by_customer({each.activity: each.customer for each in cases}),
    )


def _tables(
    session: Session, desk: Desk, who: Mapping[int, Reading], team: frozenset[int]
) -> dict[int, Timetable]:
    chosen = person_schedule.schedules(session, list(who))
    found = {}
    for person, reader in who.items():
        kind = Kind.TEAM if person in team else Kind.COLLEAGUE
        mine = chosen.get((person, str(kind)))
        found[person] = as_chosen(mine, desk, kind, reader.person.zone)
    return found


def _members(
    at: datetime,
    who: Mapping[int, Reading],
    tables: Mapping[int, Timetable],
    team: frozenset[int],
) -> tuple[frozenset[int], bool]:
    """Give who of the team hears; all, if nobody else would day by day."""
    here = frozenset(one for one in team if one in who)
    hear = frozenset(one for one in here if _hears(who[one], tables[one], at))
    if any(tables[one].every is Every.DAILY for one in hear):
        return hear, False
    reached = frozenset(one for one in here if who[one].is_reached)
    return reached, True


def _hears(reader: Reading, table: Timetable, at: datetime) -> bool:
    wants = table.is_on and "digest" not in reader.refused
    return wants and reader.is_reached and not is_gone(reader.person, at)


def _keepers(
    session: Session,
    row: int,
    cases: Collection[OpenCase],
    who: Mapping[int, Reading],
    watchers: frozenset[int],
) -> dict[int, int]:
    """The owner; their deputy while they are away; else the team (R16, D35)."""
    gone = desk_work.gone_owners(session, row)
    deputies = desk_work.deputies(session, list(who))
    found = {}
    for case in cases:
        if case.owner is None or case.activity in gone:
            continue
        for person in (case.owner, deputies.get(case.owner)):
            if person in watchers:
                found[case.activity] = person
                break
    return found
