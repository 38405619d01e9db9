"""What is held on one person, as they may have it (support.md section 8)."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import people
from storage.activity import Activity, Participant
from storage.event import Event, Kind
from storage.people import Person

_PROFILE = (
    "name",
    "title",
    "organisation",
    "skills",
    "about",
    "zone",
    "language",
    "away_until",
    "proposed",
    "never_invite",
    "is_staff",
)


def own_record(session: Session, person: Person) -> dict[str, Any]:
    """Give a person's profile, addresses, seats in cases, and what they wrote.

    What others wrote, of them or to them, is not theirs and stays out.
    """
    return {
        "profile": {name: getattr(person, name) for name in _PROFILE},
        "addresses": [
            {
                "address": each.written,
                "is_primary": each.is_primary,
                "added_at": each.added_at,
            }
            for each in people.addresses_of(session, person.id)
        ],
        "cases": [
            {
                "id": activity.public_id,
                "subject": activity.subject,
                "opened_at": activity.opened_at,
                "role": seat.role,
                "membership": seat.membership,
                "hears": seat.hearing,
                "invited_because": seat.reason,
            }
            for seat, activity in session.execute(
                select(Participant, Activity)
                .join(Activity, Activity.id == Participant.activity_id)
                .where(Participant.person_id == person.id)
                .order_by(Activity.id)
            )
        ],
        "wrote": [
            {
                "case": public_id,
                "at": event.received_at,
                "lane": event.lane,
                "text": event.text,
                "below": list(event.below),
                "files": event.values.get("attachments", []),
            }
            for event, public_id in session.execute(
                select(Event, Activity.public_id)
                .join(Activity, Activity.id == Event.activity_id)
                .where(Event.actor_id == person.id, Event.kind == Kind.POST)
                .order_by(Event.id)
            )
        ],
    }
