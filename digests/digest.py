"""Digests: finds who is due, and queues for each of them one letter (promises R7).

Nothing is remembered between two runs but what the digests themselves say. A slot, the
range of its events, what was told and the letter are one transaction: neither two
schedulers, nor a kill, nor a clock that is set tells anybody anything twice.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from digests import content
from digests.cadence import Slot, is_due, newest
from gateway.activities.audience import is_gone
from gateway.activities.house import House
from gateway.activities.letters import Addressee, Sheet, may_be_written
from gateway.activities.mailing import Piece, press, send_each
from gateway.activities.timetables import as_chosen
from gateway.routing.asking import Asking
from gateway.routing.desk import Desk
from gateway.routing.timetable import Kind, Timetable
from parsers.reply_address import number
from storage import activity as activities
from storage import digest, digest_content, job, person_schedule, question, untold
from storage.database import Session
from storage.digest import Issue, Issued, Last
from storage.digest_content import Reading
from storage.outbox import Priority
from storage.untold import Untold, Waiting
from templates.press import Press

SETTLES = timedelta(minutes=2)
"""So long after it was written a post may still be taken back (digests section 1)."""
MOST_AHEAD = timedelta(days=1)
"""What lies further ahead was written by a clock that was ahead, and is over."""
PAGE = 500
_AT_ONCE = 50
"""Digests in one transaction: others want to write too."""


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

    @property
    def is_customer(self) -> bool:
        """Whether it tells of their own cases alone."""
        return self.kind is Kind.CUSTOMER


@dataclass
class Run:
    """What one run knows: the desks, and up to where events count for a slot."""

    house: House
    at: datetime
    desks: dict[int, Desk]
    """By the number of their row."""
    is_preview: bool = False
    """Whoever looks beforehand sees it all, whatever the hour."""
    _settled: dict[datetime, int] = field(default_factory=dict)
    _sheets: dict[tuple[int, str, str], Sheet] = field(default_factory=dict)
    press: Press = field(init=False)
    """What its letters share; gone when the run is."""

    def __post_init__(self) -> None:
        """Begin with an empty press."""
        self.press = press(self.house)

    def sheet(self, due: "Due", language: str) -> Sheet:
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


JOB = "digests"
"""Under which it is noted when the last whole run was."""


def run(house: House, at: datetime) -> int:
    """Queue every digest that is due by an instant; gives how many.

    A run between two slots, of which there are many, looks at no person.
    """
    with house.database.reading() as session:
        made = Run(house, at, desks_of(session, house))
        last = job.last_done(session, JOB)
        if last is not None and last <= at and not _is_slot(session, made, last):
            return 0
    count, after = 0, 0
    while True:
        with house.database.reading() as session:
            people = untold.people_waiting(session, after, PAGE)
            due = _due(session, made, people)
        for begin in range(0, len(due), _AT_ONCE):
            who = [each.person for each in due[begin : begin + _AT_ONCE]]
            count += _make(made, sorted(set(who)))
        if len(people) < PAGE:
            break
        after = people[-1]
    with house.database.transaction(lax=True) as session:
        job.mark(session, JOB, at)
    return count


def _is_slot(session: Session, made: Run, last: datetime) -> bool:
    """Say whether anybody's slot lies between the last run and this one."""
    tables = {
        as_chosen(None, desk, kind, zone)
        for desk in made.desks.values()
        for kind in Kind
        for zone in person_schedule.zones(session)
    }
    usual = next(iter(made.desks.values()), None)
    for chosen, zone in person_schedule.chosen(session) if usual else ():
        assert usual is not None
        tables.add(as_chosen(chosen, usual, Kind(chosen.kind), zone))
    slots = (newest(replace(each, second=None), made.at) for each in tables)
    # What was chosen since may bring a slot that lies before the last run.
    changed = person_schedule.changed_since(session, last)
    return changed or any(slot is not None and slot.at > last for slot in slots)


def preview(house: House, person: int, at: datetime) -> list[bytes]:
    """Give the digests that somebody would get if theirs were due; changes nothing."""
    with house.database.reading() as session:
        made = Run(house, at, desks_of(session, house), is_preview=True)
        _make_in(session, made, [person])
        return digest.queued_for(session, person)


def desks_of(session: Session, house: House) -> dict[int, Desk]:
    """Give the desks of the settings by the number of their row."""
    found = {}
    for row in activities.desks(session):
        desk = house.desks.by_address(row.address)
        if desk is not None:
            found[row.id] = desk
    return found


# Who is due.


