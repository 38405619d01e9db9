"""Who is taken from a desk's `team` loses their say in its cases (decision 58)."""

from collections.abc import Sequence
from datetime import datetime

from gateway.activities import duties, moving, unheard
from gateway.activities.desks import desk_of
from gateway.activities.house import House
from gateway.activities.place import By, Place, note
from parsers.address import key
from storage import activity as activities
from storage import former
from storage.activity import Membership, Participant, Role, Turn
from storage.database import Session
from storage.event import Kind
from storage.people import Person

_HERE = frozenset({Membership.JOINED, Membership.TOLD})


def keep_in_step(house: House, now: datetime) -> int:
    """Bring the seats of all teams in step with the settings; once at each start.

    Whose addresses stand in no `team` of a case's desk, and who is not marked as staff,
    leaves it. Who stands there again may come back (`/join`), and does where the case
    has nobody else. Each case is a transaction of its own, so that what a crash left
    is done at the next start. Returns the number of cases that changed.
    """
    with house.database.reading() as session:
        found = former.cases_out_of_step(session, _teams(session, house))
    for number, seats in found.items():
        with house.database.transaction() as session:
            _keep_one(session, house, number, seats, now)
    if found:
        house.wake.tell()
    return len(found)


def _teams(session: Session, house: House) -> dict[int, list[str]]:
    rows = former.team_rows(session)
    # A desk that is gone from the settings has its team back when it is back.
    desks = {row: house.desks.by_address(address) for row, address in rows.items()}
    return {
        row: [key(member.address) for member in desk.team]
        for row, desk in desks.items()
        if desk is not None
    }


def _keep_one(
    session: Session, house: House, number: int, seats: Sequence[int], now: datetime
) -> None:
    case = activities.find(session, number, lock=True)
    desk = desk_of(session, house, number)
    if case is None or desk is None:
        return
    place = Place(session, house, desk, case)
    gone = []
    for seat in (session.get_one(Participant, each) for each in seats):
        if not seat.in_team_lane:
            seat.in_team_lane = True
        elif _take_out(seat, now):
            gone.append(seat)
    session.flush()
    if case.id != number:
        # It was merged into another one, whose seats count, and are looked at too.
        return
    for seat in gone:
        by = By(
            person=session.get_one(Person, seat.person_id),
            door="settings",
            proof="operator",
            at=now,
        )
        note(place, by, Kind.LEFT)
        former.withhold(session, case.family, seat.person_id, now)
    _see_to_it(place, gone, now)


def _take_out(seat: Participant, now: datetime) -> bool:
    """Take a seat's say; returns whether its holder took part until now."""
    seat.in_team_lane, seat.unsaid = False, []
    if seat.role is Role.CUSTOMER:
        return False
    # What they answered stays an answer of the team.
    seat.role = Role.TEAM
    took_part = seat.membership in _HERE
    if took_part:
        activities.move(seat, Membership.LEFT, now)
    return took_part


def _see_to_it(place: Place, gone: Sequence[Participant], now: datetime) -> None:
    """Leave no case to nobody (promises R16)."""
    session, case = place.session, place.activity
    if not any(_hears(each) for each in activities.seats(session, case.id)):
        moving.seat(place, now)
    for seat in gone:
        person = session.get_one(Person, seat.person_id)
        by = By(person=person, door="settings", proof="operator", at=now)
        duties.leaves(place, seat, by)
    if case.turn is not Turn.RESOLVED:
        unheard.tell(place, now)


def _hears(seat: Participant) -> bool:
    return seat.is_staff and seat.membership in _HERE
