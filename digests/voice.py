"""The weekly digest of who leads a desk: what customers asked for, and how it went.

It tells no posts, so it has no rows of the ledger; that it comes once is a row for its
slot, written in the transaction that queues it, as with every digest (promises R7).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from digests import grouping, isolation, month, select, themes
from digests.cadence import Slot, comes_at, is_due, newest
from digests.digest import message_id
from digests.due import MOST_AHEAD, SETTLES, Due, desks_of
from gateway.activities.audience import is_gone
from gateway.activities.house import House
from gateway.activities.letters import (
    Addressee,
    Sheet,
    may_be_written,
    send,
)
from gateway.activities.timetables import as_chosen
from gateway.routing.asking import Asking
from gateway.routing.desk import Desk
from gateway.routing.timetable import Kind
from parsers.address import Mailbox, key
from parsers.reply_address import number
from storage import (
    digest,
    digest_content,
    people,
    person_schedule,
    promise_record,
    requests,
    untold,
    voice,
    waiting,
)
from storage.database import Session
from storage.digest import Issue, Issued
from storage.outbox import Priority
from storage.question import Question
from storage.voice import Span
from templates.themes import Carried, Loudest, ThemeGroup, ThemeItem, Voice

_WEEK = timedelta(days=7)
_HOURS = timedelta(hours=12)
"""So much longer or shorter a week may be, as where summer time begins."""
_QUOTE_LETTERS = 140
_MOST_TEXTS = 20
_MOST_GROUPED = 1_000
"""Cases without a tag, the newest: no digest waits for more."""


@dataclass(frozen=True, slots=True)
class _Lead:
    """Somebody who leads a desk."""

    house: House
    row: int
    desk: Desk
    mailbox: Mailbox


def run(house: House, at: datetime) -> int:
    """Queue what is due by an instant for those who lead desks; gives how many."""
    if not any(desk.leads for desk in house.desks.all):
        return 0
    count = 0
    for lead in _leads(house):
        count += isolation.unbroken(lead.desk.address, partial(_run, lead, at))
    return count


def _run(lead: _Lead, at: datetime) -> int:
    with lead.house.database.reading() as session:
        if not _is_due(session, lead, at):
            return 0
    grouping.load()
    with lead.house.database.transaction(aside=True) as session:
        people.meet(session, lead.mailbox, now=at)
        due = _due(session, lead, at)
        return int(due is not None and _make(session, lead.house, due, at))


def preview(house: House, person: int, at: datetime) -> list[bytes]:
    """Give what somebody would get as the lead of desks; changes nothing."""
    grouping.load()
    with house.database.trial() as session:
        for lead in _leads(house):
            found = people.by_address(session, lead.mailbox.address)
            if found is None or found.id != person:
                continue
            due = _due(session, lead, at, Slot(at, digest.PREVIEW))
            if due is not None:
                _make(session, house, due, at)
        return digest.queued_for(session, person)


def _leads(house: House) -> list[_Lead]:
    with house.database.reading() as session:
        desks = desks_of(session, house)
    return [
        _Lead(house, row, desk, mailbox)
        for row, desk in desks.items()
        for mailbox in desk.leads
    ]


def _is_due(session: Session, lead: _Lead, at: datetime) -> bool:
    """Look whether there is something to do; for who is not known yet, by the usual."""
    if people.by_address(session, lead.mailbox.address) is not None:
        return _due(session, lead, at) is not None
    return newest(as_chosen(None, lead.desk, Kind.MANAGER, ""), at) is not None


def _due(
    session: Session, lead: _Lead, at: datetime, slot: Slot | None = None
) -> Due | None:
    """Give the digest that somebody is to get; None: none now, or not to them.

    `slot` is one that is only looked at. Whoever is away gets it when they are back.
    """
    person = people.by_address(session, lead.mailbox.address)
    if person is None or not may_be_written(
        lead.house, lead.desk, lead.mailbox.address
    ):
        return None
    kind = str(Kind.MANAGER)
    chosen = person_schedule.schedules(session, [person.id]).get((person.id, kind))
    last = digest.newest(session, [person.id]).get((person.id, lead.row, kind))
    table = as_chosen(chosen, lead.desk, Kind.MANAGER, person.zone)
    if slot is None:
        slot = newest(table, at)
        before, name = (last.slot_at, last.slot) if last else (None, "")
        if slot is None or is_gone(person, at):
            return None
        if not is_due(table, slot, before, name):
            return None
    reader = digest_content.readers(session, [person.id])[person.id]
    if not reader.is_reached or "digest" in reader.refused:
        return None
    low = last.range_hi if last else 0
    now = max(at, lead.house.sends_at or at)
    high = untold.settled(session, slot.at - SETTLES, ahead=now + MOST_AHEAD)
    if high <= low:
        # Nothing has happened since.
        return None
    return Due(person.id, lead.desk, lead.row, Kind.MANAGER, table, slot, low, high)


def _make(session: Session, house: House, due: Due, at: datetime) -> bool:
    """Claim the slot and queue the letter; False: it was made, or there is nothing."""
    reader = digest_content.readers(session, [due.person])[due.person]
    own_id = message_id(house, due)
    row = {
        "person_id": due.person,
        "desk_id": due.desk_id,
        "kind": str(due.kind),
        "slot": due.slot.name,
        "slot_at": due.slot.at,
        "range_lo": due.range_lo,
        "range_hi": due.range_hi,
        "state": Issue.EMPTY,
        "message_id": own_id,
    }
    begun = digest.begin(session, [row])
    if not begun:
        return False
    values, cases = _write(session, house, due)
    if not (values.themes or values.wrote or values.closed):
        return False
    question = Question(
        asking=Asking.DIGEST,
        person_id=due.person,
        asked_at=at,
        values={
            "desk": due.desk.address,
            "kind": str(due.kind),
            "themes": {str(each.number): each.word for each in values.themes},
            "groups": {
                str(each.number): some
                for each, some in zip(values.groups, cases, strict=True)
            },
        },
    )
    session.add(question)
    session.flush()
    sheet = Sheet(
        desk=due.desk,
        activity=None,
        at=at,
        reason="leads the desk",
        message_id=own_id,
        language=reader.person.language or due.desk.language,
        zone=due.timetable.zone,
        priority=Priority.DIGEST,
    )
    to = Addressee(
        person=due.person,
        address=reader.address,
        token=number(question.id),
        refused=reader.refused,
    )
    [delivery] = send(session, house, sheet, values, [to])
    issued = Issued(
        id=begun[0].id,
        question=question.id,
        body_hash=hashlib.sha256(repr(values).encode()).hexdigest(),
        delivery=delivery,
    )
    digest.issue(session, [issued])
    return True


# What it says.


def _write(
    session: Session, house: House, due: Due
) -> tuple[Voice, tuple[list[int], ...]]:
    """Give what it says, and the cases of each group in it."""
    span = _span(session, due)
    since, until = span.since, span.until
    mails = voice.mails_by_customer(session, due.desk_id, span)
    answers = voice.answers_by_customer(session, due.desk_id, span)
    shut = voice.closed(session, due.desk_id, span)
    spoke = [
        themes.Spoke(customer, count, answers.get(customer, 0))
        for customer, count in mails.items()
    ]
    asked, more = _themes(session, due, since, until)
    owned = voice.open_cases(session, due.desk_id)
    untagged = [activity for activity, _, tagged in shut if not tagged]
    groups = _groups(session, due.desk, untagged)
    desk = key(due.desk.address)
    unseen = [
        each
        for each in waiting.exceptions(session, until)
        # Of what nobody has read, nobody knows the desk.
        if each.desk == desk or (not each.desk and due.desk is house.desks.all[0])
    ]
    values = Voice(
        desk=due.desk.name,
        at=due.slot.at,
        comes_at=comes_at(due.timetable, due.slot),
        since=since,
        is_week=abs(until - since - _WEEK) < _HOURS,
        every=str(due.timetable.every),
        weekdays=tuple(sorted(due.timetable.weekdays)),
        themes=asked,
        more_themes=more,
        groups=tuple(
            ThemeGroup(
                number=at,
                words=each.words,
                customers=each.customers,
                quote=themes.quote(
                    (one.text for one in each.cases), each.words[0], _QUOTE_LETTERS
                ),
            )
            for at, each in enumerate(groups, len(asked) + 1)
        ),
        team=_team(session, owned, [by for _, by, _ in shut if by is not None]),
        unowned=owned.get(None, 0),
        loudest=_loudest(spoke),
        waiting=waiting.count(session, desk),
        unseen=len(unseen),
        wrote=len(mails),
        closed=len(shut),
        untagged=len(untagged),
        bounced=voice.bounced(session, due.desk_id),
        promised=month.promised(promise_record.promises(session, due.desk_id, span)),
        month=month.write(session, due),
    )
    return values, tuple([one.activity for one in each.cases] for each in groups)


def _span(session: Session, due: Due) -> Span:
    """Since the digest before, the first one a week; one given up does not count."""
    whose, until = (due.person, due.desk_id, str(due.kind)), due.slot.at
    if last := voice.last_heard(session, *whose, until):
        since, after = last
        return Span(since, until, after)
    first = voice.first_slot(session, *whose)
    return Span(min(first or until, until) - _WEEK, until, 0)


def _themes(
    session: Session, due: Due, since: datetime, until: datetime
) -> tuple[tuple[ThemeItem, ...], int]:
    begins = since - themes.PERIODS * (until - since)
    said = [
        themes.Mention(*row)
        for row in voice.mentions(session, due.desk_id, begins, until)
    ]
    words = {each.word for each in said}
    first = voice.first_used(session, due.desk_id, words)
    counted, more = themes.count(said, first, since, until)
    known = voice.themes_of(session, due.desk_id, [each.word for each in counted])
    owners = {each.owner_id for each in known.values() if each.owner_id}
    names = digest_content.names(session, sorted(owners))
    found = []
    for at, each in enumerate(counted, 1):
        theme = known.get(each.word)
        texts = voice.words_of_customers(
            session, due.desk_id, each.word, since, _MOST_TEXTS
        )
        found.append(
            ThemeItem(
                number=at,
                word=each.word,
                customers=each.customers,
                before=each.before,
                change=each.change,
                is_new=each.is_new,
                status=str(theme.status) if theme else "heard",
                answer=select.excerpt(theme.answer) if theme else "",
                owner=names.get(theme.owner_id or 0, ("", ""))[0] if theme else "",
                quote=themes.quote(texts, each.word, _QUOTE_LETTERS),
            )
        )
    return tuple(found), more


def _groups(
    session: Session, desk: Desk, untagged: list[int]
) -> tuple[grouping.Group, ...]:
    """Group what nobody tagged, where the extra for it is installed."""
    if not untagged or not grouping.is_here():
        return ()
    newest_ones = sorted(untagged)[-_MOST_GROUPED:]
    cases = digest_content.cases(session, newest_ones)
    said = requests.words(session, newest_ones)
    found = [
        grouping.Untagged(at, case.customer_id, case.subject, said[at].first)
        for at, case in sorted(cases.items())
        if at in said
    ]
    customers = sorted({each.customer for each in found})
    names = [name for name, _ in digest_content.names(session, customers).values()]
    names += [desk.name, *(member.name for member in desk.team)]
    return grouping.groups(found, names)


def _team(
    session: Session, owned: dict[int | None, int], closers: list[int]
) -> tuple[Carried, ...]:
    """Give what each has in hand, most open cases first."""
    who = sorted({each for each in (*owned, *closers) if each is not None})
    names = digest_content.names(session, who)
    carried = [
        Carried(
            name=names[each][0], open=owned.get(each, 0), closed=closers.count(each)
        )
        for each in who
    ]
    return tuple(sorted(carried, key=lambda one: (-one.open, -one.closed, one.name)))


def _loudest(spoke: list[themes.Spoke]) -> Loudest | None:
    found = themes.fairness(spoke)
    if found is None:
        return None
    return Loudest(
        count=found.loudest,
        customers=found.customers,
        of_customers=found.of_customers,
        of_mails=found.of_mails,
        of_answers=found.of_answers,
    )
