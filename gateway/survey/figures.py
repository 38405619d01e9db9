"""The figures of a mailbox, made of its records: who answered what, when, how often."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from gateway.survey.hours import day_length, worked
from gateway.survey.ours import Known, KnownDesk, Ours
from gateway.survey.record import People, Record
from gateway.survey.report import (
    Counts,
    Month,
    Report,
    Share,
    Times,
    Twice,
    Unreadable,
    Us,
    Waiting,
)
from parsers.threads import Threads

_DAY = timedelta(days=1)
_AGAIN = _DAY
"""Two answers without a customer's mail between them are one too many for so long."""
_RECENT = timedelta(days=90)
_MOST_TWICE = 100
_MOST_WRITERS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """All that was kept of a mailbox."""

    records: Sequence[Record]
    threads: Threads
    people: People
    machine_times: Sequence[float]
    counts: Counts
    unreadable: tuple[Unreadable, ...]


@dataclass(frozen=True, slots=True)
class _Turn:
    """One mail of a thread that counts: a customer's, or an answer of ours to one."""

    record: Record
    customer: int
    """Who wrote it, -1 for an answer of ours."""


def report(taken: Taken, known: Known, ours: Ours, now: datetime) -> Report:
    """Make the report."""
    threads = _threads(taken, ours)
    begun = [turns for turns in threads if turns and turns[0].customer >= 0]
    twice = sorted(
        (found for turns in begun for found in _twice(turns, taken.people)),
        key=lambda found: found.at,
    )
    waiting = sorted(
        (found for turns in begun if (found := _waiting(turns, taken.people))),
        key=lambda found: (found.since, found.address),
    )
    times = [record.at for record in taken.records]
    last_at = _at(max(times)) if times else None
    return Report(
        now=now,
        zone=_zone(known),
        language=known.desks[0].language if known.desks else "en",
        first_at=_at(min(times)) if times else None,
        last_at=last_at,
        counts=taken.counts,
        us=_us(taken, known, ours),
        threads=len(threads),
        by_customers=len(begun),
        never_answered=sum(all(t.customer >= 0 for t in turns) for turns in begun),
        answered_twice=len(twice),
        twice_by_two=sum(one.by_two for one in twice),
        twice=tuple(twice[-_MOST_TWICE:][::-1]),
        times=_times(begun, known, taken.people),
        waiting=tuple(waiting),
        recent_from=last_at - _RECENT if last_at else None,
        months=_months(taken, ours, ZoneInfo(_zone(known))),
        unreadable=taken.unreadable,
    )


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _zone(known: Known) -> str:
    return known.desks[0].zone if known.desks else "UTC"


def _threads(taken: Taken, ours: Ours) -> list[list[_Turn]]:
    """Give the turns of each thread in the order of time."""
    grouped: dict[int, list[Record]] = defaultdict(list)
    for record in taken.records:
        grouped[taken.threads.thread(record.node)].append(record)
    return [_turns(records, ours) for records in grouped.values()]


def _turns(records: list[Record], ours: Ours) -> list[_Turn]:
    """Keep what customers wrote, and of ours what went to one of them.

    A mail of ours to somebody who has not written, such as a question to a supplier or
    a forward among us, does not answer the customer.
    """
    records.sort(key=lambda record: record.at)
    turns: list[_Turn] = []
    customers: set[int] = set()
    nodes: set[int] = set()
    for record in records:
        outsiders = ours.outsiders(record)
        if not ours.wrote(record):
            customers.add(outsiders[0] if outsiders else record.writer)
            nodes.add(record.node)
            turns.append(_Turn(record, outsiders[0] if outsiders else record.writer))
        elif _reaches(record, outsiders, customers, nodes) or not turns:
            turns.append(_Turn(record, -1))
    return turns


def _reaches(
    record: Record, outsiders: tuple[int, ...], customers: set[int], nodes: set[int]
) -> bool:
    """Say whether a mail of ours went to a customer of the thread, perhaps elsewhere.

    A mail without any recipient went to somebody in Bcc.
    """
    if not customers.isdisjoint(outsiders):
        return True
    return record.answers in nodes and (bool(outsiders) or not record.to)


def _twice(turns: Sequence[_Turn], people: People) -> Iterable[Twice]:
    """Find customers' mails that got two answers, each such mail once.

    Two of us answered the same mail, or two answers stand within a day of each other
    with no mail of a customer between them.
    """
    found: dict[int, tuple[_Turn, tuple[_Turn, _Turn]]] = {}
    asked: _Turn | None = None
    theirs = {turn.record.node: turn for turn in turns if turn.customer >= 0}
    first: dict[int, _Turn] = {}
    for one, other in pairwise((None, *turns)):
        assert other is not None
        if other.customer >= 0:
            asked = other
            continue
        answered = theirs.get(other.record.answers)
        before = first.setdefault(other.record.answers, other) if answered else other
        if answered and before.record.writer != other.record.writer:
            found.setdefault(answered.record.node, (answered, (before, other)))
        elif asked and one and one.customer < 0 and _is_soon(one, other):
            found.setdefault(asked.record.node, (asked, (one, other)))
    for question, answers in found.values():
        yield Twice(
            subject=question.record.subject,
            customer=_name(people, question.customer),
            at=_at(question.record.at),
            by=tuple(_name(people, turn.record.writer) for turn in answers),
            by_two=len({turn.record.writer for turn in answers}) == 2,
        )


