"""A letter came back: what it says of an address, a domain, a file (B1, B2)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from gateway.activities import domains, once_more, unanswered, unheard
from gateway.activities.health import give_up, live, note_unreachable, remembered
from gateway.activities.house import House
from gateway.activities.place import Place, place_of
from gateway.activities.telling import tell_about
from gateway.routing import health
from gateway.routing.asking import Asking
from gateway.routing.health import Again, Follows, State
from parsers.bounce import BouncedRecipient, classify
from parsers.mail import ParsedMail
from storage import digest_returned, outbox, returned_mail
from storage.address_health import AddressHealth
from storage.database import Session
from storage.event import DOOR_OF_SMARTHOST, Event
from storage.outbox import Delivery, Letter, Progress
from storage.question import Question
from storage.roster import display_name
from templates.reached import Complained, Unreachable

_log = structlog.get_logger()

_NOTE = "note"
_EXPIRED = "5.4.7"
"""Dispatch has no patience left (RFC 3463 section 3.5)."""
_COUNTED = frozenset({"hard", "ours"})
_PASSING = frozenset({"soft", "full"})
_SHOWN_LETTERS = 300
_WORST_FIRST = ("hard", "ours", "content", "full", "soft", _NOTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came back about one delivery."""

    delivery: int
    status: str
    """Enhanced status code (RFC 3463), or empty."""
    said: str
    """The other server's words."""
    severity: str
    """hard, soft, full, ours, content or note (table B1)."""
    is_final: bool
    """The other server tries no more."""
    at: datetime
    door: str
    inbound: int | None = None

    @property
    def shown(self) -> str:
        """The words on one line, for people."""
        return " ".join((self.said or self.status).split())[:_SHOWN_LETTERS]


def refused(
    house: House, delivery_id: int, *, status: str, text: str, now: datetime
) -> Again | None:
    """Take a permanent refusal by the smarthost as a report on that delivery.

    Gives when to try after all; None: never.
    """
    report = Report(
        delivery=delivery_id,
        status=status,
        said=text,
        severity=classify("failed", status, text),
        is_final=True,
        at=now,
        door=DOOR_OF_SMARTHOST,
    )
    with house.database.transaction() as session:
        again = came_back(session, house, report)
    house.wake.tell()
    return again


def reported(
    session: Session,
    house: House,
    delivery_id: int,
    mail: ParsedMail,
    at: datetime,
    inbound: int | None,
) -> None:
    """Take a delivery report that came to the return path of one delivery.

    The recipient is the one of our row, not of the report's text. A report in which
    nothing can be read but that it is one counts as a soft bounce (table B1).
    """
    unread = BouncedRecipient("", "failed", "", mail.subject, "soft")
    worst = min(
        mail.bounce.recipients or (unread,),
        key=lambda each: _WORST_FIRST.index(each.class_),
    )
    report = Report(
        delivery=delivery_id,
        status=worst.status,
        said=worst.diagnostic or worst.status,
        severity=worst.class_,
        is_final=worst.action == "failed",
        at=at,
        door="smtp",
        inbound=inbound,
    )
    came_back(session, house, report)


@dataclass(frozen=True, slots=True)
class _Case:
    """One report, the delivery it is about, and where that belongs."""

    session: Session
    house: House
    report: Report
    delivery: Delivery
    letter: Letter
    place: Place | None

    @property
    def in_hand(self) -> bool:
        """Dispatch has it in hand: it settles the delivery by what we answer."""
        return self.delivery.state is Progress.LEASED

    def again(self, at: datetime) -> Again:
        """Let the delivery be tried again."""
        returned_mail.again(self.delivery, due_at=at, reply=self.report.shown)
        return Again(at)


def came_back(session: Session, house: House, report: Report) -> Again | None:
    """Do what table B1 says of a report; gives when the letter is tried again."""
    delivery = outbox.by_id(session, report.delivery)
    if delivery is None:
        return None
    _log.info(
        "bounced",
        delivery=delivery.id,
        severity=report.severity,
        status=report.status,
        door=report.door,
    )
    # Of a letter that waits for another try, or was given up, that is no news.
    if report.severity == _NOTE or delivery.state in {
        Progress.WAITING,
        Progress.GIVEN_UP,
        Progress.CANCELLED,
    }:
        return None
    case = _Case(
        session,
        house,
        report,
        delivery,
        outbox.letter_of(session, delivery),
        # Its case is locked before any address is.
        place_of(session, house, delivery.activity_id, lock=True),
    )
    if report.severity == "content" and _without_files(case):
        return Again(report.at)
    verdict = domains.Verdict()
    if report.severity in _COUNTED:
        verdict = domains.failed(
            session,
            house,
            delivery,
            class_=report.severity,
            said=report.shown,
            at=report.at,
            desk=case.place.desk if case.place else None,
        )
    if verdict.again_at is not None:
        if _has_patience(case):
            return case.again(verdict.again_at)
        # The domain's fault to the end, and nobody's address suffers for it.
        case = replace(case, report=replace(report, severity="ours"))
    return _to_person(case, told=verdict.told)


