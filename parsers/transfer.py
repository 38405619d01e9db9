"""Transfer encodings undone (RFC 2045 6), whatever their names and their quality."""

import binascii
import quopri
import re

from parsers import header as headers


def decode(octets: bytes, encoding: str) -> bytes:
    """Give the content of a part from its octets and its declared encoding.

    Never raises; an encoding that nobody knows leaves the octets as they are.
    """
    letters = "".join(c for c in encoding[:60].lower() if c.isalnum())
    try:
        if letters.startswith("base64"):
            return _base64(octets)
        if letters.startswith(("quotedprintable", "qp")):
            return quopri.decodestring(octets)
        if letters.startswith(("xuu", "uuencode", "uue")):
            return _uu(octets)
    except (binascii.Error, ValueError):
        return octets
    return octets


def _base64(octets: bytes) -> bytes:
    """Decode base64 with strange letters in it, also several pieces in a row.

    What is plain text behind a wrong label stays text.
    """
    if not octets.strip():
        return b""
    if _is_text(octets):
        return octets
    pieces = _PADDING.split(octets.rstrip(b"=\r\n \t"))
    return b"".join(headers.base64_octets(piece) for piece in pieces)


_PADDING = re.compile(rb"=[=\s]*(?=[A-Za-z0-9+/])")


def _is_text(octets: bytes) -> bool:
    """Say whether octets labelled base64 are words: blanks between short letters."""
    sample = octets[:400].strip()
    if len(sample) < 20:
        return False
    strange = sum(octet not in _LETTERS for octet in sample)
    return strange * 10 > len(sample)


_LETTERS = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n-_"
)


def _uu(octets: bytes) -> bytes:
    """Decode what stands between `begin 644 name` and `end`, as uuencode writes it."""
    out: list[bytes] = []
    begun = False
    for line in octets.splitlines():
        if not begun:
            begun = line.startswith(b"begin ")
            continue
        if line.strip() == b"end":
            break
        out.append(uu_line(line))
    return b"".join(out)


def uu_line(line: bytes) -> bytes:
    """Decode one line of uuencode; one that is broken gives what can be read."""
    if not line.strip():
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # A known fault of encoders: letters too many behind the count.
        octets = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:octets])
        except binascii.Error:
            return b""


def uu_files(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Take files out of a text in which an old program put them (uuencode).

    Gives the text with `[name]` in their places, and each name with its content. What
    looks like one but never ends stays text.
    """
    found: list[tuple[str, bytes]] = []
    out: list[str] = []
    lines: list[str] = []
    name = ""
    for line in text.split("\n"):
        begins = _UU.fullmatch(line) if len(found) < _MOST_FILES else None
        if begins:
            out += lines
            name, lines = begins[1].strip(), [line]
        elif name and line.strip() == "end":
            octets = [uu_line(one.encode("ascii", "replace")) for one in lines[1:]]
            found.append((name, b"".join(octets)))
            out.append(f"[{name}]")
            name, lines = "", []
        elif name and _UU_LINE.fullmatch(line):
            lines.append(line)
        else:
            out += [*lines, line]
            name, lines = "", []
    return "\n".join([*out, *lines]), found


_MOST_FILES = 20
_UU = re.compile(r"begin [0-7]{3,4} (\S[^\n]{0,200})")
_UU_LINE = re.compile(r"[\x20-\x60]{1,100}|")
