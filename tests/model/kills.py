"""The deaths of *process*: at the nth statement or commit of its transactions."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from storage.database import Database


class Fault(Exception):  # noqa: N818 (the database may raise anything)
    """A statement that failed; *process* goes on."""


class Death(BaseException):
    """A process that is no more; nothing of it goes on."""


@dataclass
class Kills:
    """Breaks *process* at the nth statement or commit of its transactions."""

    plan: list[tuple[int, type[BaseException]]] = field(default_factory=list)
    done: int = 0
    _thread: int = 0
    _left: int = 0

    def watch(self, database: Database) -> None:
        """Stand behind every statement of a database."""
        for engine in (database.engine, database._lax):
            event.listen(engine, "before_cursor_execute", self._before)
            event.listen(engine, "commit", self._count)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Count the statements of this thread for the length of a block."""
        self._thread = threading.get_ident()
        self._next()
        try:
            yield
        finally:
            self._thread = 0

    def _next(self) -> None:
        self._left = self.plan[0][0] if self.plan else 0

    def _before(self, connection: Any, *_: object) -> None:
        self._count(connection)

    def _count(self, connection: Any) -> None:
        # What only looks around can break nothing.
        is_ours = connection.info.get("begin") == "BEGIN IMMEDIATE"
        if not self.plan or threading.get_ident() != self._thread or not is_ours:
            return
        self._left -= 1
        if self._left <= 0:
            _, how = self.plan.pop(0)
            self.done += 1
            self._next()
            raise how("killed")
