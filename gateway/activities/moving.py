"""A case goes to another desk of this house: `/move DESK` (decision 45)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from gateway.activities import private
from gateway.activities.fanout import Word, send_copies
from gateway.activities.floor import Floor
from gateway.activities.letters import (
    Addressee,
    Sheet,
    language_of,
    send,
    zone_of,
)
from gateway.activities.place import By, Place
from gateway.routing.desk import Desk
from gateway.routing.hearing import Heard
from parsers.address import Mailbox, key
from parsers.mail import Command
from storage import activity as activities
from storage import event as events
from storage import ledger, people
from storage import question as questions
from storage.activity import Activity, Lane, Membership, Participant, Role, Turn
from storage.event import Event, Kind
from storage.roster import Seat, address_of, roster
from templates.face import Face
from templates.posted import Mark
from templates.understood import Answer, Understood

_COMMAND = "/move"
_HERE = frozenset({Membership.JOINED, Membership.TOLD})


def move(floor: Floor, command: Command) -> Understood | None:
    """Give a case to another desk: its team has it as new, the old one leaves it.

    Whoever was of the old team alone has neither its notes nor a say from then on, the
    mover among them, who is told at the old desk's address who takes over.
    """
    place, by = floor.place, floor.by
    session, activity = place.session, place.activity
    desk = _named(place, command.argument)
    if desk is None or desk.listens:
        others = tuple(each.name for each in _others(place))
        outcome = "move_where" if others else "move_nowhere"
        return Understood(command=_COMMAND, outcome=outcome, names=others)
    if private.is_private(session, activity):
        return Understood(command=_COMMAND, outcome="kept_apart")
    if questions.about_held(session, activity.family):
        return Understood(command=_COMMAND, outcome="move_waits")
    before = place.desk
    there = replace(place, desk=desk)
    _assign(there, by)
    _leave(there, by)
    seat(there, by.at)
    _tell(there, by, before)
    said = Understood(
        command=_COMMAND,
        outcome="moved",
        names=(desk.name,),
        undo=f"/move {before.address}" if floor.participant.in_team_lane else "",
    )
    _answer(place, by, desk, said)
    return None


def _others(place: Place) -> list[Desk]:
    return [
        each
        for each in place.house.desks.all
        if each is not place.desk and not each.listens
    ]


def _named(place: Place, words: str) -> Desk | None:
    """Give another desk by its address, its name, or how a word of that begins."""
    wanted = words.strip().strip("<>").casefold()
    if not wanted:
        return None
    others = _others(place)
    for desk in others:
        if desk.is_own(wanted) or desk.name.casefold() == wanted:
            return desk
    found = [each for each in others if f" {wanted}" in f" {each.name.casefold()}"]
    return found[0] if len(found) == 1 else None


def _called(member: Mailbox) -> str:
    return member.name or member.address.partition("@")[0]


def _assign(place: Place, by: By) -> None:
    session, activity = place.session, place.activity
    row = activities.desk_named(session, key(place.desk.address))
    if row is None:
        row = activities.Desk(address=key(place.desk.address), name=place.desk.name)
        session.add(row)
        session.flush()
    events.record(
        session,
        Event(
            activity_id=activity.id,
            lane=Lane.TEAM,
            kind=Kind.MOVED,
            actor_id=by.person.id,
            door=by.door,
            proof=by.proof,
            received_at=by.at,
            inbound_id=by.inbound,
            values={"from": activity.desk_id, "to": row.id},
        ),
    )
    activity.desk_id = row.id
    owner = activity.owner_id
    if owner is not None and not place.desk.is_team(address_of(session, owner)):
        activity.owner_id = activity.taken_at = None
        if activity.turn is Turn.OURS:
            activity.turn = Turn.NEW


def _leave(place: Place, by: By) -> None:
    """Take their seats from the team that is not the new one's too, and their say."""
    session, activity = place.session, place.activity
    gone = []
    for seat in activities.seats(session, activity.id):
        if seat.role is not Role.TEAM or _is_of(place, seat):
            continue
        if seat.membership in _HERE:
            activities.move(seat, Membership.LEFT, by.at)
        seat.in_team_lane = False
        seat.unsaid = []
        gone.append(seat.person_id)
    # What they were asked about it is no longer theirs to say.
    questions.withdraw(session, activity.family, gone, by.at)


