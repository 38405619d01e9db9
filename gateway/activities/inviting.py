"""Asking somebody to take part: who may be asked, by whom, how often (D30, D31)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.activities import health, private
from gateway.activities.cards import cards, present
from gateway.activities.house import House
from gateway.activities.letters import (
    Sheet,
    addressee,
    language_of,
    send,
    zone_of,
)
from gateway.activities.membership import excerpt
from gateway.activities.place import By, Place, note
from gateway.activities.references import root_id
from parsers.address import Mailbox, is_address, is_role, key
from storage import activity as activities
from storage import event as events
from storage import people
from storage.activity import Lane, Membership, Participant, Role
from storage.database import Session
from storage.event import Kind
from storage.people import Person
from storage.roster import Seat, display_name, roster, seat_of, seated
from templates.invited import Invitation, InvitationReminder

REMINDED_AFTER = timedelta(days=3)
REMINDED_BEFORE = timedelta(days=14)
"""An invitation older than this is let be, whatever kept the reminder."""
_MONTH = timedelta(days=30)
_DAY = timedelta(days=1)


class Invited(StrEnum):
    """What became of an invitation; letters know these names."""

    INVITED = "invited"
    ALREADY_INVITED = "already_invited"
    ALREADY_HERE = "already_here"
    REFUSED = "refused_invitation"
    SAID_NO = "said_no"
    """They said no thanks to this case; only the team is told so."""
    SAID_NEVER = "said_never"
    """They want no invitation at all; only the team is told so."""
    NO_COLLEAGUE = "no_colleague"
    """Only colleagues are let into the team lane (decisions B16)."""
    DOOR_CLOSED = "door_closed"
    """Only the owner of this case invites."""
    TOO_MANY_HERE = "too_many_here"
    TOO_MANY_TODAY = "too_many_today"
    ASKED_OFTEN = "asked_often"
    """They were asked so often lately; only the team is told so."""
    ONLY_LISTENS = "only_listens"
    UNREACHABLE = "unreachable_invitation"
    """Mail to them comes back; `try again` may be said once in a while (B2)."""
    TRIED_AGAIN = "tried_again"
    """They are in the case, and are asked whether mail reaches them."""


# Who stands like this is not asked again; only somebody who left is.
_STANDS = {
    Membership.JOINED: Invited.ALREADY_HERE,
    Membership.TOLD: Invited.ALREADY_HERE,
    Membership.INVITED: Invited.ALREADY_INVITED,
    Membership.DECLINED: Invited.SAID_NO,
}
# Why somebody is not asked is theirs; outsiders learn only that they are not.
_FOR_STAFF = frozenset({Invited.SAID_NO, Invited.SAID_NEVER, Invited.ASKED_OFTEN})


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands behind the address of an invitation: a reason, and two wishes."""

    reason: str = ""
    with_history: bool = False
    """`+history`: a guest will see what their inviter sees (decisions D34)."""
    again: bool = False
    """`try again`, to an address from which mail came back."""


_TRY_AGAIN = "try again"
_HISTORY = "+history"


def read_asked(words: str) -> Asked:
    """Read what stands behind the address of `/invite`."""
    rest = [each for each in words.split() if each.lower() != _HISTORY]
    with_history = len(rest) < len(words.split())
    reason = " ".join(rest)
    if reason.casefold().startswith(_TRY_AGAIN):
        reason = reason[len(_TRY_AGAIN) :].strip(" ,;:.")
        return Asked(reason, with_history=with_history, again=True)
    return Asked(reason, with_history=with_history)


def invite(
    place: Place,
    by: By,
    mailbox: Mailbox,
    asked: Asked | None = None,
    *,
    in_private: bool = False,
) -> Invited:
    """Ask somebody to take part; until they answer they get nothing else.

    Everybody in the case sees the reason, unless it was given `in_private`, in the
    team lane: then only the invited reads it, in the invitation.
    Role addresses, desks, people who refused, and more than the limits allow are
    refused, and so is everybody but the owner where the door is closed (decisions
    C30, D31; threat T8).
    """
    became = _invite(place, by, mailbox, asked or Asked(), in_private=in_private)
    if became in _FOR_STAFF and not is_staff(place, by.person):
        return Invited.REFUSED
    return became


def consult(place: Place, by: By, mailbox: Mailbox, asked: Asked) -> Invited:
    """Ask a colleague for advice, behind the scenes of one case (decisions B16).

    They will read both lanes, write to the team alone, and no customer or guest
    learns that they are there.
    """
    return _invite(place, by, mailbox, asked, in_private=False, consults=True)


