"""Who alone was told of a held mail is not reached any more: the others are.

The letter came back, and nobody else was told of the mail: its question goes to those
who decide on the case, or to the desk's team; where there was none, or only its reader
could answer it, a notice does (promises R16).
"""

from dataclasses import replace
from datetime import datetime

from gateway.activities import door, questions
from gateway.activities.desks import desk_of
from gateway.activities.holding import deciding_desk
from gateway.activities.house import House
from gateway.activities.letters import Addressee, Sheet, addressee, send
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
_ASKED = (*_WORDS, Asking.ADMIT)
"""What can be asked of others. For the rest a notice does."""


def ask_others(
    session: Session, house: House, address: str, at: datetime, *, lost: int
) -> int:
    """Tell others what only an address was told of that mail does not reach.

    `lost` is the delivery that came back. Returns of how many mails they were told;
    where nobody is left whom mail reaches, the team's digest has them.
    """
    told: set[int] = set()
    for inbound in held.told_in_vain(session, address, lost=lost):
        if inbound.id not in told:
            told |= _tell(session, house, inbound, address, at)
    return len(told)


def _tell(
    session: Session,
    house: House,
    inbound: Inbound,
    address: str,
    at: datetime,
) -> set[int]:
    """Ask anew about one mail, and what waits with it; give which others know now."""
    open_ = [
        each
        for each in asked.of_inbound(session, inbound.id)
        if each.answered_at is None
    ]
    question = next((each for each in open_ if each.asking in _ASKED), None)
    place = _place(session, house, next(iter(open_), None))
    desk = place.desk if place else deciding_desk(house, inbound.recipients)
    lost = {key(address), *held.paused(session)}
    readers = _readers(session, place, desk, lost, at)
    if not readers:
        return set()
    with_it = _with_it(place, inbound.id)
    values = _values(session, house, inbound, question, len(with_it) - 1)
    if place:
        values = replace(values, subject=place.activity.subject)
    sheet = Sheet(
        desk=desk,
        activity=place.activity if place else None,
        at=at,
        reason="owner" if place else "team",
        lane=Lane.TEAM,
        references=(root_id(place, Lane.TEAM),) if place else (),
        tells_of=with_it,
    )
    if question is None:
        send(session, house, sheet, values, readers)
    else:
        matter = Matter(
            asking=Asking(question.asking),
            inbound=inbound.id,
            event=question.event_id,
            values=question.values,
        )
        questions.ask(session, house, sheet, matter, values, readers)
    door.note_told(session, with_it, at)
    return set(with_it)


def _values(
    session: Session,
    house: House,
    inbound: Inbound,
    question: Question | None,
    beside: int,
) -> HeldMail:
    mail = heading.read(journal.octets(inbound, house.blobs))
    sender = mail.sender if mail.sender.address else Mailbox("", inbound.sender)
    at_case = held.at_cases(session, [inbound.id]).get(inbound.id)
    values = HeldMail(
        name=sender.name or sender.address,
        address=sender.address,
        cause="unclear",
        text=at_case.excerpt if at_case else "",
        subject=mail.subject,
        inbound=inbound.id,
        beside=beside,
    )
    if question is None:
        return values
    if words := _WORDS.get(Asking(question.asking)):
        return replace(values, cause="no_answer", text="", answers=words)
    said = question.values
    return replace(
        values,
        cause=said.get("cause", values.cause),
        takes_part=said.get("takes_part", False),
        octets=said.get("octets", 0),
        where=said.get("where", ""),
        answers=tuple(said["answers"]),
    )


def _with_it(place: Place | None, inbound: int) -> tuple[int, ...]:
    """Give the mails of one stranger that wait for the same word, itself at least."""
    if place is None:
        return (inbound,)
    here = door.together(door.callers(place.session, place.activity.id), inbound)
    return tuple(each.inbound for each in here) or (inbound,)


def _place(session: Session, house: House, question: Question | None) -> Place | None:
    if question is None or question.activity_id is None:
        return None
    activity = activities.find(session, question.activity_id)
    desk = desk_of(session, house, question.activity_id) if activity else None
    return Place(session, house, desk, activity) if activity and desk else None


def _readers(
    session: Session, place: Place | None, desk: Desk, lost: set[str], at: datetime
) -> list[Addressee]:
    """Give those whom the owner's letters go to; else the case's team, else the desk's.

    `lost` are the keys of the addresses that mail does not reach.
    """
    groups = [team_of(session, desk, at)]
    if place is not None:
        seats = roster(session, place.activity.id)
        here = owners(place.activity, seats, at), team(seats)
        groups[:0] = [[addressee(seat) for seat in some] for some in here]
    found = ([one for one in some if key(one.address) not in lost] for some in groups)
    return next(filter(None, found), [])
