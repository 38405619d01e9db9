"""Long work shows how far it is: a bar on a terminal, plain lines elsewhere."""

import sys
import time

import click

_LINE_SECONDS = 10.0
_BAR_SECONDS = 0.2
_WIDTH = 30


class Progress:
    """So many of so many, how fast, and how long it will take; on standard error."""

    def __init__(self, word: str, total: int | None, done: int = 0) -> None:
        """Take what is counted, how many there are (None: unknown), and are done."""
        self._word = word
        self._total = total
        self._first = done
        self._begun = time.monotonic()
        self._shown = self._begun
        self._is_bar = sys.stderr.isatty()
        self._width = 0

    def tell(self, done: int) -> None:
        """Say how many are done, if it is time to."""
        now = time.monotonic()
        pause = _BAR_SECONDS if self._is_bar else _LINE_SECONDS
        if now - self._shown < pause:
            return
        self._shown = now
        text = self._text(done, now - self._begun)
        if not self._is_bar:
            click.echo(text, err=True)
            return
        # Blanks wipe out what was longer before.
        click.echo(f"\r{text.ljust(self._width)}", nl=False, err=True)
        self._width = len(text)

    def end(self) -> None:
        """Clear the bar's line."""
        if self._is_bar and self._width:
            click.echo("\r" + " " * self._width + "\r", nl=False, err=True)

    def _text(self, done: int, seconds: float) -> str:
        rate = (done - self._first) / seconds if seconds else 0.0
        speed = f"{rate:,.0f} {self._word} a second"
        if self._total is None:
            return f"{done:,} {self._word}, {speed}"
        of = f"{done:,} of {self._total:,} {self._word}, {speed}"
        left = (self._total - done) / rate if rate else 0.0
        remaining = f"{duration(left)} left" if done < self._total else "the last ones"
        if not self._is_bar:
            return f"{of}, {remaining}"
        full = min(_WIDTH, _WIDTH * done // max(self._total, 1))
        return f"[{'#' * full}{'.' * (_WIDTH - full)}] {of}, {remaining}"


def duration(seconds: float) -> str:
    """Write a span of time: 4:07, or 1:02:03."""
    minutes, rest = divmod(round(max(seconds, 0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
