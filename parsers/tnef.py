"""What Outlook packs into winmail.dat: its files, and its text (MS-OXTNEF).

A stream of attributes, each with its length, read once from front to back. Whatever
does not fit ends the reading; what was read before it counts.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from parsers import charset, rtf

MOST_FILES = 100
_MOST_PROPERTIES = 2_000
_SIGNATURE = b"\x78\x9f\x3e\x22"


class _Kind(IntEnum):
    """Attributes of the stream (MS-OXTNEF 2.1.3.2)."""

    RENDERING = 0x9002
    TITLE = 0x8010
    CONTENT = 0x800F
    FILE_PROPERTIES = 0x9005
    MESSAGE_PROPERTIES = 0x9003
    BODY = 0x800C
    CODE_PAGE = 0x9007


class _Name(IntEnum):
    """Properties (MS-OXPROPS)."""

    LONG_NAME = 0x3707
    SHORT_NAME = 0x3704
    SHOWN_NAME = 0x3001
    DATA = 0x3701
    TYPE = 0x370E
    CONTENT_ID = 0x3712
    TEXT = 0x1000
    PAGE = 0x1013
    RTF = 0x1009


@dataclass(slots=True)
class File:
    """One file inside; `name` as Outlook wrote it, empty when it has none."""

    name: str = ""
    type: str = ""
    content_id: str = ""
    content: bytes = b""


@dataclass(slots=True)
class Pack:
    """What a winmail.dat holds; `whole` says whether it could be read to its end."""

    files: list[File] = field(default_factory=list)
    text: str = ""
    html: bytes = b""
    whole: bool = False


def is_one(octets: bytes) -> bool:
    """Say whether octets are of this kind, whatever they are called."""
    return octets.startswith(_SIGNATURE)


def read(octets: bytes) -> Pack:
    """Unpack a winmail.dat; never raises, in time and memory of its size."""
    pack = Pack()
    reader = _Reader(pack)
    try:
        for kind, data in _attributes(octets):
            reader.take(kind, data)
        pack.whole = True
    except (struct.error, ValueError):
        pack.whole = False  # cut off or broken: what came before it stands
    pack.files = [one for one in pack.files if one.content or one.name]
    return pack


def _attributes(octets: bytes) -> Iterator[tuple[int, bytes]]:
    """Give each attribute with its data; the checksums are worth nothing."""
    at = 6
    while at + 9 <= len(octets):
        _, kind, length = struct.unpack_from("<BII", octets, at)
        at += 9
        if at + length > len(octets):
            raise ValueError("cut off")
        yield kind & 0xFFFF, octets[at : at + length]
        at += length + 2


class _Reader:
    """Puts attributes where they belong; files come one after the other."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._page = "cp1252"

    def take(self, kind: int, data: bytes) -> None:
        match kind:
            case _Kind.RENDERING:
                self._begin()
            case _Kind.TITLE:
                one = self._file()
                one.name = one.name or self._said(data)
            case _Kind.CONTENT:
                self._file().content = data
            case _Kind.FILE_PROPERTIES:
                self._describe(data)
            case _Kind.MESSAGE_PROPERTIES:
                self._write(data)
            case _Kind.BODY:
                self._pack.text = self._pack.text or self._said(data)
            case _Kind.CODE_PAGE if len(data) >= 4:
                self._page = f"cp{struct.unpack_from('<I', data)[0]}"

    def _begin(self) -> None:
        if len(self._pack.files) >= MOST_FILES:
            raise ValueError("too many files")
        self._pack.files.append(File())

    def _file(self) -> File:
        if not self._pack.files:
            self._begin()
        return self._pack.files[-1]

    def _said(self, data: bytes) -> str:
        return charset.decode(data.rstrip(b"\0"), self._page)[0]

    def _text(self, kind: int, data: bytes) -> str:
        if kind == _UNICODE:
            return data.decode("utf_16_le", "replace").rstrip("\0")
        return self._said(data)

    def _describe(self, data: bytes) -> None:
        """Read the properties of the file at hand: its true name above all."""
        one = self._file()
        names: dict[int, str] = {}
        for name, kind, value in _properties(data):
            match name:
                case _Name.LONG_NAME | _Name.SHORT_NAME | _Name.SHOWN_NAME:
                    names[name] = self._text(kind, value)
                case _Name.DATA if not one.content:
                    one.content = value[16:] if kind == _OBJECT else value
                case _Name.TYPE:
                    one.type = self._text(kind, value)
                case _Name.CONTENT_ID:
                    one.content_id = self._text(kind, value)
        order = (_Name.LONG_NAME, _Name.SHORT_NAME, _Name.SHOWN_NAME)
        one.name = next(filter(None, map(names.get, order)), None) or one.name

    def _write(self, data: bytes) -> None:
        """Read the properties of the message: its text in one of three forms."""
        for name, kind, value in _properties(data):
            match name:
                case _Name.TEXT:
                    self._pack.text = self._text(kind, value)
                case _Name.PAGE:
                    is_text = kind == _UNICODE
                    self._pack.html = (
                        self._text(kind, value).encode("utf_8", "replace")
                        if is_text
                        else value
                    )
                case _Name.RTF if not self._pack.text:
                    self._pack.text = rtf.read(rtf.unpack(value))


_UNICODE = 0x1F
_OBJECT = 0x0D
_VARIABLE = frozenset((0x1E, _UNICODE, 0x0102, _OBJECT))
_SIZES = {
    **dict.fromkeys((0x02, 0x03, 0x04, 0x0A, 0x0B), 4),
    **dict.fromkeys((0x05, 0x06, 0x07, 0x14, 0x40), 8),
    0x48: 16,
    0x01: 0,
}
_MANY = 0x1000


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Give number, type and value of each MAPI property (MS-OXTNEF 2.1.3.4)."""
    count = _number(data, 0)
    at = 4
    for _ in range(min(count, _MOST_PROPERTIES)):
        kind, name = struct.unpack_from("<HH", data, at)
        at += 4
        if name >= 0x8000:
            at = _skip_name(data, at)
        plain = kind & ~_MANY
        values = 1
        if kind & _MANY or plain in _VARIABLE:
            values = _number(data, at)
            at += 4
        for _ in range(min(values, len(data))):
            start, end = _value(data, at, plain)
            yield name, plain, data[start:end]
            at = end + (start - end) % 4


def _value(data: bytes, at: int, kind: int) -> tuple[int, int]:
    """Say where a value begins and ends."""
    if kind in _VARIABLE:
        length = _number(data, at)
        at += 4
    elif kind in _SIZES:
        length = _SIZES[kind]
    else:
        raise ValueError("an unknown type")
    if at + length > len(data):
        raise ValueError("cut off")
    return at, at + length


def _skip_name(data: bytes, at: int) -> int:
    """Pass over the name of a named property; they are not for us."""
    if _number(data, at + 16) == 0:
        return at + 24
    length = _number(data, at + 20)
    return at + 24 + length + (-length % 4)


def _number(data: bytes, at: int) -> int:
    (number,) = struct.unpack_from("<I", data, at)
    return int(number)