def _invite(
    place: Place,
    by: By,
    mailbox: Mailbox,
    asked: Asked,
    *,
    in_private: bool,
    consults: bool = False,
) -> Invited:
    session, activity = place.session, place.activity
    if place.desk.listens:
        return Invited.ONLY_LISTENS
    if not _may_be_asked(place.house, mailbox.address) or _is_kept_out(place, mailbox):
        return Invited.REFUSED
    person = people.meet(session, mailbox, now=by.at)
    participant = activities.participant_of(session, activity.id, person.id)
    if person.never_invite and not _is_here(participant):
        return Invited.SAID_NEVER
    is_colleague = place.desk.is_colleague(mailbox.address)
    if consults and not (is_colleague or person.is_staff):
        return Invited.NO_COLLEAGUE
    if refused := _in_the_way(
        place, by, mailbox, participant, again=asked.again
    ) or _unwelcome(place, by, person, is_colleague=is_colleague):
        return refused
    role = Role.COLLEAGUE if is_colleague else Role.GUEST
    role = Role.CONSULTED if consults else role
    participant = _asked(place, by, person, participant, role)
    _look_back(place, by, participant, asked)
    staff = is_staff(place, by.person)
    reason = asked.reason if staff else ""
    participant.reason = "" if in_private else reason
    lane = Lane.TEAM if consults else Lane.EVERYONE
    note(place, by, Kind.INVITED, lane=lane, subject=person.id)
    _send(
        place,
        by.at,
        participant,
        _letter(place, participant, by.at, reason, staff=staff),
    )
    return Invited.INVITED


def _in_the_way(
    place: Place,
    by: By,
    mailbox: Mailbox,
    participant: Participant | None,
    *,
    again: bool,
) -> Invited | None:
    """Say why no invitation goes out: how they stand, or that it is in vain (B2)."""
    session, house, address = place.session, place.house, mailbox.address
    stands = _STANDS.get(participant.membership) if participant else None
    if stands is Invited.SAID_NO:
        return stands
    if health.complained_of(session, address, "invitation"):
        return Invited.SAID_NEVER
    if health.is_reached(session, address):
        return stands
    if not (again and health.may_be_tried(session, house, address, by.at)):
        return Invited.UNREACHABLE
    if stands is Invited.ALREADY_HERE:
        health.probe(session, house, key(address), by.at)
        return Invited.TRIED_AGAIN
    return None


def _may_be_asked(house: House, address: str) -> bool:
    ours = house.desks.by_address(address) or house.desks.token_in(address)
    return is_address(address) and not ours and not is_role(address)


def _is_kept_out(place: Place, mailbox: Mailbox) -> bool:
    """The customer of a case is never brought into a private question of it (D36)."""
    hidden = private.kept_out(place.session, place.activity)
    return private.is_of(place.session, mailbox.address, hidden)


def is_staff(place: Place, person: Person) -> bool:
    """Say whether somebody's own words may stand in an invitation (T8)."""
    participant = activities.participant_of(place.session, place.activity.id, person.id)
    return person.is_staff or bool(participant and participant.in_team_lane)


def may_invite(place: Place, person: Person) -> bool:
    """Say whether the door is open to what somebody brings.

    Where the owner closed it, and left, the team stands in for them.
    """
    activity = place.activity
    if not activity.owner_invites or activity.owner_id == person.id:
        return True
    return activity.owner_id is None and is_staff(place, person)


def close_door(place: Place, by: By, *, closed: bool) -> bool:
    """Let only the owner invite, or everybody again; False for who may not say so."""
    activity = place.activity
    if activity.owner_id not in {None, by.person.id}:
        return False
    if activity.owner_invites != closed:
        activity.owner_invites = closed
        note(place, by, Kind.DOOR_CLOSED if closed else Kind.DOOR_OPENED)
    return True


def _is_here(participant: Participant | None) -> bool:
    return participant is not None and participant.membership in {
        Membership.TOLD,
        Membership.JOINED,
    }


def _unwelcome(
    place: Place, by: By, person: Person, *, is_colleague: bool
) -> Invited | None:
    """Say what forbids it: the owner, or the limits."""
    if not may_invite(place, by.person):
        return Invited.DOOR_CLOSED
    # Colleagues do not count against the limits (decisions D31).
    return (
        None if is_colleague or person.is_staff else _over_the_limits(place, by, person)
    )


def has_room(session: Session, house: House, activity_id: int) -> bool:
    """Say whether one more guest fits into an activity (decisions D31)."""
    guests = activities.count_role(session, activity_id, Role.GUEST)
    return guests < house.limits.outsiders_per_activity


def _over_the_limits(place: Place, by: By, person: Person) -> Invited | None:
    """Outsiders count, by activity, inviter and invited (T8)."""
    session, limits = place.session, place.house.limits
    if not has_room(session, place.house, place.activity.id):
        return Invited.TOO_MANY_HERE
    today = events.invitations(session, by.at - _DAY, by=by.person.id)
    if today >= limits.invitations_per_inviter_day:
        return Invited.TOO_MANY_TODAY
    lately = events.invitations(session, by.at - _MONTH, of=person.id)
    if lately >= limits.invitations_per_invitee_month:
        return Invited.ASKED_OFTEN
    return None


