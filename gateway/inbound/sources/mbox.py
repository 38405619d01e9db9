"""An mbox file, read as a stream: RFC 4155 and what programs really write.

A new mail begins at a line `From `, at the start of the file or behind an empty line,
that ends in a date (Dovecot, mutt, Google Takeout, most others), or that has nothing or
`-` behind it and a header field below (Thunderbird). Without an empty line before it,
which some programs forget, it needs both the date and the field below. All else that
begins with `From ` is text. Where a header has a Content-Length that leads exactly to
the next such line or to the end, it is believed (Dovecot writes it instead of quoting).
"""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Self

from gateway.inbound.sources.item import (
    HEAD_OCTETS,
    MOST_OCTETS,
    Item,
    SourceError,
    header_of,
    written,
)

_BLOCK = 1_048_576
_LONGEST_LINE = 1000
_SHORT_HEAD = 8192
_DIGITS = 15
"""Of a position, so that positions sort as text."""

_WEEKDAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_CLOCK = rb"\d{1,2}:\d\d(?::\d\d)?"
_DATE = re.compile(
    # asctime, zones before or behind the year: "Sat Jan  3 01:05:34 +0000 1996"
    _WEEKDAY + rb",? +" + _MONTH + rb" +\d{1,2} +" + _CLOCK
    + rb"(?: +[A-Z+-][\w+-]*)* +\d{2,4}(?: +[A-Z+-][\w+-]*)*[ \t]*$"
    # or as in a Date field: "Sat, 3 Jan 1996 01:05:34 +0000"
    + rb"|" + _WEEKDAY + rb",? +\d{1,2} +" + _MONTH + rb" +\d{2,4} +" + _CLOCK
    + rb"(?: +[A-Z+-][\w+-]*)*[ \t]*$"
)  # fmt: skip
_FIELD = re.compile(rb">?[!-9;-~]{1,100}[ \t]*:|>From ")
_BARE = re.compile(rb"From (?:-|\S+)?[ \t]*")
_QUOTED = re.compile(rb"(?m)^>(>*From )")
_PLAIN = re.compile(rb"(?m)^From ")
_LENGTH = re.compile(rb"(?mi)^Content-Length:[ \t]*(\d{1,15})[ \t]*\r?$")


class Mbox:
    """One mbox file as a source; its octets are read once, its size does not matter."""

    def __init__(
        self, path: Path, *, head_only: bool = False, most: int = MOST_OCTETS
    ) -> None:
        """Take the file; `head_only` leaves the bodies out, `most` bounds one mail.

        Raises SourceError when it cannot be read or is no mbox.
        """
        self._path = path
        self._head_only = head_only
        self._most = most
        with self._open() as file:
            start = file.next_start(0)
            if file.read(0, 4096 if start is None else min(start, 4096)).strip():
                raise SourceError(
                    f"{path}: is no mbox file; its first line must begin with `From `"
                )

    @property
    def name(self) -> str:
        """The path, in full."""
        return f"mbox {written(self._path.resolve())}"

    def count(self) -> int | None:
        """Count the mails, which reads the file once, quickly."""
        with self._open() as file:
            return sum(1 for _ in file.spans(0))

    def items(self, after: str = "") -> Iterator[Item]:
        """Give the mails behind the one at `after`, which is an offset in octets."""
        folder = written(self._path.name).removesuffix(".mbox")
        with self._open() as file:
            spans = file.spans(_offset(after))
            if after:
                next(spans, None)
            for start, end in spans:
                yield self._item(file, start, end, folder)

    def _open(self) -> "_File":
        try:
            return _File(self._path)
        except OSError as error:
            raise SourceError(
                f"{self._path}: cannot be read: {error.strerror}"
            ) from error

    def _item(self, file: "_File", start: int, end: int, folder: str) -> Item:
        position = f"{start:0{_DIGITS}}"
        most = HEAD_OCTETS if self._head_only else self._most + _LONGEST_LINE
        try:
            read = file.read(start, min(end, start + most))
        except OSError as error:
            return Item(
                position, b"", folder, None, fault=error.strerror or "no answer"
            )
        line, _, raw = read.partition(b"\n")
        octets = end - start - len(line) - 1
        if self._head_only:
            raw, cut = header_of(raw), 0
        else:
            raw = raw[: self._most]
            cut = max(0, octets - len(raw))
            raw = _unquoted(raw)
        return Item(position, raw, folder, _date(line), octets, cut)


