"""A post joins its thread: commands, text, whose turn, copies."""

from dataclasses import dataclass

from gateway.activities import cases, membership
from gateway.activities.commands import Floor, answer_now, obey, say_later
from gateway.activities.fanout import Word, fan_out
from gateway.activities.gather import Offered
from gateway.activities.house import House
from gateway.activities.membership import By
from gateway.routing.decision import Keep, Post
from gateway.routing.desk import Desk
from gateway.routing.facts import Facts
from gateway.routing.proof import Proof
from parsers.address import Mailbox, key
from parsers.mail import ParsedMail
from parsers.message_id import foreign
from storage import activity as activities
from storage import address_health, people
from storage import event as events
from storage.activity import (
    Activity,
    Lane,
    Membership,
    Participant,
    Turn,
)
from storage.database import Session
from storage.event import Alias, Event, Kind
from storage.people import Person
from storage.roster import roster
from templates.values import Understood


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterbox:
    """One mail in hand: the row, what was read, the desk it is for."""

    session: Session
    house: House
    desk: Desk
    offered: Offered
    mail: ParsedMail
    facts: Facts


def post(box: Letterbox, decision: Post) -> None:
    """Add a mail to its activity: obey its commands, keep its text, tell the others.

    Raises LookupError when the activity is gone.
    """
    session = box.session
    activity = activities.find(session, decision.activity, lock=True)
    if activity is None:
        raise LookupError(f"activity {decision.activity} is gone")
    person = _author(box, decision)
    participant = activities.participant_of(session, activity.id, person.id)
    by = _by(box, person, decision.proof)
    address_health.recovered(session, key(box.facts.sender.address))
    if decision.turns_token is not None:
        leaked = session.get_one(Participant, decision.turns_token)
        leaked.generation = (leaked.generation + 1) % 16
    if participant is not None and decision.joins:
        posts = bool(box.facts.has_text)
        membership.join(
            session, box.house, box.desk, activity, participant, by, posted=posts
        )
    answers: list[Understood] = []
    floor = participant and Floor(
        session=session,
        house=box.house,
        desk=box.desk,
        activity=activity,
        participant=participant,
        by=by,
    )
    if floor:
        answers = [
            said
            for command in decision.commands
            if (said := obey(floor, command)) is not None
        ]
    if box.facts.has_text or decision.as_written:
        if floor and answers:
            say_later(floor.participant, answers)
        _publish(box, decision, activity, participant, by)
    elif floor and answers:
        answer_now(floor, answers)
    if floor and any(each.word == "leave" for each in decision.commands):
        membership.leave(
            session, box.house, box.desk, activity, floor.participant, by
        )


def _author(box: Letterbox, decision: Post) -> Person:
    if decision.author is not None:
        return box.session.get_one(Person, decision.author)
    return people.meet(box.session, box.facts.sender, now=box.facts.now)


def _by(box: Letterbox, person: Person, proof: Proof) -> By:
    return By(
        person=person,
        door=box.offered.door,
        proof=proof.label,
        at=box.offered.received_at,
        inbound=box.offered.inbound,
    )


def _publish(
    box: Letterbox,
    decision: Post,
    activity: Activity,
    participant: Participant | None,
    by: By,
) -> None:
    lane = Lane.TEAM if decision.team_lane else Lane.EVERYONE
    text = box.mail.reply if decision.as_written else box.mail.prose
    takes = _change_turn(box, activity, participant, by, lane, text)
    event = record_post(box, activity, by, lane, text)
    suggested = (
        bring_in(box, activity, by, decision.proof) if lane is Lane.EVERYONE else ()
    )
    fan_out(
        box.session,
        box.house,
        box.desk,
        activity,
        Word(
            event=event,
            takes=takes,
            direct=direct_keys(box.mail),
            attachments=box.mail.attachments,
            unproved=decision.proof < Proof.BEARER,
            suggested=suggested,
            defects=box.mail.defects,
        ),
    )


