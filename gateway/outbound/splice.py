"""One letter's octets become many copies: each with its own To and tokens.

A letter is cut once where its placeholders stand; a copy puts the tokens of its
delivery there. Both have the same length and alphabet, so that no line changes its
length and no encoding changes its meaning (decisions A4).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from parsers import address as addresses
from parsers.reply_address import TOKEN_LETTERS, Purpose, index_in

# What may stand between two letters of a placeholder: a soft line break of
# quoted-printable (RFC 2045 section 6.7), or a fold of a header (RFC 5322 2.2.3).
_BREAK = rb"(?:=\r\n|\r\n[ \t]+)"
_BREAKS = re.compile(_BREAK)
_TOKEN = re.compile(
    rb"([a-z])%b?-((?:%b?[a-z2-7]){%d})" % (_BREAK, _BREAK, TOKEN_LETTERS)
)
# As nearly all stand: without a break, at a place that is known.
_WHOLE = re.compile(rb"([a-z])-([a-z2-7]{%d})" % TOKEN_LETTERS)
_BARE = re.compile(rb"\r\n|\r|\n")
_DOT_ATOM = re.compile(
    r"[^\x00-\x20\x7f()<>\[\]:;@\\,.\"]+(?:\.[^\x00-\x20\x7f()<>\[\]:;@\\,.\"]+)*"
)

_SIMPLE = re.compile(r"[A-Za-z0-9_+=.-]{1,64}@[A-Za-z0-9.-]{1,189}")

#: Pieces of a placeholder that are looked for. One of them is whole in any placeholder
#: that is broken fewer times than there are pieces.
_PIECES = 4
#: Octets around a piece in which the whole placeholder must lie, breaks included.
_AROUND = 128


class Slot(NamedTuple):
    """A place for a part of a token: which part of which."""

    part: int
    """Where in the parts of the cut."""
    purpose: Purpose
    start: int
    end: int
    which: int = 0
    """Which of the letter's numbers the token seals; 0 is the delivery's own."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A letter in parts; those that slots name are still to be filled."""

    parts: tuple[bytes, ...]
    slots: tuple[Slot, ...]
    size: int

    @property
    def purposes(self) -> frozenset[Purpose]:
        """The purposes for which a copy needs a token."""
        return frozenset(slot.purpose for slot in self.slots if not slot.which)

    @property
    def numbered(self) -> frozenset[tuple[Purpose, int]]:
        """The further tokens that a copy needs: purpose, and which of its numbers."""
        return frozenset(
            (slot.purpose, slot.which) for slot in self.slots if slot.which
        )


def cut(raw: bytes, placeholder: str) -> Cut:
    """Cut a letter where its placeholders stand, whatever breaks them.

    Line ends become CRLF, all of them (promises T17). Raises ValueError for a
    placeholder that has not a token's form, or stands behind no known purpose.
    """
    if len(placeholder) != TOKEN_LETTERS:
        raise ValueError("a placeholder has as many letters as a token")
    raw = clean(raw)
    parts: list[bytes] = []
    slots: list[Slot] = []
    after = 0
    for found, which in _placeholders(raw, placeholder):
        parts.append(raw[after : found.start()])
        _cut_token(found, which, parts, slots)
        after = found.end()
    parts.append(raw[after:])
    if placeholder.encode("ascii") in b"\n".join(parts):
        raise ValueError("a placeholder stands behind no purpose")
    return Cut(tuple(parts), tuple(slots), len(raw))


def fill(
    letter: Cut,
    to: str,
    tokens: Mapping[Purpose, str],
    numbered: Mapping[tuple[Purpose, int], str] | None = None,
) -> bytes:
    """Make one copy: a To header in front, a token in each place.

    `numbered` are the tokens of further numbers, where the letter has any.

    Raises KeyError when a purpose has no token, ValueError for a recipient that is no
    mail address.
    """
    parts = list(letter.parts)
    octets = {(purpose, 0): token.encode("ascii") for purpose, token in tokens.items()}
    for which, token in (numbered or {}).items():
        octets[which] = token.encode("ascii")
    for slot in letter.slots:
        parts[slot.part] = octets[slot.purpose, slot.which][slot.start : slot.end]
    return header(to) + b"".join(parts)


