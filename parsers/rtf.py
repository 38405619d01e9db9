"""The text of RTF, as Outlook keeps letters: unpacked (MS-OXRTFCP), then read."""

import re
import struct

from parsers import charset

_MOST = 2_000_000
"""Octets that are unpacked or read."""

_PRELOAD = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern "
    rb"\fscript \fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0"
    rb"\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_WINDOW = 4096


def unpack(octets: bytes) -> bytes:
    """Undo the compression of Outlook; empty for what is none; never raises."""
    if len(octets) < 16:
        return b""
    _, _, magic = struct.unpack_from("<III", octets)
    if magic == 0x414C454D:  # MELA: as it is
        return octets[16 : 16 + _MOST]
    if magic != 0x75465A4C:  # LZFu
        return b""
    out = bytearray()
    window = bytearray(_WINDOW)
    window[: len(_PRELOAD)] = _PRELOAD
    write, at = len(_PRELOAD), 16
    while at < len(octets) and len(out) < _MOST:
        flags = octets[at]
        at += 1
        for bit in range(8):
            is_copy = flags >> bit & 1
            piece, at, ended = _token(octets, at, window, write, is_copy=is_copy)
            if ended:
                return bytes(out)
            for octet in piece:
                window[write] = octet
                write = (write + 1) % _WINDOW
            out += piece
    return bytes(out)


def _token(
    octets: bytes, at: int, window: bytearray, write: int, *, is_copy: int
) -> tuple[bytes, int, bool]:
    """Give what the next token stands for, where it ends, and whether all ends."""
    if not is_copy:
        return octets[at : at + 1], at + 1, at >= len(octets)
    if at + 2 > len(octets):
        return b"", at, True
    (word,) = struct.unpack_from(">H", octets, at)
    start, length = word >> 4, (word & 15) + 2
    if start == write:
        return b"", at, True
    span = (write - start) % _WINDOW
    piece = bytes(window[(start + n % span) % _WINDOW] for n in range(length))
    return piece, at + 2, False


_TOKEN = re.compile(
    rb"\\(?:([a-zA-Z]{1,32})(-?\d{1,10})? ?|'([0-9a-fA-F]{2})|([^a-zA-Z]))|([{}])"
    rb"|([^\\{}\r\n]+)"
)
_ASIDES = frozenset(
    (
        *(b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object"),
        b"themedata",
        *(b"header", b"footer", b"generator", b"listtable", b"listoverridetable"),
        *(b"rsidtbl", b"datastore", b"latentstyles", b"xmlnstbl", b"fldinst"),
        *(b"filetbl", b"revtbl", b"colorschememapping", b"mhtmltag", b"htmltag"),
    )
)
_SIGNS = {
    b"par": "\n", b"line": "\n", b"tab": "\t", b"cell": "\t", b"row": "\n",
    b"emdash": "\u2014", b"endash": "\u2013", b"bullet": "\u2022", b"lquote": "\u2018",
    b"rquote": "\u2019", b"ldblquote": "\u201c", b"rdblquote": "\u201d",
}  # fmt: skip
_MOST_DEEP = 100


def read(octets: bytes) -> str:
    """Give the text that RTF shows; formats, tables of fonts and pictures go."""
    reader = _Reader()
    for match in _TOKEN.finditer(octets[:_MOST]):
        reader.take(match)
    text = "".join([*reader.out, reader.flush()]).strip("\n")
    # Letters beyond the first plane come as two halves.
    return text.encode("utf_16", "surrogatepass").decode("utf_16", "replace")


class _Reader:
    """Goes through the tokens; a stack tells which groups are not shown."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self._octets = bytearray()
        self._page = "cp1252"
        self._hidden = False
        self._stack: list[bool] = []
        self._skip = 0
        """Letters to pass over: what stands for those that cannot show Unicode."""
        self._starred = False

    def take(self, match: "re.Match[bytes]") -> None:
        word, number, code, sign, brace, text = match.groups()
        if brace:
            self._brace(brace)
        elif word:
            self._word(word, int(number) if number else None)
        elif code:
            self._letters(bytes.fromhex(code.decode("ascii")))
        elif sign:
            self._sign(sign)
        elif text:
            self._letters(text)

    def _brace(self, brace: bytes) -> None:
        if brace == b"{":
            if len(self._stack) < _MOST_DEEP * 10:
                self._stack.append(self._hidden)
        elif self._stack:
            self._hidden = self._stack.pop()
        self._skip = 0

    def _word(self, word: bytes, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word in _ASIDES or starred:
            self._hidden = True
        elif word == b"ansicpg":
            self._page = f"cp{number}"
        elif word == b"htmlrtf":
            self._hidden = number != 0 or self._stack[-1:] == [True]
        elif self._hidden:
            return
        elif word == b"u":
            self._write(chr((number or 0) % 0x10000))
            self._skip = 1
        elif word in _SIGNS:
            self._write(_SIGNS[word])

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._starred = True
        elif sign in (b"\\", b"{", b"}"):
            self._letters(sign)
        elif sign == b"~":
            self._letters(b" ")
        elif sign in (b"\r", b"\n"):
            self._write("\n")

    def _letters(self, octets: bytes) -> None:
        self._starred = False
        if self._hidden:
            return
        self._octets += octets[self._skip :]
        self._skip = max(0, self._skip - len(octets))

    def _write(self, text: str) -> None:
        if not self._hidden:
            self.out.append(self.flush() + text)

    def flush(self) -> str:
        octets, self._octets = bytes(self._octets), bytearray()
        return charset.decode(octets, self._page)[0] if octets else ""
