"""Leases of deliveries: who sends what, until when, and who may say what became of it.

Each settling asks whether the lease is still that node's (fencing, promises R8): who
lost it changes nothing.
"""

import threading
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CursorResult,
    Select,
    Update,
    and_,
    bindparam,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

from storage.base import Base, Moment
from storage.database import Database
from storage.outbox import Priority, Progress


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours to send until `leased_until`."""

    id: int
    letter_id: int
    address: str
    token_number: int | None
    priority: int
    null_sender: bool
    attempts: int
    due_at: datetime
    leased_until: datetime


def claim(
    session: Session,
    *,
    node: str,
    now: datetime,
    lease: timedelta,
    most: int,
    before: int | None = None,
) -> list[Claimed]:
    """Lease what is due, best first: by priority, then since when it is due.

    With `before` only what goes before that priority.

    Of one person's deliveries in one activity only the earliest unsettled one is ever
    leased, so that they arrive in order (decisions A6); those outside of activities
    wait for nobody. A lease of another node that is over is taken, and so is one that
    ends later than any does, for a clock that was ahead took that; `node` must be a
    name that no other dispatcher has or had, for its own leases are left alone.
    """
    values = _values(node, now, before) | {"until": now + lease, "most": most}
    rows = session.execute(_CLAIM, values).all()
    claimed = [Claimed(*row) for row in rows]
    return sorted(claimed, key=lambda one: (one.priority, one.due_at, one.id))


def is_due(
    session: Session, *, node: str, now: datetime, before: int | None = None
) -> bool:
    """Say whether `claim` would give anything; needs no writing transaction."""
    values = _values(node, now, before) | {"most": 1}
    return session.scalar(_DUE, values) is not None


def _values(node: str, now: datetime, before: int | None) -> dict[str, Any]:
    """Give what `_due` asks for: all priorities, or those that go before one."""
    priorities = [int(each) for each in Priority if before is None or each < before]
    far = now + _FAR
    return {"node": node, "now": now, "far": far, "priorities": priorities}


def is_put_off(session: Session, *, beyond: datetime) -> bool:
    """Say whether mail waits for longer than that; needs no writing transaction."""
    return session.scalar(_ANY_PUT_OFF, {"beyond": beyond}) is not None


def let_go(session: Session, *, beyond: datetime, now: datetime) -> int:
    """Make due what would wait for longer than that; gives how many.

    Its tries stay counted, and what a node has in hand stays there.
    """
    changed = session.execute(_LET_GO, {"beyond": beyond, "now": now})
    assert isinstance(changed, CursorResult)
    return changed.rowcount


def renew(
    session: Session, ids: Collection[int], *, node: str, until: datetime
) -> set[int]:
    """Make leases last until then; gives those that are still the node's."""
    statement = (
        _leased(node)
        .where(_DELIVERY.c.id.in_(ids))
        .values(leased_until=until)
        .returning(_DELIVERY.c.id)
    )
    return set(session.scalars(statement))


def give_back(
    session: Session, ids: Collection[int], *, node: str, reason: str | None = None
) -> None:
    """End leases without a try: what was not sent is due as before.

    `reason` says why it was not, to whoever looks at the outbox.
    """
    values: dict[str, Any] = {"state": Progress.WAITING} | _NO_LEASE
    if reason is not None:
        values["last_reply"] = reason
    session.execute(_leased(node).where(_DELIVERY.c.id.in_(ids)).values(**values))


def put_off(
    session: Session, delivery_id: int, *, node: str, due_at: datetime, reason: str
) -> None:
    """End a lease without a try, and let the mail wait until then."""
    values = {"state": Progress.WAITING, "due_at": due_at} | _NO_LEASE
    session.execute(
        _leased(node)
        .where(_DELIVERY.c.id == delivery_id)
        .values(last_reply=reason, **values)
    )


def settle_sent(
    session: Session, delivery_id: int, *, node: str, reply: str, now: datetime
) -> bool:
    """Note that the smarthost took it; False when the lease was lost."""
    return _settle(session, _SENT, delivery_id, node, reply, settled_at=now)


def defer(
    session: Session, delivery_id: int, *, node: str, due_at: datetime, reply: str
) -> bool:
    """Note a failed try, and when the next is due; False when the lease was lost."""
    return _settle(session, _DEFER, delivery_id, node, reply, due_at=due_at)


def give_up(
    session: Session, delivery_id: int, *, node: str, reply: str, now: datetime
) -> bool:
    """Note that it will not be sent; False when the lease was lost."""
    return _settle(session, _GIVE_UP, delivery_id, node, reply, settled_at=now)


