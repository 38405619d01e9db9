"""Who is due a digest, for which slot, and from which event to which.

Whom posts wait for, and those who answer for a desk (digests.desk_work).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from digests import desk_work, requests
from digests.cadence import Slot, following, is_due, newest
from digests.helping import Helping, Offer, are_news
from digests.office import Foremost, Office, window_of
from digests.requests import Requests
from digests.sections import Window
from digests.way import Way
from gateway.activities.audience import is_gone
from gateway.activities.house import House
from gateway.activities.letters import Sheet, may_be_written
from gateway.activities.mailing import press
from gateway.activities.timetables import as_chosen
from gateway.routing.desk import Desk
from gateway.routing.timetable import Every, Kind, Timetable
from storage import activity as activities
from storage import digest, digest_content, person_schedule, untold
from storage import requests as own_requests
from storage.database import Session
from storage.digest import Last
from storage.digest_content import Reading
from storage.outbox import Priority
from storage.person_schedule import PersonSchedule
from storage.requests import OwnRequest
from storage.untold import Waiting
from templates.press import Press

SETTLES = timedelta(minutes=2)
"""So long after it was written a post may still be taken back (digests section 1)."""
MOST_AHEAD = timedelta(days=1)
"""What lies further ahead was written by a clock that was ahead, and is over."""


_NO_CASES = Foremost({}, frozenset())


@dataclass(frozen=True, slots=True)
class Due:
    """One digest that is to be made."""

    person: int
    desk: Desk
    desk_id: int
    kind: Kind
    timetable: Timetable
    slot: Slot
    range_lo: int
    range_hi: int
    office: Office | None = None
    """The desk, for whoever answers for it."""
    window: Window | None = None
    foremost: Foremost = _NO_CASES
    """Which cases of that desk it may show."""
    requests: Requests | None = None
    """What it tells a customer of, who asked for it; None in any other."""
    offers: tuple[Offer, ...] = ()
    """What a colleague could help with, who wants to be asked."""

    @property
    def is_customer(self) -> bool:
        """Whether it tells of their own cases alone."""
        return self.kind is Kind.CUSTOMER

    @property
    def own_cases(self) -> tuple[int, ...]:
        """The reader's own cases of which it tells them."""
        return self.requests.activities if self.requests else ()


@dataclass
class Run:
    """What one run knows: the desks, and up to where events count for a slot."""

    house: House
    at: datetime
    desks: dict[int, Desk]
    """By the number of their row."""
    is_preview: bool = False
    """Whoever looks beforehand sees it all, whatever the hour."""
    last: datetime | None = None
    """When the last whole run was."""
    _settled: dict[datetime, int] = field(default_factory=dict)
    _offices: dict[int, Office] = field(default_factory=dict)
    _sheets: dict[tuple[int, str, str], Sheet] = field(default_factory=dict)
    _askers: frozenset[int] | None = None
    at_once: int = 20
    """So many digests its next transaction makes."""
    press: Press = field(init=False)
    """What its letters share; gone when the run is."""
    way: Way = field(init=False)
    helping: Helping = field(init=False)
    """Which cases colleagues could help with."""

    def __post_init__(self) -> None:
        """Begin with an empty press, an open way and nothing looked up."""
        self.press = press(self.house)
        self.way = Way(self.house.database, self.now)
        self.helping = Helping(self.house, self.at, self.desks)

    def sheet(self, due: Due, language: str) -> Sheet:
        """Give what the letters of a desk share that are read in one way."""
        key = (due.desk_id, language, due.timetable.zone)
        if key not in self._sheets:
            self._sheets[key] = Sheet(
                desk=due.desk,
                activity=None,
                at=self.at,
                reason="digest",
                language=language,
                zone=due.timetable.zone,
                priority=Priority.DIGEST,
            )
        return self._sheets[key]

    @property
    def now(self) -> datetime:
        """The later one of the clock and the instant that the run is about."""
        return max(self.at, self.house.sends_at or self.at)

    def range_hi(self, session: Session, slot: Slot) -> int:
        """Give the last event that a slot may tell."""
        if slot.at not in self._settled:
            self._settled[slot.at] = untold.settled(
                session, slot.at - SETTLES, ahead=self.now + MOST_AHEAD
            )
        return self._settled[slot.at]

    def office(self, session: Session, row: int) -> Office:
        """Look up what one desk has to do, once."""
        if row not in self._offices:
            desk = self.desks[row]
            found = desk_work.office(session, self.house, row, desk, self.at)
            self._offices[row] = found
        return self._offices[row]

    def askers(self, session: Session) -> frozenset[int]:
        """Look up who asked to be told of their own requests, once (decision 51)."""
        if self._askers is None:
            self._askers = own_requests.asked(session, Kind.CUSTOMER, Every.WEEKLY)
        return self._askers

    def wishers(self, session: Session) -> list[int]:
        """Give who wishes for what may come though no post waits for them."""
        return sorted(self.askers(session) | self.helping.people(session).keys())

    def watchers(self, session: Session) -> list[int]:
        """Give everybody who answers for a desk."""
        found = {
            one for row in self.desks for one in self.office(session, row).watchers
        }
        return sorted(found)


