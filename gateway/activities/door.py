"""The door of an activity: who waits there, who is let in, who is not (decisions E48).

A stranger's mails wait together: one question for all of them, and one answer. What
comes while one waits is told once a day, by the team's digest or with the next mail.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.activities import cases, membership, private
from gateway.activities.place import By, Place, note
from gateway.routing.door import is_gathered
from parsers.address import Mailbox, key, read_mailboxes
from storage import activity as activities
from storage import blocked, journal, people
from storage import door as at_door
from storage import event as events
from storage import question as questions
from storage.activity import Lane, Membership, Participant, Role
from storage.database import Session
from storage.event import Event, Kind
from storage.journal import Inbound, State

ONCE_A_DAY = timedelta(hours=24)
"""So often at most further mails of one stranger are told (decisions E48)."""
_BY_HUMAN = ("person ", "cli")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One mail at the door of an activity, and who wrote it."""

    inbound: int
    activity: int
    sender: Mailbox
    cause: str
    team_lane: bool
    """It came to an address of the team."""
    subject: str
    excerpt: str
    state: State
    received_at: datetime
    noticed_at: datetime | None
    """When somebody was told of it; None: nobody yet."""
    settled_by: str
    is_out: bool
    """It was refused here, and waits at another case."""

    def waits_with(self, other: "Caller") -> bool:
        """Say whether one answer decides on both."""
        return self.inbound == other.inbound or (
            is_gathered(self.cause)
            and self.cause == other.cause
            and self.team_lane == other.team_lane
            and self.activity == other.activity
            and key(self.sender.address) == key(other.sender.address)
        )

    @property
    def may_be_let_in(self) -> bool:
        """Say whether what it says may be shown to all (gateway.routing.door)."""
        return not self.team_lane

    @property
    def waits(self) -> bool:
        """Say whether nobody decided yet."""
        return self.state is State.HELD and not self.is_out

    @property
    def was_refused(self) -> bool:
        """Say whether somebody did not let it in."""
        by_human = self.settled_by.startswith(_BY_HUMAN)
        return self.is_out or (self.state is State.DISCARDED and by_human)


def callers(session: Session, activity: int) -> list[Caller]:
    """Give all mails that ever waited at the door of an activity, in their order."""
    return list(_read(session, events.held(session, activity)))


def waiting_since_notice(
    session: Session, activities: Iterable[int] | None = None
) -> list[Caller]:
    """Give what waits at doors and nobody was told of yet, oldest first (promises R16).

    `activities` are those of interest, if not all. Whoever tells says so: `note_told`.
    """
    untold = [
        each
        for each in _read(session, at_door.all_held(session))
        if each.waits and each.noticed_at is None
    ]
    if activities is None:
        return untold
    wanted = frozenset(activities)
    return [each for each in untold if each.activity in wanted]


def note_told(session: Session, told: Iterable[int], at: datetime) -> None:
    """Note that somebody was told of some mails, by their numbers in the journal."""
    for inbound in told:
        at_door.note_said(session, inbound, {"noticed_at": at.isoformat()})


def together(all_: Sequence[Caller], inbound: int) -> list[Caller]:
    """Give those that wait with a mail, itself among them, in their order.

    Empty when it is not at the door.
    """
    named = next((each for each in all_ if each.inbound == inbound), None)
    if named is None:
        return []
    return [each for each in all_ if each.waits and each.waits_with(named)]


def named(place: Place, whom: str, *, strangers: bool = True) -> list[Caller]:
    """Give what waits of the newest stranger, or of one with an address.

    The newest mail comes last; empty when nobody waits. Who is named by an address may
    be held for any cause, unless only `strangers` are meant: a mail that may be forged
    is decided on by the letter that warns of it.
    """
    boxes = read_mailboxes(whom)
    if whom.strip() and not boxes:
        return []
    waiting = [
        each
        for each in callers(place.session, place.activity.id)
        if each.waits and (is_gathered(each.cause) or (boxes and not strangers))
    ]
    if boxes:
        wanted = key(boxes[0].address)
        waiting = [each for each in waiting if key(each.sender.address) == wanted]
    return [each for each in waiting if each.waits_with(waiting[-1])]


def is_told_later(
    session: Session, all_: Sequence[Caller], inbound: int, now: datetime
) -> bool:
    """Say whether a further mail can wait for the team's digest (decisions E48).

    One of the same stranger is asked about, or was refused, and the last notice of
    them is not older than a day.
    """
    new = next(each for each in all_ if each.inbound == inbound)
    told = [
        each
        for each in all_
        if each.noticed_at and each.inbound != inbound and each.waits_with(new)
    ]
    if not told:
        return False
    last = max(told, key=lambda each: each.noticed_at or now)
    if last.noticed_at is None or now - last.noticed_at >= ONCE_A_DAY:
        return False
    asked = any(each.waits and _is_asked(session, each) for each in told)
    return asked or last.was_refused