class Receipts:
    """Notes what was sent, as `settle_sent` does, at a tenth of its cost.

    Each thread gets a connection of its own, and closes it with `close`.
    """

    def __init__(self, database: Database) -> None:
        """Write to `database`; nothing is connected yet."""
        self._database = database
        self._own = threading.local()
        dialect = database.engine.dialect
        # SQLite's driver reads the names as they stand.
        compiled = _RECEIPT.compile(dialect=dialect)
        self._sql = _RECEIPT.text if database.is_sqlite else str(compiled)
        self._as_moment = Moment().bind_processor(dialect) or (lambda moment: moment)

    def keep(self, delivery_id: int, *, node: str, reply: str, now: datetime) -> bool:
        """Note that the smarthost took it; False when the lease was lost."""
        values = {"number": delivery_id, "node": node, "reply": reply}
        values["settled_at"] = self._as_moment(now)
        try:
            cursor = self._connection().cursor()
            with self._database.turn():
                cursor.execute(self._sql, values)
            count: int = cursor.rowcount
            cursor.close()
        except Exception:
            # The database may have gone; the next try opens a new one.
            self.close()
            raise
        return count == 1

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._own, "connection", None)
        self._own.connection = None
        if connection is not None:
            connection.close()

    def _connection(self) -> DBAPIConnection:
        connection: DBAPIConnection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._database.lax_connection()
        return connection


def _settle(
    session: Session,
    statement: Update,
    delivery_id: int,
    node: str,
    reply: str,
    **values: datetime,
) -> bool:
    result = session.execute(
        statement, {"number": delivery_id, "node": node, "reply": reply} | values
    )
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


# Core statements, made once: they run for every copy that is sent.

_DELIVERY = Base.metadata.tables["delivery"]
_FAR = timedelta(hours=1)
"""No lease lasts for so long: one that does was taken by a clock that was ahead."""
_NO_LEASE: dict[str, Any] = {"leased_until": None, "leased_by": ""}
_RECEIPT = text(
    "UPDATE delivery SET state = 'sent', settled_at = :settled_at,"
    " last_reply = :reply, leased_until = NULL, leased_by = ''"
    " WHERE id = :number AND state = 'leased' AND leased_by = :node"
)


def _leased(node: str | BindParameter[str]) -> Update:
    """Begin a change of what this node has leased, and of nothing else."""
    return update(_DELIVERY).where(
        _DELIVERY.c.state == Progress.LEASED, _DELIVERY.c.leased_by == node
    )


def _due() -> Select[tuple[int]]:
    one, earlier = _DELIVERY.alias("one"), _DELIVERY.alias("earlier")
    blocked = (
        select(literal(1))
        .where(
            earlier.c.person_id == one.c.person_id,
            earlier.c.activity_id == one.c.activity_id,
            earlier.c.id < one.c.id,
            text("earlier.state IN ('waiting', 'leased')"),
        )
        .exists()
    )
    now, far = (bindparam(name, type_=one.c.due_at.type) for name in ("now", "far"))
    return (
        select(one.c.id)
        .where(
            # Written out, so that SQLite knows the partial index by it.
            text("one.state IN ('waiting', 'leased')"),
            # Each by its name: with the first column of the index bound, what is not
            # yet due is not even looked at.
            one.c.priority.in_(bindparam("priorities", expanding=True)),
            one.c.due_at <= now,
            or_(
                one.c.state == Progress.WAITING,
                and_(
                    or_(one.c.leased_until <= now, one.c.leased_until > far),
                    one.c.leased_by != bindparam("node"),
                ),
            ),
            ~blocked,
        )
        .order_by(one.c.priority, one.c.due_at, one.c.id)
        .limit(bindparam("most"))
    )


def _put_off() -> ColumnElement[bool]:
    return and_(
        # As in `_due`, so that the partial index leads to it.
        text("delivery.state IN ('waiting', 'leased')"),
        _DELIVERY.c.priority.in_([int(each) for each in Priority]),
        _DELIVERY.c.due_at > bindparam("beyond", type_=_DELIVERY.c.due_at.type),
    )


_ANY_PUT_OFF = select(_DELIVERY.c.id).where(_put_off()).limit(1)
_LET_GO = (
    update(_DELIVERY)
    .where(_put_off())
    .values(due_at=bindparam("now", type_=_DELIVERY.c.due_at.type))
)
_DUE = _due()
# A common table expression with FOR UPDATE runs once; PostgreSQL may run a plain
# sub-select again and take more than it was asked for.
_NEXT = _due().with_for_update(skip_locked=True).cte("next")
_CLAIM = (
    update(_DELIVERY)
    .where(_DELIVERY.c.id.in_(select(_NEXT.c.id)))
    .values(
        state=Progress.LEASED,
        leased_by=bindparam("node"),
        leased_until=bindparam("until"),
    )
    .returning(
        _DELIVERY.c.id,
        _DELIVERY.c.letter_id,
        _DELIVERY.c.address,
        _DELIVERY.c.token_number,
        _DELIVERY.c.priority,
        _DELIVERY.c.null_sender,
        _DELIVERY.c.attempts,
        _DELIVERY.c.due_at,
        _DELIVERY.c.leased_until,
    )
)
_OURS = _leased(bindparam("node")).where(_DELIVERY.c.id == bindparam("number"))
_OURS = _OURS.values(last_reply=bindparam("reply"), **_NO_LEASE)
_SENT = _OURS.values(state=Progress.SENT, settled_at=bindparam("settled_at"))
_GIVE_UP = _OURS.values(
    state=Progress.GIVEN_UP,
    settled_at=bindparam("settled_at"),
    attempts=_DELIVERY.c.attempts + 1,
)
_DEFER = _OURS.values(
    state=Progress.WAITING,
    due_at=bindparam("due_at"),
    attempts=_DELIVERY.c.attempts + 1,
)
