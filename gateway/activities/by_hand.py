"""A mail sent by hand is recorded: an answer of the team, or news for the team."""

from gateway.activities import cases, holding, inviting
from gateway.activities.fanout import Word, fan_out
from gateway.activities.letterbox import Letterbox
from gateway.activities.matters import written_to
from gateway.activities.place import By, Place
from gateway.activities.posting import details, remember_id
from gateway.routing.decision import ByHand
from gateway.routing.proof import Proof
from parsers.address import key
from storage import activity as activities
from storage import alias, people
from storage import event as events
from storage.activity import Lane, Membership, Participant
from storage.event import Event, Kind
from storage.people import Person
from storage.roster import roster

# Whoever can write into the mailbox's folder has its password.
_PROOF = Proof.BEARER


def record(box: Letterbox, decision: ByHand) -> None:
    """Write down what somebody sent past us; nobody outside the team is mailed.

    Raises LookupError when the activity is gone.
    """
    place = box.place(decision.activity)
    person = _author(box, decision)
    text = box.mail.reply.strip("\n") or box.mail.text
    event = _write_down(box, place, decision, person, text)
    takes = False
    if decision.is_answer:
        takes = _takes(box, place, person)
        by = box.by(person, _PROOF) if person else None
        _answered(box, place, event, by)
    boxes = written_to(box.mail)
    fan_out(
        place,
        Word(
            event=event,
            takes=takes,
            direct=frozenset(key(each.address) for each in boxes),
            attachments=box.mail.attachments,
            suggested=_suggested(box, place) if decision.is_answer else (),
            defects=_defects(box),
            by_hand=True,
            sent_to=() if decision.is_answer else _named(box),
            sent_by="" if decision.by_us else box.facts.sender.address or "?",
        ),
    )
    holding.settle_twins(box, place)


def _author(box: Letterbox, decision: ByHand) -> Person | None:
    if decision.author is None:
        return None
    return people.meet(box.session, decision.author, now=box.offered.received_at)


def _write_down(
    box: Letterbox, place: Place, decision: ByHand, person: Person | None, text: str
) -> Event:
    keys = [key(each.address) for each in written_to(box.mail)]
    lane = Lane.EVERYONE if decision.is_answer else Lane.TEAM
    event = events.record(
        box.session,
        Event(
            activity_id=place.activity.id,
            lane=lane,
            kind=Kind.POST,
            actor_id=person.id if person else None,
            door=box.offered.door,
            proof=_PROOF.label,
            received_at=box.offered.received_at,
            written_at=box.mail.date,
            inbound_id=box.offered.inbound,
            text=text,
            values={**details(box, place, lane, text), "by_hand": keys},
        ),
    )
    # What the customer answers is for everyone, whoever wrote to them.
    answers_go = Lane.EVERYONE if box.facts.reached_customer else Lane.TEAM
    remember_id(box, event, answers_go)
    return event


def _takes(box: Letterbox, place: Place, person: Person | None) -> bool:
    """Give the case to whoever answered, if nobody has it; returns whether it is so."""
    if person is None:
        return False
    at = box.offered.received_at
    participant = _seat(box, place, person)
    if not participant.in_team_lane:
        return False
    if participant.membership not in {Membership.JOINED, Membership.TOLD}:
        # They had left; now they have written to the customer.
        activities.move(participant, Membership.JOINED, at)
    return cases.own(place, participant, box.by(person, _PROOF))


def _seat(box: Letterbox, place: Place, person: Person) -> Participant:
    found = activities.participant_of(box.session, place.activity.id, person.id)
    return found or cases.seat(place, person, box.offered.received_at)


def _answered(box: Letterbox, place: Place, event: Event, by: By | None) -> None:
    """Keep the promise, save to texts that crossed this answer (promises R16).

    A mailbox is read some time after somebody wrote in it. What the customer sent
    meanwhile is not answered by it, and what the team sent later counts as before.
    """
    activity = place.activity
    crossed = _crossed(box, place, event)
    team = {
        seat.person.id
        for seat in roster(box.session, activity.id)
        if seat.participant.in_team_lane
    }
    if any(post.actor_id is None or post.actor_id in team for post in crossed):
        return
    written = min(event.written_at or event.received_at, event.received_at)
    cases.answered(place, by, event.text, written)
    for post in crossed:
        if post.actor_id == activity.customer_id:
            cases.customer_waits(activity, place.desk, post.received_at)


def _crossed(box: Letterbox, place: Place, event: Event) -> list[Event]:
    """Give the posts for everyone that this answer cannot have known."""
    earlier = events.posts(
        box.session, place.activity.family, {Lane.EVERYONE}, after=_known(box, place)
    )
    now = event.received_at
    written = min(event.written_at or now, now)
    return [
        post
        for post in earlier
        if post.id != event.id
        # A post that came by the same mailbox was received when we read it.
        and min(post.written_at or post.received_at, post.received_at) > written
    ]


def _known(box: Letterbox, place: Place) -> int:
    """Give the newest post that the answer's ids name; its writer has seen it."""
    ids = (*box.mail.in_reply_to, *box.mail.references)
    aliases = alias.known_as(box.session, ids).values() if ids else ()
    named = [each.event_id for each in aliases if each.activity_id == place.activity.id]
    ours = [own for each in ids if (own := box.house.ids.read(each))]
    return max([*named, *(own.number for own in ours if own.kind == "p")], default=0)


def _suggested(box: Letterbox, place: Place) -> tuple[str, ...]:
    """Give the strangers whom the author wrote to: one word invites them (C30)."""
    if place.desk.cc == "ignore" or place.desk.listens:
        return ()
    boxes = inviting.askable(place, written_to(box.mail))
    seats = roster(place.session, place.activity.id)
    return tuple(each.address for each in inviting.strangers(seats, boxes))


def _defects(box: Letterbox) -> tuple[str, ...]:
    large = box.offered.oversize
    if large is None:
        return box.mail.defects
    return (*box.mail.defects, f"{large // 1_000_000} MB, too large to be fetched")


def _named(box: Letterbox) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.address for each in written_to(box.mail)))
