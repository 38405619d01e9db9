"""A post joins its thread: commands, text, whose turn, copies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.activities import (
    below,
    bursts,
    cases,
    files,
    inviting,
    marks,
    membership,
    oneself,
    receipts,
    relaying,
)
from gateway.activities.commands import answer_now, obey_all, tell
from gateway.activities.fanout import Word, fan_out
from gateway.activities.floor import Floor
from gateway.activities.letterbox import Letterbox
from gateway.activities.named import answered_post
from gateway.activities.origin import names_us
from gateway.activities.place import By, Place
from gateway.activities.thankful import thanked
from gateway.routing.decision import Keep, Post
from gateway.routing.proof import Proof
from parsers import pictures
from parsers.address import key
from parsers.mail import ParsedMail
from parsers.message_id import foreign
from parsers.pictures import Picture
from parsers.reply_address import Purpose
from storage import activity as activities
from storage import event as events
from storage import outbox, people
from storage.activity import (
    Lane,
    Membership,
    Participant,
)
from storage.alias import Alias
from storage.database import Session
from storage.event import Event, Kind
from storage.people import Person
from storage.roster import display_name, roster
from templates.understood import Understood

_MOST_NAMED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """What a text did to the state of its case."""

    takes: bool = False
    """It gave the case its owner."""
    reopened: int = 0
    """So many times within a day, when that is to be said."""
    assigns: bool = False
    """The mail gave the case to somebody else."""


def post(box: Letterbox, decision: Post) -> None:
    """Add a mail to its activity: obey its commands, keep its text, tell the others.

    `/publish` and the offer to publish are done afterwards (publishing.follow).
    Raises LookupError when the activity is gone.
    """
    session = box.session
    place = box.place(decision.activity)
    person = _author(box, decision)
    participant = _seat(box, place, person)
    by = box.by(person, decision.proof)
    box.heard_from(asks=person.id == place.activity.customer_id)
    oneself.is_here(person, box.mail)
    if decision.turns_token is not None:
        leaked = session.get_one(Participant, decision.turns_token)
        leaked.generation = (leaked.generation + 1) % 16
    if participant is None:
        _let_in_once(box, place, decision, by)
        return
    leaves = any(each.word == "leave" for each in decision.commands)
    if decision.joins:
        posted = box.facts.has_text
        membership.join(place, participant, by, posted=posted, stays=not leaves)
    posts = box.facts.has_text or decision.as_written
    # Whoever answers has the case before others are invited into it.
    turned = Turned()
    if posts:
        turned = _takes_part(box, place, decision, participant, by)
    floor = Floor(
        place=place,
        participant=participant,
        by=by,
        team_lane=decision.team_lane,
        leaves=leaves,
        asks_about=receipts.asked_about(place, participant, box.mail)
        if any(each.word == "who" for each in decision.commands)
        else None,
        answers=answered_post(session, box.house, box.mail)
        if decision.commands
        else None,
        reaches_customer=posts and reaches_customer(session, box.mail, decision, place),
    )
    before = place.activity.owner_id
    answers = obey_all(floor, decision.commands)
    tell(floor, answers, posted=posts)
    if posts:
        owner = place.activity.owner_id
        assigns = owner not in {before, person.id}
        _publish(box, place, decision, by, replace(turned, assigns=assigns))
    if decision.only_listens:
        _say_unsent(floor)
    if leaves:
        membership.leave(place, participant, by)


def reaches_customer(
    session: Session, mail: ParsedMail, decision: Post, place: Place
) -> bool:
    """Say whether a letter of ours brings the customer the text of a mail.

    Asks the database only where a command is obeyed by that letter.
    """
    if decision.team_lane or decision.quiet:
        return False
    if not any(each.word == "promise" for each in decision.commands):
        return False
    theirs = people.address_keys(session, place.activity.customer_id)
    return theirs.isdisjoint(direct_keys(mail))


def _let_in_once(box: Letterbox, place: Place, decision: Post, by: By) -> None:
    """Post the text of somebody without a seat, and obey nothing."""
    turned = Turned()
    if not decision.team_lane:
        turned = change_turn(place, None, by, "")
    _publish(box, place, decision, by, turned)


def _say_unsent(floor: Floor) -> None:
    """Tell one of the team at once that the customer did not get their answer."""
    customer = display_name(floor.place.session, floor.place.activity.customer_id)
    said = Understood(command="/note", outcome="not_sent", names=(customer,))
    answer_now(floor, [said], posted=True)


def _author(box: Letterbox, decision: Post) -> Person:
    if decision.author is None:
        person = people.meet(box.session, box.facts.sender, now=box.facts.now)
        box.hears_language(person)
        return person
    person = box.session.get_one(Person, decision.author)
    if person.id == box.facts.writer.person:
        box.hears_language(person)
        if not person.name:
            # Invited by a bare address, they tell us their name by writing.
            person.name = box.facts.sender.name
    return person


def _seat(box: Letterbox, place: Place, person: Person) -> Participant | None:
    writer = box.facts.writer
    if writer.participant is not None and person.id == writer.person:
        return box.session.get_one(Participant, writer.participant)
    found = activities.participant_of(box.session, place.activity.id, person.id)
    if found is None and place.desk.is_team(box.facts.sender.address):
        # They came to the team after the case was opened.
        return cases.seat(place, person, box.offered.received_at)
    return found


def _takes_part(
    box: Letterbox, place: Place, decision: Post, participant: Participant, by: By
) -> Turned:
    """Count a writer of the team as one who joined (decisions D32)."""
    if participant.membership is Membership.TOLD:
        activities.move(participant, Membership.JOINED, by.at)
    if decision.team_lane or decision.quiet:
        if by.person.id == place.activity.customer_id and not participant.in_team_lane:
            # Only the team reads it, because somebody said so; the customer waits.
            return change_turn(place, participant, by, "")
        return Turned()
    if decision.thanks and not participant.in_team_lane:
        # It asks nothing: nobody waits for an answer, and what is solved stays so.
        return Turned()
    return change_turn(place, participant, by, _text(box, decision))


def _text(box: Letterbox, decision: Post) -> str:
    return box.mail.reply if decision.as_written else box.facts.prose


def _publish(
    box: Letterbox, place: Place, decision: Post, by: By, turned: Turned
) -> None:
    lane = Lane.TEAM if decision.team_lane else Lane.EVERYONE
    # What the customer answers is for everyone, though only the record had it from us.
    has_it = decision.quiet and box.facts.reached_customer
    answers = Lane.EVERYONE if has_it else None
    text = _text(box, decision)
    event = record_post(box, place, by, lane, text, answers=answers)
    event.is_thanks = decision.thanks
    suggested = bring_in(box, place, by) if lane is Lane.EVERYONE else ()
    flow = bursts.flow(place, event, by_team=box.facts.writer.in_team_lane)
    bursts.tell(place, event, flow)
    word = Word(
        event=event,
        takes=turned.takes,
        assigns=turned.assigns,
        pace=flow.pace,
        put_off=flow.put_off,
        reopened=turned.reopened,
        direct=direct_keys(box.mail),
        attachments=box.mail.attachments,
        signature=oneself.learn(by.person, box.mail),
        unproved=decision.proof < Proof.BEARER,
        marked_spam=bool(box.facts.spam_mark),
        suggested=suggested,
        defects=box.mail.defects,
        marks=marks.of(box.house, place, box.facts, box.mail),
        quiet=decision.quiet,
        thanks=_thanked(box, place, event) if decision.thanks else None,
    )
    fan_out(place, word)
    if place.activity.linked_id is not None:
        relaying.relay(place, word)


def _thanked(box: Letterbox, place: Place, event: Event) -> int | None:
    number = box.facts.answers_post
    answered = box.session.get(Event, number) if number else None
    seats = roster(box.session, place.activity.id)
    owner = place.activity.owner_id
    return thanked(seats, event.actor_id, event.text, answered, owner)


def change_turn(
    place: Place, participant: Participant | None, by: By, text: str
) -> Turned:
    """Move the state of the case after a post."""
    activity = place.activity
    by_customer = by.person.id == activity.customer_id
    if participant and participant.in_team_lane and not by_customer:
        takes = cases.own(place, participant, by)
        cases.answered(place, by, text, by.at)
        return Turned(takes=takes)
    reopened = cases.flaps(place, by) if cases.reopen(place, by) else 0
    if by_customer:
        cases.customer_waits(activity, place.desk, by.at)
    return Turned(reopened=reopened)


def record_post(
    box: Letterbox,
    place: Place,
    by: By,
    lane: Lane,
    text: str,
    *,
    answers: Lane | None = None,
) -> Event:
    """Append a post and the id under which its author holds it.

    `answers` is the lane of what answers it, if that is another one.
    """
    said, shown = pictures.place(text, box.mail.html, box.mail.attachments)
    event = events.record(
        box.session,
        Event(
            activity_id=place.activity.id,
            lane=lane,
            kind=Kind.POST,
            actor_id=by.person.id,
            door=by.door,
            proof=by.proof,
            received_at=by.at,
            written_at=box.mail.date,
            inbound_id=by.inbound,
            text=said,
            values=details(box, place, lane, text, shown),
        ),
    )
    remember_id(box, event, answers or lane)
    return event


def details(
    box: Letterbox,
    place: Place,
    lane: Lane,
    text: str,
    shown: Sequence[Picture] = (),
) -> dict[str, object]:
    """Give what a post's event keeps beside its text; large files are stored.

    `shown` are the pictures that stand among the text.
    """
    found: dict[str, object] = files.remember(place, box.mail.attachments, shown)
    attached = files.without_repeated(box.mail.attachments, found)
    if attached:
        found["attachments"] = [each.name for each in attached]
    if linked := files.divide(attached, box.desk).linked:
        found["linked"] = files.keep(box.house, linked)
    if box.facts.loop_hops:
        found["hops"] = box.facts.loop_hops
    if named := strangers_named(box):
        found["named"] = named
    if box.facts.other_threads:
        found["also_names"] = box.facts.other_threads
    writer = (box.facts.sender, box.facts.writer.person)
    inbound = box.offered.inbound
    parts = below.of_mail(place, box.mail, writer, inbound, lane, text)
    if parts:
        found["below"] = parts
    return found


def strangers_named(box: Letterbox) -> list[str]:
    """Give the address keys that a mail names beside us, for table R2's guests."""
    if box.facts.is_blind:
        return []
    keys = {
        key(each.address)
        for each in (*box.mail.to, *box.mail.cc)
        if not names_us(box.house, [each])
    }
    return sorted(keys)[:_MOST_NAMED]


