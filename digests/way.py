"""Gives way: a run of digests lets mail and conversations pass between transactions.

A run takes minutes, and a mail takes five turns to write from the door to the
smarthost. Were the run back after each of them, the mail would wait for it five times.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic, sleep

from storage import ahead
from storage.database import Database, Session

_SHARE = 8
_MOST_SECONDS = 1.0
_LOOK_SECONDS = 0.01


@dataclass
class Way:
    """What one run lets pass; it waits for nothing twice."""

    database: Database
    at: datetime
    """When the run began, by the clock that says when a letter is due."""
    held: float = field(default=0.0, init=False)
    """Seconds that the run's last transaction took."""
    _begun: float = field(default_factory=monotonic, init=False)
    _passed: tuple[int, int] = field(default=(0, 0), init=False)
    """Up to here it has waited long enough, whatever became of it."""

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session that writes, as Database does, once nothing is ahead of it.

        Waits eight times as long as the last one took, and a second at most: a flood
        of mail slows a run to a ninth and never stops it (decision 59).
        """
        ends = monotonic() + min(_SHARE * self.held, _MOST_SECONDS)
        begun = None
        while begun is None:
            self._wait(ends)
            with self.database.transaction(aside=True) as session:
                # What was kept while this waited for its turn goes first as well.
                if self._is_free(session, ends):
                    begun = monotonic()
                    yield session
        self.held = monotonic() - begun

    def _wait(self, ends: float) -> None:
        while True:
            with self.database.reading() as session:
                if self._is_free(session, ends):
                    return
            sleep(_LOOK_SECONDS)

    def _is_free(self, session: Session, ends: float) -> bool:
        """Say whether nothing is ahead, or all of it has had its time."""
        now = self.at + timedelta(seconds=monotonic() - self._begun)
        newest = ahead.newest(session, now)
        if all(
            each <= passed for each, passed in zip(newest, self._passed, strict=True)
        ):
            return True
        if monotonic() < ends:
            return False
        self._passed = newest
        return True