def _due(session: Session, made: Run, people: Sequence[int]) -> list[Due]:
    if not people:
        return []
    waiting = untold.waiting_for(session, people)
    chosen = person_schedule.schedules(session, people)
    last = digest.newest(session, people)
    who = digest_content.readers(session, people)
    found = []
    for each in waiting:
        desk = made.desks.get(each.desk)
        reader = who.get(each.person)
        if desk is None or reader is None or not _may_get(made.house, desk, reader):
            continue
        kind = _kind(desk, each, reader)
        table = as_chosen(
            chosen.get((each.person, str(kind))), desk, kind, reader.person.zone
        )
        # The second of a day comes for what is due, not for what is new.
        slot = newest(replace(table, second=None), made.at)
        before = last.get((each.person, each.desk, str(kind)))
        if is_gone(reader.person, made.at) and not made.is_preview:
            # All of it comes with the first digest after that (digests section 3.6).
            continue
        if made.is_preview:
            slot = Slot(made.at, digest.PREVIEW)
        elif slot is None or not _comes(made, table, slot, before):
            continue
        low = before.range_hi if before else 0
        high = made.range_hi(session, slot)
        if high > low and each.first <= high:
            found.append(
                Due(each.person, desk, each.desk, kind, table, slot, low, high)
            )
    return found


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


# Make them.


def _make(made: Run, people: Sequence[int]) -> int:
    """Make the digests of some people in one transaction, looking at all anew."""
    with made.house.database.transaction(aside=True) as session:
        return _make_in(session, made, people)


def _make_in(session: Session, made: Run, people: Sequence[int]) -> int:
    begun, told = claim(session, made, people)
    return _write(session, made, begun, told) if begun else 0


def claim(
    session: Session, made: Run, people: Sequence[int]
) -> tuple[dict[int, Due], dict[int, list[Untold]]]:
    """Take what some people are to be told, if they are due: by the digest's number.

    What a transaction has claimed, no other tells.
    """
    begun = _begin(session, made, _due(session, made, people))
    if not begun:
        return {}, {}
    until = max(each.range_hi for each in begun.values())
    told = dict(_told(begun, untold.untold(session, people, until)))
    untold.tell(
        session,
        [(at, row.person, row.event) for at, rows in told.items() for row in rows],
    )
    return begun, told


def _begin(session: Session, made: Run, due: Collection[Due]) -> dict[int, Due]:
    """Write the rows of digests; gives those that are ours to fill."""
    by_key = {(each.person, each.desk_id, str(each.kind)): each for each in due}
    rows = digest.begin(
        session,
        [
            {
                "person_id": each.person,
                "desk_id": each.desk_id,
                "kind": str(each.kind),
                "slot": each.slot.name,
                "slot_at": each.slot.at,
                "range_lo": each.range_lo,
                "range_hi": each.range_hi,
                "state": Issue.EMPTY,
                "message_id": message_id(made.house, each),
            }
            for each in due
        ],
    )
    return {row.id: by_key[row.person_id, row.desk_id, row.kind] for row in rows}


def _told(
    begun: dict[int, Due], rows: Sequence[Untold]
) -> Iterator[tuple[int, list[Untold]]]:
    by_reader = defaultdict(list)
    for row in rows:
        by_reader[row.person, row.desk, row.is_customer].append(row)
    for at, due in begun.items():
        found = by_reader[due.person, due.desk_id, due.is_customer]
        yield at, [row for row in found if row.event <= due.range_hi]


def message_id(house: House, due: Due) -> str:
    """Give the id that this digest has, however often it is made."""
    name = f"{due.person} {due.desk_id} {due.kind} {due.slot.name}"
    drawn = hashlib.sha256(name.encode()).digest()
    return house.ids.write("d", int.from_bytes(drawn[:7], "big"), due.desk.reply.domain)


def _write(
    session: Session,
    made: Run,
    begun: dict[int, Due],
    told: dict[int, list[Untold]],
) -> int:
    """Queue the letters of digests that were begun; gives how many there are."""
    library = content.gather(
        session, begun.values(), [row for rows in told.values() for row in rows]
    )
    letters = []
    for at, due in begun.items():
        written = content.write(library, due, told[at])
        if written is not None:
            letters.append((at, due, written))
    questions = question.ask_each(
        session,
        Asking.DIGEST,
        made.at,
        [(due.person, _meaning(due, written)) for _, due, written in letters],
    )
    pieces = [
        _piece(made, due, written, asked)
        for (_, due, written), asked in zip(letters, questions, strict=True)
    ]
    sent = send_each(session, made.house, made.press, pieces)
    digest.issue(
        session,
        [
            Issued(
                id=at, question=asked, body_hash=each.body_hash, delivery=each.delivery
            )
            for (at, *_), asked, each in zip(letters, questions, sent, strict=True)
        ],
    )
    return len(letters)


def _meaning(due: Due, written: content.Written) -> dict[str, Any]:
    """Give what the numbers of a digest mean, for whoever answers them."""
    return {
        "desk": due.desk.address,
        "kind": str(due.kind),
        "cases": {str(key): list(seat) for key, seat in written.cases.items()},
    }


def _piece(made: Run, due: Due, written: content.Written, asked: int) -> Piece:
    reader = written.reader
    return Piece(
        sheet=made.sheet(due, reader.person.language or due.desk.language),
        message_id=message_id(made.house, due),
        numbers=written.numbers,
        values=written.values,
        to=Addressee(
            person=due.person,
            address=reader.address,
            token=number(asked),
            refused=reader.refused,
        ),
    )