def _change_turn(
    box: Letterbox,
    activity: Activity,
    participant: Participant | None,
    by: By,
    lane: Lane,
    text: str,
) -> bool:
    """Move the state of the case; returns whether this answer took it."""
    is_team = participant is not None and participant.in_team_lane
    if participant and participant.membership is Membership.TOLD:
        activities.move(participant, Membership.JOINED, by.at)
    if lane is Lane.TEAM:
        return False
    if is_team and participant and by.person.id != activity.customer_id:
        takes = cases.own(box.session, activity, participant, by)
        cases.answered(activity, text)
        return takes
    if activity.turn is Turn.RESOLVED:
        cases.reopen(box.session, activity, by)
    if by.person.id == activity.customer_id:
        cases.customer_waits(activity, box.desk, by.at)
    return False


def record_post(
    box: Letterbox, activity: Activity, by: By, lane: Lane, text: str
) -> Event:
    """Append a post and the id under which its author holds it."""
    event = events.record(
        box.session,
        Event(
            activity_id=activity.id,
            lane=lane,
            kind=Kind.POST,
            actor_id=by.person.id,
            door=by.door,
            proof=by.proof,
            received_at=by.at,
            written_at=box.mail.date,
            inbound_id=by.inbound,
            text=text,
            values=_details(box),
        ),
    )
    _remember_id(box, activity, event, lane)
    return event


def _details(box: Letterbox) -> dict[str, object]:
    details: dict[str, object] = {}
    if box.mail.attachments:
        details["attachments"] = [each.name for each in box.mail.attachments]
    if box.facts.other_threads:
        details["also_names"] = box.facts.other_threads
    return details


def _remember_id(
    box: Letterbox, activity: Activity, event: Event, lane: Lane
) -> None:
    if box.mail.message_id:
        box.session.add(
            Alias(
                message_id=foreign(box.mail.message_id),
                activity_id=activity.id,
                event_id=event.id,
                lane=lane,
                sender=key(box.facts.sender.address),
                body_hash=box.mail.body_hash,
            )
        )


def keep(box: Letterbox, decision: Keep) -> None:
    """Keep mail of a machine with its activity, and tell nobody (decisions C25)."""
    activity = activities.find(box.session, decision.activity)
    if activity is None:
        raise LookupError(f"activity {decision.activity} is gone")
    event = events.record(
        box.session,
        Event(
            activity_id=activity.id,
            # What a machine wrote is for the team until a person lets it through.
            lane=Lane.TEAM,
            kind=Kind.MACHINE,
            actor_id=box.facts.writer.person,
            door=box.offered.door,
            proof=box.facts.proof.label,
            received_at=box.offered.received_at,
            written_at=box.mail.date,
            inbound_id=box.offered.inbound,
            text=box.mail.prose,
            values={"reason": decision.reason},
        ),
    )
    _remember_id(box, activity, event, Lane.TEAM)


def bring_in(
    box: Letterbox, activity: Activity, by: By, proof: Proof
) -> tuple[str, ...]:
    """Invite those in To and Cc, or suggest them to the owner (decisions C30).

    Returns the addresses that were not invited.
    """
    seats = roster(box.session, activity.id)
    found = membership.strangers(
        box.house, box.desk, seats, (*box.mail.to, *box.mail.cc)
    )
    if box.desk.cc == "ignore" or not found:
        return ()
    may = box.desk.cc == "auto" and proof >= Proof.BEARER
    invited = found[: box.house.limits.cc_invitations] if may else []
    for mailbox in invited:
        membership.invite(box.session, box.house, box.desk, activity, by, mailbox)
    return tuple(_shown(each) for each in found[len(invited) :])


def _shown(mailbox: Mailbox) -> str:
    return mailbox.address


def direct_keys(mail: ParsedMail) -> frozenset[str]:
    """Give the matching keys of the addresses that a mail itself went to."""
    return frozenset(key(each.address) for each in (*mail.to, *mail.cc))
