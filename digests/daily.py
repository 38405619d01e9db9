"""The daily letter: what is due, what waits, and who waits unseen.

One for each of a desk's team and for each owner of a case, once a day, and only if
there is something to tell. Gather, select, write, queue and the note of the run are one
transaction for each desk, so two schedulers or a kill make none of them twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count as numbers

from digests.cadence import due_day, end_of, is_late
from gateway.activities import door, questions
from gateway.activities.house import House
from gateway.activities.letters import Addressee, Sheet, language_of, zone_of
from gateway.activities.questions import Matter
from gateway.activities.telling import team_of
from gateway.routing.asking import Asking
from gateway.routing.desk import Desk
from parsers import heading
from parsers.address import Mailbox, key
from storage import held, job, journal, promised, waiting
from storage.activity import Membership
from storage.database import Session
from storage.held import Kept, Waiting
from storage.journal import State
from storage.outbox import Priority
from storage.people import Person
from storage.promised import Promised
from storage.roster import roster, seat_of
from storage.unseen import Unseen
from templates.promised import Promise
from templates.values import Daily, DailyItem, LostItem, MailItem, OwedItem

JOB = "daily letter"
_MOST = 30
"""So many mails of one kind are listed; the rest is counted."""
_HERE = frozenset({Membership.TOLD, Membership.JOINED})


def run(house: House, at: datetime) -> int:
    """Write what is due by an instant; gives how many letters were queued."""
    return sum(_run_desk(house, desk, at) for desk in house.desks.all)


def _run_desk(house: House, desk: Desk, at: datetime) -> int:
    day = due_day(desk, at)
    if day is None:
        return 0
    slot = f"{key(desk.address)}|{day}"
    with house.database.reading() as session:
        if job.is_done(session, JOB, slot):
            return 0
    with house.database.transaction(aside=True) as session:
        if not job.once(session, JOB, slot, at):
            return 0
        return _write(_Edition(session, house, desk, at, day))


@dataclass(frozen=True, slots=True)
class _Edition:
    """The letters of one desk on one day."""

    session: Session
    house: House
    desk: Desk
    at: datetime
    day: date

    @property
    def key(self) -> str:
        """The desk, as the store knows it."""
        return key(self.desk.address)


@dataclass(slots=True)
class _News:
    """What the whole team is told."""

    lost: list[Unseen] = field(default_factory=list)
    held: list[Waiting] = field(default_factory=list)
    quiet: list[Waiting] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    unseen: int = 0
    waiting: int = 0

    def mails(self) -> list[int]:
        """Give the numbers of all mails that the letter tells of."""
        waiting = [each.inbound for each in (*self.held, *self.quiet)]
        return [*waiting, *(each.inbound for each in self.kept)]


def _write(edition: _Edition) -> int:
    news = _gather(edition)
    owed = _owed(edition)
    members = team_of(edition.session, edition.desk, edition.at)
    readers = {each.person: each for each in members}
    for owner in owed:
        if owner is not None and owner not in readers:
            readers[owner] = _owner(edition, owner, owed[owner])
    sent = 0
    for reader in readers.values():
        on_team = reader in members
        theirs = [
            *owed.get(reader.person, ()),
            *(owed.get(None, ()) if on_team else ()),
        ]
        values, answers = _letter(edition, news if on_team else _News(), theirs)
        if values is not None and _send(edition, reader, values, answers, news):
            sent += 1
            promised.note_said(
                edition.session, [each.activity for each in theirs], edition.at
            )
    return sent


# Gather.


def _gather(edition: _Edition) -> _News:
    session, at = edition.session, edition.at
    first = edition.house.desks.all[0]
    unseen = [
        each
        for each in waiting.exceptions(session, at)
        # Of what nobody has read, nobody knows the desk.
        if each.desk == edition.key or (not each.desk and edition.desk is first)
    ]
    mails = held.waiting(session, edition.key)
    news = _News(
        held=[
            each
            for each in mails
            if not each.is_quiet and (each.deadline_at < at or not each.is_told)
        ],
        quiet=[each for each in mails if each.is_quiet and not each.is_told],
        kept=_kept(edition),
        unseen=len(unseen),
        waiting=waiting.count(session, edition.key),
    )
    told = set(news.mails())
    news.lost = [each for each in unseen if each.inbound not in told]
    return news


def _kept(edition: _Edition) -> list[Kept]:
    return [
        each for each in held.kept_unseen(edition.session) if each.desk == edition.key
    ]


def _owed(edition: _Edition) -> dict[int | None, list[Promised]]:
    """Give what is late or due today, by who answers for it; None is the team."""
    found: dict[int | None, list[Promised]] = {}
    ends = end_of(edition.day, edition.desk)
    for each in promised.due(edition.session, edition.key, ends):
        found.setdefault(_who_keeps(edition, each), []).append(each)
    return found


def _who_keeps(edition: _Edition, promise: Promised) -> int | None:
    """The owner; the team for one who left or whose mail comes back (R16)."""
    if promise.owner is None:
        return None
    seat = seat_of(roster(edition.session, promise.activity), promise.owner)
    is_here = seat is not None and seat.participant.membership in _HERE
    return promise.owner if seat and is_here and seat.reachable else None


def _owner(edition: _Edition, person: int, owed: Sequence[Promised]) -> Addressee:
    """Give an owner who is not of the desk's team as a reader."""
    seat = seat_of(roster(edition.session, owed[0].activity), person)
    assert seat is not None
    return Addressee(person=person, address=seat.address, token=None)


