"""A mail becomes a bounded tree of parts, whatever its sender built (promises T15).

The standard library's feed parser does the reading; a message class of our own
tells it when to stop going deeper, and reading stops when there are too many parts.
"""

import re
from dataclasses import dataclass
from email.feedparser import BytesFeedParser
from email.message import Message
from typing import TYPE_CHECKING, Any

from parsers import mending, parameters, transfer


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much of one mail is read; what lies beyond is named in `defects`."""

    depth: int = 50
    parts: int = 500
    files: int = 20
    text_kb: int = 500
    header_lines: int = 1000
    references: int = 10_000


if TYPE_CHECKING:
    Part = Message[str, str]
else:
    Part = Message  # not subscriptable at run time before Python 3.13

_CHUNK = 16_384
_MOST_LINES = 1_000_000
_WORK = 4_000_000
"""Lines times depth: the feed parser looks at each line once per level."""
_LEAST_DEPTH = 6
_LONGEST_FIELD = 100_000
_LONGEST_PART_FIELD = 4_000


class _Budget:
    """What is left while one mail is read."""

    def __init__(self, depth: int, parts: int, fields: int) -> None:
        self.depth = depth
        self.parts = parts
        self.fields = fields
        self.part_fields = 20 * parts
        self.defects: dict[str, None] = {}

    def say(self, defect: str) -> None:
        self.defects[defect] = None


class BoundedMessage(Part):
    """A compat32 message that keeps to a budget.

    An attached mail (message/rfc822) stays the octets that it is: it is a file, and
    its text is nobody's answer.
    """

    def __init__(self, budget: _Budget) -> None:
        super().__init__()
        self._budget = budget
        self._level = 0
        self._payload: Any = None
        self._kind = ""

    @classmethod
    def alone(cls) -> "BoundedMessage":
        """Give an empty message with a budget of its own."""
        return cls(_Budget(1, 1, 10_000))

    def attach(self, payload: Part) -> None:  # type: ignore[override]
        """Take a part, one level deeper, while the budget lasts."""
        budget = self._budget
        if isinstance(payload, BoundedMessage):
            payload._level = self._level + 1  # noqa: SLF001
        budget.parts -= 1
        if budget.parts < 0:
            budget.say("too many parts")
            return
        super().attach(payload)

    def set_raw(self, name: str, value: str) -> None:
        """Take a header field as it came, cut when it is absurdly long."""
        budget = self._budget
        if self._level:
            budget.part_fields -= 1
        else:
            budget.fields -= 1
        if min(budget.fields, budget.part_fields) < 0:
            budget.say("too many header lines")
            return
        of_part = self._level > 0 or name.lower().startswith("content-")
        longest = _LONGEST_PART_FIELD if of_part else _LONGEST_FIELD
        if len(value) > longest:
            budget.say("a header field is too long")
        self._kind = ""
        super().set_raw(name, value[:longest])

    def get_content_type(self) -> str:
        """Give the type, also from a field that is not quite one.

        RFC 2045 5.2 wants text/plain for what cannot be read; much can: a lost
        semicolon, quotes, a type without its second half.
        """
        if not self._kind:
            value = self.get("content-type")
            if value is None:
                return self.get_default_type()
            self._kind = _kind(str(value))
        return self._kind

    def get_boundary(self, failobj: Any = None) -> Any:
        """Give the boundary, also when no semicolon stands before it."""
        value = str(self.get("content-type", ""))[:_LONGEST_PART_FIELD]
        found = parameters.read(value, "boundary").rstrip()
        if found:
            return found
        match = _BOUNDARY.search(value)
        return match[1] or match[2] if match else failobj

    def source(self) -> str:
        """Give the content of a leaf as it came, octets above ASCII as surrogates.

        The library's own accessor decodes by whatever codec the sender names.
        """
        return self._payload if isinstance(self._payload, str) else ""

    def get_content_maintype(self) -> str:
        """Give the main type, as the feed parser asks it: may this be taken apart."""
        main = super().get_content_maintype()
        if main == "message":
            return "application"
        if main == "multipart" and self._level >= self._budget.depth:
            self._budget.say("nested too deeply")
            return "application"
        return main


def _kind(value: str) -> str:
    words = value[:200].partition(";")[0].replace(",", " ").split()
    kind = words[0].strip("\"'.:").lower() if words else ""
    if kind.count("/") == 1 and not kind.startswith("/") and kind[-1] != "/":
        return kind
    return _HALF_TYPES.get(kind.strip("/"), "text/plain")


_HALF_TYPES = {
    "html": "text/html",
    "text": "text/plain",
    "plain": "text/plain",
    "multipart": "multipart/mixed",
    "mixed": "multipart/mixed",
    "alternative": "multipart/alternative",
}
_BOUNDARY = re.compile(
    r'boundary[ \t]*=[ \t]*(?:"([^"]{1,200})|([^"\s;]{1,200}))', re.IGNORECASE
)


def read_tree(raw: bytes, bounds: Bounds) -> tuple[BoundedMessage, tuple[str, ...]]:
    """Read the parts of a mail; give them and the defects. Never raises."""
    raw = raw.lstrip(b"\r\n \t\xef\xbb\xbf\x00") or b"\n"
    raw, mended = mending.mend(raw)
    lines = raw.count(b"\n") + raw.count(b"\r")
    budget = _Budget(
        max(_LEAST_DEPTH, min(bounds.depth, _WORK // (lines + 1))),
        bounds.parts,
        bounds.header_lines,
    )
    if lines > 2 * _MOST_LINES:
        budget.say("too many lines")
        raw = raw[: _end_of_line(raw, 2 * _MOST_LINES)]
    parser = BytesFeedParser(lambda *_, **__: BoundedMessage(budget))
    view = memoryview(raw)
    for start in range(0, len(raw), _CHUNK):
        parser.feed(bytes(view[start : start + _CHUNK]))
        if budget.parts < 0:
            break
    message = parser.close()
    assert isinstance(message, BoundedMessage)
    _find_boundary(message, budget)
    if mended:
        budget.say("a broken header line")
    for part in message.walk():
        for defect in part.defects:
            budget.say(_DEFECTS.get(type(defect).__name__, type(defect).__name__))
    return message, tuple(budget.defects)


def _find_boundary(message: BoundedMessage, budget: _Budget) -> None:
    """Take a multipart apart whose boundary is not the declared one."""
    text = message.source()
    if not text or not message.get_content_type().startswith("multipart/"):
        return
    match = _DRAWN.search(text, 0, 200_000)
    if match is None:
        return
    parser = BytesFeedParser(lambda *_, **__: BoundedMessage(budget))
    parser.feed(f'Content-Type: multipart/mixed; boundary="{match[1]}"\n\n'.encode())
    parser.feed(text.encode("ascii", "surrogateescape"))
    inner = parser.close()
    if inner.is_multipart():
        message.set_payload(inner.get_payload())
        budget.say("another boundary than declared")


_DRAWN = re.compile(
    r"^--([\x21\x23-\x5b\x5d-\x7e]{1,70})[ \t]*\r?\n(?=content-[a-z-]{2,40}:)",
    re.IGNORECASE | re.MULTILINE,
)

_DEFECTS = {
    "NoBoundaryInMultipartDefect": "multipart without a boundary",
    "StartBoundaryNotFoundDefect": "the first boundary is missing",
    "CloseBoundaryNotFoundDefect": "the last boundary is missing",
    "MissingHeaderBodySeparatorDefect": "no empty line between header and body",
    "FirstHeaderLineIsContinuationDefect": "the header begins with a continuation",
    "MultipartInvariantViolationDefect": "multipart without parts",
    "InvalidMultipartContentTransferEncodingDefect": "an encoded multipart",
    "InvalidBase64PaddingDefect": "broken base64",
    "InvalidBase64CharactersDefect": "broken base64",
    "InvalidBase64LengthDefect": "broken base64",
    "MisplacedEnvelopeHeaderDefect": "a misplaced envelope line",
}


def _end_of_line(raw: bytes, most: int) -> int:
    """Find where so many line ends have passed."""
    at, step = 0, 65_536
    while most > 0 and at < len(raw):
        block = raw[at : at + step]
        most -= block.count(b"\n") + block.count(b"\r")
        at += step
    return at


def octets(part: Part) -> bytes:
    """Give the content of a leaf, transfer encoding undone, however broken."""
    payload = part.source() if isinstance(part, BoundedMessage) else ""
    try:
        raw = payload.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        raw = payload.encode("utf_8", "replace")
    return transfer.decode(raw, str(part.get("content-transfer-encoding", "")))
