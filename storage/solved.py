"""What people helped to solve, counted for their cards."""

from collections.abc import Collection

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from storage.activity import Activity, Participant, Role, Turn
from storage.event import Event, Kind


def helped(session: Session, people: Collection[int]) -> dict[int, int]:
    """Count for each person the solved cases in which they wrote, their own left out.

    A case that was ever closed as none (`/drop`, `/spam`) does not count. Whoever
    helped with none is not named.
    """
    if not people:
        return {}
    wrote = exists().where(
        Event.activity_id == Participant.activity_id,
        Event.actor_id == Participant.person_id,
        Event.kind == Kind.POST,
    )
    dropped = exists().where(
        Event.activity_id == Participant.activity_id,
        Event.kind.in_((Kind.DROPPED, Kind.SPAM)),
    )
    rows = session.execute(
        select(Participant.person_id, func.count())
        .join(Activity, Activity.id == Participant.activity_id)
        .where(
            Participant.person_id.in_(people),
            Participant.role != Role.CUSTOMER,
            Activity.turn == Turn.RESOLVED,
            Activity.redirect_id.is_(None),
            wrote,
            ~dropped,
        )
        .group_by(Participant.person_id)
    )
    return {person: count for person, count in rows}  # noqa: C416