def _is_soon(one: _Turn, other: _Turn) -> bool:
    return other.record.at - one.record.at <= _AGAIN.total_seconds()


def _name(people: People, number: int) -> str:
    mailbox = people.mailbox(number)
    return mailbox.name or mailbox.address


def _waiting(turns: Sequence[_Turn], people: People) -> Waiting | None:
    """Say who waits in a thread: whoever wrote first since our last answer."""
    answers = [at for at, turn in enumerate(turns) if turn.customer < 0]
    open_turns = turns[answers[-1] + 1 :] if answers else turns
    if not open_turns:
        return None
    first = open_turns[0]
    mailbox = people.mailbox(first.customer)
    return Waiting(
        name=mailbox.name,
        address=mailbox.address,
        subject=first.record.subject,
        since=_at(first.record.at),
        mails=len(open_turns),
        never_answered=not answers,
    )


def _times(begun: Sequence[Sequence[_Turn]], known: Known, people: People) -> Times:
    """Measure from a customer's first mail to our first answer."""
    desks = _Desks(known, people)
    waits: list[timedelta] = []
    days: list[timedelta] = []
    for turns in begun:
        answer = next((turn for turn in turns if turn.customer < 0), None)
        if answer is not None:
            wait, day = desks.measure(turns[0].record, answer.record)
            waits.append(wait)
            days.append(day)
    spans = (
        (timedelta(hours=1), [timedelta(hours=1)] * len(waits), False),
        (timedelta(hours=4), [timedelta(hours=4)] * len(waits), False),
        (max(days, default=_DAY), days, True),
    )
    shares = [
        Share(within=within, is_day=is_day, count=count, part=_part(count, len(begun)))
        for within, bounds, is_day in spans
        for count in [sum(w <= b for w, b in zip(waits, bounds, strict=True))]
    ]
    waits.sort()
    return Times(
        answered=len(waits),
        in_working_hours=desks.have_hours,
        median=_rank(waits, 50),
        p90=_rank(waits, 90),
        shares=tuple(shares),
    )


def _part(count: int, of: int) -> float:
    return round(count / of, 4) if of else 0.0


def _rank(values: Sequence[timedelta], percent: int) -> timedelta | None:
    """Give the nearest rank: the value that so many of a hundred do not exceed."""
    return values[-(-len(values) * percent // 100) - 1] if values else None


class _Desks:
    """Which desk's hours count for a mail."""

    def __init__(self, known: Known, people: People) -> None:
        self._by_person: dict[int, KnownDesk] = {}
        for desk in known.desks:
            for address in desk.addresses:
                number = people.find(address)
                if number is not None:
                    self._by_person[number] = desk
        self._first = known.desks[0] if known.desks else KnownDesk(addresses=())
        self.have_hours = any(desk.hours for desk in known.desks)

    def measure(self, asked: Record, answer: Record) -> tuple[timedelta, timedelta]:
        """Give how long it took in the desk's time, and how long its day is."""
        named = (self._by_person.get(person) for person in asked.to)
        desk = next((found for found in named if found), self._first)
        if desk.hours is None:
            return timedelta(seconds=answer.at - asked.at), _DAY
        zone = ZoneInfo(desk.zone)
        wait = worked(_at(asked.at), _at(answer.at), desk.hours, zone)
        return wait, day_length(desk.hours)


def _us(taken: Taken, known: Known, ours: Ours) -> Us:
    wrote = Counter(record.writer for record in taken.records if ours.wrote(record))
    busiest = sorted(wrote, key=lambda person: (-wrote[person], person))
    return Us(
        desks=ours.desks,
        domains=ours.domains,
        writers=tuple(
            taken.people.mailbox(person).address for person in busiest[:_MOST_WRITERS]
        ),
        guessed_desk=ours.guessed_desk,
        guessed_team=not known.team and bool(ours.domains),
        wrote=sum(wrote.values()),
    )


def _months(taken: Taken, ours: Ours, zone: ZoneInfo) -> tuple[Month, ...]:
    counted: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for record in taken.records:
        counted[_month(record.at, zone)][1 if ours.wrote(record) else 0] += 1
    for at in taken.machine_times:
        counted[_month(at, zone)][2] += 1
    if not counted:
        return ()
    return tuple(
        Month(
            year=number // 12,
            month=number % 12 + 1,
            customers=counted[number][0],
            ours=counted[number][1],
            machines=counted[number][2],
        )
        for number in range(min(counted), max(counted) + 1)
    )


def _month(seconds: float, zone: ZoneInfo) -> int:
    at = datetime.fromtimestamp(seconds, zone)
    return at.year * 12 + at.month - 1
