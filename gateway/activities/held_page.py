"""What `/held` shows to the team: the mail that waits for one of them to decide."""

from dataclasses import dataclass
from datetime import datetime

from gateway.activities import deciding, private
from gateway.activities.house import House
from gateway.activities.visiting import Visitor
from gateway.routing.desk import Desk
from parsers import heading
from parsers.address import key
from storage import held, journal
from storage.database import Session
from storage.held import AtCase, Held, Waiting
from storage.journal import Inbound, State

_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldItem:
    """One mail that waits."""

    number: int
    name: str
    address: str
    subject: str
    excerpt: str
    """In short what it says, where that was kept."""
    since: datetime
    deadline: datetime
    """By then somebody should have decided (decisions F53)."""
    reason: str
    """In the plain English of the journal."""
    is_failed: bool
    """It broke the program; nothing of it is shown."""
    is_forged: bool
    case: AtCase | None
    """At whose door it waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskMail:
    """What waits at one desk, the most urgent first."""

    desk: str
    items: tuple[HeldItem, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPage:
    """What the page shows."""

    desks: tuple[DeskMail, ...]
    outcome: str = ""
    """What became of the mail that was decided on, as letters know it."""
    decided: int = 0
    """Its number."""


def look(house: House, who: Visitor) -> HeldPage | None:
    """Give what waits at the desks of a visitor; None for who is of no team."""
    if not who.is_team:
        return None
    with house.database.reading() as session:
        return HeldPage(desks=_desks(session, house, who))


def decide(
    house: House, who: Visitor, number: int, word: str, now: datetime
) -> HeldPage | None:
    """Do what one of the team says with a mail of their desk; twice is the same.

    `word` is one of deciding.WORDS. None for who may not, and for no such mail.
    """
    with house.database.transaction() as session:
        known = session.get(Held, number)
        if known is None or known.desk not in {key(each.address) for each in who.desks}:
            return None
        desk = next(each for each in who.desks if key(each.address) == known.desk)
        if _kept_from(session, [number], desk, who):
            return None
        row = session.get_one(Inbound, number, with_for_update=True)
        outcome = deciding.decide(session, house, row, word, who.person, now)
        desks = _desks(session, house, who)
    house.wake.tell()
    return HeldPage(desks=desks, outcome=outcome, decided=number)


def _desks(session: Session, house: House, who: Visitor) -> tuple[DeskMail, ...]:
    return tuple(_desk(session, house, desk, who) for desk in who.desks)


def _desk(session: Session, house: House, desk: Desk, who: Visitor) -> DeskMail:
    waiting = held.waiting(session, key(desk.address))
    numbers = [each.inbound for each in waiting]
    kept = _kept_from(session, numbers, desk, who)
    waiting = [each for each in waiting if each.inbound not in kept]
    waiting.sort(key=lambda each: (each.deadline_at, each.inbound))
    first = waiting[:_MOST]
    cases = held.at_cases(session, [each.inbound for each in first])
    return DeskMail(
        desk=desk.name,
        items=tuple(
            _item(session, house, each, cases.get(each.inbound)) for each in first
        ),
        more=len(waiting) - len(first),
    )


def _kept_from(
    session: Session, numbers: list[int], desk: Desk, who: Visitor
) -> set[int]:
    """Give the mails at cases of which the visitor is the customer (decision 54).

    None for whoever is the only one of the team.
    """
    if len(desk.team) == 1:
        return set()
    return set(private.mails_kept_from(session, numbers, [who.person]))


def _item(
    session: Session, house: House, waiting: Waiting, case: AtCase | None
) -> HeldItem:
    row = session.get_one(Inbound, waiting.inbound)
    is_failed = row.state is State.FAILED
    # A large mail lies in a file: nobody waits for that before a page.
    is_read = not is_failed and row.raw is not None
    head = heading.read(journal.octets(row, house.blobs) if is_read else b"")
    return HeldItem(
        number=row.id,
        name=head.sender.name,
        address=head.sender.address or row.sender,
        subject=head.subject,
        excerpt="" if case is None or is_failed else case.excerpt,
        since=waiting.received_at,
        deadline=waiting.deadline_at,
        reason=waiting.reason,
        is_failed=is_failed,
        is_forged=row.settled_by == deciding.FORGED,
        case=case,
    )