def desks_of(session: Session, house: House) -> dict[int, Desk]:
    """Give the desks of the settings by the number of their row."""
    found = {}
    for row in activities.desks(session):
        desk = house.desks.by_address(row.address)
        if desk is not None:
            found[row.id] = desk
    return found


def find_due(session: Session, made: Run, people: Sequence[int]) -> list[Due]:
    """Give the digests of some people that are due by the instant of a run."""
    if not people:
        return []
    chosen = person_schedule.schedules(session, people)
    last = digest.newest(session, people)
    who = digest_content.readers(session, people)
    own, helps = _wished(session, made, people)
    found = []
    for each in _waiting(session, made, people, own, helps):
        desk, reader = made.desks.get(each.desk), who.get(each.person)
        if not (desk and reader and _may_get(made.house, desk, reader)):
            continue
        kind = _kind(desk, each, reader)
        mine = chosen.get((each.person, str(kind)))
        table = as_chosen(mine, desk, kind, reader.person.zone)
        before = last.get((each.person, each.desk, str(kind)))
        office = _office(session, made, each)
        if office is not None and office.must_hear and each.person in office.members:
            table = as_chosen(None, desk, kind, reader.person.zone)
        elif is_gone(reader.person, made.at) and not made.is_preview:
            # All of it comes with the first digest after that (digests section 3.6).
            continue
        where = (each.person, each.desk)
        wishes = _wishes(kind, mine, own.get(where, ()), helps.get(where, ()))
        due = _slotted(session, made, each, (kind, table, office, before), wishes)
        if due is not None:
            found.append(due)
    return found


_Own = dict[tuple[int, int], list[OwnRequest]]
_Helps = dict[tuple[int, int], tuple[Offer, ...]]


def _wished(session: Session, made: Run, people: Sequence[int]) -> tuple[_Own, _Helps]:
    """Look up what some people wish to hear of: their own requests, where to help."""
    asking = made.askers(session).intersection(people)
    helps = made.helping.offers(session, people)
    return requests.of_customers(session, asking), helps


