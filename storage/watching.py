"""Only one node watches a mailbox at a time.

The claim ends with the process that has it, however that ends: on SQLite it is the lock
of a file, on PostgreSQL an advisory lock of a connection. It saves work, no more: that
no mail is kept twice is the business of the table (storage.mailbox).
"""

import fcntl
import os
from pathlib import Path
from typing import Any

from storage.database import Database

_SPACE = 0x7061726C
"""First half of the numbers of our advisory locks; the second is the mailbox."""
_KEEPALIVES = (
    ("tcp_keepalives_idle", 30),
    ("tcp_keepalives_interval", 10),
    ("tcp_keepalives_count", 3),
)
"""After a minute the server gives up a node that was cut off."""


class Claim:
    """The right to watch one mailbox, as long as this object has it."""

    def __init__(self, database: Database, mailbox_id: int) -> None:
        """Name the mailbox; nothing is claimed yet."""
        self._database = database
        self._mailbox = mailbox_id
        self._file: int | None = None
        self._connection: Any = None

    def take(self) -> bool:
        """Claim it, or find that it is still ours; False while another has it.

        Raises OSError, or what the driver raises, when that cannot be found out.
        """
        if self._database.is_sqlite:
            return self._file is not None or self._lock_file()
        try:
            return self._ask_postgresql()
        except Exception:
            self.release()
            raise

    def release(self) -> None:
        """Let others have it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _lock_file(self) -> bool:
        database = Path(str(self._database.url.database))
        path = database.with_name(f"{database.name}-mailbox-{self._mailbox}")
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(number)
            return False
        self._file = number
        return True

    def _ask_postgresql(self) -> bool:
        if self._connection is not None:
            # A lock lives as long as its connection: if that answers, it is ours.
            self._connection.execute("SELECT 1")
            return True
        connection: Any = self._database.lax_connection()
        self._connection = connection
        for name, value in _KEEPALIVES:
            connection.execute(f"SET {name} = {value}")
        row = connection.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", (_SPACE, self._mailbox)
        ).fetchone()
        if not row[0]:
            self.release()
            return False
        return True
