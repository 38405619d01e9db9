"""A mail that waits for a human, and the one notice that each of them has."""

from dataclasses import dataclass

from gateway.activities.fanout import present
from gateway.activities.house import House
from gateway.activities.letters import Addressee, Sheet, send
from gateway.activities.membership import addressee
from gateway.activities.posting import Letterbox
from gateway.activities.references import root_id
from gateway.routing.decision import Ask, Hold, Settle, Told
from gateway.routing.desk import Desk
from parsers.reply_address import number
from storage import activity as activities
from storage import event as events
from storage import journal, people
from storage.activity import Activity, Lane, Membership
from storage.database import Session
from storage.event import Event, Kind
from storage.question import Asking, Question
from storage.roster import Seat, roster, seat_of
from templates.values import Gone, HeldMail, UnknownCommand


@dataclass(frozen=True, slots=True)
class _Where:
    """The activity a held mail belongs to, if any, and who sits there."""

    activity: Activity | None
    seats: list[Seat]


def hold(box: Letterbox, decision: Hold) -> None:
    """Tell whoever must know that a mail waits; the mail itself stays in the journal."""
    where = _where(box)
    told_before = False
    if where.activity is not None:
        told_before = events.held_before(
            box.session, where.activity.id, box.facts.writer.person
        )
        _note_held(box, where.activity, decision)
    readers = _readers(box, decision, where)
    if readers:
        _tell(box, decision, where, readers)
    if decision.tell_writer_once and not told_before:
        _tell_writer(box, where)


def _where(box: Letterbox) -> _Where:
    thread = box.facts.thread
    if thread is None:
        return _Where(None, [])
    activity = activities.find(box.session, thread.activity)
    if activity is None:
        return _Where(None, [])
    return _Where(activity, roster(box.session, activity.id))


def _note_held(box: Letterbox, activity: Activity, decision: Hold) -> None:
    events.record(
        box.session,
        Event(
            activity_id=activity.id,
            lane=Lane.TEAM,
            kind=Kind.HELD,
            actor_id=box.facts.writer.person,
            door=box.offered.door,
            proof=box.facts.proof.label,
            received_at=box.offered.received_at,
            inbound_id=box.offered.inbound,
            values={"cause": decision.cause},
        ),
    )


def _readers(box: Letterbox, decision: Hold, where: _Where) -> list[Addressee]:
    """The owner; the whole team while there is none; nobody of those who left."""
    match decision.told:
        case Told.NOBODY:
            return []
        case Told.OWNER | Told.TEAM:
            if where.activity is None:
                return team_of(box.session, box.desk, box)
            return [addressee(seat) for seat in owners(where.activity, where.seats)]


def owners(activity: Activity, seats: list[Seat]) -> list[Seat]:
    """Give whom "the owner is told" means: the owner, else the team (decisions B17)."""
    owner = seat_of(seats, activity.owner_id)
    if owner is not None:
        return [owner]
    return [
        seat
        for seat in seats
        if seat.participant.in_team_lane
        and seat.participant.membership in {Membership.TOLD, Membership.JOINED}
    ]


def team_of(session: Session, desk: Desk, box: Letterbox) -> list[Addressee]:
    """Give a desk's team as readers of a letter about no activity."""
    return [
        Addressee(
            person=people.meet(session, member, now=box.offered.received_at).id,
            address=member.address,
            token=None,
        )
        for member in desk.team
    ]


def _tell(
    box: Letterbox, decision: Hold, where: _Where, readers: list[Addressee]
) -> None:
    sender = box.facts.sender
    values = HeldMail(
        name=sender.name or sender.address,
        address=sender.address,
        cause=decision.cause,
        text=box.mail.prose,
        subject=where.activity.subject if where.activity else box.mail.subject,
        inbound=box.offered.inbound or 0,
    )
    sheet = _sheet(box, where, reason="owner", lane=Lane.TEAM)
    send(box.session, box.house, values, sheet, readers, box.offered.received_at)
    box.house.wake.tell_all(box.session)


def _tell_writer(box: Letterbox, where: _Where) -> None:
    writer = seat_of(where.seats, box.facts.writer.person)
    if writer is None or where.activity is None:
        return
    values = Gone(subject=where.activity.subject, desk=box.desk.name)
    sheet = _sheet(box, where, reason="left", lane=Lane.EVERYONE)
    send(
        box.session,
        box.house,
        values,
        sheet,
        [addressee(writer)],
        box.offered.received_at,
    )
    box.house.wake.tell_all(box.session)


def _sheet(box: Letterbox, where: _Where, *, reason: str, lane: Lane) -> Sheet:
    root = where.activity and root_id(
        box.house, where.activity.id, lane, box.desk.reply.domain
    )
    return Sheet(
        desk=box.desk,
        activity=where.activity,
        reason=reason,
        lane=lane,
        references=(root,) if root else (),
        subject=box.mail.subject_base,
        by_mail=lane is Lane.EVERYONE,
    )


def ask(box: Letterbox, decision: Ask) -> None:
    """Ask the writer of a held mail which command was meant (decisions E39)."""
    where = _where(box)
    person = people.meet(box.session, box.facts.sender, now=box.offered.received_at)
    if box.offered.inbound is None:
        raise ValueError("only a mail of the journal can be asked about")
    question = Question(
        asking=Asking.UNKNOWN_COMMAND,
        person_id=person.id,
        inbound_id=box.offered.inbound,
        asked_at=box.offered.received_at,
        activity_id=where.activity.id if where.activity else None,
    )
    box.session.add(question)
    box.session.flush()
    values = UnknownCommand(
        word=decision.word,
        nearest=decision.nearest,
        refused=decision.refused,
        readers=_would_read(box, where, person.id),
        subject=where.activity.subject if where.activity else box.mail.subject,
        text=box.mail.reply,
    )
    to = Addressee(
        person=person.id,
        address=box.facts.sender.address,
        token=number(question.id),
    )
    sheet = _sheet(box, where, reason="asked", lane=_lane_of(box))
    send(box.session, box.house, values, sheet, [to], box.offered.received_at)
    box.house.wake.tell_all(box.session)


def _lane_of(box: Letterbox) -> Lane:
    return Lane.TEAM if box.facts.writer.is_staff else Lane.EVERYONE


def _would_read(box: Letterbox, where: _Where, writer: int) -> tuple[str, ...]:
    if box.facts.team_lane:
        return tuple(
            seat.name for seat in where.seats if seat.participant.in_team_lane
        )
    return tuple(seat.name for seat in present(where.seats, without=writer))


def settle_question(house: House, box: Letterbox, decision: Settle) -> None:
    """Take the answer to a question: the held mail goes on as its writer meant it."""
    question = box.session.get_one(Question, decision.question)
    question.answer = decision.answer
    question.answered_at = box.offered.received_at
    word = decision.answer.removeprefix("/")
    said = (
        {"meant": word} if decision.answer.startswith("/") else {"released": "post"}
    )
    journal.release(
        box.session,
        question.inbound_id,
        said,
        by=f"person {question.person_id}",
        now=box.offered.received_at,
    )
    house.wake.tell_all(box.session)
