"""The files of a mail: parts that are files, and those packed inside other parts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from mimetypes import MimeTypes

from parsers import attachment, tnef
from parsers.attachment import Attachment
from parsers.parts import Part

_TYPES = MimeTypes()
"""The library's own table; the system's would make two machines read differently."""


@dataclass(slots=True)
class Files:
    """Files in their order, and the text that stood in a pack beside them."""

    found: list[Attachment] = field(default_factory=list)
    text: str = ""
    html: bytes = b""
    too_many: bool = False
    broken: bool = False


def read(parts: Iterable[Part], most: int) -> Files:
    """Read parts as files; a winmail.dat gives what it holds instead of itself.

    It stays beside them when it could not be read to its end, so nothing is lost.
    """
    files = Files()
    for part in parts:
        if len(files.found) >= most:
            files.too_many = True
            break
        one = attachment.read(part)
        if tnef.is_one(one.content):
            _unpack(one, files, most)
        else:
            files.found.append(one)
    return files


def _unpack(one: Attachment, files: Files, most: int) -> None:
    pack = tnef.read(one.content)
    files.text = files.text or pack.text
    files.html = files.html or pack.html
    if not pack.whole or not (pack.files or pack.text or pack.html):
        files.found.append(one)
        files.broken = True
    for inner in pack.files:
        if len(files.found) >= most:
            files.too_many = True
            return
        files.found.append(_file(inner))


def _file(inner: tnef.File) -> Attachment:
    kind = inner.type.strip().lower()
    if kind.count("/") != 1 or not kind.isascii():
        kind = _TYPES.guess_type(inner.name)[0] or "application/octet-stream"
    name = attachment.safe_name(inner.name) or attachment.default_name(kind)
    content_id = attachment.clean_id(inner.content_id)
    size = len(inner.content)
    return Attachment(name, kind, size, bool(content_id), content_id, inner.content)
