"""Header values become clean text: RFC 2047 words decoded, controls squashed."""

import base64
import binascii
import unicodedata
from collections.abc import Iterator

from parsers import charset

_LONGEST = 100_000
"""Letters of one header value that are read; doors refuse longer header sections."""

_JOINERS = "\u200c\u200d"
"""Honest in Persian, Hindi and emoji; out of place in names that identify."""


def _squash(character: str) -> str | None:
    """What a character becomes: nothing, a blank, or itself (T16, T19)."""
    if character in "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029":
        return " "
    match unicodedata.category(character):
        case "Cc" | "Cf":
            return None
        case "Cs":
            return "\ufffd"
        case "Zs":
            return " "
        case _:
            return character


_RANGES = (
    range(0x3100),
    range(0xD800, 0xE000),
    range(0xFE00, 0x10000),
    range(0x110BD, 0x110CE),
    range(0x13430, 0x13460),
    range(0x1BCA0, 0x1BCA4),
    range(0x1D173, 0x1D17B),
    range(0xE0000, 0xE0080),
)
"""Where Unicode keeps its controls, format signs, blanks and surrogates."""

_NAME_TABLE = {
    code: becomes
    for codes in _RANGES
    for code in codes
    if (becomes := _squash(chr(code))) != chr(code)
}
_LINE_TABLE = {k: v for k, v in _NAME_TABLE.items() if chr(k) not in _JOINERS}


def clean_name(text: str) -> str:
    """One line without controls, bidi marks and zero-width letters; blanks folded."""
    return " ".join(text.translate(_NAME_TABLE).split())


_BADGE_RANGES = (
    range(0x2190, 0x2400),
    range(0x2460, 0x2800),
    range(0x2B00, 0x2C00),
    range(0xFE0E, 0xFE10),
    range(0x1F000, 0x1FB00),
)
_BADGES = dict.fromkeys(code for codes in _BADGE_RANGES for code in codes)


def person_name(text: str) -> str:
    """As `clean_name`, without ticks, shields and other pictures that vouch (T19)."""
    return clean_name(text if text.isascii() else text.translate(_BADGES))


def clean_line(text: str) -> str:
    """As `clean_name`, but joiners stay: for subjects, which no one is matched by."""
    return " ".join(text.translate(_LINE_TABLE).split())


def readable(value: str) -> str:
    """Give raw header text with its 8-bit octets read; they came as surrogates."""
    value = value[:_LONGEST]
    if value.isascii():
        return value
    try:
        octets = value.encode("utf_8", "surrogateescape")
    except UnicodeEncodeError:
        octets = value.encode("utf_8", "replace")
    return charset.decode(octets)[0]


def decode(value: str) -> str:
    """Decode the encoded words of a raw header value (RFC 2047); never raises.

    Words side by side in one charset are joined before decoding, since senders
    split letters between them; white space between words is dropped (section 6.2).
    """
    value = readable(value)
    if "=?" not in value:
        return value
    out: list[str] = []
    words: list[_Word] = []
    for text, word in _pieces(value):
        if word is not None and words and word[1] == words[0][1]:
            words.append(word)
            continue
        if word is None and words and not text.strip():
            continue
        out.append(_joined(words))
        words = [word] if word is not None else []
        if word is None:
            out.append(text)
    out.append(_joined(words))
    return "".join(out)


_Word = tuple[bytes, str, str]
"""The octets of an encoded word, its charset in lower case, and how it was written."""


def _joined(words: list[_Word]) -> str:
    """Read words of one charset; what gives no text stays as it was written."""
    if not words:
        return ""
    octets = b"".join(word[0] for word in words)
    text, defect = charset.decode(octets, words[0][1])
    if not defect or not charset.is_garbled(text):
        return text
    written = [word[2] for word in words]
    inner = [one.removesuffix("?=").rpartition("?")[2] for one in written]
    joined = base64_octets("".join(inner).encode("ascii", "replace"))
    text, defect = charset.decode(joined, words[0][1])
    if len(words) > 1 and not defect:
        return text  # base64 cut in the middle of four letters
    return " ".join(written)


def _pieces(value: str) -> Iterator[tuple[str, _Word | None]]:
    """Give plain text and encoded words in order; white space kept as plain text."""
    at = 0
    while (start := value.find("=?", at)) >= 0:
        word, end = _word(value, start)
        if word is None:
            end = start + 2
            yield value[at:end], None
        else:
            if start > at:
                yield value[at:start], None
            yield "", word
        at = end
    if at < len(value):
        yield value[at:], None


def _word(value: str, start: int) -> tuple[_Word | None, int]:
    """Read the encoded word at `start`; its parts are short, so this is linear."""
    first = value.find("?", start + 2, start + 80)
    if first < 0 or value[first + 2 : first + 3] != "?":
        return None, start
    kind = value[first + 1].lower()
    if kind not in "bq":
        return None, start
    end = value.find("?=", first + 3, first + 3 + 2000)
    if end < 0:
        return _unended(value, start, first)
    name = value[start + 2 : first].partition("*")[0]
    text = value[first + 3 : end]
    written = value[start : end + 2]
    return (_transfer(text, kind), name.lower(), written), end + 2


def _unended(value: str, start: int, first: int) -> tuple[_Word | None, int]:
    """Read the last word of a field that was cut off, if it is one word."""
    text = value[first + 3 : first + 3 + 2000].rstrip("?")
    if not text or len(value) > first + 2003 or len(text.split()) != 1 or "=?" in text:
        return None, start
    name = value[start + 2 : first].partition("*")[0]
    octets = _transfer(text, value[first + 1].lower())
    return (octets, name.lower(), value[start:]), len(value)


def _transfer(text: str, kind: str) -> bytes:
    octets = text.encode("utf_8", "replace")
    if kind == "b":
        return base64_octets(octets)
    return binascii.a2b_qp(octets, header=True)


def base64_octets(octets: bytes) -> bytes:
    """Decode base64 of any quality: strange letters skipped, padding mended."""
    letters = octets.translate(None, _NOT_BASE64)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return base64.b64decode(letters + b"=" * (-len(letters) % 4))


_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(octet for octet in range(256) if octet not in _BASE64)
