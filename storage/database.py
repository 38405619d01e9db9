"""The database: one engine, and the only makers of sessions.

SQLite runs in WAL mode with synchronous=FULL, so that a commit is on stable storage
before anybody is told (promises R1). Every writing transaction begins immediate, so
that it never has to upgrade a lock half-way.
"""

import errno
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from storage.turn import TurnError, WriteTurn

__all__ = ["Database", "DatabaseError", "Session"]

BUSY_SECONDS = 30
CONNECT_SECONDS = 10
_LOOK_SECONDS = 0.01
HALTED_SECONDS = 30
"""A process that sleeps in a transaction so long loses it, and its locks (R8)."""


class DatabaseError(Exception):
    """The database cannot be used; the message says what to do."""


class Database:
    """An engine with two ways in: `transaction` to write, `reading` to look.

    Both are safe to use from any thread.
    """

    def __init__(self, url: str) -> None:
        """Open `url` (SQLAlchemy form); nothing is connected yet.

        Raises DatabaseError for an URL that is no database of ours.
        """
        try:
            self.url: URL = make_url(url)
        except ArgumentError as error:
            raise DatabaseError(f"database.url: {error}") from error
        backend = self.url.get_backend_name()
        if backend not in {"sqlite", "postgresql"}:
            raise DatabaseError(
                f"database.url: {backend} is not supported; use sqlite:///FILE or "
                "postgresql+psycopg://USER@HOST/NAME"
            )
        self.is_sqlite = backend == "sqlite"
        if self.is_sqlite:
            if self.url.database in {None, "", ":memory:"}:
                raise DatabaseError(
                    "database.url: SQLite needs a file, as in sqlite:///FILE"
                )
            self.url = self.url.set(drivername="sqlite+pysqlite")
            self._turns = WriteTurn(Path(str(self.url.database)), BUSY_SECONDS)
            self.engine = self._sqlite("FULL")
            self._lax = self._sqlite("NORMAL")
        else:
            # Without the driver's name SQLAlchemy 2.0 would look for another one.
            self.url = self.url.set(drivername="postgresql+psycopg")
            self.engine = self._postgresql("on")
            self._lax = self._postgresql("off")

    @property
    def name(self) -> str:
        """The URL without its password, for people."""
        return self.url.render_as_string(hide_password=True)

    def _sqlite(self, synchronous: str) -> Engine:
        assert self.url.database is not None
        Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        # The driver would begin transactions by itself, deferred; we say how.
        engine = create_engine(
            self.url,
            hide_parameters=True,
            json_deserializer=_json,
            connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
        )
        event.listen(
            engine, "connect", partial(_prepare_sqlite, synchronous=synchronous)
        )
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _postgresql(self, synchronous: str) -> Engine:
        # A connection that died while idle is replaced instead of failing a mail.
        return create_engine(
            self.url,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "options": f"-c synchronous_commit={synchronous}"
                f" -c idle_in_transaction_session_timeout={HALTED_SECONDS}s",
                # A server that does not answer is a fault that the sender hears of.
                "connect_timeout": CONNECT_SECONDS,
            },
        )

    @contextmanager
    def transaction(
        self, *, lax: bool = False, aside: bool = False
    ) -> Iterator[Session]:
        """Give a session that commits at the end, or rolls back on any exception.

        `lax` commits without waiting for the disk: the change survives the death of
        this process, not a power cut. It is for marks that may be lost in one.
        `aside` is for long work, which lets mail be kept first (storage.turn).
        """
        engine = self._lax if lax else self.engine
        with self.turn(aside=aside), engine.connect() as connection:
            connection.info["begin"] = "BEGIN IMMEDIATE"
            session = Session(connection, expire_on_commit=False)
            # Strong references: what a deed has read once it does not read again.
            session.info["read"] = []
            with session, session.begin():
                yield session

    @contextmanager
    def trial(self) -> Iterator[Session]:
        """Give a session that writes as `transaction` does, and undo all of it.

        To see what would come of something. In `reading` a write is refused as soon as
        somebody else has written since it began to look.
        """
        with self.transaction(lax=True, aside=True) as session:
            yield session
            session.rollback()

    def turn(self, *, aside: bool = False) -> AbstractContextManager[None]:
        """Wait for our turn to write; PostgreSQL needs none."""
        return self._turns.take(aside=aside) if self.is_sqlite else nullcontext()

    def in_front(self) -> AbstractContextManager[None]:
        """Ask long work elsewhere to step aside while mail is being kept."""
        return self._turns.in_front() if self.is_sqlite else nullcontext()

    def lax_connection(self) -> DBAPIConnection:
        """Open a driver's own connection that commits each statement at once, lax.

        For what is done once per mail, where the layers above would cost more than the
        change itself. It belongs to no pool; the caller closes it.
        """
        pooled = self._lax.raw_connection()
        connection: DBAPIConnection | None = pooled.driver_connection
        if connection is None:
            raise DatabaseError("the database gave no connection")
        pooled.detach()
        if not self.is_sqlite:
            connection.autocommit = True
        return connection

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that looks and changes nothing."""
        with self.engine.connect() as connection:
            connection.info["begin"] = "BEGIN"
            # Leaving the session rolls back.
            with Session(connection, expire_on_commit=False) as session:
                yield session

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self._lax.dispose()


def _json(text: str) -> Any:
    """Read a column of JSON; nearly all of a roster are empty lists."""
    return [] if text == "[]" else json.loads(text)


def is_full(error: BaseException) -> bool:
    """Say whether this fault means that a disk or a quota is exhausted."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    if not isinstance(error, DBAPIError):
        return False
    # SQLSTATE class 53 is "insufficient resources"; 53100 names the disk.
    return (
        getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        or getattr(error.orig, "sqlstate", None) == "53100"
    )


def is_fault(error: BaseException) -> bool:
    """Say whether the database or the disk failed, not this program."""
    return isinstance(error, DBAPIError | TurnError | OSError)


def _prepare_sqlite(
    connection: DBAPIConnection, _entry: ConnectionPoolEntry, *, synchronous: str
) -> None:
    cursor = connection.cursor()
    _to_wal(cursor)
    for pragma in (
        f"synchronous={synchronous}",
        "foreign_keys=ON",
        # Checkpoints by size; a reader that never ends must not grow the log.
        "journal_size_limit=67108864",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _to_wal(cursor: DBAPICursor) -> None:
    """Have this file written ahead.

    SQLite does not wait when two switch an empty file at once: one is refused, whatever
    the time it was given.
    """
    ends = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() >= ends:
                raise
            time.sleep(_LOOK_SECONDS)
        else:
            return


@event.listens_for(Session, "loaded_as_persistent")
def _hold(session: Session, instance: object) -> None:
    if (read := session.info.get("read")) is not None:
        read.append(instance)


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.info.get("begin", "BEGIN"))
