"""Seats in the team lane of people whom the settings name no more (decision 58)."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import Session

from storage.activity import Activity, Desk, Participant, Role
from storage.outbox import Delivery, Progress
from storage.people import Person, PersonAddress


def cases_out_of_step(
    session: Session, teams: Mapping[int, Collection[str]]
) -> dict[int, list[int]]:
    """Give the seats whose say is not what the settings say, by activity.

    `teams` are the address keys of the teams, by the desk's row. A seat of the team
    lane is out of step when its person is in no team of the desk and not marked as
    staff; one that was taken from the lane, when they are in the team again. Who is
    consulted was asked by a human, and stays.
    """
    if not teams:
        return {}
    is_named = or_(
        *(
            and_(
                Activity.desk_id == desk,
                exists().where(
                    PersonAddress.person_id == Participant.person_id,
                    PersonAddress.key.in_(sorted(team)),
                ),
            )
            for desk, team in teams.items()
        )
    )
    rows = session.execute(
        select(Participant.activity_id, Participant.id)
        .join(Activity, Activity.id == Participant.activity_id)
        .join(Person, Person.id == Participant.person_id)
        .where(
            Activity.desk_id.in_(sorted(teams)),
            # Another seat stands for it where two people turned out to be one.
            Participant.moved_to_id.is_(None),
            or_(
                and_(
                    Participant.in_team_lane,
                    Participant.role != Role.CONSULTED,
                    Person.is_staff.is_(False),
                    ~is_named,
                ),
                and_(
                    Participant.in_team_lane.is_(False),
                    Participant.role == Role.TEAM,
                    is_named,
                ),
            ),
        )
        .order_by(Participant.activity_id, Participant.id)
    )
    found: dict[int, list[int]] = {}
    for activity, seat in rows:
        found.setdefault(activity, []).append(seat)
    return found


def team_rows(session: Session) -> dict[int, str]:
    """Give the address keys of all desks that there are or were, by their rows."""
    return {row: address for row, address in session.execute(_DESKS)}  # noqa: C416


_DESKS = select(Desk.id, Desk.address).order_by(Desk.id)


def withhold(
    session: Session, activities: Collection[int], person: int, now: datetime
) -> None:
    """See to it that what waits for somebody about some activities is not sent."""
    session.execute(
        update(Delivery)
        .where(
            Delivery.person_id == person,
            Delivery.activity_id.in_(activities),
            Delivery.state == Progress.WAITING,
        )
        .values(state=Progress.CANCELLED, settled_at=now)
    )
