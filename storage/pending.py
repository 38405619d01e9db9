"""Pending mails of the journal: claimed to be settled, or given back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy import ColumnElement, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session

from storage.journal import MOVES, TABLE, Inbound, State, settle


def claim(
    session: Session,
    *,
    node: str,
    now: datetime,
    lease: timedelta,
    most: int,
    most_attempts: int = 3,
) -> list[Inbound]:
    """Take up to `most` pending mails, oldest first, for as long as `lease`.

    Attempts are counted before the work, so that a mail that kills whoever reads it
    is not taken more than `most_attempts` times (see `exhausted`). One that was tried
    before is taken alone, so that its neighbours do not pay for it.
    """
    oldest = list(
        session.scalars(
            select(Inbound)
            .where(
                Inbound.state == State.PENDING,
                _is_free(now),
                Inbound.attempts < most_attempts,
            )
            .order_by(Inbound.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
    )
    found = list(takewhile(lambda inbound: not inbound.attempts, oldest)) or oldest[:1]
    for inbound in found:
        inbound.attempts += 1
        inbound.leased_until = now + lease
        inbound.leased_by = node
    session.flush()
    return found


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(Inbound.leased_until.is_(None), Inbound.leased_until <= now)


def exhausted(session: Session, *, now: datetime, most_attempts: int) -> list[Inbound]:
    """Give the pending mails whose lease ended so often with nothing said (T27)."""
    return list(
        session.scalars(
            select(Inbound)
            .where(
                Inbound.state == State.PENDING,
                _is_free(now),
                Inbound.attempts >= most_attempts,
            )
            .order_by(Inbound.id)
        )
    )


def set_aside(
    session: Session, inbound_id: int, *, node: str, reason: str, now: datetime
) -> bool:
    """Let a mail that broke *process* too often rest as failed.

    `node` is who had it last. Returns whether it was theirs and pending until now:
    who must be told is told once.
    """
    inbound = session.get_one(
        Inbound, inbound_id, with_for_update=True, populate_existing=True
    )
    if inbound.state is not State.PENDING or inbound.leased_by != node:
        return False
    settle(session, inbound_id, State.FAILED, reason=reason, by="attempts", now=now)
    return True


def put_back(session: Session, inbound_id: int) -> None:
    """Undo a claim that was no attempt: its turn has not come, or we are stopping."""
    session.execute(
        update(Inbound)
        .where(Inbound.id == inbound_id, Inbound.state == State.PENDING)
        .values(attempts=Inbound.attempts - 1, leased_until=None, leased_by="")
    )


def key_threads(session: Session, keys: Mapping[int, str]) -> None:
    """Note to which thread each mail belongs, by row number."""
    for number, key in keys.items():
        session.execute(
            update(Inbound).where(Inbound.id == number).values(thread_key=key)
        )


def is_blocked(session: Session, inbound: Inbound) -> bool:
    """Say whether an older unfinished mail of the same thread must go first.

    One that nobody has read yet may belong to any thread (decisions A6).
    """
    named = {"number": inbound.id, "thread": inbound.thread_key}
    return bool(session.scalar(_BLOCKED, named))


def holds_lease(session: Session, inbound_id: int, node: str, now: datetime) -> bool:
    """Say whether `node` may still settle this mail; locks the row until the end."""
    named = {"number": inbound_id, "node": node, "now": now}
    return session.scalar(_HELD, named) is not None


# Statements that every mail needs are written once: SQLAlchemy spends more on writing
# one than SQLite on answering it.
_BLOCKED = select(
    exists().where(
        Inbound.state == State.PENDING,
        Inbound.id < bindparam("number"),
        or_(Inbound.thread_key.is_(None), Inbound.thread_key == bindparam("thread")),
    )
)
_HELD = (
    select(Inbound.id)
    .where(
        Inbound.id == bindparam("number"),
        Inbound.state == State.PENDING,
        Inbound.leased_by == bindparam("node"),
        Inbound.leased_until > bindparam("now"),
    )
    .with_for_update()
)


def finish(
    session: Session,
    inbound_id: int,
    state: State,
    *,
    reason: str,
    by: str,
    now: datetime,
) -> None:
    """Settle a mail whose lease is held: `settle` from pending, without a look.

    Raises ValueError when it is not pending any more.
    """
    named = {
        "number": inbound_id,
        "to": state,
        "why": reason,
        "by": by,
        "now": now,
    }
    moved = session.connection().execute(_FINISH, named)
    if moved.rowcount != 1 or state not in MOVES[State.PENDING]:
        raise ValueError(f"mail {inbound_id} cannot become {state}")


_FINISH = (
    update(TABLE)
    .where(TABLE.c.id == bindparam("number"), TABLE.c.state == State.PENDING)
    .values(
        state=bindparam("to"),
        reason=bindparam("why"),
        settled_by=bindparam("by"),
        settled_at=bindparam("now"),
        leased_until=None,
        leased_by="",
    )
)


def give_back(session: Session, inbound_id: int, *, node: str, reason: str) -> None:
    """After a fault: let it be tried again.

    Changes nothing when `node` has lost the mail meanwhile: it is another's to settle.
    """
    session.execute(
        update(Inbound)
        .where(
            Inbound.id == inbound_id,
            Inbound.state == State.PENDING,
            Inbound.leased_by == node,
        )
        .values(reason=reason, leased_until=None, leased_by="")
    )
