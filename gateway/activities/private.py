"""Private questions to outsiders: whose they are, and from whom they are kept (D36)."""

from collections.abc import Collection

from storage import activity as activities
from storage import event as events
from storage import held, people
from storage.activity import Activity, Membership, Participant
from storage.database import Session
from storage.event import Kind

_TAKES_PART = frozenset({Membership.JOINED, Membership.TOLD})


def case_of(
    session: Session, activity: Activity, *, lock: bool = False
) -> Activity | None:
    """Give the case that a private question is about; None for any other activity.

    It asks the store only for an activity that is linked to another.
    """
    if activity.linked_id is None:
        return None
    asked = events.of_kind(session, activity.id, Kind.ASKED)
    if not any("of" in each.values for each in asked):
        return None
    return activities.find(session, activity.linked_id, lock=lock)


def is_private(session: Session, activity: Activity) -> bool:
    """Say whether an activity is a private question about another one."""
    return case_of(session, activity) is not None


def kept_out(session: Session, activity: Activity) -> frozenset[int]:
    """Give the persons who can never be in an activity: the customers of its case.

    Of a question that came of another question, those of all of them.
    """
    found: set[int] = set()
    case = case_of(session, activity)
    while case is not None:
        found.add(case.customer_id)
        case = case_of(session, case)
    return frozenset(found)


def is_kept_from(
    session: Session, activity: Activity, person: int, seat: Participant | None
) -> bool:
    """Say whether a case of a desk is kept from one of that desk's own team.

    Who is its customer or guest is that alone, and reads no note (support.md section
    8); and nobody reads a question that is kept from them.
    """
    is_outside = seat is not None and not seat.in_team_lane
    takes_part = seat is not None and seat.membership in _TAKES_PART
    if activity.customer_id == person or (is_outside and takes_part):
        return True
    return person in kept_out(session, activity)


def mails_kept_from(
    session: Session, inbound_ids: Collection[int], persons: Collection[int]
) -> dict[int, frozenset[int]]:
    """Give from whom of a desk's team mail is kept that waits at a case kept from them.

    By the number of the mail, where it is kept from somebody.
    """
    at = held.held_at(session, inbound_ids)
    whose: dict[int, frozenset[int]] = {}
    for number in sorted(set().union(*at.values())):
        activity = session.get_one(Activity, number)
        whose[number] = frozenset(
            person
            for person in persons
            if is_kept_from(
                session,
                activity,
                person,
                activities.participant_of(session, number, person),
            )
        )
    found = {
        inbound: frozenset().union(*(whose[number] for number in numbers))
        for inbound, numbers in at.items()
    }
    return {inbound: some for inbound, some in found.items() if some}


def parts_shown(activity: Activity, seat: Participant | None) -> tuple[int, ...]:
    """Give the numbers of the activities whose past somebody may see, their own first.

    Who was shown how a case began (`+history`) was not shown what was merged into it.
    """
    shown_one = seat is not None and seat.with_history
    return (activity.id,) if shown_one else activity.family


def customers(session: Session, activity: Activity) -> frozenset[int]:
    """Give the persons from whom a question about an activity is to be kept."""
    return kept_out(session, activity) | {activity.customer_id}


def is_of(session: Session, address: str, persons: Collection[int]) -> bool:
    """Say whether an address is known as one of some persons'."""
    if not persons:
        return False
    person = people.by_address(session, address)
    return person is not None and person.id in persons
