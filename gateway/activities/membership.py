"""Taking part: invited, not conscripted; join, decline, leave, mute."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.activities.fanout import face, present
from gateway.activities.house import House
from gateway.activities.letters import (
    Addressee,
    Sheet,
    language_of,
    seat_token,
    send,
    zone_of,
)
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
from storage.roster import Seat, roster, seat_of
from templates.values import Face, Invitation, Joined, Left, Said

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


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who does something, by which door, with what proof, when."""

    person: Person
    door: str
    proof: str
    at: datetime
    inbound: int | None = None


def note_event(
    session: Session,
    activity: Activity,
    by: By,
    kind: Kind,
    *,
    lane: Lane = Lane.EVERYONE,
    subject: int | None = None,
) -> Event:
    """Append what somebody did to the history of an activity."""
    return events.record(
        session,
        Event(
            activity_id=activity.id,
            lane=lane,
            kind=kind,
            actor_id=by.person.id,
            subject_id=subject,
            door=by.door,
            proof=by.proof,
            received_at=by.at,
            inbound_id=by.inbound,
        ),
    )


def invite(
    session: Session,
    house: House,
    desk: Desk,
    activity: Activity,
    by: By,
    mailbox: Mailbox,
    reason: str = "",
) -> Invited:
    """Ask somebody to take part; until they answer they get nothing else.

    Role addresses, desks, people who refused, and more than the limits allow are
    refused (decisions C30, D31; threat T8).
    """
    if not _may_be_asked(house, mailbox.address):
        return Invited.REFUSED
    person = people.meet(session, mailbox, now=by.at)
    participant = activities.participant_of(session, activity.id, person.id)
    if participant is not None:
        match participant.membership:
            case Membership.JOINED | Membership.TOLD:
                return Invited.ALREADY_HERE
            case Membership.INVITED:
                return Invited.ALREADY_INVITED
            case Membership.DECLINED:
                return Invited.REFUSED
            case Membership.LEFT:
                pass
    is_colleague = _is_colleague(desk, mailbox.address)
    if person.never_invite or not _within_limits(
        session, house, activity, by, person, is_colleague=is_colleague
    ):
        return Invited.REFUSED
    participant = _seat(session, activity, by, person, participant, is_colleague)
    staff = _is_staff(session, activity, by.person)
    participant.reason = reason if staff else ""
    participant.invited_by_id = by.person.id
    note_event(session, activity, by, Kind.INVITED, subject=person.id)
    _send_invitation(session, house, desk, activity, by, participant, staff=staff)
    return Invited.INVITED


def _may_be_asked(house: House, address: str) -> bool:
    ours = house.desks.by_address(address) or house.desks.token_in(address)
    return is_address(address) and not ours and not is_role(address)


def _is_colleague(desk: Desk, address: str) -> bool:
    return desk.is_team(address) or domain(address) in {
        each.casefold() for each in desk.staff_domains
    }


def _is_staff(session: Session, activity: Activity, person: Person) -> bool:
    participant = activities.participant_of(session, activity.id, person.id)
    return person.is_staff or bool(participant and participant.in_team_lane)


def _within_limits(
    session: Session,
    house: House,
    activity: Activity,
    by: By,
    person: Person,
    *,
    is_colleague: bool,
) -> bool:
    """Colleagues do not count; outsiders do, by activity, inviter and invited."""
    if is_colleague:
        return True
    limits = house.limits
    return (
        activities.count_role(session, activity.id, Role.GUEST)
        < limits.outsiders_per_activity
        and events.invitations(session, by.at - _DAY, by=by.person.id)
        < limits.invitations_per_inviter_day
        and events.invitations(session, by.at - _MONTH, of=person.id)
        < limits.invitations_per_invitee_month
    )


def _seat(
    session: Session,
    activity: Activity,
    by: By,
    person: Person,
    participant: Participant | None,
    is_colleague: bool,  # noqa: FBT001
) -> Participant:
    if participant is not None:
        activities.move(participant, Membership.INVITED, by.at)
        participant.generation = (participant.generation + 1) % 16
        return participant
    participant = Participant(
        activity_id=activity.id,
        person_id=person.id,
        role=Role.COLLEAGUE if is_colleague else Role.GUEST,
        membership=Membership.INVITED,
        changed_at=by.at,
    )
    session.add(participant)
    session.flush()
    return participant


def _send_invitation(
    session: Session,
    house: House,
    desk: Desk,
    activity: Activity,
    by: By,
    participant: Participant,
    *,
    staff: bool,
) -> None:
    seats = roster(session, activity.id)
    seat = seat_of(seats, participant.person_id)
    inviter = seat_of(seats, by.person.id)
    if seat is None:
        raise LookupError(f"participant {participant.id} has no seat")
    opening = events.posts(session, activity.id, {Lane.EVERYONE}, most=1000)[:1]
    values = Invitation(
        inviter=inviter.name if inviter else by.person.name or desk.name,
        inviter_is_staff=staff,
        desk=desk.name,
        subject=activity.subject,
        reason=participant.reason,
        excerpt=excerpt(opening[0].text) if staff and opening else "",
        here=tuple(face(each, activity) for each in present(seats)),
        from_the_start=participant.role is Role.COLLEAGUE,
    )
    sheet = Sheet(
        desk=desk,
        activity=activity,
        reason="invited",
        author=values.inviter,
        author_is_staff=staff,
        lane=Lane.EVERYONE,
        references=(
            root_id(house, activity.id, Lane.EVERYONE, desk.reply.domain),
        ),
        language=language_of(seat.person, desk),
        zone=zone_of(seat.person, desk),
    )
    send(session, house, values, sheet, [addressee(seat)], by.at)
    house.wake.tell_all(session)


