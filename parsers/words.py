"""Words to be found by: of a text as it is kept, and of what somebody looks for.

The same on every database, because no database takes part: marks above and below
letters, case and width do not count, and what is written without blanks (Chinese,
Japanese, Thai and others) is kept as pairs of letters, so that any run of it is found.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MOST_WORDS = 10_000
"""Of one text; a tsvector of PostgreSQL knows no position behind 16,383."""
MOST_SOUGHT = 8
"""Of one search; what stands behind them is not looked for."""
_MOST_OCTETS = 400_000
_LONGEST = 40
_BEGINS = 3
"""Letters from which on a word also finds the longer ones that begin with it."""

# The sound marks of kana make other letters of them; all other marks are left out.
_SOUND_MARKS = "\u3099\u309a"
_RUN = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_SOUGHT = re.compile('["“”„«»]([^"“”„«»]+)["“”„«»]|(\\S+)')
_DATES = re.compile(r"(\d{4}-\d\d(?:-\d\d)?)?(\.\.)?(\d{4}-\d\d(?:-\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """One thing looked for: words in a row, or something said in a span of days."""

    words: tuple[str, ...]
    """As `words_of` keeps them; empty when no letter or digit was written."""
    begins: bool
    """The last word may be the beginning of a longer one."""
    days: Days | None = None
    """They were a date too, which is another way to be found."""


def words_of(text: str) -> list[str]:
    """Give the words of a text in order, at most MOST_WORDS."""
    folded = _folded(text[:_MOST_OCTETS])
    if folded.isascii():
        return [word[:_LONGEST] for word in _RUN.findall(folded)[:MOST_WORDS]]
    found: list[str] = []
    octets = 0
    for word in _split(folded):
        octets += len(word.encode())
        if len(found) == MOST_WORDS or octets > _MOST_OCTETS:
            break
        found.append(word)
    return found


def sought(query: str) -> tuple[Sought, ...]:
    """Read what somebody looks for: any text is one, and nothing in it is syntax.

    Words in quotation marks stand in a row. `2026-11-20`, `2026-11` and spans such as
    `2026-11-01..2026-11-20` are days.
    """
    found: list[Sought] = []
    for quoted, bare in _SOUGHT.findall(query):
        days = None if quoted else _days(bare)
        words = _in_a_row(quoted or bare)
        if not words and days is None:
            continue
        last = words[-1] if words else ""
        begins = len(last) >= _BEGINS or bool(_UNSPACED.match(last))
        one = Sought(words=words, begins=begins and days is None, days=days)
        if one not in found:
            found.append(one)
        if len(found) == MOST_SOUGHT:
            break
    return tuple(found)


def stands_in(one: Sought, words: Iterable[str]) -> bool:
    """Say whether what is looked for stands among the words of a text."""
    held = list(words)
    count = len(one.words)
    return bool(count) and any(
        _is_at(one, held[at : at + count]) for at in range(len(held) - count + 1)
    )


def around(text: str, wanted: Iterable[Sought], most: int) -> str:
    """Give what of a text stands around the first word that was looked for.

    One line of about `most` letters, cut at blanks where there are some.
    """
    line = " ".join(text.split())
    firsts = [one.words[0] for one in wanted if one.words]
    at = next(
        (
            run.start()
            for run in _RUN.finditer(line)
            if any(
                first in word if _UNSPACED.match(first) else word.startswith(first)
                for word in [_folded(run[0])]
                for first in firsts
            )
        ),
        0,
    )
    start = max(0, min(at - most // 3, len(line) - most))
    if start and (blank := line.find(" ", start, at)) > 0:
        start = blank + 1
    end = min(len(line), start + most)
    if end < len(line) and (blank := line.rfind(" ", at, end)) > at:
        end = blank
    before, after = "… " if start else "", " …" if end < len(line) else ""
    return f"{before}{line[start:end]}{after}"


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    whole = unicodedata.normalize("NFKC", text.casefold())
    return whole.translate(_BARE)


class _Bare(dict[int, str]):
    """What is left of each character, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        apart = unicodedata.normalize("NFKD", chr(code)).casefold()
        bare = "".join(
            each
            for each in apart
            if each in _SOUND_MARKS or not unicodedata.category(each).startswith("M")
        )
        self[code] = found = unicodedata.normalize("NFKC", bare)
        return found


_BARE = _Bare()


def _split(text: str, *, as_kept: bool = True) -> Iterator[str]:
    """Give words; of what has no blanks each pair, and at its end the last letter.

    By that letter alone a single one is found too; who looks for the whole run ends
    with its last pair.
    """
    for run in _RUN.finditer(text):
        at = 0
        for unspaced in _UNSPACED.finditer(run[0]):
            if before := run[0][at : unspaced.start()]:
                yield before[:_LONGEST]
            letters = unspaced[0]
            yield from (letters[i : i + 2] for i in range(len(letters) - 1))
            at = unspaced.end()
            ends = run.end() == len(text) and at == len(run[0])
            if as_kept or len(letters) == 1 or not ends:
                yield letters[-1]
        if rest := run[0][at:]:
            yield rest[:_LONGEST]


def _in_a_row(text: str) -> tuple[str, ...]:
    folded = _folded(text)
    whole = _RUN.findall(folded)
    if not whole:
        return ()
    return tuple(_split(" ".join(whole), as_kept=False))


def _is_at(one: Sought, held: list[str]) -> bool:
    *before, last = one.words
    if held[:-1] != before:
        return False
    return held[-1].startswith(last) if one.begins else held[-1] == last


def _days(text: str) -> Days | None:
    found = _DATES.fullmatch(text)
    first, dots, last = found.groups() if found else (None, None, None)
    if not (first or last) or (first and last and not dots):
        return None
    try:
        begins = _first_of(first) if first else date.min
        ends = _last_of(last or first or "") if last or not dots else date.max
    except ValueError:
        return None
    return Days(begins, ends) if begins <= ends else None


def _first_of(text: str) -> date:
    return date.fromisoformat(text if len(text) > len("2026-11") else f"{text}-01")


def _last_of(text: str) -> date:
    if len(text) > len("2026-11"):
        return date.fromisoformat(text)
    begins = _first_of(text)
    return (begins.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(1)
