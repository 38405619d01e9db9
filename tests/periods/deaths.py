"""How whoever works with the database ends: at which statement, and in which way."""

import enum
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from storage.database import Database


class Fault(Exception):  # noqa: N818 (the database may raise anything)
    """A statement that failed; whoever asked for it goes on."""


class Death(BaseException):
    """A process that is no more: each later statement of it fails as well."""


class How(enum.StrEnum):
    """In which way a statement or a commit is the last one."""

    FAULT = "fault"
    """It raises; the process goes on with what comes behind."""
    DEATH = "death"
    """It raises, and so does all that the process tries after it."""
    LOSS = "loss"
    """The connection is closed under it."""
    DEAF = "deaf"
    """A commit is done, and its answer is lost with the connection."""
    EXIT = "exit"
    """The process ends there, by the operating system; for a child alone."""


@dataclass
class Deaths:
    """Breaks one thread at the nth of its statements and commits."""

    how: How | None = None
    left: int = 0
    seen: int = 0
    """Statements and commits of the block so far."""
    happened: int = 0
    meets: Callable[[], None] | None = None
    """Called in place of a death: somebody else is at work in this very moment."""
    _thread: int = 0
    _is_dead: bool = False
    _met: set[int] = field(default_factory=set)

    def watch(self, database: Database) -> None:
        """Stand behind every statement and commit of a database."""
        for engine in (database.engine, database._lax):
            event.listen(engine, "before_cursor_execute", self._statement)
            event.listen(engine, "commit", self._commit)

    def at(self, left: int, how: How) -> None:
        """Let the next block end at its nth statement or commit."""
        self.left, self.how = left, how

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Count the statements of this thread for the length of a block."""
        self._thread, self._is_dead, self.seen = threading.get_ident(), False, 0
        try:
            yield
        finally:
            self._thread, self._is_dead, self.how, self.meets = 0, False, None, None

    def _statement(self, connection: Any, *_: object) -> None:
        self._count(connection, is_commit=False)

    def _commit(self, connection: Any) -> None:
        self._count(connection, is_commit=True)

    def _count(self, connection: Any, *, is_commit: bool) -> None:
        if threading.get_ident() != self._thread:
            return
        if self._is_dead:
            raise Death("dead")
        self.seen += 1
        if self.meets is not None:
            self._meet(connection)
            return
        if self.how is None or self.seen < self.left:
            return
        if self.how is How.DEAF and not is_commit:
            return
        how, self.how = self.how, None
        self.happened += 1
        self._end(connection, how)

    def _meet(self, connection: Any) -> None:
        """Let the other work where nobody holds the turn to write."""
        writes = connection.info.get("begin") == "BEGIN IMMEDIATE"
        if self.seen >= self.left and not writes:
            other, self.meets, me = self.meets, None, self._thread
            self._thread = 0
            assert other is not None
            try:
                other()
            finally:
                self._thread = me
            self.happened += 1

    def _end(self, connection: Any, how: How) -> None:
        driver = connection.connection.driver_connection
        match how:
            case How.EXIT:
                os._exit(9)
            case How.FAULT:
                raise Fault("failed")
            case How.DEATH:
                self._is_dead = True
                raise Death("killed")
            case How.LOSS:
                driver.close()
            case How.DEAF:
                driver.execute("COMMIT")
                driver.close()
