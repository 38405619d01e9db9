"""What goes ahead of long work: mail nobody has read yet, letters of conversations.

Long work looks here between its transactions and lets that pass (decision 59).
"""

from datetime import datetime

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.orm import Session

from storage.base import Base
from storage.journal import Inbound, State
from storage.outbox import Priority


def newest(session: Session, now: datetime) -> tuple[int, int]:
    """Give the newest mail that is pending and the newest letter that is going out.

    By their row numbers, 0 for none. A letter is going out from when it is due until
    it is settled, for who sends it needs a turn to write too; digests do not count.
    """
    mail, letter = session.execute(_NEWEST, {"now": now}).one()
    return mail or 0, letter or 0


_DELIVERY = Base.metadata.tables["delivery"]
_NEWEST = select(
    select(func.max(Inbound.id))
    .where(Inbound.state == State.PENDING)
    .scalar_subquery(),
    select(func.max(_DELIVERY.c.id))
    .where(
        # Written out, so that SQLite knows the partial index by it.
        text("delivery.state IN ('waiting', 'leased')"),
        _DELIVERY.c.priority.in_(
            [int(each) for each in Priority if each < Priority.DIGEST]
        ),
        _DELIVERY.c.due_at <= bindparam("now", type_=_DELIVERY.c.due_at.type),
    )
    .scalar_subquery(),
)
