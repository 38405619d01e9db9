"""Bodies as octets: quoted-printable twins and unchanged files (RFC 2045, 2046)."""

import base64
import binascii
import hashlib
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from templates import header

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_CONTENT_ID = re.compile(r"[!-;=?-~]{1,200}")
# Controls that no reader needs and a terminal may obey (T22); tabs and line ends stay.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")


class File(Protocol):
    """What a letter needs of an attachment (parsers.mail.Attachment has it)."""

    @property
    def name(self) -> str:
        """As it should be saved."""

    @property
    def type(self) -> str:
        """Its media type, lower case or not."""

    @property
    def inline(self) -> bool:
        """Whether it is shown inside the text."""

    @property
    def content_id(self) -> str:
        """What the text calls it, with or without brackets."""

    @property
    def content(self) -> bytes:
        """The octets, decoded."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A MIME entity: its header fields and its body (RFC 2045 section 2.4)."""

    fields: tuple[tuple[str, str], ...]
    body: bytes

    def octets(self) -> bytes:
        """Give header section, empty line and body."""
        return header.write(self.fields) + b"\r\n" + self.body


def plain(text: str) -> str:
    """Give text with LF line ends and without controls; nothing else is touched."""
    return _CONTROLS.sub("", _LINE_END.sub("\n", text))


def letter(
    text: str,
    html: str,
    files: Sequence[File],
    seed: str,
    shown: Container[str] = (),
) -> Entity:
    """Build the twins, text first, and behind them the files.

    Files whose Content-ID is among `shown` are pictures of the page and stand beside
    it (RFC 2387). `seed` makes the boundaries: a letter is the same octets whenever it
    is composed.
    """
    page = _text("html", html)
    pictures = [one for one in files if one.content_id in shown]
    if pictures:
        related = [page, *map(_file, pictures)]
        page = _multipart('related; type="text/html"', related, f"{seed} page")
    twins = _multipart("alternative", [_text("plain", text), page], seed)
    others = [_file(one) for one in files if one.content_id not in shown]
    if not others:
        return twins
    return _multipart("mixed", [twins, *others], f"{seed} files")


def may_be_shown(content_id: str) -> bool:
    """Say whether a page may name a file so (RFC 2392)."""
    return bool(_CONTENT_ID.fullmatch(content_id))


def plain_letter(text: str) -> Entity:
    """Build a letter of text alone."""
    return _text("plain", text)


_TEXT = b"Content-Type: text/plain; charset=utf-8\r\n"


def text_of(octets: bytes) -> str:
    """Give the text twin of a letter that `letter` built, as far as the octets go."""
    _, is_there, part = octets.partition(_TEXT)
    if not is_there:
        return ""
    body = part.partition(b"\r\n\r\n")[2].partition(b"\r\n--=_")[0]
    return binascii.a2b_qp(body).decode("utf-8", "replace").replace("\r\n", "\n")


def _text(subtype: str, text: str) -> Entity:
    """Encode as quoted-printable, never base64, so that tokens can be spliced in."""
    lines = plain(text).strip("\n").encode("utf-8", "replace")
    lines = lines.replace(b"\n", b"\r\n")
    body = binascii.b2a_qp(lines + b"\r\n", istext=True)
    # A mailbox in mbox format would quote such a line and break the signature.
    body = body.replace(b"\r\nFrom ", b"\r\n=46rom ")
    if body.startswith(b"From "):
        body = b"=46rom " + body[5:]
    return Entity(
        (
            ("Content-Type", f"text/{subtype}; charset=utf-8"),
            ("Content-Transfer-Encoding", "quoted-printable"),
        ),
        body,
    )


def _multipart(subtype: str, parts: Sequence[Entity], seed: str) -> Entity:
    octets = [part.octets() for part in parts]
    boundary = _boundary(seed, octets)
    line = b"--" + boundary.encode("ascii")
    body = b"".join(line + b"\r\n" + one + b"\r\n" for one in octets)
    value = f'multipart/{subtype}; boundary="{boundary}"'
    return Entity((("Content-Type", value),), body + line + b"--\r\n")


def _boundary(seed: str, parts: Sequence[bytes]) -> str:
    """Find one that stands in no part; "=_" cannot in encoded ones (RFC 2045 6.7)."""
    number = 0
    while True:
        digest = hashlib.sha256(f"{seed} {number}".encode("utf-8", "replace"))
        boundary = f"=_{digest.hexdigest()[:32]}"
        if not any(boundary.encode("ascii") in part for part in parts):
            return boundary
        number += 1


def _file(file: File) -> Entity:
    kind = file.type.lower()
    if kind == "message/rfc822" and _is_seven_bit(file.content):
        return Entity((("Content-Type", kind), _disposition(file)), file.content)
    if not _TYPE.fullmatch(kind) or kind.startswith(("message/", "multipart/")):
        # These may not be base64 (RFC 2046 sections 5.1 and 5.2); the octets count.
        kind = "application/octet-stream"
    fields = [
        ("Content-Type", kind),
        ("Content-Transfer-Encoding", "base64"),
        _disposition(file),
    ]
    content_id = file.content_id.strip("<> ")
    if content_id and _CONTENT_ID.fullmatch(content_id):
        fields.append(("Content-ID", f"<{content_id}>"))
    body = base64.encodebytes(file.content).replace(b"\n", b"\r\n")
    return Entity(tuple(fields), body)


def _is_seven_bit(content: bytes) -> bool:
    """Say whether the octets may travel as they are (RFC 2045 section 2.7)."""
    if not content.isascii() or b"\0" in content:
        return False
    lines = content.split(b"\r\n")
    return all(
        len(line) <= 998 and b"\r" not in line and b"\n" not in line for line in lines
    )


def _disposition(file: File) -> tuple[str, str]:
    """Name the file by RFC 2183, beyond ASCII by RFC 2231."""
    how = "inline" if file.inline else "attachment"
    name = header.squash(file.name, longest=20_000)
    stem, dot, ending = name.rpartition(".")
    if len(name) > 100:
        name = (stem or name)[: 99 - len(ending[:20])] + dot + ending[:20]
    if not name:
        return ("Content-Disposition", how)
    if name.isascii():
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return ("Content-Disposition", f'{how}; filename="{escaped}"')
    encoded = quote(name.encode("utf-8", "replace"), safe="")
    return ("Content-Disposition", f"{how}; filename*=utf-8''{encoded}")
