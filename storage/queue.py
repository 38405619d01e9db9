"""The fair queue: who has waited longest for what was promised (support.md 4)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, aliased

from storage.activity import Activity, Desk, Turn
from storage.people import Person, PersonAddress

OURS = frozenset({Turn.NEW, Turn.OURS})
"""Whose turn is the team's."""

_Customer, _Owner = aliased(Person), aliased(Person)
_Maker, _Urger = aliased(Person), aliased(Person)
_OWED_AT = func.coalesce(Activity.promised_at, Activity.waiting_since)
"""Who was promised nothing is owed an answer since they began to wait."""
_BY_FAIRNESS = (
    _OWED_AT.is_(None),
    _OWED_AT,
    func.coalesce(Activity.waiting_since, Activity.opened_at),
    Activity.id,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """One case in the queue, and what its place follows from."""

    activity: int
    public_id: str
    subject: str
    customer: str
    """Their name, or the part of their address before the @."""
    owner: int | None
    owner_name: str
    """Empty while nobody has the case."""
    turn: Turn
    opened_at: datetime
    waiting_since: datetime | None
    promised_at: datetime | None
    day_only: bool
    promised_by: str
    """Who of the team promised it; empty for a promise of the desk."""
    moves: int
    urgent_until: datetime | None
    urgent_why: str
    urgent_by: str
    """Who put it first, until when and why; it is past for most."""


def queue(  # noqa: PLR0913 (what is left out has a name each)
    session: Session,
    desk: str,
    most: int,
    *,
    now: datetime,
    turns: Collection[Turn] = OURS,
    owner: int | None = None,
    only: int | None = None,
    asker: int = 0,
) -> tuple[list[Queued], int]:
    """Give the first cases of a desk in the fair order, and how many there are.

    `desk` is the matching key of its address; `owner` leaves those of one person,
    `only` one case. What `asker` wrote as a customer is left out: there they are
    one like any other. First stands what one of the team put there, until that is over
    by `now`; then by the promise; where there is none, since when the customer waits;
    whoever waits for nothing comes last. How often somebody wrote does not count
    (support.md section 4).
    """
    first = Activity.urgent_until > now
    urged = case((first, Activity.urgent_until), else_=None)
    wanted = (
        _named_cases()
        .add_columns(func.count().over())
        .join(Desk, Desk.id == Activity.desk_id)
        .where(
            Desk.address == desk,
            Activity.redirect_id.is_(None),
            Activity.turn.in_(turns),
            Activity.customer_id != asker,
        )
        .order_by(case((first, 0), else_=1), urged, *_BY_FAIRNESS)
        .limit(most)
    )
    if owner is not None:
        wanted = wanted.where(Activity.owner_id == owner)
    if only is not None:
        wanted = wanted.where(Activity.id == only)
    rows = session.execute(wanted).all()
    return [_queued(*row[:5]) for row in rows], (rows[0][5] if rows else 0)


def queued_of(session: Session, activities: Collection[int]) -> dict[int, Queued]:
    """Give some cases as the queue has them, by their numbers."""
    rows = session.execute(_named_cases().where(Activity.id.in_(activities))).all()
    return {row[0].id: _queued(*row) for row in rows}


def _named_cases() -> Select[Activity, str, str, str, str]:
    """Cases with the names of their customers and owners.

    And of who made the promise, and who put the case first.
    """
    return (
        select(
            Activity,
            _name_of(_Customer),
            _name_of(_Owner),
            func.coalesce(_Maker.name, ""),
            func.coalesce(_Urger.name, ""),
        )
        .join(_Customer, _Customer.id == Activity.customer_id)
        .outerjoin(_Owner, _Owner.id == Activity.owner_id)
        .outerjoin(_Maker, _Maker.id == Activity.promised_by_id)
        .outerjoin(_Urger, _Urger.id == Activity.urgent_by_id)
    )


def _name_of(person: type[Person]) -> ColumnElement[str]:
    """Give a name, or the address that stands in for it."""
    written = (
        select(PersonAddress.written)
        .where(PersonAddress.person_id == person.id)
        .order_by(PersonAddress.is_primary.desc(), PersonAddress.id)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(func.nullif(person.name, ""), written, "")


def _queued(row: Activity, customer: str, owner: str, maker: str, urger: str) -> Queued:
    return Queued(
        activity=row.id,
        public_id=row.public_id,
        subject=row.subject,
        customer=customer.partition("@")[0],
        owner=row.owner_id,
        owner_name=owner.partition("@")[0],
        turn=row.turn,
        opened_at=row.opened_at,
        waiting_since=row.waiting_since,
        promised_at=row.promised_at,
        day_only=row.promised_day_only,
        promised_by=maker,
        moves=row.promise_moves,
        urgent_until=row.urgent_until,
        urgent_why=row.urgent_why,
        urgent_by=urger,
    )
