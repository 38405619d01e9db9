"""Acceptance: how mails come into the journal, many in one transaction."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from storage.blobs import Blobs
from storage.database import Database
from storage.journal import TABLE, State, packed
from storage.mailbox import Fetched
from storage.mailbox import write as write_fetched
from storage.wake import tell_all

ROW_OCTETS = 256_000
"""A mail above this lies in a file, not in its row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One SMTP transaction, or one mail of a mailbox, on its way into the journal."""

    received_at: datetime
    door: str
    peer: str
    trusted: bool
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the door knows beside the envelope; see Inbound.values."""
    fetched: Fetched | None = None
    """Its name in the mailbox it was fetched from, noted in the same transaction."""


@dataclass(frozen=True, slots=True)
class Row:
    """An entry that is ready to be written."""

    columns: dict[str, Any]
    """Those of an Inbound."""
    fetched: Fetched | None = None


def keep(database: Database, blobs: Blobs, entries: Sequence[Entry]) -> list[int]:
    """Put mails on stable storage, all or none; give their row numbers in order.

    Raises OSError when the blob store cannot take one, and whatever the database
    raises.
    """
    return write(database, [prepare(blobs, entry) for entry in entries])


def prepare(blobs: Blobs, entry: Entry) -> Row:
    """Do what needs no transaction: hash, compress, put a large mail in its file.

    Raises OSError when the blob store cannot take it.
    """
    digest = hashlib.sha256(entry.raw).hexdigest()
    is_large = len(entry.raw) > ROW_OCTETS
    if is_large:
        blobs.keep(digest, entry.raw)
    columns = {
        "received_at": entry.received_at,
        "door": entry.door,
        "peer": entry.peer,
        "trusted": entry.trusted,
        "sender": entry.sender,
        "recipients": list(entry.recipients),
        "size": len(entry.raw),
        "digest": digest,
        "raw": None if is_large else packed(entry.raw),
        "state": State.PENDING,
        "reason": "",
        "settled_by": "",
        "attempts": 0,
        "leased_by": "",
        "values": dict(entry.values),
    }
    return Row(columns, entry.fetched)


def write(database: Database, rows: Sequence[Row]) -> list[int]:
    """Write prepared mails in one transaction; give their row numbers in order."""
    if not rows:
        return []
    with database.transaction() as session:
        found = session.connection().execute(
            _INSERT_SQLITE if database.is_sqlite else _INSERT,
            [row.columns for row in rows],
        )
        numbers = sorted(found.scalars())
        write_fetched(
            session,
            (
                (row.fetched, number)
                for row, number in zip(rows, numbers, strict=True)
                if row.fetched is not None
            ),
        )
        tell_all(session)
    return numbers


# SQLite numbers rows in the order of VALUES, so one statement does for all; told to
# keep the order, SQLAlchemy would send one for each.
_INSERT = insert(TABLE).returning(TABLE.c.id, sort_by_parameter_order=True)
_INSERT_SQLITE = insert(TABLE).returning(TABLE.c.id)
