"""One mail of a source, and what every source can do."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

MOST_OCTETS = 64_000_000
"""Octets of one mail that are read; the rest is counted in `Item.cut`."""

HEAD_OCTETS = 131_072
"""Octets of one mail that are searched for the end of its header."""


class SourceError(Exception):
    """A source cannot be opened or goes on no further; one line says what to do."""


@dataclass(frozen=True, slots=True)
class Item:
    """One mail as it lies in its source."""

    position: str
    """An opaque cursor that ascends; `Source.items(after=position)` goes on behind."""
    raw: bytes
    """The mail, or its header section alone where that was asked for."""
    folder: str
    received_at: datetime | None
    """When it came in, aware: IMAP's INTERNALDATE, a file's time, mbox's From line."""
    octets: int = 0
    """How long the whole mail is in its source."""
    cut: int = 0
    """Octets at its end that were too many and are not in `raw`."""
    fault: str = ""
    """Why it could not be read; `raw` is empty then."""
    is_sent: bool = False
    """The server says that this is the folder for sent mail, however it is called."""


class Source(Protocol):
    """Mail that lies somewhere. Reading it changes nothing there, not even a flag."""

    @property
    def name(self) -> str:
        """What this source is called, today and after a restart."""

    def count(self) -> int | None:
        """Say how many mails there are; None when only reading tells.

        Raises SourceError.
        """

    def items(self, after: str = "") -> Iterator[Item]:
        """Give the mails behind a position, one at a time, in the order of positions.

        A mail that cannot be read is given with its `fault`. Raises SourceError when
        the source itself goes on no further.
        """


def header_of(raw: bytes) -> bytes:
    """Give the header section with the empty line that ends it (RFC 5322 2.1)."""
    ends = [
        at + len(sign) for sign in (b"\n\n", b"\n\r\n") if (at := raw.find(sign)) >= 0
    ]
    return raw[: min(ends)] if ends else raw


def unread(position: str, folder: str, error: OSError) -> Item:
    """Give what stands for a mail that its file system did not give."""
    return Item(position, b"", folder, None, fault=error.strerror or "no answer")


def written(name: str | Path) -> str:
    """Give a file's name as text that can be stored, whatever its octets are."""
    return os.fsencode(name).decode("utf_8", "backslashreplace")
