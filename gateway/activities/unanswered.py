"""Who was asked about a held mail is not reached any more: the others are asked.

The question came back, and nobody else was told of the mail: the same question goes to
those who decide on the case, or to the desk's team (promises R16).
"""

from datetime import datetime

from gateway.activities import door, questions
from gateway.activities.desks import desk_of
from gateway.activities.holding import deciding_desk
from gateway.activities.house import House
from gateway.activities.letters import Addressee, Sheet, addressee
from gateway.activities.place import Place
from gateway.activities.questions import Matter
from gateway.activities.references import root_id
from gateway.activities.telling import owners, team, team_of
from gateway.routing.asking import Asking
from gateway.routing.desk import Desk
from parsers import heading
from parsers.address import Mailbox, key
from storage import activity as activities
from storage import held, journal
from storage import question as asked
from storage.activity import Lane
from storage.database import Session
from storage.journal import Inbound
from storage.question import Question
from storage.roster import roster
from templates.held import HeldMail

_WORDS = {
    Asking.UNKNOWN_COMMAND: ("post", "/note"),
    Asking.CONFIRM_COMMAND: ("yes", "no"),
    Asking.TEAM_TEXT: ("send", "note"),
    Asking.COLLISION: ("send", "note"),
}
"""What writers are asked about their own mail, and others can answer for them."""


def ask_others(
    session: Session, house: House, address: str, at: datetime, *, lost: int
) -> int:
    """Ask anew what only an address was asked that mail does not reach.

    `lost` is the delivery that came back. Returns about how many mails others were
    asked; what they cannot answer stands in the team's digest.
    """
    count = 0
    for inbound in held.told_in_vain(session, address, lost=lost):
        for question in asked.of_inbound(session, inbound.id, _WORDS):
            if question.answered_at is None:
                count += _ask(session, house, inbound, question, address, at)
                break
    return count


def _ask(
    session: Session,
    house: House,
    inbound: Inbound,
    question: Question,
    address: str,
    at: datetime,
) -> bool:
    place = _place(session, house, question)
    desk = place.desk if place else deciding_desk(house, inbound.recipients)
    readers = [
        each
        for each in _readers(session, place, desk, at)
        if key(each.address) not in {key(address), *held.paused(session)}
    ]
    if not readers:
        return False
    mail = heading.read(journal.octets(inbound, house.blobs))
    sender = mail.sender if mail.sender.address else Mailbox("", inbound.sender)
    values = HeldMail(
        name=sender.name or sender.address,
        address=sender.address,
        cause="no_answer",
        text="",
        subject=place.activity.subject if place else mail.subject,
        inbound=inbound.id,
        answers=_WORDS[Asking(question.asking)],
    )
    matter = Matter(
        asking=Asking(question.asking),
        inbound=inbound.id,
        event=question.event_id,
        values=question.values,
    )
    sheet = Sheet(
        desk=desk,
        activity=place.activity if place else None,
        at=at,
        reason="owner" if place else "team",
        lane=Lane.TEAM,
        references=(root_id(place, Lane.TEAM),) if place else (),
        tells_of=(inbound.id,),
    )
    questions.ask(session, house, sheet, matter, values, readers)
    door.note_told(session, [inbound.id], at)
    return True


def _place(session: Session, house: House, question: Question) -> Place | None:
    if question.activity_id is None:
        return None
    activity = activities.find(session, question.activity_id)
    desk = desk_of(session, house, question.activity_id) if activity else None
    return Place(session, house, desk, activity) if activity and desk else None


def _readers(
    session: Session, place: Place | None, desk: Desk, at: datetime
) -> list[Addressee]:
    """Whom the owner's letters go to, unless it is they who are not reached."""
    if place is None:
        return team_of(session, desk, at)
    seats = roster(session, place.activity.id)
    told = [seat for seat in owners(place.activity, seats, at) if seat.reachable]
    return [
        addressee(seat)
        for seat in told or [seat for seat in team(seats) if seat.reachable]
    ]
