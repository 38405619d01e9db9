"""How far long work has come: one moving line on a terminal, plain lines elsewhere."""

import sys
import time
from types import TracebackType
from typing import Self, TextIO

_TERMINAL_SECONDS, _PLAIN_SECONDS = 0.2, 10.0
_WIDTH = 24
_EVERY = 64
"""Steps between two looks at the clock."""


class Progress:
    """Counts steps and says how many, how fast, and how long it will still take."""

    def __init__(
        self, what: str, total: int | None, *, done: int = 0, out: TextIO | None = None
    ) -> None:
        """Take what is counted ("mails"), how many there are, how many were before."""
        self._what = what
        self._total = total
        self._done = self._before = done
        self._out = out or sys.stderr
        self._is_terminal = self._out.isatty()
        self._pause = _TERMINAL_SECONDS if self._is_terminal else _PLAIN_SECONDS
        self._began = self._said = time.monotonic()

    def __enter__(self) -> Self:
        """Begin; the line is cleared at the end, however that comes."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Clear the line of a terminal."""
        if self._is_terminal:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def step(self) -> None:
        """Count one more, and say so when it is time to."""
        self._done += 1
        if self._done % _EVERY and self._done - self._before > _EVERY:
            return
        self._look()

    def reach(self, done: int) -> None:
        """Be at a number of steps, counted elsewhere, and say so when it is time to."""
        self._done = done
        self._look()

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._said >= self._pause:
            self._said = now
            self._say(now - self._began)

    def _say(self, passed: float) -> None:
        rate = (self._done - self._before) / passed
        parts = [f"{self._done:,} {self._what}", f"{rate:,.0f} a second"]
        bar = ""
        if self._total and rate and self._done <= self._total:
            parts[0] = f"{self._done:,} of {self._total:,} {self._what}"
            parts.append(f"{duration((self._total - self._done) / rate)} left")
            filled = round(_WIDTH * self._done / self._total)
            bar = "#" * filled + "." * (_WIDTH - filled) + "  "
        text = ", ".join(parts)
        self._out.write(f"\r\x1b[K{bar}{text}" if self._is_terminal else f"{text}\n")
        self._out.flush()


def duration(seconds: float) -> str:
    """Write a span of time in its one or two largest units: "2 h 5 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return _two(minutes, 60, "h", "min")
    hours = round(minutes / 60)
    if hours < 240:
        return _two(hours, 24, "days", "h")
    days = round(hours / 24)
    return f"{days} days" if days < 730 else f"{days / 365.25:.1f} years"


def _two(count: int, size: int, large: str, small: str) -> str:
    many, few = divmod(count, size)
    return f"{many} {large} {few} {small}" if few else f"{many} {large}"
