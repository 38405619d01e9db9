"""What letters say of promises and of a case that was put first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from templates.promised import Promise, PromiseDue, PutFirst, Urgent

NOW = datetime(2026, 11, 21, 9, 20, tzinfo=UTC)
FIRST = PutFirst(
    why="their auditor comes tomorrow", by="Bo Berg", until=NOW + timedelta(hours=20)
)
DUE = PromiseDue(
    customer="Carla Gomez",
    subject='Import fails with "bad date"',
    promise=Promise(
        at=datetime(2026, 11, 23, 14, 0, tzinfo=UTC), by="Ana Ruiz", moves=2
    ),
    waits_since=NOW - timedelta(days=1),
    owner="Ana Ruiz",
    is_yours=True,
    is_late=False,
    next_day=0,
)
LATE = replace(
    DUE,
    promise=Promise(at=NOW - timedelta(hours=1)),
    owner="",
    is_yours=False,
    is_late=True,
    next_day=None,
    urgent=FIRST,
)
PUT_FIRST = Urgent(
    customer="Carla Gomez",
    subject='Import fails with "bad date"',
    urgent=FIRST,
    promise=DUE.promise,
    waits_since=NOW - timedelta(days=1),
    owner="Ana Ruiz",
    is_yours=False,
)
