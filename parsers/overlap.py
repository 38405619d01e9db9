"""What two texts have in common, letter by letter, however it was wrapped or quoted.

Blanks, line breaks, case, punctuation and quote marks do not count: only letters and
digits are compared, and only runs of `RUN` of them or more. Linear in the length of
the texts.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from itertools import accumulate, pairwise

RUN = 20
"""Letters in a row that are no coincidence (decisions E40)."""

_PROBE = 12
"""Letters that are looked up first: fewer are found oftener, more are looked up so."""
_STEP = RUN - _PROBE + 1
"""In any run of RUN letters a probe begins at a multiple of this."""
_CHUNK = 50_000
"""Letters that are indexed at a time, so that a long text needs no more memory."""
_NO_LETTER = re.compile(r"[\W_]+")


def letters(text: str) -> str:
    """Give what of a text is compared: its letters and digits, case-folded."""
    if text.isascii():
        # Most texts are, whole threads of them; these are no letters and no digits.
        return text.lower().encode("ascii").translate(None, _NOISE).decode("ascii")
    return _NO_LETTER.sub("", unicodedata.normalize("NFKC", text).casefold())


def letters_by_line(text: str) -> list[str]:
    """Give what of each line of a text is compared."""
    if text.isascii():
        said = text.lower().encode("ascii").translate(None, _NOISE_IN_LINES)
        return said.decode("ascii").split("\n")
    return [letters(line) for line in text.split("\n")]


_NOISE = bytes(each for each in range(128) if not chr(each).isalnum())
_NOISE_IN_LINES = _NOISE.replace(b"\n", b"")


class Lines:
    """A text, line by line, to be compared with others."""

    def __init__(self, text: str) -> None:
        """Take the text; its lines keep their order."""
        self.lines = text.split("\n")
        self.letters = letters_by_line(text)
        """What of each line is compared."""
        self._all = "".join(self.letters)
        starts = list(accumulate(map(len, self.letters), initial=0))
        self._spans = list(pairwise(starts))

    def common(self, others: Iterable[str]) -> set[str]:
        """Give the runs of RUN letters that also stand in one of the others."""
        return self.common_letters(map(letters, others))

    def common_letters(self, others: Iterable[str]) -> set[str]:
        """Give what `common` does, of others of which only what is compared is left."""
        held = [found for found in others if len(found) >= RUN]
        runs: set[str] = set()
        for start in range(0, len(self._all) if held else 0, _CHUNK):
            chunk = self._all[start : start + _CHUNK + RUN - 1]
            probes = set(_windows(chunk, _PROBE))
            runs |= _among(set(_windows(chunk, RUN)), probes, held)
        return runs

    def runs(self, step: int = 1) -> set[str]:
        """Give the runs of RUN letters that begin at each `step`-th letter."""
        ends = len(self._all) - RUN + 1
        return {self._all[at : at + RUN] for at in range(0, ends, step)}

    def touched(self, runs: set[str]) -> list[bool]:
        """Say of each line whether any of its letters stands in one of the runs."""
        covered = self._covered(runs)
        return [any(covered[start:end]) for start, end in self._spans]

    def covered(self, runs: set[str]) -> list[bool]:
        """Say of each line whether all of its letters stand in some of the runs."""
        covered = self._covered(runs)
        return [all(covered[start:end]) for start, end in self._spans]

    def _covered(self, runs: set[str]) -> bytearray:
        covered = bytearray(len(self._all))
        for at, window in enumerate(_windows(self._all, RUN) if runs else ()):
            if window in runs:
                covered[at : at + RUN] = b"\1" * RUN
        return covered


def without(runs: set[str], known: Iterable[str]) -> set[str]:
    """Give those runs that stand in none of the known texts."""
    probes = {probe for run in runs for probe in _windows(run, _PROBE)}
    return runs - _among(runs, probes, map(letters, known))


def shared(
    text: str, held: Iterable[str], known: Callable[[], Iterable[str]]
) -> tuple[str, ...]:
    """Give the lines of a text that repeat what is held and is not known.

    `known` is only called when something was found.
    """
    lines = Lines(text)
    runs = lines.common(held)
    if runs:
        runs = without(runs, known())
    return tuple(
        line.strip()
        for line, is_touched in zip(lines.lines, lines.touched(runs), strict=True)
        if is_touched
    )


def _windows(text: str, length: int) -> list[str]:
    return [text[at : at + length] for at in range(len(text) - length + 1)]


def _among(windows: set[str], probes: set[str], held: Iterable[str]) -> set[str]:
    """Give those of the windows that stand in what is held."""
    found: set[str] = set()
    for text in held:
        ends = len(text) - _PROBE + 1
        # A comprehension looks up half as fast again as a loop, and finds little.
        for at in [n for n in range(0, ends, _STEP) if text[n : n + _PROBE] in probes]:
            for start in range(max(0, at - _STEP + 1), at + 1):
                if (window := text[start : start + RUN]) in windows:
                    found.add(window)
    return found
