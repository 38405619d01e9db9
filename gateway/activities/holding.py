"""A mail that waits for a human, and the one notice that each of them has."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from gateway.activities import questions
from gateway.activities.fanout import present
from gateway.activities.gather import Offered
from gateway.activities.house import House
from gateway.activities.letters import Addressee, Sheet, addressee, send
from gateway.activities.place import Place
from gateway.activities.posting import Letterbox
from gateway.activities.references import root_id
from gateway.activities.routes import addressed
from gateway.activities.telling import owners, team_of
from gateway.routing.asking import Asking
from gateway.routing.decision import Ask, Hold, Told
from gateway.routing.desk import Desk
from gateway.routing.promise import next_contact
from parsers.address import key
from storage import event as events
from storage import held, journal, people
from storage.activity import Lane
from storage.database import Session
from storage.event import Event, Kind
from storage.journal import State
from storage.roster import Seat, roster, seat_of
from templates.values import Gone, HeldMail, UnknownCommand


def hold(box: Letterbox, decision: Hold) -> None:
    """Tell whoever must know that a mail waits in the journal; once for each mail."""
    if decision.explains is not None:
        questions.explain(box, decision.explains, box.mail.subject_base)
    if box.offered.released:
        # Whoever let it in sees that it is held still.
        return
    thread = box.facts.thread
    if thread is None:
        if decision.told is not Told.NOBODY:
            team = team_of(box.session, box.desk, box.offered.received_at)
            _tell(box, decision, None, team)
        return
    place = box.place(thread.activity)
    seats = roster(place.session, place.activity.id)
    writer = box.facts.writer.person
    told_before = events.held_before(place.session, place.activity.id, writer)
    note_held(box, place, decision.cause)
    if decision.told is not Told.NOBODY:
        readers = [addressee(seat) for seat in owners(place.activity, seats)]
        _tell(box, decision, place, readers)
    seat = seat_of(seats, writer)
    if decision.tell_writer_once and seat and not told_before:
        _tell_writer(box, place, seat)


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
            journal.settle(
                place.session,
                waiting.id,
                State.DISCARDED,
                reason=f"the same mail as inbound {box.offered.inbound}",
                by="sent_by_hand",
                now=box.offered.received_at,
            )


def deciding_desk(house: House, recipients: Iterable[str]) -> Desk:
    """Give the desk whose team decides on a mail: the first that it came to.

    When none of them is left, the first of all speaks: nothing must be lost.
    """
    desks = [addressed(house, address) for address in recipients]
    return next(filter(None, desks), house.desks.all[0])


def set_deadline(
    session: Session, desk: Desk, inbound: int, at: datetime, *, quiet: bool
) -> None:
    """Say until when somebody decides on a mail: the desk's next contact (F53).

    `quiet` is one of which nobody is told at once (decisions C25).
    """
    deadline, _ = next_contact(desk, at)
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
        set_deadline(session, desk, number, now, quiet=False)


def _tell(
    box: Letterbox, decision: Hold, place: Place | None, readers: list[Addressee]
) -> None:
    sender, is_stub = box.facts.sender, box.facts.oversize is not None
    values = HeldMail(
        name=sender.name or sender.address,
        address=sender.address,
        cause=decision.cause,
        text=box.facts.prose,
        subject=place.activity.subject if place and not is_stub else box.mail.subject,
        inbound=box.offered.inbound or 0,
        octets=box.facts.oversize or 0,
        where=box.offered.peer if is_stub else "",
    )
    sheet = _notice(box, sheet_of(box, place, "owner", Lane.TEAM))
    send(box.session, box.house, sheet, values, readers)


def _notice(box: Letterbox, sheet: Sheet) -> Sheet:
    """Mark a letter as the notice that the mail in hand has (promises R16)."""
    inbound = box.offered.inbound
    return replace(sheet, tells_of=(inbound,)) if inbound else sheet


def _tell_writer(box: Letterbox, place: Place, writer: Seat) -> None:
    values = Gone(subject=place.activity.subject, desk=box.desk.name)
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
    person = people.meet(box.session, box.facts.sender, now=box.offered.received_at)
    values = UnknownCommand(
        word=decision.word,
        nearest=decision.nearest,
        refused=decision.refused,
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
    sheet = _notice(box, sheet_of(box, place, "asked", lane))
    questions.ask(box.session, box.house, sheet, matter, values, [to])


def _would_read(box: Letterbox, place: Place | None, writer: int) -> tuple[str, ...]:
    if place is None:
        return ()
    seats = roster(place.session, place.activity.id)
    if box.facts.team_lane or place.desk.listens:
        return tuple(seat.name for seat in seats if seat.participant.in_team_lane)
    return tuple(seat.name for seat in present(seats, without=writer))
