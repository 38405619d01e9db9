"""Header lines as octets: cleaned, encoded, folded at white space, checked once more.

The standard library's generator turns any token of 78 or more characters into encoded
words, and foreign Message-IDs run to 84: hence a writer of our own.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from string import ascii_letters, digits
from typing import AnyStr

_FOLD_AT = 78
_LONGEST = 998
"""Octets of a line without its CRLF (RFC 5322 section 2.1.1)."""

_WORD = 48
"""Letters inside an encoded word: with its frame and "Subject: " below 78."""
_PLAIN = frozenset(letter.encode("ascii") for letter in f"{ascii_letters}{digits}!*+-/")

# What ends or hides a line, or turns the reading direction of what follows: C0, DEL,
# C1, the line and paragraph separators, bidi embeddings, overrides and isolates, lone
# surrogates (promises T16, T19).
_UNWANTED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+"
)
_CHUNK = re.compile(r" *[^ ]+")
_NAME = re.compile(r"[A-Za-z][A-Za-z-]*")
_SOUND = re.compile(rb"[\x20-\x7e]+(?:\r\n [\x20-\x7e]+)*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")


def squash(text: str, longest: int = 2000) -> str:
    """Give the text as one line: controls become a space, white space runs fold."""
    return " ".join(_UNWANTED.sub(" ", text).split())[:longest].rstrip()


def unstructured(text: str) -> str:
    """Encode a subject: as it is if plain ASCII, else encoded words (RFC 2047)."""
    text = squash(text)
    if text.isascii() and "=?" not in text and not _is_unfoldable(text):
        return text
    return _encoded(text)


def mailbox(name: str, address: str) -> str:
    """Write a display name and an address (RFC 5322 section 3.4, RFC 2047 5.3)."""
    name = squash(name, longest=200)
    if not name:
        return f"<{address}>"
    if not name.isascii() or "=?" in name or _is_unfoldable(name):
        return f"{_encoded(name)} <{address}>"
    if _ATOMS.fullmatch(name):
        return f"{name} <{address}>"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{address}>'


def write(fields: Iterable[tuple[str, str]]) -> bytes:
    """Write a header section, CRLF after each line, without the empty line.

    Raises ValueError when a name or a value would not be sound on octets: nothing but
    printable ASCII and our own folds gets out, whatever was handed in.
    """
    return b"".join(_line(name, value) for name, value in fields)


def _line(name: str, value: str) -> bytes:
    folded = _fold(name, value)
    try:
        octets = folded.encode("ascii")
    except UnicodeEncodeError:
        raise ValueError(f"{name} holds unencoded text") from None
    if not (value.strip() and _NAME.fullmatch(name) and _SOUND.fullmatch(octets)):
        raise ValueError(f"{name} holds a control character or is empty")
    if any(len(line) > _LONGEST for line in octets.split(b"\r\n")):
        raise ValueError(f"{name} has a line above {_LONGEST} octets")
    return octets + b"\r\n"


def _fold(name: str, value: str) -> str:
    """Break at white space only, so that ids and addresses stay whole."""
    lines: list[str] = []
    line = f"{name}:"
    for chunk in _CHUNK.findall(f" {value}"):
        if len(line) + len(chunk) > _FOLD_AT and len(line) > len(name) + 1:
            lines.append(line)
            line = chunk
        else:
            line += chunk
    return "\r\n".join([*lines, line])


def _encoded(text: str) -> str:
    """Write encoded words, B or Q, whichever is shorter (RFC 2047 section 4)."""
    octets = [letter.encode("utf-8") for letter in text]
    quoted = [_quoted(one) for one in octets]
    if sum(map(len, quoted)) <= sum(map(len, octets)) * 4 / 3:
        return " ".join(f"=?utf-8?q?{one}?=" for one in _packed(quoted, _WORD))
    words = _packed(octets, _WORD * 3 // 4)
    return " ".join(f"=?utf-8?b?{b64encode(one).decode()}?=" for one in words)


def _quoted(octets: bytes) -> str:
    """Give a character as Q allows it in a phrase (RFC 2047 sections 4.2 and 5.3)."""
    if octets == b" ":
        return "_"
    if octets in _PLAIN:
        return octets.decode("ascii")
    return "".join(f"={octet:02X}" for octet in octets)


def _packed(pieces: Sequence[AnyStr], room: int) -> Iterator[AnyStr]:
    """Join characters to words of so many octets; none is cut in two."""
    empty = pieces[0][:0]
    word = empty
    for piece in pieces:
        if len(word) + len(piece) > room:
            yield word
            word = empty
        word += piece
    yield word


def _is_unfoldable(text: str) -> bool:
    return any(len(word) > _FOLD_AT - 10 for word in text.split(" "))
