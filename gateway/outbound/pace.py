"""When mail may go at all: the smarthost's state, and how many a second it wants."""

import threading
import time
from collections.abc import Callable

from gateway.outbound import backoff


class State:
    """Whether the smarthost can be reached: one state for all connections."""

    def __init__(self, chance: Callable[[], float]) -> None:
        """Begin as if it could be reached; `chance` spreads the pauses."""
        self._chance = chance
        self._lock = threading.Lock()
        self._pause_ends = 0.0
        self.failures = 0

    def failed(self) -> float:
        """Begin a pause, in seconds; 0 when another connection has begun it."""
        with self._lock:
            if self.pause_left():
                return 0
            self.failures += 1
            pause = backoff.pause(self.failures, self._chance()).total_seconds()
            self._pause_ends = time.monotonic() + pause
            return pause

    def is_back(self) -> bool:
        """Note that it answered; True when it had not."""
        with self._lock:
            was_away, self.failures, self._pause_ends = self.failures > 0, 0, 0
            return was_away

    def pause_left(self) -> float:
        """Give the seconds until the next attempt."""
        return max(0.0, self._pause_ends - time.monotonic())


class Pace:
    """Spreads mails evenly when the smarthost wants no more than so many a second."""

    def __init__(self, per_second: float) -> None:
        """Let so many go in a second; 0 is no bound."""
        self._gap = 1 / per_second if per_second else 0.0
        self._lock = threading.Lock()
        self._next = 0.0
        self._ended = threading.Event()

    def wait(self) -> bool:
        """Return when it is this mail's turn; False at once when all ends."""
        if not self._gap:
            return True
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._gap
        return not self._ended.wait(turn - now)

    def end(self) -> None:
        """Wait no more."""
        self._ended.set()
