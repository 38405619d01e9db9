"""Two people turn out to be one: what was of the second is of the first.

The second stays as a row without an address, since numbers of people stand in what is
never changed; nothing is sent to it and nobody finds it.
"""

from sqlalchemy import (
    Column,
    String,
    Table,
    UniqueConstraint,
    and_,
    cast,
    exists,
    select,
    update,
)
from sqlalchemy.orm import Session

from storage import activity as activities
from storage import schema, web_session
from storage.activity import Membership, Participant, Role
from storage.people import Person, PersonAddress

# Seats and addresses are moved one by one; digests are a chain of ranges of events,
# which two chains do not make longer.
_APART = frozenset(
    {"participant", "person_address", "digest", "sign_in", "web_session"}
)
_NEAREST = (
    Membership.JOINED,
    Membership.TOLD,
    Membership.INVITED,
    Membership.LEFT,
    Membership.DECLINED,
)


def merge(session: Session, first: Person, second: Person) -> int:
    """Make the second person the first; gives how many cases came along.

    The first keeps what they said of themselves, and the address that is written to;
    what they left empty is taken from the second. What both have, such as a letter of
    one event, stays with each. Raises ValueError when they are the customer and the
    team of one case, who never read the same.
    """
    if first.id == second.id:
        return 0
    seats = activities.seats_of(session, second.id)
    theirs = {seat.activity_id: seat for seat in activities.seats_of(session, first.id)}
    for seat in seats:
        _check(seat, theirs.get(seat.activity_id))
    # A browser in which one of them is signed in would now read what both may.
    web_session.end_all(session, first.id, second.id)
    _fill(first, second)
    for each in session.scalars(
        select(PersonAddress).where(PersonAddress.person_id == second.id)
    ):
        each.person_id, each.is_primary = first.id, False
    for seat in seats:
        if seat.activity_id in theirs:
            _join_seats(theirs[seat.activity_id], seat)
        else:
            seat.person_id = first.id
    session.flush()
    _rename(session, first.id, second.id)
    for table, column in _references():
        _move(session, table, column, first.id, second.id)
    session.expire_all()
    return len(seats)


def _rename(session: Session, first: int, second: int) -> None:
    """Put the first where people name the second: as their deputy, or among ignored."""
    stands_in = update(Person).where(Person.deputy_id == second)
    session.execute(stands_in.values(deputy_id=first))
    somebody = cast(Person.ignores, String) != "[]"
    for each in session.scalars(select(Person).where(somebody)):
        if second in each.ignores:
            known = (first if one == second else one for one in each.ignores)
            each.ignores = list(dict.fromkeys(known))
    session.flush()


def _check(one: Participant, other: Participant | None) -> None:
    if other is None:
        return
    pair = (one, other)
    customers = [seat for seat in pair if seat.role is Role.CUSTOMER]
    if customers and any(seat.in_team_lane for seat in pair):
        raise ValueError("one of them is the customer of a case, the other of its team")


def _fill(first: Person, second: Person) -> None:
    for name in ("name", "language", "zone", "organisation", "title", "about"):
        if not getattr(first, name):
            setattr(first, name, getattr(second, name))
    first.skills = first.skills or list(second.skills)
    first.proposed = {**second.proposed, **first.proposed}
    first.is_staff = first.is_staff or second.is_staff
    # Whoever once said never said it for themselves, whatever the address.
    first.never_invite = first.never_invite or second.never_invite
    if first.deputy_id is None:
        first.deputy_id = second.deputy_id
    first.ignores = list(dict.fromkeys([*first.ignores, *second.ignores]))
    if first.away_until is None:
        first.away_until = second.away_until
        first.away_by_note = second.away_by_note


def _join_seats(seat: Participant, old: Participant) -> None:
    """Let one seat have what two had; tokens of the other lead to it."""
    if old.role is Role.CUSTOMER:
        seat.role = Role.CUSTOMER
    seat.in_team_lane = seat.in_team_lane or old.in_team_lane
    seat.membership = min(seat.membership, old.membership, key=_NEAREST.index)
    seat.since_event_id = min(seat.since_event_id, old.since_event_id)
    seat.reason = seat.reason or old.reason
    old.moved_to_id, old.membership, old.in_team_lane = seat.id, Membership.LEFT, False


def _references() -> list[tuple[Table, Column[int]]]:
    """Give every column of every table that names a person."""
    return [
        (table, column)
        for table in schema.metadata().sorted_tables
        if table.name not in _APART
        for column in table.columns
        if any(key.column.table.name == "person" for key in column.foreign_keys)
    ]


def _move(
    session: Session, table: Table, column: "Column[int]", first: int, second: int
) -> None:
    """Name the first person where the second was named, unless both are."""
    where = [column == second]
    for unique in _unique(table, column):
        other = table.alias()
        same = [each == other.c[each.name] for each in unique if each is not column]
        where.append(~exists().where(and_(other.c[column.name] == first, *same)))
    session.execute(update(table).where(*where).values({column.name: first}))


def _unique(table: Table, column: "Column[int]") -> list[list["Column[int]"]]:
    keys = [list(table.primary_key.columns)]
    keys += [
        list(each.columns)
        for each in table.constraints
        if isinstance(each, UniqueConstraint)
    ]
    return [key for key in keys if column in key]
