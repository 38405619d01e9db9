"""A case goes on in another one: `/followup SUBJECT` (decision 45)."""

from gateway.activities import cases, private
from gateway.activities.commands import answer_now
from gateway.activities.fanout import Word, fan_out
from gateway.activities.floor import Floor
from gateway.activities.letterbox import Letterbox
from gateway.activities.place import By, Place
from gateway.routing.decision import Post
from storage import activity as activities
from storage import event as events
from storage.activity import Activity, Lane, Membership, Participant, Role, Turn
from storage.event import Event, Kind
from storage.people import Person
from templates.moved import goes_on
from templates.render import Reader
from templates.understood import Understood

_COMMAND = "/followup"
_GO_ALONG = frozenset({Membership.JOINED, Membership.TOLD})
_SUBJECT_LETTERS = 200


def follow(box: Letterbox, decision: Post) -> None:
    """Do what `/followup` asks for, when the mail just posted has it."""
    found = [each for each in decision.commands if each.word == "followup"]
    person = box.facts.writer.person
    if not found or person is None:
        return
    place = box.place(decision.activity)
    seat = activities.participant_of(place.session, place.activity.id, person)
    if seat is None or not seat.is_staff:
        return
    by = box.by(box.session.get_one(Person, person), box.facts.proof)
    floor = Floor(place=place, participant=seat, by=by, team_lane=True)
    said = follow_up(floor, found[0].argument)
    if said is not None:
        answer_now(floor, [said])


def follow_up(floor: Floor, words: str) -> Understood | None:
    """Open an activity that carries on another: its people, its owner, its promise.

    Each has the seat that they have, and nobody else gets one. The old one stays as it
    is; its promise goes along, and stays there too only while its customer waits for
    an answer. Both say so to the team, and the answer comes from the new one. Returns
    why nothing was done; None when it was.
    """
    place, by = floor.place, floor.by
    session, activity = place.session, place.activity
    if private.is_private(session, activity):
        return Understood(command=_COMMAND, outcome="kept_apart")
    subject = words.strip()[:_SUBJECT_LETTERS] or activity.subject
    opened = activities.begin(
        session,
        Activity(
            public_id=cases.new_public_id(place.house),
            desk_id=activity.desk_id,
            subject=subject,
            customer_id=activity.customer_id,
            opened_at=by.at,
            linked_id=activity.id,
            turn=Turn.OURS if activity.owner_id else Turn.NEW,
            owner_id=activity.owner_id,
            taken_at=by.at if activity.owner_id else None,
            owner_invites=activity.owner_invites,
        ),
    )
    _carry_promise(activity, opened)
    _seats(place, opened, by)
    there = Place(session, place.house, place.desk, opened)
    note = _say(place, activity, opened, by, onward=True)
    # On record alone: its readers have the other one.
    fan_out(place, Word(event=note, quiet=True))
    fan_out(there, Word(event=_say(there, opened, activity, by, onward=False)))
    seat = activities.participant_of(session, opened.id, by.person.id)
    seat = seat or cases.seat(there, by.person, by.at)
    said = Understood(
        command=_COMMAND,
        outcome="followed_up",
        names=(subject,),
        undo=f"/merge {activity.public_id}",
    )
    answer_now(Floor(place=there, participant=seat, by=by, team_lane=True), [said])
    return None


def _carry_promise(activity: Activity, opened: Activity) -> None:
    if activity.promised_at is None:
        return
    opened.promised_at = activity.promised_at
    opened.promised_day_only = activity.promised_day_only
    if activity.waiting_since is None:
        activity.promised_at = None


def _seats(place: Place, opened: Activity, by: By) -> None:
    """Give whoever takes part the seat that they have; who was asked is not asked."""
    for seat in activities.seats(place.session, place.activity.id):
        if seat.membership not in _GO_ALONG and seat.role is not Role.CUSTOMER:
            continue
        place.session.add(
            Participant(
                activity_id=opened.id,
                person_id=seat.person_id,
                role=seat.role,
                membership=seat.membership,
                in_team_lane=seat.in_team_lane,
                hearing=seat.hearing,
                invited_by_id=seat.invited_by_id,
                reason=seat.reason,
                # Merged back, it shows nobody what they had not seen there.
                since_event_id=seat.since_event_id,
                with_history=seat.with_history,
                changed_at=by.at,
            )
        )
    place.session.flush()


def _say(
    place: Place, activity: Activity, other: Activity, by: By, *, onward: bool
) -> Event:
    """Note in one activity that it goes on in the other, or where it comes from."""
    desk = place.desk
    text = goes_on(
        other.subject, other.public_id, Reader(desk.language, desk.zone), onward=onward
    )
    values = {"goes_on_in" if onward else "goes_on_from": other.id}
    return events.record(
        place.session,
        Event(
            activity_id=activity.id,
            lane=Lane.TEAM,
            kind=Kind.POST,
            actor_id=by.person.id,
            door=by.door,
            proof=by.proof,
            received_at=by.at,
            inbound_id=by.inbound,
            text=text,
            values=values,
        ),
    )
