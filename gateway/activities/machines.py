"""What may be a machine's waits at its case; the team is shown it and decides.

Some programs mark all mail of a company as automatic (mail-rules 1.7), and a person
may write five mails under one subject: so nothing is thrown away, and one word lets
all that waits of this sender through (decisions C25, promises R16). The team is asked
once in a while for each sender; what came meanwhile is in the next letter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.activities import blocking, door, questions
from gateway.activities.commands import answer_now
from gateway.activities.floor import Floor
from gateway.activities.holding import note_held, sheet_of
from gateway.activities.letterbox import Letterbox
from gateway.activities.letters import addressee
from gateway.activities.place import By, Place
from gateway.activities.telling import owners
from gateway.routing.asking import Asking
from gateway.routing.decision import Show
from gateway.routing.limits import Limits
from parsers.address import key
from storage import activity as activities
from storage import event as events
from storage import journal, pace
from storage.activity import Lane
from storage.event import Event
from storage.journal import State
from storage.people import Person
from storage.question import Question
from storage.roster import display_name, roster
from templates.held import MachineMail
from templates.posted import Said
from templates.understood import Understood

_CAUSES = frozenset({"machine", "loop"})
_MOST_SHOWN = 5
_ALL = 100_000
_RELEASED_AS = {"post": "admit", "open": "open"}


def show(box: Letterbox, decision: Show) -> None:
    """Hold a mail at its case, and ask whoever has the case, unless that was just done.

    Raises ValueError for a mail that is not in the journal.
    """
    if box.offered.inbound is None:
        raise ValueError("only a mail of the journal can be asked about")
    place = box.place(decision.activity)
    held = _held(place, box.facts.writer.person)
    now = box.offered.received_at
    if box.offered.is_again and any(
        event.inbound_id == box.offered.inbound for event in held
    ):
        # Let into another case it was written to: here it waits as before.
        return
    is_open = any(_waits(place, event) for event in held)
    if is_open and _was_asked(held, decision.cause, now, box.house.limits):
        known: dict[str, object] = {"address": box.facts.sender.address}
        note_held(box, place, decision.cause, text=box.facts.prose, values=known)
        return
    theirs = _by_sender(held, box.facts.writer.person, box.facts.sender.address)
    unseen = _unseen(place, theirs)[-_MOST_SHOWN:]
    shows = [*(event.inbound_id for event in unseen), box.offered.inbound]
    known = {"address": box.facts.sender.address, "shows": shows}
    event = note_held(box, place, decision.cause, text=box.facts.prose, values=known)
    _ask(box, place, event, decision.reason, unseen)


def answered(box: Letterbox, question: Question, answer: str) -> None:
    """Do what somebody says of a sender's mails that wait: one word for all of them.

    What nobody was shown is not refused with the rest: it is asked about now.
    """
    asked = box.session.get(Event, question.event_id) if question.event_id else None
    if asked is None:
        return
    place = box.place(asked.activity_id)
    by = box.by(box.session.get_one(Person, question.person_id), box.facts.proof)
    held = _by_sender(
        _held(place, asked.actor_id, _ALL),
        asked.actor_id,
        str(asked.values.get("address", "")),
    )
    waiting = [event for event in held if _waits(place, event)]
    if not waiting:
        questions.tell_decided(box, question, place.activity.subject)
        return
    if said := _RELEASED_AS.get(answer):
        for event in waiting:
            _release(place, by, event, said)
        return
    unseen = [] if answer == "spam" else _unseen(place, held)
    for event in waiting:
        if event not in unseen:
            _dismiss(place, by, event, answer)
    _confirm(place, by, asked, answer)
    if unseen:
        event = note_again(place, by, unseen)
        _ask(box, place, event, "", unseen[:_MOST_SHOWN])


def _held(place: Place, actor: int | None, most: int = 200) -> list[Event]:
    """What was held of one sender here as a machine's; strangers count as one."""
    found = pace.held_at(place.session, place.activity.id, actor, most)
    return [event for event in found if event.values.get("cause") in _CAUSES]


def _by_sender(held: list[Event], actor: int | None, address: str) -> list[Event]:
    """Of those whom we do not know, one word decides on the mails of one address.

    The others stand in the team's digest: nobody is let in with somebody else.
    """
    if actor is not None:
        return held
    return [
        event
        for event in held
        if key(str(event.values.get("address", ""))) == key(address)
    ]


