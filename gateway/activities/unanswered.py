"""Who alone was told of a held mail is not reached any more: the others are.

The letter came back, and nobody else was told of the mail: its question goes to those
who decide on the case, or to the desk's team; where there was none, or only its reader
could answer it, a notice does (promises R16). Each address is told of a mail once: from
where one came back, the next one would too, and two who refuse it would hear for ever.
"""

from dataclasses import replace
from datetime import datetime

from gateway.activities import door, questions
from gateway.activities.holding import deciding_desk
from gateway.activities.house import House
from gateway.activities.letters import Addressee, Sheet, addressee, send
from gateway.activities.place import Place, place_of
from gateway.activities.questions import Matter
from gateway.activities.references import root_id
from gateway.activities.telling import desk_team, is_kept_from, owners, team, team_of
from gateway.routing.asking import Asking
from gateway.routing.desk import Desk
from parsers import heading
from parsers.address import Mailbox, key
from storage import held, journal
from storage import question as asked
from storage.activity import Lane
from storage.database import Session
from storage.held import AtCase
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
    at_case = held.at_cases(session, [inbound.id]).get(inbound.id)
    place = _place(session, house, next(iter(open_), None), at_case)
    desk = place.desk if place else deciding_desk(house, inbound.recipients)
    came_back = held.told_in_vain_of(session, inbound.id)
    lost = {key(address), *came_back, *held.paused(session)}
    readers = _readers(session, place, desk, lost, at)
    if not readers:
        return set()
    with_it = _with_it(place, inbound.id)
    # Whose desk is not of the house any more is shown to no other desk.
    text = at_case.excerpt if at_case and place else ""
    values = _values(house, inbound, question, text, len(with_it) - 1)
    if place:
        values = replace(values, subject=place.activity.subject)
    # Who has no seat has no address of the case, but a question has one of its own.
    is_there = question is not None or all(each.token for each in readers)
    here = place if is_there else None
    sheet = Sheet(
        desk=desk,
        activity=here.activity if here else None,
        at=at,
        reason="owner" if here else "team",
        lane=Lane.TEAM,
        references=(root_id(here, Lane.TEAM),) if here else (),
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
    house: House,
    inbound: Inbound,
    question: Question | None,
    text: str,
    beside: int,
) -> HeldMail:
    mail = heading.read(journal.octets(inbound, house.blobs))
    sender = mail.sender if mail.sender.address else Mailbox("", inbound.sender)
    values = HeldMail(
        name=sender.name or sender.address,
        address=sender.address,
        cause="unclear",
        text=text,
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


def _place(
    session: Session,
    house: House,
    question: Question | None,
    at_case: AtCase | None,
) -> Place | None:
    """Enter the case that was asked about; without a question that where it waits."""
    number = question.activity_id if question else None
    return place_of(session, house, number or (at_case.activity if at_case else None))


def _readers(
    session: Session, place: Place | None, desk: Desk, lost: set[str], at: datetime
) -> list[Addressee]:
    """Give those whom the owner's letters go to; else the case's team, else the desk's.

    `lost` are the keys of the addresses that mail does not reach. Nobody from whom the
    case is kept is told, whatever else they are.
    """
    if place is None:
        groups = [team_of(session, desk, at)]
    else:
        seats = roster(session, place.activity.id)
        here = (
            [one for one in some if not is_kept_from(place, seats, one.person.id)]
            for some in (owners(place.activity, seats, at), team(seats))
        )
        groups = [[addressee(seat) for seat in some] for some in here]
        groups.append(desk_team(place, seats, at))
    found = ([one for one in some if key(one.address) not in lost] for some in groups)
    return next(filter(None, found), [])
