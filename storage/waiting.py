"""Nobody waits unseen (promises R16): every exception, with its reason.

Each human mail of a customer is at every instant answered; promised with a name and a
time, and seen by somebody of the team who is still there; the customer's turn; held
with a notice of its own and a deadline; or dismissed by a named person. What is none of
these is an exception. Imported old mail is none: nobody was promised anything.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from storage import held
from storage.activity import Activity, Desk
from storage.event import DOOR_OF_OLD_MAIL
from storage.held import Held
from storage.journal import Inbound, State
from storage.unseen import Unseen, Why
from storage.waiting_cases import unseen_cases

READ_WITHIN = timedelta(minutes=10)
"""A mail that nobody has read for so long waits for nobody."""
GRACE = timedelta(days=4)
"""From Friday's digest to Tuesday's: so long a held mail may go unmentioned."""


def exceptions(session: Session, now: datetime) -> Iterator[Unseen]:
    """Give everybody who waits unseen."""
    yield from unseen_cases(session)
    yield from _unread(session, now)
    yield from _held(session, now)
    yield from _taken_for_machines(session, now)


def count(session: Session, desk: str | None = None) -> int:
    """Count the customers who wait for us, in a case or at the door; of one desk."""
    in_cases = (
        select(func.count())
        .select_from(Activity)
        .join(Desk, Desk.id == Activity.desk_id)
        .where(Activity.waiting_since.is_not(None), Activity.redirect_id.is_(None))
    )
    if desk is not None:
        in_cases = in_cases.where(Desk.address == desk)
    return (session.scalar(in_cases) or 0) + held.count(session, desk)


def _unread(session: Session, now: datetime) -> Iterator[Unseen]:
    late = now - READ_WITHIN
    rows = session.execute(
        select(
            Inbound.id,
            Inbound.received_at,
            Inbound.sender,
            Inbound.leased_until,
            Inbound.values,
        ).where(
            Inbound.state == State.PENDING,
            Inbound.received_at < late,
            or_(Inbound.leased_until.is_(None), Inbound.leased_until < late),
        )
    )
    for row in rows:
        # One that a human let in a moment ago was received long before.
        let_in = {"released", "meant"} & row.values.keys()
        if row.leased_until is not None or not let_in:
            yield Unseen(
                why=Why.UNREAD,
                inbound=row.id,
                sender=row.sender,
                since=row.received_at,
            )


def _held(session: Session, now: datetime) -> Iterator[Unseen]:
    rows = session.execute(
        select(
            Inbound.id,
            Inbound.state,
            Inbound.received_at,
            Inbound.settled_at,
            Inbound.sender,
            Held.desk,
            Held.deadline_at,
            Held.is_quiet,
        )
        .outerjoin(Held, Held.inbound_id == Inbound.id)
        .where(Inbound.state.in_(held.WAITS), Inbound.door != DOOR_OF_OLD_MAIL)
        .order_by(Inbound.id)
    ).all()
    notices = held.live_notices(session, [row.id for row in rows])
    for row in rows:
        last = notices.get(row.id)
        is_told = held.is_told(row.state, row.settled_at, last)
        if why := _neglected(row.deadline_at, row.is_quiet, last, now, is_told=is_told):
            yield Unseen(
                why=why,
                inbound=row.id,
                sender=row.sender,
                since=row.received_at,
                desk=row.desk or "",
            )


def _neglected(
    deadline: datetime | None,
    is_quiet: bool | None,  # noqa: FBT001 (a column)
    last: datetime | None,
    now: datetime,
    *,
    is_told: bool,
) -> Why | None:
    """Say what a held mail lacks: a deadline, a notice, a reminder."""
    if deadline is None:
        return Why.NO_DEADLINE
    is_overdue = now > deadline + GRACE
    if not is_told:
        # The team's digest has a line of what is held without a word.
        return Why.UNTOLD if is_overdue or not is_quiet else None
    if is_overdue and not is_quiet and (last is None or last < now - GRACE):
        return Why.UNREMINDED
    return None


def _taken_for_machines(session: Session, now: datetime) -> Iterator[Unseen]:
    for kept in held.kept_unseen(session):
        if kept.received_at < now - GRACE:
            yield Unseen(
                why=Why.MACHINE,
                subject=kept.subject,
                desk=kept.desk,
                inbound=kept.inbound,
                sender=kept.sender,
                since=kept.received_at,
            )