def _offset(after: str) -> int:
    if not after:
        return 0
    if not (after.isascii() and after.isdigit()):
        raise SourceError(f"{after!r} is no position in an mbox file")
    return int(after)


class _File:
    """A file with a window that moves over it, and what stands where in it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self.size = os.fstat(self._file.fileno()).st_size
        self._block = b""
        self._at = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, start: int, end: int) -> bytes:
        """Give the octets between two offsets."""
        parts: list[bytes] = []
        while start < end:
            part = os.pread(self._file.fileno(), min(end - start, 16 * _BLOCK), start)
            if not part:
                break
            parts.append(part)
            start += len(part)
        return b"".join(parts)

    def spans(self, start: int) -> Iterator[tuple[int, int]]:
        """Give where each mail begins and ends; `start` must be such a beginning."""
        at = self.next_start(start)
        while at is not None:
            following = self.next_start(at + 5)
            end = self._end_by_length(at, self.size if following is None else following)
            if end is not None:
                following = self.next_start(end)
            yield at, self.size if following is None else following
            at = following

    def next_start(self, at: int) -> int | None:
        """Find the next line that begins a mail, at this offset or behind it."""
        while at < self.size:
            found = self._find(at)
            if found is None:
                return None
            if self._is_start(found):
                return found
            at = found + 5
        return None

    def _find(self, at: int) -> int | None:
        """Find the next `From ` at the start of a line."""
        if at == 0 and self.read(0, 5) == b"From ":
            return 0
        at = max(at - 1, 0)
        while at < self.size:
            if not self._at <= at < self._at + len(self._block) - 5:
                self._block, self._at = self.read(at, at + _BLOCK), at
            found = self._block.find(b"\nFrom ", at - self._at)
            if found >= 0:
                return self._at + found + 1
            if self._at + len(self._block) >= self.size:
                return None
            at = self._at + len(self._block) - 5
        return None

    def _is_start(self, at: int) -> bool:
        before = self.read(max(0, at - 3), at)
        text = self.read(at, at + 2 * _LONGEST_LINE)
        line, _, rest = text.partition(b"\n")
        line = line.rstrip(b"\r")
        has_date = bool(_DATE.search(line))
        below = not rest or bool(_FIELD.match(rest))
        if at == 0 or before.endswith((b"\n\n", b"\n\r\n")):
            return has_date or (below and bool(_BARE.fullmatch(line)))
        return has_date and below

    def _end_by_length(self, start: int, following: int) -> int | None:
        """Give where Content-Length says that the mail ends, if that is true.

        A header that has not ended where the next mail seems to begin says nothing:
        nothing is read twice, however many beginnings a writer of mail makes up.
        """
        head = header_of(self.read(start, min(start + _SHORT_HEAD, following)))
        if len(head) == _SHORT_HEAD:
            head = header_of(self.read(start, min(start + HEAD_OCTETS, following)))
        found = _LENGTH.search(head)
        if found is None:
            return None
        end = start + len(head) + int(found[1])
        if end > self.size:
            return None
        behind = self.read(end, end + 8)
        end += len(behind) - len(behind.lstrip(b"\r\n"))
        is_true = end == self.size or (
            behind.lstrip(b"\r\n").startswith(b"From") and self._is_start(end)
        )
        return end if is_true else None


def _unquoted(raw: bytes) -> bytes:
    """Give the mail as it was: without the empty line at its end and the quoting.

    One `>` goes where a line was quoted (mboxrd). A writer who left a `From ` at the
    start of a line quotes nothing.
    """
    if raw.endswith(b"\r\n\r\n"):
        raw = raw[:-2]
    elif raw.endswith(b"\n\n"):
        raw = raw[:-1]
    if b">From " not in raw or _PLAIN.search(raw):
        return raw
    head = header_of(raw)
    return head + _QUOTED.sub(rb"\1", raw[len(head) :])


_ZONE_BEFORE_YEAR = re.compile(r"(.* )([+-]\d{4}) (\d{4})$")


def _date(line: bytes) -> datetime | None:
    """Read the time of a From line; without a zone it is UTC (RFC 4155)."""
    found = _DATE.search(line.rstrip(b"\r"))
    if found is None:
        return None
    text = found.group().decode("ascii", "replace").strip()
    if turned := _ZONE_BEFORE_YEAR.fullmatch(text):
        text = f"{turned[1]}{turned[3]} {turned[2]}"
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
