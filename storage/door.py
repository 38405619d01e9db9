"""What waits at doors: which mails are held, how they are known, who was told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.event import Event, Kind
from storage.journal import Inbound, State


@dataclass(frozen=True, slots=True)
class Held:
    """One mail that waits for a human."""

    inbound: int
    activity: int | None
    """At whose door it waits; None: at none."""


def held_as(
    session: Session, message_id: str, sender: str, body_hash: str, since: datetime
) -> Held | None:
    """Find the oldest held mail with an id, a sender (key) and a text, if there is."""
    if not message_id:
        return None
    same = {"message_id": message_id, "sender": sender, "body_hash": body_hash}
    named = Inbound.values
    row = session.execute(
        select(Inbound.id, named["held", "activity"].as_integer())
        .where(
            Inbound.state == State.HELD,
            Inbound.received_at >= since,
            *(named["held", name].as_string() == one for name, one in same.items()),
        )
        .order_by(Inbound.id)
        .limit(1)
    ).first()
    return Held(*row) if row else None


def note_said(session: Session, inbound_id: int, said: Mapping[str, object]) -> None:
    """Add to what is kept beside a mail; see Inbound.values."""
    inbound = session.get_one(Inbound, inbound_id)
    inbound.values = {**inbound.values, **said}
    session.flush()


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mail that was held."""

    state: State
    settled_by: str
    noticed_at: datetime | None
    """When somebody was told of it; None: nobody yet."""
    refused_in: frozenset[int] = frozenset()
    """The activities that refused it; it waited at another one then."""


def fates(session: Session, inbound_ids: Collection[int]) -> dict[int, Fate]:
    """Give what became of some mails, by their numbers."""
    rows = session.execute(
        select(Inbound.id, Inbound.state, Inbound.settled_by, Inbound.values).where(
            Inbound.id.in_(inbound_ids)
        )
    )
    return {
        number: Fate(
            state,
            by,
            _moment(values.get("noticed_at")),
            frozenset(values.get("refused_in", ())),
        )
        for number, state, by, values in rows
    }


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def doors_of(session: Session, inbound_id: int) -> set[int]:
    """Give the activities at whose doors a mail that is held came to wait."""
    return {
        each.activity_id for each in all_held(session) if each.inbound_id == inbound_id
    }


def all_held(session: Session) -> list[Event]:
    """Give what each mail left that waits at the door of an activity."""
    waits = select(Inbound.id).where(Inbound.state == State.HELD)
    return list(
        session.scalars(
            select(Event)
            .where(Event.kind == Kind.HELD, Event.inbound_id.in_(waits))
            .order_by(Event.id)
        )
    )
