"""A mail that waits for a human, and the one notice that each of them has."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from gateway.activities import door, doubts, questions
from gateway.activities.cards import present
from gateway.activities.desks import addressed
from gateway.activities.house import House
from gateway.activities.letterbox import Letterbox
from gateway.activities.letters import Addressee, Sheet, addressee, send
from gateway.activities.membership import excerpt
from gateway.activities.offered import Offered
from gateway.activities.place import Place
from gateway.activities.references import root_id
from gateway.activities.telling import desk_team, owners, team, team_of
from gateway.routing import door as rules
from gateway.routing.asking import Asking
from gateway.routing.decision import Ask, Hold, Told
from gateway.routing.desk import Desk
from gateway.routing.promise import next_contact
from parsers.address import key
from storage import door as at_door
from storage import event as events
from storage import held, journal, people
from storage import question as asked
from storage.activity import Lane
from storage.database import Session
from storage.event import Event, Kind
from storage.journal import State
from storage.question import Question
from storage.roster import Seat, display_name, roster, seat_of
from templates.asked import UnknownCommand
from templates.held import HeldMail
from templates.seated import Gone


def hold(box: Letterbox, decision: Hold) -> None:
    """Ask whoever decides whether a held mail may in (decisions E48).

    Each mail is told of: at once, or as a further one of a stranger within a day. The
    same mail by another road is settled with the first.
    """
    if decision.explains is not None:
        questions.explain(box, decision.explains, box.mail.subject_base)
    _describe(box)
    if _waits_with_twin(box):
        return
    thread = box.facts.thread
    if thread is None:
        if not _is_asked(box, None):
            told = decision.told is not _NOBODY
            readers = team_of(box.session, box.desk, box.offered.received_at)
            _tell_or_ask(box, decision, None, readers, told=told)
        return
    place = box.place(thread.activity)
    seats = roster(place.session, place.activity.id)
    writer = box.facts.writer.person
    told_before = events.held_before(place.session, place.activity.id, writer)
    note_at_door(box, place, decision.cause)
    to = owners(place.activity, seats, box.offered.received_at)
    if decision.asks is Asking.WHO_WROTE:
        # Only whoever wrote it can say so.
        to = team(seats)
    if not _is_asked(box, place.activity.id):
        told = _is_told_now(box, place, decision)
        readers = [addressee(each) for each in to]
        # Of a case that all of the team left, the desk's team decides (R16).
        readers = readers or desk_team(place, seats, box.offered.received_at)
        _tell_or_ask(box, decision, place, readers, told=told)
    seat = seat_of(seats, writer)
    if decision.tell_writer_once and seat and not told_before:
        _tell_writer(box, place, seat)


_NOBODY = Told.NOBODY


def _describe(box: Letterbox) -> None:
    """Keep beside a mail how it is known when it comes by another road."""
    if box.offered.inbound is None or not box.mail.message_id:
        return
    thread = box.facts.thread
    known = {
        "message_id": box.mail.message_id,
        "sender": key(box.facts.sender.address),
        "body_hash": box.mail.body_hash,
        "activity": thread.activity if thread else None,
    }
    at_door.note_said(box.session, box.offered.inbound, {"held": known})


def _waits_with_twin(box: Letterbox) -> bool:
    """Let one notice do for the same mail by two roads; both are settled by it."""
    twin = box.facts.held_twin
    if twin is None or box.offered.inbound is None or box.offered.is_again:
        return False
    at_door.note_said(box.session, box.offered.inbound, {"twin_of": twin})
    held.share_notice(box.session, box.offered.inbound, twin)
    return True


def _is_asked(box: Letterbox, activity: int | None) -> bool:
    """Whoever let it in sees that it is held still: their question stands."""
    inbound = box.offered.inbound
    return inbound is not None and bool(
        asked.open_about(box.session, inbound, activity)
    )


def _is_told_now(box: Letterbox, place: Place, decision: Hold) -> bool:
    inbound, now = box.offered.inbound, box.offered.received_at
    if decision.told is _NOBODY or inbound is None:
        return False
    here = door.callers(place.session, place.activity.id)
    return not door.is_told_later(place.session, here, inbound, now)


def _tell_or_ask(
    box: Letterbox,
    decision: Hold,
    place: Place | None,
    readers: list[Addressee],
    *,
    told: bool,
) -> None:
    """Tell of a held mail; a question to the same people stands for the notice."""
    if told and decision.asks not in doubts.OF_THE_HOUSE:
        _tell(box, decision, place, readers)
    # Whoever is not told of a further mail of a stranger is not asked about it either.
    if told or decision.told is _NOBODY or decision.asks in doubts.OF_THE_HOUSE:
        doubts.ask(box, decision, place, readers)


def note_at_door(box: Letterbox, place: Place, cause: str) -> None:
    """Note once that a mail waits at its activity, by whom and what it is about."""
    inbound = box.offered.inbound
    if any(
        each.inbound_id == inbound
        for each in events.held(place.session, place.activity.id)
    ):
        return
    sender = box.facts.sender
    known = {
        "name": sender.name,
        "address": sender.address,
        "team_lane": box.facts.team_lane,
        "subject": box.mail.subject_base,
        "excerpt": excerpt(box.facts.prose),
        "from": key(sender.address),
        "bearer": box.facts.bearer.person if box.facts.bearer else None,
    }
    note_held(box, place, cause, values=known)


def note_held(
    box: Letterbox,
    place: Place,
    cause: str,
    *,
    text: str = "",
    values: Mapping[str, object] | None = None,
) -> Event:
    """Note at its activity that a mail waits, by the name of its cause."""
    return events.record(
        place.session,
        Event(
            activity_id=place.activity.id,
            lane=Lane.TEAM,
            kind=Kind.HELD,
            actor_id=box.facts.writer.person,
            door=box.offered.door,
            proof=box.facts.proof.label,
            received_at=box.offered.received_at,
            inbound_id=box.offered.inbound,
            text=text,
            # By its id it is known when it comes by another road after all.
            values={
                "cause": cause,
                "message_id": box.mail.message_id,
                **(values or {}),
            },
        ),
    )


def settle_twins(box: Letterbox, place: Place) -> None:
    """Let go of copies of a mail that are held, now that it came by a better road."""
    if not box.mail.message_id:
        return
    for event in events.held(place.session, place.activity.id):
        waiting = event.inbound_id and journal.by_id(place.session, event.inbound_id)
        is_twin = event.values.get("message_id") == box.mail.message_id
        if is_twin and waiting and waiting.state is State.HELD:
            _let_go(box, waiting.id, "sent_by_hand")


def settle_twin(box: Letterbox) -> None:
    """Let go of a held copy of a mail that is in now, by whichever road it came."""
    twin = box.facts.held_twin and journal.by_id(box.session, box.facts.held_twin)
    if twin and twin.state is State.HELD:
        _let_go(box, twin.id, "twin")


def _let_go(box: Letterbox, inbound: int, by: str) -> None:
    journal.settle(
        box.session,
        inbound,
        State.DISCARDED,
        reason=f"the same mail as inbound {box.offered.inbound}",
        by=by,
        now=box.offered.received_at,
    )


def deciding_desk(house: House, recipients: Iterable[str]) -> Desk:
    """Give the desk whose team decides on a mail: the first that it came to.

    When none of them is left, the first of all speaks: nothing must be lost.
    """
    desks = [addressed(house, address) for address in recipients]
    return next(filter(None, desks), house.desks.all[0])


def set_deadline(
    session: Session,
    desk: Desk,
    inbound: int,
    at: datetime,
    *,
    expects_notice: bool = False,
) -> None:
    """Say until when somebody decides on a mail: the desk's next contact (F53).

    One of which nobody was told by now is quiet: the team's digest has a line of it
    (decisions C25, E48), unless it should have been told.
    """
    deadline, _ = next_contact(desk, at)
    quiet = not (expects_notice or held.has_notice(session, inbound))
    held.keep(session, inbound, key(desk.address), deadline, quiet=quiet)


def tell_broken(
    session: Session, house: House, offered: Offered, now: datetime
) -> None:
    """Tell a desk's team that a mail broke *process* and was set aside.

    Only its envelope is used: what stands in it has done harm enough.
    """
    desk = deciding_desk(house, offered.recipients)
    values = HeldMail(
        name="",
        address=offered.sender,
        cause="unreadable",
        text="",
        subject="",
        inbound=offered.inbound or 0,
    )
    told = (offered.inbound,) if offered.inbound else ()
    sheet = Sheet(
        desk=desk,
        activity=None,
        at=now,
        reason="team",
        lane=Lane.TEAM,
        tells_of=told,
    )
    send(session, house, sheet, values, team_of(session, desk, now))
    for number in told:
        set_deadline(session, desk, number, now, expects_notice=True)


def _tell(
    box: Letterbox, decision: Hold, place: Place | None, readers: list[Addressee]
) -> None:
    """Ask some readers whether the mail in hand may in, and what waits beside it."""
    inbound, sender = box.offered.inbound, box.facts.sender
    if inbound is None:
        raise ValueError("only a mail of the journal can be asked about")
    is_stub = box.facts.oversize is not None
    answers = rules.answers(box.facts, decision.cause)
    beside = _beside(place, inbound)
    values = HeldMail(
        name=sender.name or sender.address,
        address=sender.address,
        cause=decision.cause,
        text=box.facts.prose,
        subject=place.activity.subject if place and not is_stub else box.mail.subject,
        inbound=inbound,
        octets=box.facts.oversize or 0,
        where=box.offered.peer if is_stub else "",
        answers=answers,
        takes_part=box.facts.writer.standing.takes_part,
        files=tuple(each.name for each in box.mail.attachments),
        beside=len(beside),
    )
    matter = questions.Matter(
        asking=Asking.ADMIT,
        inbound=inbound,
        # By these it is asked anew when nobody gets this letter (unanswered).
        values={
            "answers": list(answers),
            "address": sender.address,
            "cause": decision.cause,
            "takes_part": values.takes_part,
            "octets": values.octets,
            "where": values.where,
        },
    )
    notice = as_notice(box, sheet_of(box, place, "owner", Lane.TEAM), beside)
    questions.ask(box.session, box.house, notice, matter, values, readers)
    now = box.offered.received_at
    door.note_told(box.session, [inbound, *beside], now)


def as_notice(box: Letterbox, sheet: Sheet, beside: Iterable[int] = ()) -> Sheet:
    """Mark a letter as the notice that the mail in hand has, and those beside it."""
    inbound = box.offered.inbound
    return replace(sheet, tells_of=(inbound, *beside)) if inbound else sheet


def _beside(place: Place | None, inbound: int) -> list[int]:
    """The other mails of the same stranger that wait for the same word."""
    if place is None:
        return []
    here = door.callers(place.session, place.activity.id)
    named = next(each for each in here if each.inbound == inbound)
    return [
        each.inbound
        for each in here
        if each.waits and each.inbound != inbound and each.waits_with(named)
    ]


def tell_claim(box: Letterbox, question: Question, cause: str) -> None:
    """Tell the owner what somebody said of a stranger's address, by its cause (B20).

    They claim one that is another person's, disown it, or would let its writer in
    where no more guests fit. The mail that raised the question waits as before.
    """
    if question.activity_id is None or question.inbound_id is None:
        return
    place = box.place(question.activity_id)
    seats = roster(place.session, place.activity.id)
    values = HeldMail(
        name=display_name(place.session, question.person_id),
        address=question.values["address"],
        cause=cause,
        text="",
        subject=place.activity.subject,
        inbound=question.inbound_id,
    )
    to = [
        addressee(seat)
        for seat in owners(place.activity, seats, box.offered.received_at)
    ]
    sheet = sheet_of(box, place, "owner", Lane.TEAM)
    send(box.session, box.house, sheet, values, to)


def _tell_writer(box: Letterbox, place: Place, writer: Seat) -> None:
    is_former = writer.participant.is_former
    if is_former and not any(
        desk.is_team(box.facts.sender.address) for desk in box.house.desks.all
    ):
        # The settings took them out: they are written nothing (decision 58).
        return
    # Whose desk gave the case to another learns that it did not go out.
    values = Gone(
        subject=place.activity.subject, desk=place.desk.name, may_return=not is_former
    )
    sheet = sheet_of(box, place, "left", Lane.EVERYONE)
    send(box.session, box.house, sheet, values, [addressee(writer)])


def sheet_of(box: Letterbox, place: Place | None, reason: str, lane: Lane) -> Sheet:
    """Give the head of a letter about a mail in hand."""
    return Sheet(
        desk=box.desk,
        activity=place.activity if place else None,
        at=box.offered.received_at,
        reason=reason,
        lane=lane,
        references=(root_id(place, lane),) if place else (),
        subject=box.mail.subject_base,
        by_mail=lane is Lane.EVERYONE,
    )


def ask(box: Letterbox, decision: Ask) -> None:
    """Ask the writer of a held mail which command was meant (decisions E39).

    Raises ValueError for a mail that is not in the journal.
    """
    if box.offered.inbound is None:
        raise ValueError("only a mail of the journal can be asked about")
    thread = box.facts.thread
    place = box.place(thread.activity) if thread else None
    # Whoever is asked must be reached by the question (mail-rules B2).
    box.heard_from()
    person = people.meet(box.session, box.facts.sender, now=box.offered.received_at)
    # Of a mail to two cases one question is enough: its answer holds in both.
    if any(
        each.person_id == person.id and each.answered_at is None
        for each in asked.of_inbound(
            box.session, box.offered.inbound, [Asking.UNKNOWN_COMMAND]
        )
    ):
        return
    values = UnknownCommand(
        word=decision.word,
        nearest=decision.nearest,
        refused=decision.refused,
        lacks=decision.lacks,
        readers=_would_read(box, place, person.id),
        subject=place.activity.subject if place else box.mail.subject,
        text=box.mail.reply,
    )
    to = Addressee(person=person.id, address=box.facts.sender.address, token=None)
    lane = Lane.TEAM if box.facts.writer.is_staff else Lane.EVERYONE
    matter = questions.Matter(
        asking=Asking.UNKNOWN_COMMAND,
        inbound=box.offered.inbound,
        values={"word": decision.word.split()[0].removeprefix("/").lower()},
    )
    sheet = as_notice(box, sheet_of(box, place, "asked", lane))
    questions.ask(box.session, box.house, sheet, matter, values, [to])


def _would_read(box: Letterbox, place: Place | None, writer: int) -> tuple[str, ...]:
    if place is None:
        return ()
    seats = roster(place.session, place.activity.id)
    if box.facts.team_lane or place.desk.listens:
        return tuple(seat.name for seat in seats if seat.participant.in_team_lane)
    return tuple(seat.name for seat in present(seats, without=writer))
