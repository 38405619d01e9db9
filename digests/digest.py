"""Digests: finds who is due, and queues for each of them one letter (promises R7).

Nothing is remembered between two runs but what the digests themselves say. A slot, the
range of its events, what was told and the letter are one transaction: neither two
schedulers, nor a kill, nor a clock that is set tells anybody anything twice.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from digests import content, desk_work, isolation, library, patience
from digests.cadence import newest
from digests.due import Due, Run, desks_of, find_due
from gateway.activities import door
from gateway.activities.house import House
from gateway.activities.letters import Addressee
from gateway.activities.mailing import Piece, send_each
from gateway.activities.timetables import as_chosen
from gateway.routing.asking import Asking
from gateway.routing.timetable import Kind
from parsers.reply_address import number
from storage import digest, help_offer, job, person_schedule, promised, question, untold
from storage.database import Session
from storage.digest import Issue, Issued
from storage.untold import Taken
from templates.letter import prepare_digests

PAGE = 500
_FEWEST, _MOST = 25, 200
_TURN_SECONDS = 0.1
"""So many digests in one transaction, and so long: others want to write too (0052)."""
JOB = "digests"
"""Under which it is noted when the last whole run was."""


def run(house: House, at: datetime) -> int:
    """Queue every digest that is due by an instant; gives how many.

    A run between two slots, of which there are many, looks at no person. Whoever it
    fails for stops nobody else, and is tried again ten minutes later.
    """
    with house.database.reading() as session:
        last = job.last_done(session, JOB)
        if (
            last is not None
            and last <= at
            and not _is_slot(session, house, last, at)
            and not isolation.is_wanted(session, last, at)
        ):
            # There is time now; in the run itself customers would wait for it.
            _prepare(desk.language for desk in house.desks.all)
            return 0
    desk_work.meet(house, at)
    with house.database.reading() as session:
        made = Run(house, at, desks_of(session, house), last=last)
        watching, asking = made.watchers(session), made.wishers(session)
    failed, after = isolation.Failed(), 0
    count = _make_for(made, watching, failed)
    for begin in range(0, len(asking), PAGE):
        count += _make_for(made, asking[begin : begin + PAGE], failed)
    while True:
        with house.database.reading() as session:
            people = untold.people_waiting(session, after, PAGE)
        count += _make_for(made, people, failed)
        if len(people) < PAGE:
            break
        after = people[-1]
    with house.database.transaction(lax=True) as session:
        job.mark(session, JOB, at)
        failed.note_in(session, at)
    return count


def _make_for(made: Run, people: Sequence[int], failed: isolation.Failed) -> int:
    """Make the digests that are due to some people."""

    def look(some: Sequence[int]) -> list[Due]:
        with made.house.database.reading() as session:
            return find_due(session, made, some)

    due = [each for found in failed.each(people, look) for each in found]
    return _make_all(made, due, failed)


def _make_all(made: Run, due: Sequence[Due], failed: isolation.Failed) -> int:
    """Make digests, as many in one transaction as the machine makes in a moment."""
    _prepare(each.desk.language for each in due)
    count, begin = 0, 0
    while begin < len(due):
        some = due[begin : begin + made.at_once]
        people = sorted({each.person for each in some})
        count += sum(failed.each(people, partial(_make, made)))
        begin += len(some)
        fit = int(len(some) * _TURN_SECONDS / max(made.way.held, 0.001))
        made.at_once = max(_FEWEST, min(_MOST, fit, 2 * made.at_once))
    return count


def _prepare(languages: Iterable[str]) -> None:
    for language in set(languages):
        prepare_digests(language)


def _is_slot(session: Session, house: House, last: datetime, at: datetime) -> bool:
    """Say whether anybody's slot lies between the last run and this one."""
    tables = {
        as_chosen(None, desk, kind, zone)
        for desk in house.desks.all
        for kind in Kind
        for zone in person_schedule.zones(session)
    }
    usual = next(iter(house.desks.all), None)
    for chosen, zone in person_schedule.chosen(session) if usual else ():
        assert usual is not None
        tables.add(as_chosen(chosen, usual, Kind(chosen.kind), zone))
    slots = (newest(each, at) for each in tables)
    # What was chosen since may bring a slot that lies before the last run.
    changed = person_schedule.changed_since(session, last)
    return changed or any(slot is not None and slot.at > last for slot in slots)


def preview(house: House, person: int, at: datetime) -> list[bytes]:
    """Give the digests that somebody would get if theirs were due; changes nothing."""
    with house.database.reading() as session:
        made = Run(house, at, desks_of(session, house), is_preview=True)
        # As in a run: a look at all cases of a desk keeps nobody from writing.
        made.watchers(session)
    with house.database.trial() as session:
        _make_in(session, made, [person])
        return digest.queued_for(session, person)


# Make them.


def _make(made: Run, people: Sequence[int]) -> int:
    """Make the digests of some people in one transaction, looking at all anew."""
    with made.way.transaction() as session:
        return _make_in(session, made, people)


def _make_in(session: Session, made: Run, people: Sequence[int]) -> int:
    begun, told = claim(session, made, people)
    return _write(session, made, begun, told) if begun else 0


def claim(
    session: Session, made: Run, people: Sequence[int]
) -> tuple[dict[int, Due], dict[int, list[Taken]]]:
    """Take what some people are to be told, if they are due: by the digest's number.

    What a transaction has claimed, no other tells.
    """
    begun = _begin(session, made, find_due(session, made, people))
    if not begun:
        return {}, {}
    return begun, untold.claim(session, list(begun), own=str(Kind.CUSTOMER))


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


def message_id(house: House, due: Due) -> str:
    """Give the id that this digest has, however often it is made."""
    name = f"{due.person} {due.desk_id} {due.kind} {due.slot.name}"
    drawn = hashlib.sha256(name.encode()).digest()
    return house.ids.write("d", int.from_bytes(drawn[:7], "big"), due.desk.reply.domain)


def _write(
    session: Session,
    made: Run,
    begun: dict[int, Due],
    told: dict[int, list[Taken]],
) -> int:
    """Queue the letters of digests that were begun; gives how many there are."""
    found = library.gather(session, begun.values(), told.values())
    letters = []
    for at, due in begun.items():
        written = content.write(session, made.house, found, due, told[at])
        if written is not None:
            letters.append((at, due, written))
    letters = patience.weigh(session, made, letters)
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
    said = {one for *_, written in letters for one in written.promises}
    promised.note_said(session, said, made.at)
    offers = [
        help_offer.First(due.person, offer.activity, offer.word, due.slot.at, at)
        for at, due, _ in letters
        for offer in due.offers
        if offer.is_new
    ]
    help_offer.note_told(session, offers)
    told_of = {one for each in pieces for one in each.tells_of}
    door.note_told(session, sorted(told_of), made.at)
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
        **({"needs": needs} if (needs := written.values.count_needs) else {}),
        **written.answers,
    }


def _piece(made: Run, due: Due, written: content.Written, asked: int) -> Piece:
    reader = written.reader
    return Piece(
        sheet=made.sheet(due, reader.person.language or due.desk.language),
        message_id=message_id(made.house, due),
        numbers=written.numbers,
        tells_of=written.tells_of,
        values=written.values,
        to=Addressee(
            person=due.person,
            address=reader.address,
            token=number(asked),
            refused=reader.refused,
        ),
    )
