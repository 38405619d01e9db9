"""What customers were promised, and by when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.activity import Activity, Desk
from storage.roster import display_name


@dataclass(frozen=True, slots=True)
class Promised:
    """One promise that is not kept yet."""

    activity: int
    subject: str
    customer: str
    """Their name, or the part of their address before the @."""
    owner: int | None
    at: datetime
    day_only: bool
    waiting_since: datetime | None


def looked_at(session: Session, at: datetime) -> list[int]:
    """Give the cases of whose promise something may have to be said by an instant."""
    return list(
        session.scalars(
            select(Activity.id)
            .where(Activity.promise_due_at <= at, Activity.redirect_id.is_(None))
            .order_by(Activity.promise_due_at, Activity.id)
        )
    )


def note_said(session: Session, activities: Collection[int], at: datetime) -> None:
    """Note that a digest or a letter told of the promises of some cases.

    What was said so lately no reminder says again (decisions F52). It is for whoever
    is to keep them: their owners, or the teams of those without one.
    """
    if activities:
        session.execute(
            update(Activity)
            .where(Activity.id.in_(activities), Activity.promised_at.is_not(None))
            .values(promise_said_at=at)
        )


def due(session: Session, desk: str, before: datetime) -> list[Promised]:
    """Give the promises of a desk that are due before an instant, the earliest first.

    `desk` is the matching key of its address.
    """
    rows = session.scalars(
        select(Activity)
        .join(Desk, Desk.id == Activity.desk_id)
        .where(
            Desk.address == desk,
            Activity.redirect_id.is_(None),
            Activity.promised_at < before,
        )
        .order_by(Activity.promised_at, Activity.id)
    )
    return [
        Promised(
            activity=row.id,
            subject=row.subject,
            customer=display_name(session, row.customer_id),
            owner=row.owner_id,
            at=row.promised_at,
            day_only=row.promised_day_only,
            waiting_since=row.waiting_since,
        )
        for row in rows
        if row.promised_at is not None
    ]
