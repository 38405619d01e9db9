"""What became of the promises of a desk, counted from its history (decision 43)."""

from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.activity import Activity
from storage.event import Event, Kind
from storage.voice import Span


class Record(NamedTuple):
    """How many promises of the next contact ended in a period, and how."""

    kept: int
    late: int
    """A human message came, after the time that was promised."""
    broken: int
    """The case was closed without a word."""


def promises(session: Session, desk: int, span: Span) -> Record:
    """Count the promises of a desk that ended in a period."""
    rows = session.execute(
        select(Event.kind, func.count())
        .join(Activity, Activity.id == Event.activity_id)
        .where(
            Event.id > span.after,
            Event.received_at > span.since,
            Event.received_at <= span.until,
            Event.kind.in_((Kind.KEPT, Kind.KEPT_LATE, Kind.BROKEN)),
            Activity.desk_id == desk,
        )
        .group_by(Event.kind)
    )
    found: dict[Kind, int] = {kind: count for kind, count in rows}  # noqa: C416
    return Record(
        found.get(Kind.KEPT, 0),
        found.get(Kind.KEPT_LATE, 0),
        found.get(Kind.BROKEN, 0),
    )
