"""A mail that waits for a human, and the one notice that each of them has."""

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
from gateway.routing.asking import Asking
from gateway.routing.decision import Ask, Hold, Told
from gateway.routing.desk import Desk
from storage import event as events
from storage import journal, people
from storage.activity import Activity, Lane, Membership
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
            team = _team(box.session, box.desk, box.offered.received_at)
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


def note_held(box: Letterbox, place: Place, cause: str) -> None:
    """Append that a mail waits at the door of an activity, and why."""
    events.record(
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
            # By its id it is known when it comes by another road after all.
            values={"cause": cause, "message_id": box.mail.message_id},
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


def owners(activity: Activity, seats: list[Seat]) -> list[Seat]:
    """Give whom "the owner is told" means: the owner, else the team (decisions B17).

    An owner whose mail comes back hears nothing, so the team stands in for them (R16).
    """
    owner = seat_of(seats, activity.owner_id)
    if owner is not None and owner.reachable:
        return [owner]
    return [
        seat
        for seat in seats
        if seat.participant.in_team_lane
        and seat.participant.membership in {Membership.TOLD, Membership.JOINED}
    ]


def _team(session: Session, desk: Desk, now: datetime) -> list[Addressee]:
    """The desk's team, as readers of a letter about no activity."""
    return [
        Addressee(
            person=people.meet(session, member, now=now).id,
            address=member.address,
            token=None,
        )
        for member in desk.team
    ]


def tell_broken(
    session: Session, house: House, offered: Offered, now: datetime
) -> None:
    """Tell a desk's team that a mail broke *process* and was set aside.

    Only its envelope is used: what stands in it has done harm enough.
    """
    desks = [addressed(house, address) for address in offered.recipients]
    desk = next(filter(None, desks), house.desks.all[0])
    values = HeldMail(
        name="",
        address=offered.sender,
        cause="unreadable",
        text="",
        subject="",
        inbound=offered.inbound or 0,
    )
    sheet = Sheet(desk=desk, activity=None, at=now, reason="team", lane=Lane.TEAM)
    send(session, house, sheet, values, _team(session, desk, now))


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
    send(
        box.session, box.house, _sheet(box, place, "owner", Lane.TEAM), values, readers
    )


def _tell_writer(box: Letterbox, place: Place, writer: Seat) -> None:
    values = Gone(subject=place.activity.subject, desk=box.desk.name)
    sheet = _sheet(box, place, "left", Lane.EVERYONE)
    send(box.session, box.house, sheet, values, [addressee(writer)])


def _sheet(box: Letterbox, place: Place | None, reason: str, lane: Lane) -> Sheet:
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
    sheet = _sheet(box, place, "asked", lane)
    questions.ask(box.session, box.house, sheet, matter, values, [to])


def _would_read(box: Letterbox, place: Place | None, writer: int) -> tuple[str, ...]:
    if place is None:
        return ()
    seats = roster(place.session, place.activity.id)
    if box.facts.team_lane or place.desk.listens:
        return tuple(seat.name for seat in seats if seat.participant.in_team_lane)
    return tuple(seat.name for seat in present(seats, without=writer))