# Write.


def _letter(
    edition: _Edition, news: _News, owed: Iterable[Promised]
) -> tuple[Daily | None, dict[str, int]]:
    """Give the letter, and which number means which mail; None without anything."""
    number = numbers(1)
    lost = tuple(_lost(each, next(number)) for each in news.lost)
    promises = tuple(_promise(edition, each, next(number)) for each in owed)
    overdue = _mails(edition, news.held[:_MOST], number)
    quiet = _mails(edition, news.quiet[:_MOST], number)
    kept = tuple(_kept_item(edition, each, next(number)) for each in news.kept[:_MOST])
    items: tuple[DailyItem, ...] = (*lost, *promises, *overdue, *quiet, *kept)
    if not items:
        return None, {}
    values = Daily(
        desk=edition.desk.name,
        lost=lost,
        owed=promises,
        held=overdue,
        quiet=quiet,
        kept=kept,
        more=sum(
            max(0, len(each) - _MOST) for each in (news.held, news.quiet, news.kept)
        ),
        waiting=news.waiting,
        unseen=news.unseen,
    )
    answers = {str(each.number): each.inbound for each in (*overdue, *quiet)}
    return values, answers


def _lost(unseen: Unseen, number: int) -> LostItem:
    return LostItem(
        number=number,
        why=str(unseen.why),
        subject=unseen.subject,
        sender=unseen.sender,
        since=unseen.since,
        inbound=unseen.inbound or 0,
    )


def _promise(edition: _Edition, promise: Promised, number: int) -> OwedItem:
    return OwedItem(
        number=number,
        customer=promise.customer,
        subject=promise.subject,
        promise=Promise(
            at=promise.at,
            day_only=promise.day_only,
            zone=edition.desk.zone if promise.day_only else "",
        ),
        is_late=is_late(promise.at, edition.at, edition.desk, by_day=promise.day_only),
        since=promise.waiting_since,
        is_owned=promise.owner is not None,
    )


def _mails(
    edition: _Edition, mails: Iterable[Waiting], number: "numbers[int]"
) -> tuple[MailItem, ...]:
    return tuple(_mail(edition, each, next(number)) for each in mails)


def _mail(edition: _Edition, mail: Waiting, number: int) -> MailItem:
    # What broke us is not looked at again: its envelope must do (T27).
    sender, subject = Mailbox("", mail.sender), ""
    if mail.state is State.HELD:
        sender, subject = _heading(edition, mail.inbound, mail.sender)
    return MailItem(
        number=number,
        name=sender.name,
        address=sender.address,
        subject=subject,
        since=mail.received_at,
        inbound=mail.inbound,
        failed=mail.state is State.FAILED,
    )


def _heading(edition: _Edition, inbound: int, envelope: str) -> tuple[Mailbox, str]:
    """Give From and Subject; of a mail whose file is gone, the envelope's sender."""
    row = journal.by_id(edition.session, inbound)
    assert row is not None
    try:
        found = heading.read(journal.octets(row, edition.house.blobs))
    except OSError:
        return Mailbox("", envelope), ""
    sender = found.sender if found.sender.address else Mailbox("", envelope)
    return sender, found.subject


def _kept_item(edition: _Edition, kept: Kept, number: int) -> MailItem:
    sender, subject = _heading(edition, kept.inbound, kept.sender)
    return MailItem(
        number=number,
        name=sender.name,
        address=sender.address,
        subject=subject,
        since=kept.received_at,
        inbound=kept.inbound,
        case=kept.subject,
    )


# Queue, and note it.


def _send(
    edition: _Edition,
    reader: Addressee,
    values: Daily,
    answers: dict[str, int],
    news: _News,
) -> bool:
    """Queue the letter of one reader, once a day; says whether it was."""
    session, desk = edition.session, edition.desk
    slot = f"{edition.key}|{edition.day}|{reader.person}"
    if not job.once(session, JOB, slot, edition.at):
        return False
    person = session.get_one(Person, reader.person)
    is_told = values.held or values.quiet or values.kept
    sheet = Sheet(
        desk=desk,
        activity=None,
        at=edition.at,
        reason="due today",
        language=language_of(person, desk),
        zone=zone_of(person, desk),
        priority=Priority.NOTIFICATION,
        tells_of=tuple(news.mails()) if is_told else (),
    )
    matter = Matter(asking=Asking.LIST, values={"desk": edition.key, "items": answers})
    questions.ask(session, edition.house, sheet, matter, values, [reader])
    door.note_told(session, sheet.tells_of, edition.at)
    return True