def _asked(
    place: Place, by: By, person: Person, known: Participant | None, role: Role
) -> Participant:
    """Seat the invited; of a further invitation the old addresses are spent."""
    if known is None:
        known = Participant(
            activity_id=place.activity.id,
            person_id=person.id,
            role=role,
            membership=Membership.INVITED,
            changed_at=by.at,
            in_team_lane=role is Role.CONSULTED,
        )
        place.session.add(known)
        place.session.flush()
    else:
        if known.membership is not Membership.INVITED:
            activities.move(known, Membership.INVITED, by.at)
        known.generation = (known.generation + 1) % 16
        known.changed_at, known.reminded_at = by.at, None
        if known.role is Role.CONSULTED or role is Role.CONSULTED:
            known.role, known.in_team_lane = role, role is Role.CONSULTED
    known.invited_by_id = by.person.id
    return known


def _look_back(place: Place, by: By, participant: Participant, asked: Asked) -> None:
    """Note from where a guest will see; nobody shows more than they see themselves."""
    if participant.role is not Role.GUEST:
        return
    own = activities.participant_of(place.session, place.activity.id, by.person.id)
    participant.with_history = asked.with_history and own is not None
    participant.since_event_id = own.since_event_id if own else 0


def _letter(
    place: Place,
    participant: Participant,
    at: datetime,
    reason: str,
    *,
    staff: bool,
) -> Invitation:
    session, activity, desk = place.session, place.activity, place.desk
    seats = roster(session, activity.id)
    opening = events.first_post(session, activity.id, Lane.EVERYONE)
    tells = opening is not None and not opening.is_taken_back
    return Invitation(
        inviter=_inviter(place, seats, participant),
        inviter_is_staff=staff,
        desk=desk.name,
        subject=activity.subject,
        reason=reason,
        excerpt=excerpt(opening.text) if opening and staff and tells else "",
        here=cards(session, present(seats), activity, at=at),
        from_the_start=sees_from_the_start(participant),
        consults=participant.role is Role.CONSULTED,
        customer=display_name(session, activity.customer_id),
    )


def _inviter(place: Place, seats: list[Seat], participant: Participant) -> str:
    if inviter := seat_of(seats, participant.invited_by_id):
        return inviter.name
    if participant.invited_by_id is None:
        return place.desk.name
    return display_name(place.session, participant.invited_by_id)


def sees_from_the_start(participant: Participant) -> bool:
    """Say whether the invited will see what was said before (decisions D34)."""
    if participant.role is not Role.GUEST:
        return True
    return participant.with_history and not participant.since_event_id


def _send(
    place: Place,
    at: datetime,
    participant: Participant,
    values: Invitation,
) -> bool:
    """Queue the letter; False when its reader wants none such."""
    desk = place.desk
    seat = seated(roster(place.session, place.activity.id), participant.person_id)
    sheet = Sheet(
        desk=desk,
        activity=place.activity,
        at=at,
        reason="invited",
        author=values.inviter,
        author_is_staff=values.inviter_is_staff,
        lane=Lane.EVERYONE,
        references=(root_id(place, Lane.EVERYONE),),
        language=language_of(seat.person, desk),
        zone=zone_of(seat.person, desk),
    )
    [queued] = send(place.session, place.house, sheet, values, [addressee(seat)])
    return queued is not None


def remind(place: Place, participant: Participant, at: datetime) -> bool:
    """Remind of an invitation, once; False when that is not to be (decisions D31).

    Whoever wants no invitations, or is not reached by mail, hears nothing.
    """
    session = place.session
    if participant.membership is not Membership.INVITED or participant.reminded_at:
        return False
    seat = seated(roster(session, place.activity.id), participant.person_id)
    asked_at = participant.changed_at
    unwanted = seat.person.never_invite or "invitation" in seat.refused
    if asked_at is None or unwanted or not seat.reachable:
        return False
    inviter = participant.invited_by_id
    staff = inviter is not None and is_staff(place, session.get_one(Person, inviter))
    letter = _letter(place, participant, at, participant.reason, staff=staff)
    reminder = InvitationReminder(
        **{name: getattr(letter, name) for name in Invitation.__dataclass_fields__}
        | {"asked_at": asked_at}
    )
    participant.reminded_at = at
    return _send(place, at, participant, reminder)


def askable(place: Place, boxes: Iterable[Mailbox]) -> list[Mailbox]:
    """Give those in To and Cc that may be asked: no address of ours, team or role."""
    return [
        box
        for box in boxes
        if not place.desk.is_team(box.address)
        and _may_be_asked(place.house, box.address)
    ]


def strangers(seats: Iterable[Seat], boxes: Iterable[Mailbox]) -> list[Mailbox]:
    """Give those who are not in the activity, each once."""
    known = {each for seat in seats for each in seat.keys}
    found = {key(box.address): box for box in reversed(list(boxes))}
    return [box for address, box in reversed(found.items()) if address not in known]
