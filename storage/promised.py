"""What customers were promised, and by when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
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