def remember_id(box: Letterbox, event: Event, lane: Lane) -> None:
    """Keep the id of a mail, by which answers to it find their way to a lane."""
    if box.mail.message_id:
        box.session.add(
            Alias(
                message_id=foreign(box.mail.message_id),
                activity_id=event.activity_id,
                event_id=event.id,
                lane=lane,
                sender=key(box.facts.sender.address),
                body_hash=box.mail.body_hash,
            )
        )


def keep(box: Letterbox, decision: Keep) -> None:
    """Keep mail of a machine with its activity, and tell nobody (decisions C25)."""
    activity = box.place(decision.activity).activity
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
            # What only may be a machine's is told in the team's digest (R16).
            values={"reason": decision.reason, "kind": box.facts.automatic.kind},
        ),
    )
    remember_id(box, event, event.lane)
    if box.facts.proof >= Proof.BEARER and box.facts.writer.participant:
        note_away(box)


def note_away(box: Letterbox) -> None:
    """Take from a vacation note until when its writer is away (decisions D35).

    At a return path it counts for whom the letter went to, and for nobody else.
    """
    facts, back_on = box.facts, box.mail.back_on
    if back_on is None or facts.writer.person is None:
        return
    if facts.purpose is Purpose.RETURN:
        letter = facts.delivery and outbox.by_id(box.session, facts.delivery)
        if not letter or letter.person_id != facts.writer.person:
            return
    person = box.session.get_one(Person, facts.writer.person)
    oneself.note_away(person, back_on, box.offered.received_at)


def bring_in(box: Letterbox, place: Place, by: By) -> tuple[str, ...]:
    """Invite those in To and Cc, or suggest them to the owner (decisions C30).

    Returns the addresses that were not invited.
    """
    boxes = inviting.askable(place, (*box.mail.to, *box.mail.cc))
    if place.desk.cc == "ignore" or place.desk.listens or not boxes:
        return ()
    found = inviting.strangers(roster(place.session, place.activity.id), boxes)
    may = place.desk.cc == "auto" and box.facts.proof >= Proof.BEARER
    if not inviting.may_invite(place, by.person):
        may = False
    invited = found[: place.house.limits.cc_invitations] if may else []
    for mailbox in invited:
        inviting.invite(place, by, mailbox)
    return tuple(each.address for each in found[len(invited) :])


def direct_keys(mail: ParsedMail) -> frozenset[str]:
    """Give the matching keys of the addresses that a mail itself went to."""
    return frozenset(key(each.address) for each in (*mail.to, *mail.cc))