def _was_asked(
    held: Iterable[Event], cause: str, now: datetime, limits: Limits
) -> bool:
    span = timedelta(minutes=limits.machine_notice_minutes)
    if cause == "loop":
        span = timedelta(hours=limits.loop_silence_hours)
    return any(
        "shows" in event.values
        and event.values["cause"] == cause
        and event.received_at > now - span
        for event in held
    )


def _waits(place: Place, event: Event) -> bool:
    found = event.inbound_id and journal.by_id(place.session, event.inbound_id)
    if not found or found.state is not State.HELD:
        return False
    return event.activity_id not in found.values.get("refused_in", ())


def _unseen(place: Place, held: Sequence[Event]) -> list[Event]:
    """What waits and stood in no letter yet, oldest first."""
    shown = {number for event in held for number in event.values.get("shows", ())}
    return [
        event
        for event in held
        if event.inbound_id not in shown and _waits(place, event)
    ]


def _ask(
    box: Letterbox, place: Place, event: Event, reason: str, earlier: Sequence[Event]
) -> None:
    sender = box.facts.sender
    is_anew = event.inbound_id != box.offered.inbound
    if is_anew and event.actor_id is not None:
        name, address = display_name(place.session, event.actor_id), ""
    elif is_anew:
        name, address = "", str(event.values.get("address", ""))
    else:
        name, address = sender.name, sender.address
    values = MachineMail(
        name=name,
        address=address,
        cause=str(event.values["cause"]),
        reason=reason,
        text=event.text,
        earlier=tuple(
            Said(author=name or address, at=each.received_at, text=each.text)
            for each in earlier
            if each.id != event.id and each.text != event.text
        ),
        subject=place.activity.subject,
    )
    matter = questions.Matter(
        asking=Asking.MACHINE, inbound=event.inbound_id, event=event.id
    )
    seats = roster(place.session, place.activity.id)
    to = [
        addressee(seat)
        for seat in owners(place.activity, seats, box.offered.received_at)
    ]
    beside = [each.inbound_id for each in (event, *earlier) if each.inbound_id]
    # The mail in hand may be the answer to the question before this one.
    sheet = replace(
        sheet_of(box, place, "owner", Lane.TEAM), tells_of=tuple(dict.fromkeys(beside))
    )
    questions.ask(box.session, box.house, sheet, matter, values, to)
    door.note_told(box.session, sheet.tells_of, box.offered.received_at)


def note_again(place: Place, by: By, unseen: Sequence[Event]) -> Event:
    """Note that the team is shown now what came since they were asked last."""
    newest = unseen[-1]
    return events.record(
        place.session,
        Event(
            activity_id=place.activity.id,
            lane=Lane.TEAM,
            kind=newest.kind,
            actor_id=newest.actor_id,
            door=newest.door,
            proof=newest.proof,
            received_at=by.at,
            inbound_id=newest.inbound_id,
            text=newest.text,
            values={
                "cause": newest.values["cause"],
                "address": newest.values.get("address", ""),
                "shows": [event.inbound_id for event in unseen[:_MOST_SHOWN]],
            },
        ),
    )


def _release(place: Place, by: By, event: Event, said: str) -> None:
    if event.inbound_id is not None and _waits(place, event):
        # What leads to no case yet has none to be let into.
        is_here = event.values["cause"] == "machine"
        here = {"released_in": place.activity.id} if is_here else {}
        journal.release(
            place.session,
            event.inbound_id,
            {"released": said, **here},
            by=f"person {by.person.id}",
            now=by.at,
        )


def _dismiss(place: Place, by: By, event: Event, answer: str) -> None:
    if event.inbound_id is not None and _waits(place, event):
        reason = f"mail that may be a machine's: {answer}"
        door.put_out(by, place.session, event.inbound_id, event.activity_id, reason)


def _confirm(place: Place, by: By, asked: Event, answer: str) -> None:
    """Tell who refused what was understood, and how to undo it."""
    seat = activities.participant_of(place.session, place.activity.id, by.person.id)
    if seat is None:
        return
    said = Understood(command=answer, outcome="put_aside")
    if answer == "spam" and asked.actor_id is not None:
        is_blocked = blocking.block_person(place, by, asked.actor_id)
        said = Understood(
            command=answer,
            outcome="blocked" if is_blocked else "put_aside",
            names=(display_name(place.session, asked.actor_id),),
            undo="/reopen" if is_blocked else "",
        )
    floor = Floor(place=place, participant=seat, by=by, team_lane=True)
    answer_now(floor, [said])
