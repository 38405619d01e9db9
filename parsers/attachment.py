"""Files that came with a mail: their names made harmless, their content as it was."""

import unicodedata
from dataclasses import dataclass

from parsers import fields as header_fields
from parsers import header as headers
from parsers import parameters
from parsers.parts import Bounds, Part, octets, read_tree

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
    content_id = clean_id(head.text("content-id"))
    disposition = head.word("content-disposition")
    inline = disposition == "inline" or (
        bool(content_id) and disposition != "attachment"
    )
    name = safe_name(raw_name(part)) or default_name(kind)
    return Attachment(name, kind, len(content), inline, content_id, content)


def named(name: str, content: bytes) -> Attachment:
    """Give a file that stood inside a text (uuencode)."""
    kind = "application/octet-stream"
    name = safe_name(name) or default_name(kind)
    return Attachment(name, kind, len(content), False, "", content)  # noqa: FBT003


def clean_id(text: str) -> str:
    """Give a Content-ID as pages name it in `cid:`."""
    return headers.clean_line(text).strip("<> ")[:250]


def raw_name(part: Part) -> str:
    """Give the decoded file name as the sender wrote it; empty when there is none."""
    head = header_fields.of(part)
    for field, parameter in (
        ("content-disposition", "filename"),
        ("content-type", "name"),
    ):
        for value in head.all(field)[:5]:
            if name := parameters.read(value, parameter):
                return name
    return _mail_name(part) if part.get_content_type() in _MAILS else ""


_MAILS = ("message/rfc822", "message/global")


def _mail_name(part: Part) -> str:
    """Name an attached mail as it is described, else by its subject."""
    described = headers.decode(str(part.get("content-description", "")))
    if described.strip():
        return described
    inner, _ = read_tree(octets(part)[:_HEADING], Bounds(depth=1, parts=1))
    subject = header_fields.of(inner).text("subject").replace("/", "-")
    return f"{subject[:_LONGEST_NAME]}.eml" if subject else ""


_HEADING = 20_000


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


def default_name(kind: str) -> str:
    """Give a name to a file that came without one."""
    return _ENDINGS.get(kind, "attachment")