def _has_patience(case: _Case) -> bool:
    patience = timedelta(days=case.house.limits.give_up_days)
    return case.report.at - case.letter.made_at < patience


def _to_person(case: _Case, *, told: bool) -> Again | None:
    """Let the report count for the address, and do what follows (table B2)."""
    session, house, report, delivery = (
        case.session,
        case.house,
        case.report,
        case.delivery,
    )
    row = remembered(session, delivery.address)
    row.status = report.status or report.shown
    # What is refused only for now goes on as after any temporary failure.
    goes_on = case.in_hand and report.severity in _PASSING and report.status != _EXPIRED
    follows = live(
        house,
        row,
        health.Failed(
            at=report.at,
            class_=report.severity,
            written_at=_written_at(case),
            lost=report.is_final and not goes_on,
            fine_lately=_is_fine(case),
            tried_again=delivery.id in row.retried,
            is_probe=_is_probe(case),
            # A letter about no case has no owner: the next one that comes back has.
            told_otherwise=told or case.place is None,
        ),
    )
    if Follows.RETRY in follows:
        row.retried = [*row.retried, delivery.id]
        pause = timedelta(minutes=house.limits.hard_retry_minutes)
        return case.again(report.at + pause)
    is_lost = report.is_final and not goes_on
    if is_lost:
        returned_mail.came_back(delivery, reply=report.shown, now=report.at)
        if not case.in_hand:
            digest_returned.take_back(session, delivery.id)
    _tell(case, row, follows, is_lost=is_lost)
    if goes_on:
        return Again()
    if report.is_final:
        unanswered.ask_others(
            session, house, delivery.address, report.at, lost=delivery.id
        )
    if report.is_final and case.place is not None:
        once_more.to_the_team(case.place, delivery, case.letter, report.at)
        unheard.tell(case.place, report.at)
    return None


def _written_at(case: _Case) -> datetime:
    """When the first of what the letter tells was written."""
    number, made_at = case.letter.event_id, case.letter.made_at
    event = case.session.get(Event, number) if number else None
    return min(made_at, event.received_at) if event else made_at


def _is_fine(case: _Case) -> bool:
    """Whether some letter arrived lately: it left, and no bounce came for long."""
    limits, at = case.house.limits, case.report.at
    if case.report.severity != "hard":
        return False
    found = returned_mail.left_to(
        case.session,
        case.delivery.person_id,
        case.delivery.address,
        at - timedelta(days=limits.delivered_days),
        at - timedelta(hours=limits.silence_hours),
    )
    return found is not None


def _is_probe(case: _Case) -> bool:
    own = case.house.ids.read(case.letter.message_id)
    if own is None or own.kind != "c":
        return False
    question = case.session.get(Question, own.number)
    return question is not None and question.asking == Asking.REACHED


def _tell(
    case: _Case, row: AddressHealth, follows: tuple[Follows, ...], *, is_lost: bool
) -> None:
    place, report, delivery = case.place, case.report, case.delivery
    if Follows.GIVE_UP in follows:
        give_up(case.session, case.house, row, report.at)
    is_told = Follows.TELL in follows
    if place is None or not (is_told or is_lost):
        return
    # The owner hears it once, but whoever asks hears it of each letter.
    note_unreachable(
        place,
        delivery.person_id,
        report.at,
        door=report.door,
        state=State(row.state),
        status=report.status,
        inbound=report.inbound,
        delivery=delivery.id,
    )
    if not is_told:
        return
    values = Unreachable(
        name=display_name(case.session, delivery.person_id),
        address=delivery.address,
        is_customer=delivery.person_id == place.activity.customer_id,
        status=report.shown,
        subject=place.activity.subject,
    )
    tell_about(place, delivery.person_id, values, report.at)


def _without_files(case: _Case) -> bool:
    """Let a letter that was too large go again with links in place of its files."""
    if case.place is None or not case.report.is_final:
        return False
    if not once_more.without_files(case.place, case.delivery, case.letter):
        return False
    case.again(case.report.at)
    return True


def complained(session: Session, house: House, delivery_id: int, at: datetime) -> None:
    """Stop a kind of letter for somebody who reported one; the owner hears of it (B1).

    Only they themselves can ask for it again.
    """
    delivery = outbox.by_id(session, delivery_id)
    if delivery is None:
        return
    letter = outbox.letter_of(session, delivery)
    place = place_of(session, house, delivery.activity_id, lock=True)
    row = remembered(session, delivery.address)
    follows = live(house, row, health.Refused(kind=letter.kind))
    _log.info("complaint", delivery=delivery.id, kind=letter.kind)
    if Follows.COMPLAINT not in follows or place is None:
        return
    values = Complained(
        name=display_name(session, delivery.person_id),
        address=delivery.address,
        is_customer=delivery.person_id == place.activity.customer_id,
        kind=letter.kind,
        subject=place.activity.subject,
    )
    tell_about(place, delivery.person_id, values, at)
