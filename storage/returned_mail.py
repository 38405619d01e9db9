"""Letters that came back: what becomes of their deliveries, and what did arrive."""

from datetime import datetime

from sqlalchemy import column, func, or_, select, table
from sqlalchemy.orm import Session

from storage.outbox import MOVES, Delivery, Letter, Progress


def came_back(delivery: Delivery, *, reply: str, now: datetime) -> None:
    """Note that what was sent did not arrive, and what the other server said."""
    if delivery.state is Progress.SENT:
        delivery.state = Progress.GIVEN_UP
        delivery.last_reply, delivery.settled_at = reply, now


def again(delivery: Delivery, *, due_at: datetime, reply: str) -> None:
    """Let what was sent and came back wait for another try; others are left alone."""
    if Progress.WAITING in MOVES[delivery.state] and (
        delivery.state is not Progress.LEASED
    ):
        delivery.state = Progress.WAITING
        delivery.due_at, delivery.settled_at = due_at, None
        delivery.last_reply = reply


def replace_letter(session: Session, delivery: Delivery, made: int) -> None:
    """Let a delivery carry another letter: that of the new delivery `made`.

    The new one goes: nobody has two deliveries of one post.
    """
    newer = session.get_one(Delivery, made)
    delivery.letter_id = newer.letter_id
    session.delete(newer)
    session.flush()


def left_to(
    session: Session, person: int, address: str, after: datetime, until: datetime
) -> datetime | None:
    """Say when the first letter left for an address in a span of time.

    Looks at what the person got lately: the newest copies of posts, and the letters
    of the newest cases. One that came back does not count.
    """
    copies = (
        select(_COPIES.c.delivery_id)
        .where(_COPIES.c.person_id == person, _COPIES.c.delivery_id.is_not(None))
        .order_by(_COPIES.c.event_id.desc())
        .limit(_LOOKED_AT)
    )
    seats = (
        select(_SEATS.c.activity_id)
        .where(_SEATS.c.person_id == person)
        .order_by(_SEATS.c.id.desc())
        .limit(_SEATS_LOOKED_AT)
    )
    others = (
        select(Delivery.id)
        .join(Letter, Letter.id == Delivery.letter_id)
        .where(Letter.activity_id.in_(seats), Delivery.person_id == person)
    )
    return session.scalar(
        select(func.min(Delivery.settled_at)).where(
            or_(Delivery.id.in_(copies), Delivery.id.in_(others)),
            Delivery.state == Progress.SENT,
            Delivery.address == address,
            Delivery.settled_at > after,
            Delivery.settled_at <= until,
        )
    )


_LOOKED_AT = 50
_SEATS_LOOKED_AT = 20
_COPIES = table(
    "ledger", column("person_id"), column("event_id"), column("delivery_id")
)
_SEATS = table("participant", column("id"), column("person_id"), column("activity_id"))
