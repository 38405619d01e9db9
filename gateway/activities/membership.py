"""Taking part: invited, not conscripted; join, decline, leave, mute."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from itertools import takewhile

from gateway.activities import health, unheard
from gateway.activities.below import parts_of
from gateway.activities.cards import cards, present, said_of
from gateway.activities.fanout import author_name
from gateway.activities.house import House
from gateway.activities.letters import (
    Sheet,
    addressee,
    language_of,
    send,
    zone_of,
)
from gateway.activities.place import By, Place, note
from gateway.activities.references import ancestry, root_id
from gateway.routing.desk import Desk
from parsers.address import Mailbox, domain, is_address, is_role, key
from storage import activity as activities
from storage import event as events
from storage import people
from storage.activity import (
    Activity,
    Hearing,
    Lane,
    Membership,
    Participant,
    Role,
    Turn,
)
from storage.database import Session
from storage.event import Event, Kind
from storage.people import Person
from storage.roster import Seat, roster, seat_of, seated
from templates.values import Invitation, Joined, Left, Said

CATCH_UP_POSTS = 5
_EXCERPT_LETTERS = 300
_MONTH = timedelta(days=30)
_DAY = timedelta(days=1)


class Invited(StrEnum):
    """What became of an invitation; letters know these names."""

    INVITED = "invited"
    ALREADY_INVITED = "already_invited"
    ALREADY_HERE = "already_here"
    REFUSED = "refused_invitation"
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
    Membership.DECLINED: Invited.REFUSED,
}


def invite(
    place: Place,
    by: By,
    mailbox: Mailbox,
    reason: str = "",
    *,
    in_private: bool = False,
) -> Invited:
    """Ask somebody to take part; until they answer they get nothing else.

    Everybody in the case sees the reason, unless it was given `in_private`, in the
    team lane: then only the invited reads it, in the invitation.
    Role addresses, desks, people who refused, and more than the limits allow are
    refused (decisions C30, D31; threat T8).
    """
    session, activity = place.session, place.activity
    if place.desk.listens:
        return Invited.ONLY_LISTENS
    if not _may_be_asked(place.house, mailbox.address):
        return Invited.REFUSED
    person = people.meet(session, mailbox, now=by.at)
    participant = activities.participant_of(session, activity.id, person.id)
    again, reason = _asked_again(reason)
    if refused := _in_the_way(place, by, mailbox, participant, again=again):
        return refused
    is_colleague = _is_colleague(place.desk, mailbox.address)
    # Colleagues do not count against the limits (decisions D31).
    if person.never_invite or not (is_colleague or _within_limits(place, by, person)):
        return Invited.REFUSED
    if participant is None:
        participant = _seat(
            place, by, person, Role.COLLEAGUE if is_colleague else Role.GUEST
        )
    else:
        if participant.membership is not Membership.INVITED:
            activities.move(participant, Membership.INVITED, by.at)
        participant.generation = (participant.generation + 1) % 16
    staff = _is_staff(place, by.person)
    reason = reason if staff else ""
    participant.reason = "" if in_private else reason
    participant.invited_by_id = by.person.id
    note(place, by, Kind.INVITED, subject=person.id)
    _send_invitation(place, by, participant, reason, staff=staff)
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
    if stands is Invited.REFUSED:
        return stands
    if health.complained_of(session, address, "invitation"):
        return Invited.REFUSED
    if health.is_reached(session, address):
        return stands
    if not (again and health.may_be_tried(session, house, address, by.at)):
        return Invited.UNREACHABLE
    if stands is Invited.ALREADY_HERE:
        health.probe(session, house, key(address), by.at)
        return Invited.TRIED_AGAIN
    return None


def _asked_again(reason: str) -> tuple[bool, str]:
    """Tell whether the inviter says `try again`, and what they say beside it."""
    words = reason.strip()
    if words.casefold().startswith(_TRY_AGAIN):
        return True, words[len(_TRY_AGAIN) :].strip(" ,;:.")
    return False, reason


_TRY_AGAIN = "try again"


def _may_be_asked(house: House, address: str) -> bool:
    ours = house.desks.by_address(address) or house.desks.token_in(address)
    return is_address(address) and not ours and not is_role(address)


def _is_colleague(desk: Desk, address: str) -> bool:
    return desk.is_team(address) or domain(address) in {
        each.casefold() for each in desk.staff_domains
    }


def _is_staff(place: Place, person: Person) -> bool:
    participant = activities.participant_of(place.session, place.activity.id, person.id)
    return person.is_staff or bool(participant and participant.in_team_lane)


def has_room(session: Session, house: House, activity: Activity) -> bool:
    """Say whether one more guest fits into an activity (decisions D31)."""
    guests = activities.count_role(session, activity.id, Role.GUEST)
    return guests < house.limits.outsiders_per_activity


def _within_limits(place: Place, by: By, person: Person) -> bool:
    """Outsiders count, by activity, inviter and invited (T8)."""
    session, limits = place.session, place.house.limits
    return (
        has_room(session, place.house, place.activity)
        and events.invitations(session, by.at - _DAY, by=by.person.id)
        < limits.invitations_per_inviter_day
        and events.invitations(session, by.at - _MONTH, of=person.id)
        < limits.invitations_per_invitee_month
    )


def _seat(place: Place, by: By, person: Person, role: Role) -> Participant:
    participant = Participant(
        activity_id=place.activity.id,
        person_id=person.id,
        role=role,
        membership=Membership.INVITED,
        changed_at=by.at,
    )
    place.session.add(participant)
    place.session.flush()
    return participant


def _send_invitation(
    place: Place, by: By, participant: Participant, reason: str, *, staff: bool
) -> None:
    session, activity, desk = place.session, place.activity, place.desk
    seats = roster(session, activity.id)
    seat = seated(seats, participant.person_id)
    inviter = seat_of(seats, by.person.id)
    opening = events.first_post(session, activity.id, Lane.EVERYONE)
    values = Invitation(
        inviter=inviter.name if inviter else by.person.name or desk.name,
        inviter_is_staff=staff,
        desk=desk.name,
        subject=activity.subject,
        reason=reason,
        excerpt=excerpt(opening.text) if staff and opening else "",
        here=cards(session, present(seats), activity, at=by.at),
        from_the_start=participant.role is Role.COLLEAGUE,
    )
    sheet = Sheet(
        desk=desk,
        activity=activity,
        at=by.at,
        reason="invited",
        author=values.inviter,
        author_is_staff=staff,
        lane=Lane.EVERYONE,
        references=(root_id(place, Lane.EVERYONE),),
        language=language_of(seat.person, desk),
        zone=zone_of(seat.person, desk),
    )
    send(session, place.house, sheet, values, [addressee(seat)])


def excerpt(text: str) -> str:
    """Give the beginning of a text, cut at a word."""
    # Below the signature's line (RFC 3676 section 4.3) nothing belongs to the text.
    lines = takewhile(lambda line: line.rstrip() != "--", text.splitlines())
    words = " ".join(" ".join(lines).split())
    if len(words) <= _EXCERPT_LETTERS:
        return words
    return words[:_EXCERPT_LETTERS].rsplit(" ", 1)[0] + " …"


def join(
    place: Place,
    participant: Participant,
    by: By,
    *,
    posted: bool = False,
    hearing: Hearing = Hearing.EACH,
) -> None:
    """Let somebody take part, and send the letter that lets them catch up (D34)."""
    if participant.membership is Membership.JOINED:
        participant.hearing = hearing
        return
    activities.move(participant, Membership.JOINED, by.at)
    participant.hearing = hearing
    if participant.role is Role.GUEST:
        participant.since_event_id = events.newest(place.session, place.activity.id)
    note(place, by, Kind.JOINED)
    person = place.session.get_one(Person, participant.person_id)
    if participant.reason and "skill" not in person.proposed:
        # Other cases hear of it once they say it themselves: it may name a customer.
        person.proposed = {**person.proposed, "skill": said_of(participant.reason)}
    _send_joined(place, participant, by, posted=posted)


def _send_joined(
    place: Place, participant: Participant, by: By, *, posted: bool
) -> None:
    session, activity, desk = place.session, place.activity, place.desk
    seats = roster(session, activity.id)
    seat = seated(seats, participant.person_id)
    thread = ancestry(place, Lane.EVERYONE)
    here = present(seats, without=participant.person_id)
    values = Joined(
        subject=activity.subject,
        desk=desk.name,
        here=cards(session, here, activity, at=by.at),
        catch_up=catch_up(place, participant, seats),
        posted=posted,
    )
    sheet = Sheet(
        desk=desk,
        activity=activity,
        at=by.at,
        reason="joined",
        lane=Lane.EVERYONE,
        in_reply_to=thread.parent,
        references=thread.references,
        language=language_of(seat.person, desk),
        zone=zone_of(seat.person, desk),
        by_mail=by.by_mail,
    )
    send(session, place.house, sheet, values, [addressee(seat)])


def catch_up(
    place: Place, participant: Participant, seats: list[Seat]
) -> tuple[Said, ...]:
    """Give the last posts of the everyone lane that a participant may see."""
    return said(place, seats, visible(place, participant, CATCH_UP_POSTS))


def visible(place: Place, participant: Participant, most: int) -> list[Event]:
    """Give the newest posts of the everyone lane that a participant may see."""
    return events.posts(
        place.session,
        place.activity.family,
        {Lane.EVERYONE},
        after=participant.since_event_id,
        most=most,
    )


def said(place: Place, seats: list[Seat], posts: list[Event]) -> tuple[Said, ...]:
    """Tell posts to a reader: who wrote when what."""
    return tuple(
        Said(
            author=author_name(place.session, seats, post) or place.desk.name,
            at=post.received_at,
            text=post.text,
            post=post.id,
            below=parts_of(post),
        )
        for post in posts
    )


def decline(place: Place, participant: Participant, by: By, *, never: bool) -> None:
    """Take a no for an answer: for this case, or for ever; it is never answered."""
    if never:
        by.person.never_invite = True
    if participant.membership is Membership.INVITED:
        activities.move(participant, Membership.DECLINED, by.at)
        note(place, by, Kind.DECLINED)


def leave(place: Place, participant: Participant, by: By) -> None:
    """Let somebody go: nothing more reaches them but the notice that says so."""
    if participant.membership not in {Membership.JOINED, Membership.TOLD}:
        return
    session, activity, desk = place.session, place.activity, place.desk
    activities.move(participant, Membership.LEFT, by.at)
    if activity.owner_id == participant.person_id:
        # Without an owner the next customer mail goes to the whole team (D35).
        activity.owner_id = None
        activity.taken_at = None
    note(place, by, Kind.LEFT)
    seat = seated(roster(session, activity.id), participant.person_id)
    sheet = Sheet(
        desk=desk,
        activity=activity,
        at=by.at,
        reason="left",
        lane=Lane.EVERYONE,
        references=(root_id(place, Lane.EVERYONE),),
        language=language_of(seat.person, desk),
        zone=zone_of(seat.person, desk),
        by_mail=by.by_mail,
    )
    values = Left(subject=activity.subject, desk=desk.name)
    send(session, place.house, sheet, values, [addressee(seat)])
    # Whoever had what the customer wrote may have been this one.
    unheard.tell(place, by.at)


def mute(place: Place, participant: Participant, by: By) -> None:
    """Send somebody nothing more of this activity, until they say otherwise."""
    if participant.hearing is not Hearing.MUTED:
        participant.hearing = Hearing.MUTED
        note(place, by, Kind.MUTED)


def stop(place: Place, participant: Participant, by: By) -> None:
    """Stop what a letter was: invitations, or news of one activity (rules 2)."""
    if participant.membership is Membership.INVITED:
        by.person.never_invite = True
    else:
        mute(place, participant, by)


def unmute(place: Place, participant: Participant, by: By) -> None:
    """Send somebody each post again."""
    if participant.hearing is not Hearing.EACH:
        participant.hearing = Hearing.EACH
        note(place, by, Kind.UNMUTED)


def is_open(activity: Activity) -> bool:
    """Say whether an invitation to it still counts (decisions D31)."""
    return activity.turn is not Turn.RESOLVED


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