@dataclass(frozen=True, slots=True)
class _Asks:
    """Somebody chose when the digests of their own cases come."""

    own: Sequence[OwnRequest]
    since: datetime


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What somebody hears because they wish for it."""

    asks: _Asks | None = None
    offers: tuple[Offer, ...] = ()


_NO_WISHES = _Wishes()


def _wishes(
    kind: Kind,
    chosen: PersonSchedule | None,
    own: Sequence[OwnRequest],
    helps: tuple[Offer, ...],
) -> _Wishes:
    """Give what one kind of digest tells because its reader wishes for it."""
    if kind is Kind.CUSTOMER and chosen is not None:
        return _Wishes(asks=_Asks(own, chosen.changed_at))
    return _Wishes(offers=helps) if helps and kind is Kind.COLLEAGUE else _NO_WISHES


def _waiting(
    session: Session,
    made: Run,
    people: Sequence[int],
    own: Collection[tuple[int, int]],
    helps: Collection[tuple[int, int]],
) -> list[Waiting]:
    """Give what posts wait for some people, what they answer for and ask after.

    Also where they could help.
    """
    found = untold.waiting_for(session, people)
    seen = {(each.person, each.desk, each.is_customer) for each in found}
    wished = {(person, row, False) for person, row in helps}
    wished |= {(person, row, True) for person, row in own}
    for row in made.desks:
        watchers = made.office(session, row).watchers
        wished |= {(person, row, False) for person in watchers.intersection(people)}
    found += [Waiting(*each, first=0, count=0) for each in sorted(wished - seen)]
    return found


def _office(session: Session, made: Run, waiting: Waiting) -> Office | None:
    if waiting.is_customer:
        return None
    found = made.office(session, waiting.desk)
    return found if waiting.person in found.watchers else None


_Table = tuple[Kind, Timetable, Office | None, Last | None]


def _slotted(
    session: Session,
    made: Run,
    waiting: Waiting,
    table: _Table,
    wishes: _Wishes,
) -> Due | None:
    """Give the digest of somebody's newest slot, if it is due and has a reason."""
    kind, times, office, before = table
    desk = made.desks[waiting.desk]
    slot, is_second = _slot(made, times, before)
    if slot is None:
        return None
    window = None
    if office is not None and _is_of_the_desk(times, slot):
        since = before.told_at if before else None
        window = window_of(
            desk, slot.at, following(times, slot), since, is_afternoon=is_second
        )
    elif is_second:
        return None
    low = before.range_hi if before else 0
    # The second of a day tells no posts: it comes for what is due.
    high = low if is_second else max(low, made.range_hi(session, slot))
    has_posts = waiting.count > 0 and high > low and waiting.first <= high
    is_news = window and office and office.is_news(waiting.person, window)
    told = _requests(made, slot, before, wishes.asks)
    if not (has_posts or is_news or told or are_news(wishes.offers)):
        return None
    return Due(
        waiting.person,
        desk,
        waiting.desk,
        kind,
        times,
        slot,
        low,
        high,
        office if window else None,
        window,
        # Looked up before the transaction, where a look at all cases keeps nobody out.
        office.foremost(waiting.person, window) if office and window else _NO_CASES,
        told,
        wishes.offers,
    )


def _requests(
    made: Run, slot: Slot, before: Last | None, asks: _Asks | None
) -> Requests | None:
    """Give of which of their own requests somebody is told at a slot.

    None for one that lies before they asked: nobody gets the digest of a day that was
    over when they chose it.
    """
    if asks is None or (slot.at < asks.since and not made.is_preview):
        return None
    return requests.within(
        asks.own,
        slot.at,
        before.told_at if before else None,
        first=before.first_at if before else slot.at,
    )


def _slot(made: Run, times: Timetable, before: Last | None) -> tuple[Slot | None, bool]:
    """Give the slot that is due, if any, and whether it is the second of its day.

    While nobody has looked at the first, that one comes, and the second does not.
    """
    if made.is_preview:
        return Slot(made.at, digest.PREVIEW), False
    slot = newest(times, made.at)
    if slot is None or not slot.is_second:
        return (slot if slot and _comes(made, times, slot, before) else None), False
    first = newest(replace(times, second=None), made.at)
    was_looked = made.last is not None and first and made.last >= first.at
    if first and not was_looked and _comes(made, times, first, before):
        return first, False
    is_late = made.last is not None and made.last >= slot.at
    return (slot if not is_late and _comes(made, times, slot, before) else None), True


def _is_of_the_desk(times: Timetable, slot: Slot) -> bool:
    """Whoever reads a digest each hour is told what to do once a day."""
    if times.every is not Every.HOURLY:
        return True
    return slot.name.endswith(f"T{times.minute // 60:02}")


def _kind(desk: Desk, waiting: Waiting, reader: Reading) -> Kind:
    if waiting.is_customer:
        return Kind.CUSTOMER
    return Kind.TEAM if desk.is_team(reader.address) else Kind.COLLEAGUE


def _may_get(house: House, desk: Desk, reader: Reading) -> bool:
    """Whom mail does not reach, or who wants none: it waits for them."""
    if not reader.is_reached or "digest" in reader.refused:
        return False
    return may_be_written(house, desk, reader.address)


def _comes(made: Run, table: Timetable, slot: Slot, last: Last | None) -> bool:
    if last is None:
        return is_due(table, slot, None)
    if last.slot_at > made.now:
        # Nobody waits until a clock that was ahead is right; no slot has two digests.
        return True
    return is_due(table, slot, last.slot_at, last.slot)
