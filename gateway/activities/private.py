"""Private questions to outsiders: whose they are, and from whom they are kept (D36)."""

from collections.abc import Collection

from storage import activity as activities
from storage import event as events
from storage import people
from storage.activity import Activity
from storage.database import Session
from storage.event import Kind


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


def customers(session: Session, activity: Activity) -> frozenset[int]:
    """Give the persons from whom a question about an activity is to be kept."""
    return kept_out(session, activity) | {activity.customer_id}


def is_of(session: Session, address: str, persons: Collection[int]) -> bool:
    """Say whether an address is known as one of some persons'."""
    if not persons:
        return False
    person = people.by_address(session, address)
    return person is not None and person.id in persons
