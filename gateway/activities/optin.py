"""What people choose on a page: join, decline, unsubscribe; GET looks, POST acts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.activities import health, inviting, membership
from gateway.activities.cards import cards, present
from gateway.activities.desks import desk_of
from gateway.activities.holder import Holder, holder
from gateway.activities.house import House
from gateway.activities.place import By
from gateway.routing.asking import Asking
from parsers.reply_address import Purpose, number
from storage import activity as activities
from storage import event as events
from storage.activity import Hearing, Lane, Membership, Role
from storage.people import Person
from storage.question import Question
from storage.roster import display_name, roster
from templates.face import Face


class Choice(StrEnum):
    """The answers of an invitation's page (field `answer`)."""

    JOIN = "join"
    DIGEST = "digest"
    DECLINE = "decline"
    NEVER = "never"


# Who could still join, were the case open.
_UNDECIDED = (Membership.INVITED, Membership.DECLINED)


@dataclass(frozen=True, kw_only=True)
class InvitationPage:
    """What the page of an invitation shows."""

    state: str
    """invited, joined, declined, left, closed or unheard (the desk only listens)."""
    inviter: str
    inviter_is_staff: bool
    reason: str
    subject: str
    excerpt: str
    here: tuple[Face, ...]
    desk: str
    from_the_start: bool
    never: bool
    aside: str
    """The address that reaches the inviter alone; empty where there are none."""
    is_reminded: bool
    consults: bool
    """Their advice is asked behind the scenes (decisions B16)."""
    customer: str
    """They got the one reminder, so nothing more comes."""
    language: str
    """The reader's; empty when it is not known."""


def look(house: House, token: str) -> InvitationPage | None:
    """Give what an invitation's page shows; None for a token that is none of ours."""
    with house.database.reading() as session:
        seat = holder(session, house, token, Purpose.INVITATION)
        return _invitation_page(seat) if seat else None


def answer(
    house: House, token: str, choice: Choice, *, door: str, now: datetime
) -> InvitationPage | None:
    """Take the answer to an invitation; the same answer twice changes nothing.

    Returns the page as it is afterwards; None for a token that is none of ours.
    """
    with house.database.transaction() as session:
        seat = holder(session, house, token, Purpose.INVITATION, lock=True)
        if seat is None:
            return None
        by = seat.by(door, now)
        _take_answer(seat, choice, by)
        seat.is_there(now, opts_in=choice in {Choice.JOIN, Choice.DIGEST})
        page = _invitation_page(seat)
    house.wake.tell()
    return page


def _take_answer(seat: Holder, choice: Choice, by: By) -> None:
    match choice:
        case Choice.DECLINE | Choice.NEVER:
            never = choice is Choice.NEVER
            membership.decline(seat.place, seat.participant, by, never=never)
        case Choice.JOIN | Choice.DIGEST if _may_join(seat):
            wanted = Hearing.DIGEST if choice is Choice.DIGEST else Hearing.EACH
            membership.join(seat.place, seat.participant, by, hearing=wanted)
        case Choice.JOIN | Choice.DIGEST:
            pass


def reached(house: House, token: str, *, press: bool, now: datetime) -> str | None:
    """Give the desk that asks whether mail arrives; with `press` the answer is yes.

    None for a token that is not that of a probe.
    """
    unsealed = house.sealer.unseal(token)
    if unsealed is None or unsealed.purpose is not Purpose.CONFIRM:
        return None
    look = house.database.transaction if press else house.database.reading
    with look() as session:
        question = session.get(Question, unsealed.row)
        if question is None or question.asking != Asking.REACHED:
            return None
        desk = desk_of(session, house, question.activity_id or 0)
        person = session.get_one(Person, question.person_id)
        if desk is None or person.forgotten_at is not None:
            return None
        if press:
            question.answer, question.answered_at = "yes", now
            address = str(question.values["address"])
            health.heard(session, house, address, now, proved=True)
    if press:
        house.wake.tell()
    return desk.name


def _may_join(seat: Holder) -> bool:
    if seat.place.desk.listens:
        return False
    return membership.is_open(seat.place.activity) and seat.participant.membership in {
        Membership.INVITED,
        Membership.DECLINED,
        Membership.JOINED,
    }


def _invitation_page(seat: Holder) -> InvitationPage:
    participant, place = seat.participant, seat.place
    activity = place.activity
    seats = roster(seat.place.session, activity.id)
    state = str(participant.membership)
    if state in _UNDECIDED and not membership.is_open(activity):
        state = "closed"
    if place.desk.listens and state in (*_UNDECIDED, Membership.JOINED):
        state = "unheard"
    staff = bool(participant.reason) or _invited_by_staff(seat)
    opening = events.first_post(seat.place.session, activity.id, Lane.EVERYONE)
    return InvitationPage(
        language=seat.person.language,
        state=state,
        inviter=display_name(seat.place.session, participant.invited_by_id)
        if participant.invited_by_id
        else seat.place.desk.name,
        inviter_is_staff=staff,
        reason=participant.reason,
        subject=activity.subject,
        excerpt=membership.excerpt(opening.text) if staff and opening else "",
        here=cards(
            place.session,
            present(seats, without=participant.person_id),
            activity,
        ),
        desk=seat.place.desk.name,
        from_the_start=inviting.sees_from_the_start(participant),
        never=seat.person.never_invite,
        aside=_aside(seat),
        is_reminded=participant.reminded_at is not None,
        consults=participant.role is Role.CONSULTED,
        customer=display_name(place.session, activity.customer_id),
    )


def _aside(seat: Holder) -> str:
    house, desk, participant = seat.place.house, seat.place.desk, seat.participant
    if desk.reply.is_plain:
        return ""
    sealed = number(participant.id, participant.generation)
    return desk.reply.write(house.sealer.seal(Purpose.ASIDE, sealed))


def _invited_by_staff(seat: Holder) -> bool:
    inviter = seat.participant.invited_by_id
    if inviter is None:
        return False
    found = activities.participant_of(
        seat.place.session, seat.place.activity.id, inviter
    )
    return found is not None and found.in_team_lane
