"""Files that came with a mail: their names made harmless, their content as it was."""

import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from parsers import charset
from parsers import fields as header_fields
from parsers import header as headers
from parsers.parts import Part, octets

_LONGEST_NAME = 120
"""Letters of a name that we show (promises T14)."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file; `content_id` without its brackets, empty when it has none."""

    name: str
    type: str
    size: int
    inline: bool
    content_id: str
    content: bytes


def read(part: Part) -> Attachment:
    """Read a leaf of the mail as a file."""
    content = octets(part)
    kind = part.get_content_type()
    head = header_fields.of(part)
    content_id = head.text("content-id").strip("<> ")[:250]
    disposition = head.word("content-disposition")
    inline = disposition == "inline" or (
        bool(content_id) and disposition != "attachment"
    )
    name = safe_name(raw_name(part)) or _default_name(kind)
    return Attachment(name, kind, len(content), inline, content_id, content)


def raw_name(part: Part) -> str:
    """Give the decoded file name as the sender wrote it; empty when there is none."""
    head = header_fields.of(part)
    for field, parameter in (
        ("content-disposition", "filename"),
        ("content-type", "name"),
    ):
        if name := _parameter(head.first(field), parameter):
            return name
    return (
        headers.decode(str(part.get("content-description", "")))
        if _is_mail(part)
        else ""
    )


def _is_mail(part: Part) -> bool:
    return part.get_content_type() == "message/rfc822"


def _parameter(value: str, wanted: str) -> str:
    """Read one parameter of any make: plain, RFC 2047 (wrong, but common), RFC 2231."""
    if wanted not in value.lower():
        return ""
    plain = ""
    pieces: dict[int, tuple[bool, str]] = {}
    for name, text in _parameters(headers.readable(value)):
        base, star, rest = name.partition("*")
        if base != wanted:
            continue
        if not star:
            plain = plain or text
            continue
        number, encoded = rest.rstrip("*"), rest.endswith("*") or not rest
        if not number or (number.isdecimal() and len(number) < 4):
            pieces.setdefault(int(number or 0), (encoded, text))
    return _joined(pieces) if pieces else headers.decode(plain)


def _joined(pieces: dict[int, tuple[bool, str]]) -> str:
    """Join the pieces of RFC 2231 3 and 4 in their order."""
    ordered = [pieces[number] for number in sorted(pieces)]
    declared = ""
    if ordered[0][0] and ordered[0][1].count("'") >= 2:
        declared, _, rest = ordered[0][1].split("'", 2)
        ordered[0] = True, rest
    octets = b"".join(
        unquote_to_bytes(text) if encoded else text.encode("utf_8", "replace")
        for encoded, text in ordered
    )
    return charset.decode(octets, declared)[0]


def _parameters(value: str) -> list[tuple[str, str]]:
    """Split `type; a=b; c="d;e"` by hand, each letter once."""
    found: list[tuple[str, str]] = []
    at = value.find(";") + 1
    while 0 < at < len(value) and len(found) < 200:
        equals = value.find("=", at)
        if equals < 0:
            break
        name = value[at:equals].rpartition(";")[2].strip().lower()
        start = equals + 1
        while start < len(value) and value[start].isspace():
            start += 1
        text, at = _quoted(value, start) if value[start : start + 1] == '"' else ("", 0)
        if not at:
            end = value.find(";", start)
            end = len(value) if end < 0 else end
            text, at = value[start:end].strip(' \t\r\n"'), end + 1
        found.append((name, text))
    return found


def _quoted(value: str, start: int) -> tuple[str, int]:
    """Read a quoted string; position 0 when it never ends."""
    out: list[str] = []
    at = start + 1
    while at < len(value):
        if value[at] == '"':
            end = value.find(";", at)
            return "".join(out), (len(value) if end < 0 else end) + 1
        if value[at] == "\\" and value[at + 1 : at + 2] in ('"', "\\"):
            at += 1
        out.append(value[at : at + 1])
        at += 1
    return "", 0


def safe_name(name: str) -> str:
    """Make a name that is one: no path, no controls, no bidi, no edge dots (T14).

    The ending survives the cut to 120 letters, since people judge a file by it.
    """
    name = unicodedata.normalize("NFC", headers.clean_name(name))
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join("_" if letter in ':*?"<>|' else letter for letter in name)
    name = " ".join(name.split()).strip(". ")
    if len(name) <= _LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 10:
        return f"{stem[: _LONGEST_NAME - 1 - len(ending)]}.{ending}"
    return name[:_LONGEST_NAME]


_ENDINGS = {
    "message/rfc822": "message.eml",
    "text/plain": "text.txt",
    "text/html": "page.html",
    "text/calendar": "invitation.ics",
    "image/png": "picture.png",
    "image/jpeg": "picture.jpg",
    "image/gif": "picture.gif",
    "application/pdf": "document.pdf",
    "application/pgp-signature": "signature.asc",
    "application/pkcs7-signature": "smime.p7s",
    "message/delivery-status": "delivery-status.txt",
}


def _default_name(kind: str) -> str:
    return _ENDINGS.get(kind, "attachment")
