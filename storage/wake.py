"""Wakes the roles that wait for work as soon as somebody wrote some.

In the same process `tell` does it. Between processes PostgreSQL tells by NOTIFY; on
SQLite a thread looks every 50 ms at the number that counts other connections' commits.
"""

import threading
from contextlib import closing
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session

from storage.database import Database

CHANNEL = "parlour_work"
SQLITE_SECONDS = 0.05
RETRY_SECONDS = 1.0

_log = structlog.get_logger()


class Wake:
    """A bell that any number of threads may wait for.

    A ring between two waits of one thread is not lost: the next wait ends at once.
    """

    def __init__(self, database: Database) -> None:
        """Listen to what is written to `database`, from the first `wait` on."""
        self._database = database
        self._rung = threading.Condition()
        self._rings = 0
        self._heard = threading.local()
        self._closed = threading.Event()
        self._ears: threading.Thread | None = None

    def wait(self, seconds: float) -> None:
        """Return when somebody told, or after `seconds`."""
        with self._rung:
            heard: int | None = getattr(self._heard, "rings", None)
            if self._ears is None and not self._closed.is_set():
                self._ears = threading.Thread(
                    target=self._listen, name="wake", daemon=True
                )
                self._ears.start()
            if heard is None:
                # The first wait of a thread: what was told before is news to it.
                heard = 0
            self._rung.wait_for(
                lambda: self._rings != heard or self._closed.is_set(), seconds
            )
            self._heard.rings = self._rings

    def tell(self) -> None:
        """Wake everybody who waits in this process."""
        with self._rung:
            self._rings += 1
            self._rung.notify_all()

    def tell_all(self, session: Session) -> None:
        """Wake the other processes too, once this transaction is committed."""
        tell_all(session)

    def close(self) -> None:
        """End all waiting."""
        self._closed.set()
        self.tell()
        if self._ears is not None:
            self._ears.join(timeout=5)

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                if self._database.is_sqlite:
                    self._watch_sqlite()
                else:
                    self._hear_postgresql()
            except Exception as error:
                # The database is away; those who wait look when their time is up.
                _log.warning("wake is deaf", error=type(error).__name__)
                self._closed.wait(RETRY_SECONDS)
            # Something may have been said while nobody listened.
            self.tell()

    def _watch_sqlite(self) -> None:
        with closing(_own_connection(self._database)) as connection:
            cursor = connection.cursor()
            seen: int | None = None
            while not self._closed.wait(SQLITE_SECONDS):
                (version,) = cursor.execute("PRAGMA data_version").fetchone()
                if version != seen:
                    seen = version
                    self.tell()

    def _hear_postgresql(self) -> None:
        with closing(_own_connection(self._database)) as connection:
            connection.autocommit = True
            connection.execute(f"LISTEN {CHANNEL}")
            self.tell()
            while not self._closed.is_set():
                for _ in connection.notifies(timeout=0.5, stop_after=1):
                    self.tell()


def tell_all(session: Session) -> None:
    """Wake the other processes once this transaction is committed.

    Nothing to do on SQLite, whose commits are seen as such.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


def _own_connection(database: Database) -> Any:
    """Open a driver's connection that belongs to no pool."""
    dialect = database.engine.dialect
    positional, named = dialect.create_connect_args(database.url)
    return dialect.connect(*positional, **named)