def excerpt(text: str) -> str:
    """Give the beginning of a text, cut at a word."""
    words = " ".join(text.split())
    if len(words) <= _EXCERPT_LETTERS:
        return words
    return words[:_EXCERPT_LETTERS].rsplit(" ", 1)[0] + " …"


def addressee(seat: Seat) -> Addressee:
    """Give a participant as somebody a letter goes to."""
    return Addressee(
        person=seat.person.id,
        address=seat.address,
        token=seat_token(seat.participant),
    )


def join(
    session: Session,
    house: House,
    desk: Desk,
    activity: Activity,
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
        participant.since_event_id = events.newest(session, activity.id)
    note_event(session, activity, by, Kind.JOINED)
    _send_joined(session, house, desk, activity, participant, by, posted=posted)


def _send_joined(
    session: Session,
    house: House,
    desk: Desk,
    activity: Activity,
    participant: Participant,
    by: By,
    *,
    posted: bool,
) -> None:
    seats = roster(session, activity.id)
    seat = seat_of(seats, participant.person_id)
    if seat is None:
        raise LookupError(f"participant {participant.id} has no seat")
    thread = ancestry(
        session,
        house,
        activity_id=activity.id,
        lane=Lane.EVERYONE,
        domain=desk.reply.domain,
    )
    here = present(seats, without=participant.person_id)
    values = Joined(
        subject=activity.subject,
        desk=desk.name,
        here=tuple(face(each, activity) for each in here),
        catch_up=catch_up(session, activity, participant, seats),
        posted=posted,
    )
    sheet = Sheet(
        desk=desk,
        activity=activity,
        reason="joined",
        lane=Lane.EVERYONE,
        in_reply_to=thread.parent,
        references=thread.references,
        language=language_of(seat.person, desk),
        zone=zone_of(seat.person, desk),
        by_mail=by.door != "web",
    )
    send(session, house, values, sheet, [addressee(seat)], by.at)
    house.wake.tell_all(session)


def catch_up(
    session: Session,
    activity: Activity,
    participant: Participant,
    seats: Iterable[Seat],
    most: int = CATCH_UP_POSTS,
) -> tuple[Said, ...]:
    """Give the last posts of the everyone lane that a participant may see."""
    names = {seat.person.id: seat.name for seat in seats}
    return tuple(
        Said(
            author=names.get(post.actor_id or 0, ""),
            at=post.received_at,
            text=post.text,
        )
        for post in events.posts(
            session,
            activity.id,
            {Lane.EVERYONE},
            after=participant.since_event_id,
            most=most,
        )
    )


def decline(
    session: Session,
    activity: Activity,
    participant: Participant,
    by: By,
    *,
    never: bool,
) -> None:
    """Take a no for an answer: for this case, or for ever; it is never answered."""
    if never:
        by.person.never_invite = True
    if participant.membership is Membership.INVITED:
        activities.move(participant, Membership.DECLINED, by.at)
        note_event(session, activity, by, Kind.DECLINED)


def leave(
    session: Session,
    house: House,
    desk: Desk,
    activity: Activity,
    participant: Participant,
    by: By,
) -> None:
    """Let somebody go: nothing more reaches them but the notice that says so."""
    if participant.membership not in {Membership.JOINED, Membership.TOLD}:
        return
    activities.move(participant, Membership.LEFT, by.at)
    if activity.owner_id == participant.person_id:
        # Without an owner the next customer mail goes to the whole team (D35).
        activity.owner_id = None
        activity.taken_at = None
    note_event(session, activity, by, Kind.LEFT)
    seat = seat_of(roster(session, activity.id), participant.person_id)
    if seat is None:
        raise LookupError(f"participant {participant.id} has no seat")
    sheet = Sheet(
        desk=desk,
        activity=activity,
        reason="left",
        lane=Lane.EVERYONE,
        references=(
            root_id(house, activity.id, Lane.EVERYONE, desk.reply.domain),
        ),
        language=language_of(seat.person, desk),
        zone=zone_of(seat.person, desk),
        by_mail=by.door != "web",
    )
    values = Left(subject=activity.subject, desk=desk.name)
    send(session, house, values, sheet, [addressee(seat)], by.at)
    house.wake.tell_all(session)


def mute(
    session: Session, activity: Activity, participant: Participant, by: By
) -> None:
    """Send somebody nothing more of this activity, until they say otherwise."""
    if participant.hearing is not Hearing.MUTED:
        participant.hearing = Hearing.MUTED
        note_event(session, activity, by, Kind.MUTED)


def unmute(
    session: Session, activity: Activity, participant: Participant, by: By
) -> None:
    """Send somebody each post again."""
    if participant.hearing is not Hearing.EACH:
        participant.hearing = Hearing.EACH
        note_event(session, activity, by, Kind.UNMUTED)


def is_open(activity: Activity) -> bool:
    """Say whether an invitation to it still counts (decisions D31)."""
    return activity.turn is not Turn.RESOLVED


def faces(session: Session, activity: Activity) -> tuple[Face, ...]:
    """Give those who take part, as others see them."""
    return tuple(
        face(seat, activity) for seat in present(roster(session, activity.id))
    )


def strangers(
    house: House, desk: Desk, seats: Iterable[Seat], boxes: Iterable[Mailbox]
) -> list[Mailbox]:
    """Give those in To and Cc who are neither ours nor in the activity."""
    known = {each for seat in seats for each in seat.keys}
    found: dict[str, Mailbox] = {}
    for box in boxes:
        address = key(box.address)
        if address in known or desk.is_team(address):
            continue
        if _may_be_asked(house, box.address):
            found.setdefault(address, box)
    return list(found.values())
