"""Somebody who is in no case of a desk is asked whether they could help with one.

The house allows it by desk (`ask_helpers`), the person by a wish of their own. What
they learn is in digests.helping; who answers yes is offered to whoever has the case,
and is let in by nobody but the team (decision 57).
"""

from collections.abc import Collection
from datetime import datetime

from gateway.activities import telling
from gateway.activities.cards import unconfirmed
from gateway.activities.desks import desk_of
from gateway.activities.floor import Floor
from gateway.activities.house import House
from gateway.activities.letterbox import Letterbox
from gateway.activities.place import Place
from gateway.routing.timetable import Kind
from parsers.address import domain
from parsers.answer import yes_or_no
from storage import activity as activities
from storage import help_offer, people, solved
from storage.activity import Participant, Role, Turn
from storage.database import Session
from storage.people import Person
from storage.question import Question
from storage.roster import address_of, roster
from templates.asked import Decision
from templates.face import Face
from templates.helped import HelpOffered
from templates.understood import Understood

ENDS = frozenset({"help off", "help stop", "no help"})
WORDS = ENDS | {"help", "help on"}
"""What may follow `/digest`, or be answered to one, in small letters."""


def is_colleague(house: House, addresses: Collection[str], *, marked: bool) -> bool:
    """Say whether somebody is of the house: never a customer or guest from outside.

    Takes their addresses, and whether they are marked as staff.
    """
    domains = {domain(each) for each in addresses}
    return marked or any(
        any(map(desk.is_team, addresses))
        or not domains.isdisjoint(each.casefold() for each in desk.staff_domains)
        for desk in house.desks.all
    )


def is_seat_of_helper(participant: Participant) -> bool:
    """Say whether the wish may be spoken from a seat: not as a customer or a guest.

    Where colleagues are a desk's customers, being one makes nobody a helper.
    """
    return participant.role not in {Role.CUSTOMER, Role.GUEST}


def may_help(session: Session, house: House, person: Person) -> bool:
    """Say whether somebody may be asked, if they want to."""
    if not any(desk.ask_helpers for desk in house.desks.all):
        return False
    keys = people.address_keys(session, person.id)
    return is_colleague(house, keys, marked=person.is_staff)


def settle(floor: Floor, *, wanted: bool) -> Understood:
    """Do `/digest help on` and `/digest help off`, and say how to undo it."""
    place, by = floor.place, floor.by
    outcome = "helps_nowhere"
    if is_seat_of_helper(floor.participant) or not wanted:
        outcome = choose(place.session, place.house, by.person, by.at, wanted=wanted)
    undo = {"helps": "/digest help off", "helps_no_more": "/digest help on"}
    return Understood(
        command=f"/digest help {'on' if wanted else 'off'}",
        outcome=outcome,
        undo=undo.get(outcome, ""),
    )


def choose(
    session: Session, house: House, person: Person, at: datetime, *, wanted: bool
) -> str:
    """Keep whether somebody wants to hear of cases that they could help with.

    Gives a name for what came of it: helps, helps_without_skills, helps_no_more,
    helps_nowhere.
    """
    if wanted and not may_help(session, house, person):
        return "helps_nowhere"
    help_offer.set_helper(session, person.id, at, wanted=wanted)
    if not wanted:
        return "helps_no_more"
    return "helps" if person.skills else "helps_without_skills"


# Answers to a digest.


def wish(box: Letterbox, question: Question, answer: str) -> Decision:
    """Do `help on` and `help off`, in answer to a digest."""
    person = box.session.get_one(Person, question.person_id)
    at, wanted = box.offered.received_at, answer.casefold() not in ENDS
    outcome = "helps_nowhere"
    if question.values["kind"] != Kind.CUSTOMER or not wanted:
        outcome = choose(box.session, box.house, person, at, wanted=wanted)
    return Decision(said=answer, outcome=outcome)


def answer(
    box: Letterbox, question: Question, offer: tuple[int, str], line: str
) -> Decision:
    """Do `#4 yes` and `#4 no`, to a case that somebody could help with.

    `offer` is the case, and the skill of theirs that stands in it.
    """
    activity, skill = offer
    word = yes_or_no(line.partition(" ")[2])
    if word not in {"yes", "no"}:
        return Decision(said=line, outcome="help_yes_or_no")
    session, at = box.session, box.offered.received_at
    person = session.get_one(Person, question.person_id)
    if word == "no":
        help_offer.answer(session, person.id, activity, word, at)
        return Decision(said=line, outcome="help_never")
    place = _place(session, box.house, person, activity)
    if place is None:
        return Decision(said=line, outcome="help_over")
    if help_offer.answer(session, person.id, place.activity.id, word, at):
        seats = roster(session, place.activity.id)
        readers = telling.owners(place.activity, seats, at)
        telling.tell(place, readers, _offered(place, person, skill), at)
    return Decision(said=line, outcome="help_offered")


def _place(session: Session, house: House, person: Person, number: int) -> Place | None:
    """Give the case, if the house still wants to hear of them; None: it is over."""
    activity = activities.find(session, number, lock=True)
    desk = desk_of(session, house, number)
    if activity is None or desk is None or not desk.ask_helpers:
        return None
    if activity.turn is Turn.RESOLVED or not may_help(session, house, person):
        return None
    if activities.participant_of(session, activity.id, person.id) is not None:
        return None
    return Place(session, house, desk, activity)


def _offered(place: Place, person: Person, skill: str) -> HelpOffered:
    session = place.session
    address = address_of(session, person.id)
    helped = solved.helped(session, [person.id])
    return HelpOffered(
        subject=place.activity.subject,
        address=address,
        word=skill,
        helper=Face(
            name=person.name or address.partition("@")[0],
            organisation=person.organisation,
            title=person.title,
            skills=tuple(person.skills),
            about=person.about,
            helped=helped.get(person.id, 0),
            unconfirmed=unconfirmed(person),
        ),
    )
