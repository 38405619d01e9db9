"""What a digest says of the work of a desk beside its cases: mails, trouble, figures.

Only the headings of mails are read; nothing of their texts is told (decisions C25).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from digests.due import Due
from digests.office import Mails, Office
from gateway.activities.house import House
from parsers import heading
from parsers.address import Mailbox
from storage import journal
from storage.database import Session
from storage.desk_work import Closed, Trouble
from storage.held import Kept, Waiting
from storage.journal import State
from storage.unseen import Unseen
from templates.desk_work import (
    ClosedItem,
    DeskWork,
    Figures,
    LostItem,
    MailItem,
    TroubleItem,
)

_MOST = 30
"""So many mails of one kind, or who wait unseen, are listed; the rest is counted."""
_MOST_CLOSED = 8
_MOST_TROUBLES = 8

Names = Mapping[int, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Part:
    """The work of a desk as one digest tells it; its mails are numbered later."""

    work: DeskWork | None
    mails: Mails

    @property
    def _listed(self) -> tuple[MailItem, ...]:
        """What can be answered by number, in the order of the letter."""
        return (*self.work.held, *self.work.quiet, *self.work.kept) if self.work else ()

    @property
    def count(self) -> int:
        """How many numbers it takes."""
        return len(self._listed)

    @property
    def is_reason_enough(self) -> bool:
        """Whether a digest without any case should say it."""
        return bool(self.work and (self.work.lost or self._listed))

    @property
    def tells_of(self) -> tuple[int, ...]:
        """The numbers in the journal of the mails that it tells of."""
        return self.mails.numbers

    def numbered(self, after: int) -> DeskWork | None:
        """Give it with the numbers that follow some others."""
        if self.work is None:
            return None

        def moved(items: tuple[MailItem, ...]) -> tuple[MailItem, ...]:
            return tuple(replace(one, number=one.number + after) for one in items)

        work = self.work
        return replace(
            work, held=moved(work.held), quiet=moved(work.quiet), kept=moved(work.kept)
        )

    def answers(self, after: int) -> dict[str, int]:
        """Give which number means which mail, of those that wait for a decision."""
        if self.work is None:
            return {}
        waits = (*self.work.held, *self.work.quiet)
        return {str(one.number + after): one.inbound for one in waits}


def named(office: Office | None) -> set[int | None]:
    """Give the people whose names it needs."""
    if office is None:
        return set()
    closed = {one for each in office.closed for one in (each.customer, each.by)}
    noted = {each.noted_by for each in office.cases.values()}
    return closed | noted | {each.person for each in office.troubles}


def write(session: Session, house: House, due: Due, names: Names) -> Part:
    """Write it for one reader; empty for who answers for no desk."""
    office, window = due.office, due.window
    if office is None or window is None:
        return Part(None, Mails((), (), ()))
    mails = office.told(due.person, window)
    looks = _Look(session, house, office)
    held = [looks.mail(each) for each in mails.held[:_MOST]]
    quiet = [looks.mail(each) for each in mails.quiet[:_MOST]]
    kept = [looks.kept(each) for each in mails.kept[:_MOST]]
    of_all = (mails.held, mails.quiet, mails.kept)
    numbers = iter(range(1, 1 + 3 * _MOST))
    work = DeskWork(
        held=tuple(replace(one, number=next(numbers)) for one in held),
        quiet=tuple(replace(one, number=next(numbers)) for one in quiet),
        kept=tuple(replace(one, number=next(numbers)) for one in kept),
        more=sum(max(0, len(each) - _MOST) for each in of_all),
        waiting=office.waiting,
        unseen=len(office.lost),
    )
    if due.person not in office.members:
        return Part(work, mails)
    lost = office.lost_to(due.person)
    work = replace(
        work,
        lost=tuple(map(_lost, lost[:_MOST])),
        more_lost=max(0, len(lost) - _MOST),
    )
    if window.is_afternoon:
        return Part(work, mails)
    closed = office.closed_since(due.person, window)
    return Part(
        replace(
            work,
            troubles=tuple(
                _trouble(each, names) for each in office.troubles[:_MOST_TROUBLES]
            ),
            closed=tuple(
                _closed(each, due.person, names) for each in closed[:_MOST_CLOSED]
            ),
            more_closed=max(0, len(closed) - _MOST_CLOSED),
            figures=_figures(office),
        ),
        mails,
    )


def _lost(unseen: Unseen) -> LostItem:
    return LostItem(
        why=str(unseen.why),
        subject=unseen.subject,
        sender=unseen.sender,
        since=unseen.since,
        inbound=unseen.inbound or 0,
    )


def _name(person: int | None, names: Names) -> str:
    return names.get(person or 0, ("", ""))[0]


def _trouble(trouble: Trouble, names: Names) -> TroubleItem:
    return TroubleItem(
        name=_name(trouble.person, names),
        address=trouble.address,
        said=trouble.status,
        since=trouble.since,
        subject=trouble.subject,
        is_customer=trouble.is_customer,
        other=trouble.other,
    )


def _closed(closed: Closed, reader: int, names: Names) -> ClosedItem:
    return ClosedItem(
        subject=closed.subject,
        customer=_name(closed.customer, names),
        by="" if closed.by == reader else _name(closed.by, names),
        is_dropped=closed.is_dropped,
    )


def _figures(office: Office) -> Figures | None:
    now, before = office.weeks
    if not (now.open or before.open or now.first_reply or now.promised):
        return None
    return Figures(
        open=now.open,
        open_before=before.open,
        first_reply=now.first_reply,
        first_reply_before=before.first_reply,
        kept=now.kept,
        promised=now.promised,
        kept_before=before.kept,
        promised_before=before.promised,
    )


@dataclass(frozen=True, slots=True)
class _Look:
    """Reads the headings of mails, of each once for all readers of a desk."""

    session: Session
    house: House
    office: Office

    def mail(self, mail: Waiting) -> MailItem:
        # What broke us is not looked at again: its envelope must do (T27).
        name, address, subject = "", mail.sender, ""
        if mail.state is State.HELD:
            name, address, subject = self._heading(mail.inbound, mail.sender)
        return MailItem(
            number=0,
            name=name,
            address=address,
            subject=subject,
            since=mail.received_at,
            inbound=mail.inbound,
            failed=mail.state is State.FAILED,
        )

    def kept(self, kept: Kept) -> MailItem:
        name, address, subject = self._heading(kept.inbound, kept.sender)
        return MailItem(
            number=0,
            name=name,
            address=address,
            subject=subject,
            since=kept.received_at,
            inbound=kept.inbound,
            case=kept.subject,
        )

    def _heading(self, inbound: int, envelope: str) -> tuple[str, str, str]:
        """Give From and Subject; of a mail whose file is gone, the envelope's."""
        known = self.office.headings
        if inbound not in known:
            known[inbound] = self._read(inbound, envelope)
        return known[inbound]

    def _read(self, inbound: int, envelope: str) -> tuple[str, str, str]:
        row = journal.by_id(self.session, inbound)
        assert row is not None
        try:
            found = heading.read(journal.octets(row, self.house.blobs))
        except OSError:
            return "", envelope, ""
        sender = found.sender if found.sender.address else Mailbox("", envelope)
        return sender.name, sender.address, found.subject
