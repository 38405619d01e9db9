"""Delivery reports taken apart: the groups of RFC 3464, sound or broken.

A report ought to be blocks of fields with an empty line between them. Gateways lose
the empty lines, add some, fold without blanks, encode the whole, or print it all as
plain text. So the lines are read one by one, and the names decide where a recipient
begins.
"""

import binascii
import quopri
import re
from collections.abc import Iterable
from email.message import Message
from itertools import islice

from parsers import header as headers
from parsers.address import is_address, key
from parsers.fields import Fields
from parsers.parts import BoundedMessage, Part, octets

TYPES = ("message/delivery-status", "message/global-delivery-status")
"""The types of RFC 3464 and RFC 6533."""

_WHO = ("final-recipient", "original-recipient", "x-actual-recipient")
_WHAT = ("action", "status")
_NAMES = frozenset(
    (
        *_WHO,
        *_WHAT,
        "diagnostic-code",
        "remote-mta",
        "reporting-mta",
        "received-from-mta",
        "dsn-gateway",
        "arrival-date",
        "original-envelope-id",
        "last-attempt-date",
        "will-retry-until",
        "final-log-id",
        "x-supplementary-info",
        "x-display-name",
        "x-notes",
    )
)
_MOST_LINES = 20_000
_MOST_GROUPS = 500
_LONGEST_VALUE = 2_000
_LARGEST_FILE = 200_000


def groups(lines: Iterable[str]) -> list[Fields]:
    """Give the fields of each recipient that some lines report on."""
    collected = _Groups()
    for number, line in enumerate(lines):
        if number >= _MOST_LINES or len(collected.done) >= _MOST_GROUPS:
            break
        collected.take(line)
    collected.end()
    return [Fields(group) for group in collected.done]


class _Groups:
    """The group at hand, and those that are complete."""

    def __init__(self) -> None:
        self.done: list[list[tuple[str, str]]] = []
        self._pairs: list[tuple[str, str]] = []
        self._names: set[str] = set()
        self._gap = False
        self._open = False

    def take(self, line: str) -> None:
        bare = line.strip()
        if not bare:
            self._gap, self._open = True, False
            return
        name, colon, value = bare.partition(":")
        name = name.strip().lower()
        if colon and name in _NAMES:
            if self._begins(name):
                self.end()
            self._pairs.append((name, value[:_LONGEST_VALUE]))
            self._names.add(name)
            self._gap, self._open = False, True
        elif self._open and line[:1] in " \t":
            name, value = self._pairs[-1]
            if len(value) < _LONGEST_VALUE:
                self._pairs[-1] = name, f"{value} {bare[:_LONGEST_VALUE]}"
        else:
            self._open = False

    def _begins(self, name: str) -> bool:
        """Say whether a field is the first of another recipient."""
        if name in self._names:
            return name in _WHO or name in _WHAT
        has_one = not self._names.isdisjoint(_WHO)
        return (
            name in _WHO
            and has_one
            and (self._gap or not self._names.isdisjoint(_WHAT))
        )

    def end(self) -> None:
        if not self._names.isdisjoint(_WHO):
            self.done.append(self._pairs)
        self._pairs, self._names = [], set()


def of_parts(message: Part) -> list[Fields]:
    """Read the parts that are declared to be delivery reports."""
    return [
        group
        for part in message.walk()
        if part.get_content_type() in TYPES
        for group in groups(source(part).splitlines())
    ]


def of_files(message: Part) -> list[Fields]:
    """Read reports that stand in parts of another type, as files or as text."""
    found = (
        group
        for part in message.walk()
        if not part.is_multipart() and part.get_content_type() not in _CLOSED
        for group in _hidden(octets(part))
    )
    return list(islice(found, _MOST_GROUPS))


_CLOSED = frozenset((*TYPES, "message/rfc822", "message/global", "text/rfc822-headers"))


def _hidden(data: bytes) -> list[Fields]:
    if len(data) > _LARGEST_FILE or not _MARK.search(data):
        return []
    return groups(data.decode("utf_8", "replace").splitlines())


_MARK = re.compile(rb"(?:final|original)-recipient[ \t]*:", re.IGNORECASE)


def source(part: Part) -> str:
    """Give the text of a report; the feed parser took it for a row of headers."""
    if not part.is_multipart():
        return octets(part).decode("utf_8", "replace")
    children = part.get_payload()
    blocks = [_block(one) for one in children if isinstance(one, Message)]
    text = "\n\n".join(blocks)
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    try:
        raw = text.encode("utf_8", "surrogateescape")
    except UnicodeEncodeError:
        raw = text.encode("utf_8", "replace")
    if encoding == "quoted-printable":
        raw = quopri.decodestring(raw)
    elif encoding == "base64":
        try:
            raw = headers.base64_octets(raw)
        except (binascii.Error, ValueError):
            return ""
    return raw.decode("utf_8", "replace")


def _block(child: Part) -> str:
    fields = [f"{name}: {value}" for name, value in child.raw_items()]
    if isinstance(child, BoundedMessage) and (rest := child.source()):
        fields.append(rest)
    return "\n".join(fields)


def address(value: str) -> str:
    r"""Read `rfc822; <ana@x.example>` (RFC 3464 2.3.2), `\x{E4}` too (RFC 6533 3)."""
    text = value.partition(";")[2] if ";" in value else value
    text = _HEX.sub(lambda found: chr(int(found[1], 16) % 0x110000), text[:2000])
    words = text.replace("<", " ").replace(">", " ").replace('"', " ").split()
    found = [word.strip(",;:()'") for word in words[:50] if "@" in word]
    if not found or "...@" in found[0]:
        return ""  # none, or one that somebody shortened
    return found[0] if is_address(found[0]) else ""


_HEX = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")


def who(group: Fields) -> tuple[str, str]:
    """Give the address that failed, and the one that the sender wrote, if another.

    The final recipient is the one a report is about (RFC 3464 2.3.2); where it names
    no domain that mail could go to, it is an inner affair of that server.
    """
    final = _first(group, "final-recipient", "x-actual-recipient")
    original = _first(group, "original-recipient")
    if not final or ("." not in final.rpartition("@")[2] and original):
        return original or final, ""
    return final, original if key(original) != key(final) else ""


def _first(group: Fields, *names: str) -> str:
    for name in names:
        for value in group.all(name):
            if found := address(headers.clean_line(headers.decode(value))):
                return found
    return ""
