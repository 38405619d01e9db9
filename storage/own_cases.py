"""The cases that one person takes part in."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.activity import Activity, Desk, Hearing, Membership, Participant, Turn

_TAKES_PART = (Membership.TOLD, Membership.JOINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCase:
    """One case, and the seat of the person in it."""

    seat: int
    generation: int
    hearing: Hearing
    in_team_lane: bool
    is_staff: bool
    """The seat answers for the desk, if its holder still does."""
    public_id: str
    subject: str
    is_solved: bool
    desk_address: str
    """The matching key of the desk's address."""
    desk_name: str


def own_cases(session: Session, person: int, most: int) -> list[OwnCase]:
    """Give the cases that somebody takes part in, those that are open and new first."""
    rows = session.execute(
        select(Participant, Activity, Desk)
        .join(Activity, Activity.id == Participant.activity_id)
        .join(Desk, Desk.id == Activity.desk_id)
        .where(
            Participant.person_id == person,
            Participant.membership.in_(_TAKES_PART),
            Activity.redirect_id.is_(None),
            Desk.gone_at.is_(None),
        )
        .order_by(Activity.turn == Turn.RESOLVED, Activity.id.desc())
        .limit(most)
    )
    return [
        OwnCase(
            seat=seat.id,
            generation=seat.generation,
            hearing=seat.hearing,
            in_team_lane=seat.in_team_lane,
            is_staff=seat.is_staff,
            public_id=activity.public_id,
            subject=activity.subject,
            is_solved=activity.turn is Turn.RESOLVED,
            desk_address=desk.address,
            desk_name=desk.name,
        )
        for seat, activity, desk in rows
    ]
