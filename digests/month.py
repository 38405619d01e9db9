"""The month before, in the first digest of a month of who leads a desk.

It counts what the weekly letter counts. Where to begin in the history says the digest
that came before that month: whoever has none hears of the month after.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from digests.due import Due
from digests.themes import FEW, percent
from storage import promise_record, voice
from storage.database import Session
from storage.promise_record import Record
from storage.voice import Span
from templates.themes import Asked, Month, Promised

_MOST = 3
_SECOND = timedelta(seconds=1)


class Months(NamedTuple):
    """When the month of an instant began, and the one before it."""

    before: datetime
    this: datetime


def months(at: datetime, zone: str) -> Months:
    """Give the months of an instant, as calendars have them in a zone."""
    local = at.astimezone(ZoneInfo(zone))
    this = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    before = (this.replace(hour=12) - timedelta(days=1)).replace(day=1, hour=0)
    return Months(before, this)


def promised(record: Record) -> Promised | None:
    """Give what became of promises; a share only of five and more, None of none."""
    total = sum(record)
    if not total:
        return None
    share = percent(record.kept, total) if total >= FEW else None
    return Promised(
        kept=record.kept, late=record.late, broken=record.broken, share=share
    )


def write(session: Session, due: Due) -> Month | None:
    """Write it; None in a digest that is not the first of its month."""
    whose = (due.person, due.desk_id, str(due.kind))
    before, this = months(due.slot.at, due.timetable.zone)
    if due.slot.at <= this:
        return None
    last = voice.last_heard(session, *whose, due.slot.at)
    begins = voice.last_heard(session, *whose, before)
    if last is None or last[0] >= this or begins is None:
        return None
    span = Span(before, this, begins[1])
    said: dict[str, set[int]] = {}
    for word, customer, _ in voice.mentions(session, due.desk_id, before, this):
        said.setdefault(word, set()).add(customer)
    most = sorted(said.items(), key=lambda one: (-len(one[1]), one[0]))
    return Month(
        since=before,
        until=this - _SECOND,
        wrote=len(voice.mails_by_customer(session, due.desk_id, span)),
        closed=len(voice.closed(session, due.desk_id, span)),
        promised=promised(promise_record.promises(session, due.desk_id, span)),
        asked=tuple(Asked(word=word, customers=len(who)) for word, who in most[:_MOST]),
    )
