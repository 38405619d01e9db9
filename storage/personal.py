"""Letters to one reader each, kept and queued many at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from storage.base import Base
from storage.numbers import reserve
from storage.outbox import NewDelivery, deliver


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """A letter to one reader, about no single activity, as it is to be queued."""

    kind: str
    message_id: str
    made_at: datetime
    raw: bytes
    placeholder: str
    return_path: str
    numbers: list[int] | None
    to: NewDelivery


def queue_each(session: Session, letters: Sequence[Personal]) -> list[int]:
    """Keep many letters and the one delivery of each; gives its id, in order.

    Two statements, however many they are. Tell `Wake` afterwards.
    Raises ValueError as `outbox.queue` does.
    """
    if not letters:
        return []
    ids = reserve(session, "letter", len(letters))
    session.connection().execute(
        _INSERT_LETTER,
        [
            {
                "id": number,
                "kind": each.kind,
                "message_id": each.message_id,
                "made_at": each.made_at,
                "raw": each.raw,
                "placeholder": each.placeholder,
                "return_path": each.return_path,
                "numbers": each.numbers,
            }
            for number, each in zip(ids, letters, strict=True)
        ],
    )
    to = [(number, None, each.to) for number, each in zip(ids, letters, strict=True)]
    return deliver(session, to)


_INSERT_LETTER = insert(Base.metadata.tables["letter"])