def header(to: str) -> bytes:
    """Write the To header; ValueError for a text that is no mail address.

    An address that is not ASCII stands as UTF-8 (RFC 6532), for SMTPUTF8 alone.
    """
    if not is_fit(to):
        raise ValueError("the recipient is no mail address")
    local, _, domain = to.rpartition("@")
    if not _DOT_ATOM.fullmatch(local):
        local = '"' + local.replace("\\", "\\\\").replace('"', '\\"') + '"'
    written = f"{local}@{domain}".encode()
    # 78 is what a line should have at most, 998 what it may (RFC 5322 2.1.1).
    return (b"To:\r\n " if len(written) > 74 else b"To: ") + written + b"\r\n"


def is_fit(address: str) -> bool:
    """Say whether an address may stand in a header and a command (promises T16)."""
    # Nearly all are of the simple form, and this is asked for every copy.
    return bool(_SIMPLE.fullmatch(address)) or addresses.is_address(address)


def plain(address: str) -> str:
    """Write an address in ASCII if its local part is; what is left needs SMTPUTF8."""
    local, _, _ = address.rpartition("@")
    if address.isascii() or not local.isascii():
        return address
    return f"{local}@{addresses.domain(address)}"


def clean(octets: bytes) -> bytes:
    """Give octets whose only line ends are CRLF; as a rule they are the same."""
    ends = octets.count(b"\r\n")
    if octets.count(b"\n") == ends and octets.count(b"\r") == ends:
        return octets
    return _BARE.sub(b"\r\n", octets)


_Found = tuple[re.Match[bytes], int]
"""A placeholder, and which of the letter's numbers stands in it."""


def _placeholders(raw: bytes, wanted: str) -> list[_Found]:
    """Find all places, from the front.

    Pieces are looked for first: that is as fast as memory, whereas the pattern takes
    half a second for a large attachment, and longer than all else for a digest.
    """
    found: dict[int, _Found] = {}
    step = -(-len(wanted) // _PIECES)
    for begin in range(0, len(wanted), step):
        piece = wanted[begin : begin + step].encode("ascii")
        at = raw.find(piece)
        while at >= 0:
            # A purpose and a hyphen stand before the letters.
            start = at - begin - 2
            if start not in found and (
                one := _whole(raw, start, wanted) or _around(raw, at, wanted)
            ):
                found[one[0].start()] = one
            at = raw.find(piece, at + 1)
    return [found[start] for start in sorted(found)]


def _whole(raw: bytes, start: int, wanted: str) -> _Found | None:
    """Give the placeholder that begins exactly there and is not broken, if one does."""
    match = _WHOLE.match(raw, start) if start >= 0 else None
    return _known(match, wanted) if match else None


def _around(raw: bytes, at: int, wanted: str) -> _Found | None:
    """Find the placeholder that covers a place, if one does."""
    begin, end = max(0, at - _AROUND), at + _AROUND
    while match := _TOKEN.search(raw, begin, end):
        if match.start() > at:
            return None
        if match.end() > at and (one := _known(match, wanted)):
            return one
        begin = match.start() + 1
    return None


def _known(match: re.Match[bytes], wanted: str) -> _Found | None:
    which = index_in(_letters(match), wanted)
    return None if which is None else (match, which)


def _letters(found: re.Match[bytes]) -> str:
    """Give the letters of a placeholder without its breaks."""
    return _BREAKS.sub(b"", found[2]).decode("ascii")


def _cut_token(
    found: re.Match[bytes], which: int, parts: list[bytes], slots: list[Slot]
) -> None:
    """Append a placeholder's pieces as slots, and its breaks as they are."""
    text, purpose, letters = found[0], Purpose(found[1].decode("ascii")), 0
    after = 0
    for gap in [*_BREAKS.finditer(text), None]:
        until = gap.start() if gap else len(text)
        if until > after:
            length = until - after
            slots.append(Slot(len(parts), purpose, letters, letters + length, which))
            parts.append(b"")
            letters += length
        if gap:
            parts.append(gap[0])
            after = gap.end()