def admit(place: Place, by: By, all_: Sequence[Caller]) -> None:
    """Let a stranger take part, and post what waits of theirs, in its order.

    They get the letter of everybody who joins; of what was said before a guest sees
    nothing (decisions D34).
    """
    session, stranger = place.session, all_[0].sender
    person = people.meet(session, stranger, now=by.at)
    if person.id in private.kept_out(session, place.activity):
        return
    seat = activities.participant_of(session, place.activity.id, person.id)
    if seat is None and place.desk.is_team(stranger.address):
        seat = cases.seat(place, person, by.at)
    elif seat is None:
        seat = Participant(
            activity_id=place.activity.id,
            person_id=person.id,
            role=Role.GUEST,
            membership=Membership.INVITED,
            changed_at=by.at,
            invited_by_id=by.person.id,
        )
        session.add(seat)
        session.flush()
    note(place, by, Kind.ADMITTED, lane=Lane.TEAM, subject=person.id)
    if seat.membership not in {Membership.TOLD, Membership.JOINED}:
        theirs = By(
            person=person, door=by.door, proof=by.proof, at=by.at, inbound=by.inbound
        )
        membership.join(place, seat, theirs, posted=True)
    for each in all_:
        admit_once(place, by, each)


def admit_once(place: Place, by: By, caller: Caller) -> None:
    """Let one mail in, and nobody: it is posted in its writer's name."""
    said = {"released": "admit", "released_in": place.activity.id}
    journal.release(
        place.session, caller.inbound, said, by=f"person {by.person.id}", now=by.at
    )


def refuse(
    place: Place, by: By, all_: Sequence[Caller], *, block: bool = False
) -> None:
    """Discard what waits of one stranger, by the person who says so (promises R16).

    `block`: their further mail waits unseen (decisions E50).
    """
    stranger = all_[0].sender
    _record_refusal(place, by, stranger)
    for each in all_:
        put_out(by, place.session, each.inbound, each.activity, "refused at the door")
    if block:
        at_key = key(stranger.address)
        blocked.block(
            place.session,
            at_key,
            by=by.person.id,
            at=by.at,
            activity=place.activity.id,
        )


def put_out(by: By, session: Session, inbound: int, activity: int, reason: str) -> None:
    """Discard a held mail by a person's name, as far as one case goes.

    Written to two cases it still waits at the other one, for those who are asked there
    (table R3); what that one has let in already is done.
    """
    row = session.get_one(Inbound, inbound)
    elsewhere: set[int] = set()
    if len(row.recipients) > 1:
        elsewhere = at_door.doors_of(session, inbound) - {activity}
    came = {each for each in elsewhere if events.has_come(session, each, inbound)}
    refused = {*row.values.get("refused_in", ()), activity}
    if elsewhere - came - refused:
        at_door.note_said(session, inbound, {"refused_in": sorted(refused)})
        questions.close(session, inbound, by.at, activity=activity)
        return
    journal.settle(
        session,
        inbound,
        State.DONE if came else State.DISCARDED,
        reason=reason,
        by=f"person {by.person.id}",
        now=by.at,
    )


def _record_refusal(place: Place, by: By, stranger: Mailbox) -> None:
    events.record(
        place.session,
        Event(
            activity_id=place.activity.id,
            lane=Lane.TEAM,
            kind=Kind.REFUSED,
            actor_id=by.person.id,
            door=by.door,
            proof=by.proof,
            received_at=by.at,
            values={"address": stranger.address},
        ),
    )


def call_next(session: Session, inbound: int, activity: int, now: datetime) -> None:
    """After one mail alone was let in, ask about the next of the same stranger."""
    all_ = callers(session, activity)
    named = next((each for each in all_ if each.inbound == inbound), None)
    if named is None:
        return
    left = [each for each in all_ if each.waits and each.waits_with(named)]
    if not left or any(_is_asked(session, each) for each in left):
        return
    journal.settle(
        session,
        left[0].inbound,
        State.PENDING,
        reason="the one before it was let in",
        by="door",
        now=now,
    )


def _is_asked(session: Session, caller: Caller) -> bool:
    return bool(questions.open_about(session, caller.inbound, caller.activity))


def _read(session: Session, held: Iterable[Event]) -> Iterable[Caller]:
    told = list(held)
    fates = at_door.fates(
        session, [each.inbound_id for each in told if each.inbound_id]
    )
    for event in told:
        fate = fates.get(event.inbound_id or 0)
        if fate is None or event.inbound_id is None:
            continue
        said = event.values
        yield Caller(
            inbound=event.inbound_id,
            activity=event.activity_id,
            sender=Mailbox(said.get("name", ""), said.get("address", "")),
            cause=said["cause"],
            team_lane=said.get("team_lane", False),
            subject=said.get("subject", ""),
            excerpt=said.get("excerpt", ""),
            state=fate.state,
            received_at=event.received_at,
            noticed_at=fate.noticed_at,
            settled_by=fate.settled_by,
            is_out=event.activity_id in fate.refused_in,
        )
