"""Writers of one SQLite file take turns, and whoever keeps mail goes first.

SQLite lets a writer wait by sleeping ever longer between two looks, so that one who
works without a pause keeps all others out for seconds. Here the looks are short and
even, and long work steps aside. File locks work between processes, and those of a
killed process are free at once.
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOOK_SECONDS = 0.0005
_MOST_ASIDE_SECONDS = 0.25
# A long worker that met a flood of mail has its turn for one part in this many.
_SHARE = 8


class TurnError(Exception):
    """Another writer did not end its turn in time; the message says which file."""


class WriteTurn:
    """The turns of one database file; safe from any thread and process."""

    def __init__(self, database: Path, patience: float) -> None:
        """Put the locks beside the database; nothing is opened yet.

        `patience` is how many seconds one waits for a turn.
        """
        self._patience = patience
        self._turn = database.with_name(f"{database.name}-turn")
        self._front = database.with_name(f"{database.name}-front")
        self._inside = threading.Lock()
        self._own = threading.local()

    @contextmanager
    def take(self, *, aside: bool = False) -> Iterator[None]:
        """Hold the one turn to write.

        `aside` is for long work: while mail is being kept it waits, up to eight times
        as long as it held its last turn, and a quarter of a second at most.
        Raises TurnError when another writer does not end its turn.
        """
        if aside:
            self._step_aside()
            # Whoever waits looks once in _LOOK_SECONDS: who took turn after turn
            # without a pause would leave nobody a chance. Two looks long, so that one
            # falls into it although the sleep of whoever waits began at any time.
            time.sleep(2 * _LOOK_SECONDS)
        # Threads of one process wait for each other without looking at the file.
        if not self._inside.acquire(timeout=self._patience):
            raise TurnError("another thread holds the database")
        begun = time.monotonic()
        try:
            lock = self._file("turn", self._turn)
            if not _lock(lock, fcntl.LOCK_EX, self._patience):
                raise TurnError(f"another writer holds the database: {self._turn}")
            try:
                yield
            finally:
                fcntl.flock(lock, fcntl.LOCK_UN)
        finally:
            self._inside.release()
            if aside:
                self._own.held = time.monotonic() - begun

    @contextmanager
    def in_front(self) -> Iterator[None]:
        """Ask long workers to step aside until this ends."""
        try:
            lock = self._file("front", self._front)
        except OSError:
            # No file could be opened for asking; mail is kept without it.
            yield
            return
        # Shared, so that several doors can be in front at once.
        fcntl.flock(lock, fcntl.LOCK_SH)
        try:
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)

    def _step_aside(self) -> None:
        front = self._file("front", self._front)
        held: float = getattr(self._own, "held", 0.0)
        if _lock(front, fcntl.LOCK_EX, min(_SHARE * held, _MOST_ASIDE_SECONDS)):
            fcntl.flock(front, fcntl.LOCK_UN)

    def _file(self, name: str, path: Path) -> "_Lock":
        # A lock belongs to an opened file: each thread has its own.
        opened: _Lock | None = getattr(self._own, name, None)
        if opened is None:
            opened = _Lock(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            setattr(self._own, name, opened)
        return opened


def _lock(lock: "_Lock", kind: int, patience: float) -> bool:
    """Take a lock within so many seconds; False when it could not be had."""
    ends = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= ends:
                return False
            time.sleep(_LOOK_SECONDS)
        else:
            return True


class _Lock:
    """A file that is only ever locked; closed when its thread is gone."""

    def __init__(self, number: int) -> None:
        self._number = number

    def fileno(self) -> int:
        return self._number

    def __del__(self) -> None:
        os.close(self._number)
