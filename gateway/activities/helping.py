"""Somebody who is in no case of a desk is asked whether they could help with one.

The house allows it by desk (`ask_helpers`), the person by a wish of their own. What
they learn is in digests.helping; who answers yes is offered to whoever has the case,
and is let in by nobody but the team (decision 57).
"""

from collections.abc import Collection
from datetime import datetime

from gateway.activities import telling
from gateway.activities.cards import card
from gateway.activities.desks import desk_of
from gateway.activities.floor import Floor
from gateway.activities.house import House
from gateway.activities.letterbox import Letterbox
from gateway.activities.place import Place
from gateway.routing.timetable import Kind
from parsers.answer import yes_or_no
from storage import activity as activities
from storage import help_offer, people
from storage.activity import Membership, Participant, Role, Turn
from storage.database import Session
from storage.people import Person
from storage.question import Question
from storage.roster import address_of, roster
from templates.asked import Decision
from templates.helped import HelpOffered
from templates.understood import Understood


def is_colleague(house: House, addresses: Collection[str], *, marked: bool) -> bool:
    """Say whether somebody is of the house: never a customer or guest from outside.

    Takes their addresses, and whether they are marked as staff.
    """
    return marked or any(
        any(map(desk.is_colleague, addresses)) for desk in house.desks.all
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
    outcome = choose(
        place.session,
        place.house,
        by.person,
        by.at,
        wanted=wanted,
        by_customer=not is_seat_of_helper(floor.participant),
    )
    undo = {"helps": "/digest help off", "helps_no_more": "/digest help on"}
    return Understood(
        command=f"/digest help {'on' if wanted else 'off'}",
        outcome=outcome,
        undo=undo.get(outcome, ""),
    )


def choose(
    session: Session,
    house: House,
    person: Person,
    at: datetime,
    *,
    wanted: bool,
    by_customer: bool,
) -> str:
    """Keep whether somebody wants to hear of cases that they could help with.

    `by_customer`: they say it as a customer or guest, who can only end it. Gives a
    name for what came of it: helps, helps_without_skills, helps_no_more, helps_nowhere.
    """
    if wanted and (by_customer or not may_help(session, house, person)):
        return "helps_nowhere"
    help_offer.set_helper(session, person.id, at, wanted=wanted)
    if not wanted:
        return "helps_no_more"
    return "helps" if person.skills else "helps_without_skills"


# Answers to a digest.


def say(box: Letterbox, question: Question, answer: str, *, wanted: bool) -> Decision:
    """Do `help on` and `help off`, in answer to a digest."""
    outcome = choose(
        box.session,
        box.house,
        box.session.get_one(Person, question.person_id),
        box.offered.received_at,
        wanted=wanted,
        by_customer=question.values["kind"] == Kind.CUSTOMER,
    )
    return Decision(said=answer, outcome=outcome)


def answer(
    box: Letterbox, question: Question, offer: tuple[int, str], text: str
) -> str:
    """Do `#4 yes` and `#4 no`, to a case that somebody could help with.

    `offer` is the case, and the skill of theirs that stands in it; `text` is what
    stands behind the number. Gives a name for what came of it.
    """
    activity, skill = offer
    word = yes_or_no(text)
    session, at = box.session, box.offered.received_at
    person = session.get_one(Person, question.person_id)
    if word == "no":
        help_offer.answer(session, person.id, offer, word, at)
        return "help_never"
    if word != "yes":
        return "help_yes_or_no"
    place = _place(session, box.house, person, activity)
    if place is None:
        return "help_over"
    seat = activities.participant_of(session, place.activity.id, person.id)
    if seat is not None:
        return "help_over" if seat.membership in _GONE else "help_inside"
    if help_offer.answer(session, person.id, (place.activity.id, skill), word, at):
        seats = roster(session, place.activity.id)
        readers = telling.owners(place.activity, seats, at)
        telling.tell(place, readers, _offered(place, person, skill), at)
    return "help_offered"


_GONE = frozenset({Membership.DECLINED, Membership.LEFT})


def _place(session: Session, house: House, person: Person, number: int) -> Place | None:
    """Give the case, if the house still wants to hear of them; None: it is over."""
    activity = activities.find(session, number, lock=True)
    desk = desk_of(session, house, number)
    if activity is None or desk is None or not desk.ask_helpers:
        return None
    if activity.turn is Turn.RESOLVED or not may_help(session, house, person):
        return None
    return Place(session, house, desk, activity)


def _offered(place: Place, person: Person, skill: str) -> HelpOffered:
    return HelpOffered(
        subject=place.activity.subject,
        address=address_of(place.session, person.id),
        word=skill,
        helper=card(place.session, person),
    )