def _is_of(place: Place, seat: Participant) -> bool:
    keys = people.address_keys(place.session, seat.person_id)
    return any(place.desk.is_team(each) for each in keys)


def seat(place: Place, at: datetime) -> None:
    """Tell the team of a desk of a case, as of a new one; its customer never joins."""
    session, activity = place.session, place.activity
    kept_out = private.customers(session, activity)
    for member in place.desk.team:
        person = people.meet(session, member, now=at, language=place.desk.language)
        if person.id in kept_out:
            continue
        found = activities.participant_of(session, activity.id, person.id)
        if found is None:
            found = Participant(
                activity_id=activity.id,
                person_id=person.id,
                role=Role.TEAM,
                membership=Membership.TOLD,
            )
            session.add(found)
        elif not (found.in_team_lane and found.membership in _HERE):
            if found.membership is not Membership.JOINED:
                found.membership = Membership.TOLD
            found.changed_at = at
        found.role, found.in_team_lane, found.since_event_id = Role.TEAM, True, 0
    session.flush()


def _tell(place: Place, by: By, before: Desk) -> None:
    """Send those who are new to it what its customer said last, as a first copy."""
    session, activity = place.session, place.activity
    posts = events.posts(session, activity.family, set(Lane), most=_LATELY)
    post = _last_word(posts, activity)
    if post is None:
        return
    seats = roster(session, activity.id)
    rows = {row.person_id for row in ledger.of_event(session, post.id)}
    new = [seat for seat in seats if _is_news_to(seat, rows, post)]
    if not new:
        return
    heard = {seat.person.id: (Heard.COPY, "team") for seat in new}
    word = Word(
        event=post,
        opens=post.lane is Lane.EVERYONE,
        unproved=post.proof == "unproved",
        marks=(Mark(says="moved_from", about=before.name),),
        cases_before=activities.opened_before(
            session, activity.customer_id, activity.id
        ),
    )
    ledger.write(session, send_copies(place, word, seats, heard, by.at))
    # What was said after it they find on the page; the ledger owes a row for each.
    later = [each for each in posts if each.id > post.id]
    ledger.write(
        session, [row for each in later for row in _not_yet(place, by, each, new)]
    )


def _not_yet(place: Place, by: By, post: Event, new: list[Seat]) -> list[ledger.Entry]:
    got = {row.person_id for row in ledger.of_event(place.session, post.id)}
    return [
        ledger.Entry(
            event_id=post.id,
            person_id=seat.person.id,
            outcome=ledger.Outcome.INVITED,
            reason="was not there yet",
            at=by.at,
            delivery_id=None,
        )
        for seat in new
        if seat.person.id not in got
    ]


def _last_word(posts: list[Event], activity: Activity) -> Event | None:
    theirs = [each for each in posts if each.actor_id == activity.customer_id]
    open_to_all = [each for each in posts if each.lane is Lane.EVERYONE]
    return next(iter([*theirs[-1:], *open_to_all[-1:], *posts[-1:]]), None)


_LATELY = 50


def _is_news_to(seat: Seat, got: Collection[int], post: Event) -> bool:
    participant = seat.participant
    is_team = participant.role is Role.TEAM and participant.membership in _HERE
    has_it = seat.person.id in got or seat.person.id == post.actor_id
    return is_team and seat.reachable and not has_it and "message" not in seat.refused


def _answer(place: Place, by: By, there: Desk, said: Understood) -> None:
    """Answer at the old desk, in no case: the mover may have no seat any more."""
    desk, person = place.desk, by.person
    values = Answer(
        subject=place.activity.subject,
        desk=desk.name,
        understood=(said,),
        is_staff=True,
        here=tuple(Face(name=_called(each)) for each in there.team),
    )
    sheet = Sheet(
        desk=desk,
        activity=None,
        at=by.at,
        reason="asked",
        lane=Lane.TEAM,
        subject=place.activity.subject,
        language=language_of(person, desk),
        zone=zone_of(person, desk),
        by_mail=True,
    )
    address = address_of(place.session, person.id)
    to = Addressee(person=person.id, address=address, token=None)
    send(place.session, place.house, sheet, values, [to])
