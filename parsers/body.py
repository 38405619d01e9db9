"""The body of a mail: which parts a person would read, and which are files."""

import re
from dataclasses import dataclass, field
from email.message import Message

from parsers import (
    attachment,
    charset,
    enriched,
    files,
    markup,
    meeting,
    parameters,
    reaction,
    sanitised,
    transfer,
)
from parsers.attachment import Attachment, raw_name
from parsers.markup import Line
from parsers.parts import Bounds, Part, octets


@dataclass(frozen=True, slots=True)
class Body:
    """Lines of readable text, safe HTML, files, and what went wrong."""

    lines: tuple[Line, ...]
    html: str
    attachments: tuple[Attachment, ...]
    defects: tuple[str, ...]


@dataclass(slots=True)
class _Piece:
    """A stretch of the body: as text, as HTML, or both."""

    plain: Part | None = None
    html: Part | None = None


@dataclass(slots=True)
class _Found:
    pieces: list[_Piece] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read(message: Part, bounds: Bounds) -> Body:
    """Choose the body (RFC 2046 5.1) and read it; never raises."""
    found = _sort(message)
    if not any(piece.plain or piece.html for piece in found.pieces):
        _promote(found)
    unpacked = files.read(found.files, bounds.files)
    writer = _Writer(bounds.text_kb * 1000, _pictures(unpacked))
    for piece in found.pieces:
        writer.piece(piece)
    if not writer.has_text():
        writer.packed(unpacked)
    writer.notes([*found.notes, *_meetings(found.files)])
    lines = _cut(writer.lines, bounds.text_kb * 1000, writer.defects)
    if unpacked.too_many:
        writer.defects["too many attachments"] = None
    if unpacked.broken:
        writer.defects["a broken winmail.dat"] = None
    attached = (*unpacked.found, *writer.files)[: bounds.files]
    html = "\n".join(filter(None, map(sanitised.sanitise, writer.pages)))
    return Body(tuple(lines), html, attached, tuple(writer.defects))


def _pictures(unpacked: files.Files) -> dict[str, str]:
    """Give the names of files that a page may show in its text."""
    return {one.content_id: one.name for one in unpacked.found if one.content_id}


def _meetings(parts: list[Part]) -> list[str]:
    """Say what a mail invites to: one line for all forms of the same invitation."""
    said: dict[str, None] = {}
    for part in parts[:_MOST_MEETINGS]:
        if part.get_content_type() in meeting.TYPES:
            text = charset.decode(octets(part), _charset(part) or "utf-8")[0]
            said[meeting.line(text)] = None
    return [line for line in said if line]


_MOST_MEETINGS = 20


def _sort(part: Part) -> _Found:
    """Part body from files, going down a tree whose depth is bounded."""
    kind = part.get_content_type()
    if not part.is_multipart() or kind == "message/delivery-status":
        return _sort_leaf(part)
    children = [child for child in part.get_payload() if isinstance(child, Message)]
    if kind == "multipart/alternative":
        return _alternative([_sort(child) for child in children])
    found = _Found()
    for child in children:
        below = _sort(child)
        found.pieces += below.pieces
        found.files += below.files
        found.notes += below.notes
    if kind == "multipart/encrypted":
        found.notes.append(_SEALED)
    return found


def _sort_leaf(part: Part) -> _Found:
    kind = part.get_content_type()
    disposition = str(part.get("content-disposition", "")).strip().lower()
    if kind.startswith("multipart/"):
        kind = "text/plain"  # it never came apart: its boundary is missing
    if kind in _SMIME:
        return _Found(files=[part], notes=[_smime(part)])
    if not _is_text(kind) or disposition.startswith("attachment") or raw_name(part):
        return _Found(files=[part])
    is_html = kind in _PAGES
    return _Found([_Piece(html=part) if is_html else _Piece(plain=part)])


_PAGES = ("text/html", "application/xhtml+xml")
_SMIME = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_SEALED = "[This mail is encrypted; its text can be read where its key is.]"
_SIGNED = "[This mail is signed in a way that hides its text; it is in the file.]"

_TWINS = frozenset(("text/x-amp-html", "text/watch-html", reaction.GMAIL))
"""The same letter again for one make of reader: neither body nor file."""
_NOT_BODY_WORDS = """
text/rfc822-headers text/rtf text/css text/csv text/javascript text/vcard text/x-vcard
text/directory text/xml
"""
_NOT_BODIES = frozenset((*meeting.TYPES, *_TWINS, *_NOT_BODY_WORDS.split()))


def _is_text(kind: str) -> bool:
    """Say whether a part is for people to read, as it is or after a page is read."""
    return kind in _PAGES or (kind.startswith("text/") and kind not in _NOT_BODIES)


def _smime(part: Part) -> str:
    """Say why a sealed mail shows no text (RFC 8551 3.2)."""
    said = parameters.read(str(part.get("content-type", "")), "smime-type")
    return _SIGNED if said.strip().lower() == "signed-data" else _SEALED


def _alternative(choices: list[_Found]) -> _Found:
    """Put the ways of saying the same thing into one piece."""
    parts = [part for choice in choices for part in choice.files]
    parts = [part for part in parts if part.get_content_type() not in _TWINS]
    notes = [note for choice in choices for note in choice.notes]
    texts = [choice for choice in choices if choice.pieces]
    plain = [c for c in texts if any(piece.plain for piece in c.pieces)]
    pages = [c for c in texts if any(piece.html for piece in c.pieces)]
    if not plain or not pages:
        best = plain[:1] or texts[-1:]
        return _Found(best[0].pieces if best else [], parts, notes)
    html = next(piece.html for piece in pages[-1].pieces if piece.html)
    first, *more = plain[0].pieces
    return _Found([_Piece(first.plain, html), *more], parts, notes)


def _promote(found: _Found) -> None:
    """Where nothing else is a body, a named text is it, and stays a file too."""
    for part in found.files:
        disposition = str(part.get("content-disposition", "")).strip().lower()
        kind = part.get_content_type()
        if _is_text(kind) and not disposition.startswith("attachment"):
            is_html = kind in _PAGES
            found.pieces.append(_Piece(html=part) if is_html else _Piece(plain=part))
            return


class _Writer:
    """Collects the lines, pages and defects of the pieces of a body."""

    def __init__(self, most: int, pictures: dict[str, str]) -> None:
        self._most = most
        self._pictures = pictures
        self.lines: list[Line] = []
        self.pages: list[str] = []
        self.files: list[Attachment] = []
        self.defects: dict[str, None] = {}

    def piece(self, piece: _Piece) -> None:
        """Add what a person would read of a piece: its text, or its page as text."""
        if self.lines:
            self.lines.append(Line(""))
        html = ""
        if piece.html is not None:
            html = self._decoded(piece.html, 2 * self._most)
            self.pages.append(html)
        plain = self._plain(piece.plain) if piece.plain is not None else ""
        if plain.strip() and not (html and _is_stub(plain)):
            self.lines += [Line(line) for line in plain.split("\n")]
        else:
            self._page(html)

    def packed(self, unpacked: files.Files) -> None:
        """Add the text that only a winmail.dat holds."""
        if unpacked.html:
            data = unpacked.html[: 2 * self._most]
            html = charset.decode(data, _said_within(data))[0]
            self.pages.append(html)
            self._page(html)
        if not self.has_text() and unpacked.text:
            text = clean(unpacked.text[: self._most]).strip("\n")
            self.lines += [Line(line) for line in text.split("\n")]

    def notes(self, notes: list[str]) -> None:
        """Put lines of ours above the text."""
        if notes:
            below = [Line(""), *self.lines] if self.has_text() else []
            self.lines = [*(Line(note) for note in dict.fromkeys(notes)), *below]

    def has_text(self) -> bool:
        """Say whether anything can be read yet."""
        return any(line.text.strip() for line in self.lines)

    def _page(self, html: str) -> None:
        shown = markup.read(html, self._pictures)
        self.lines += [Line(clean(line.text), line.kind) for line in shown]

    def _plain(self, part: Part) -> str:
        text = clean(self._decoded(part, self._most))
        if part.get_content_type() in enriched.TYPES:
            return enriched.read(text)
        if "begin " in text:
            text, packed = transfer.uu_files(text)
            self.files += [attachment.named(name, data) for name, data in packed]
        declared = str(part.get("content-type", ""))
        if parameters.read(declared, "format").strip().lower() == "flowed":
            delsp = parameters.read(declared, "delsp").strip().lower() == "yes"
            return _unflow(text, delsp=delsp)
        return text

    def _decoded(self, part: Part, most: int) -> str:
        data = octets(part)
        if len(data) > 4 * most:
            data = data[: 4 * most]
            self.defects["the text was cut"] = None
        name = _charset(part)
        if not charset.codec(name) and part.get_content_type() == "text/html":
            name = _said_within(data) or name
        text, defect = charset.decode(data, name)
        if defect:
            self.defects[defect] = None
        return text


def _charset(part: Part) -> str:
    return parameters.read(str(part.get("content-type", "")), "charset")


def _is_stub(plain: str) -> bool:
    """Say whether a text part only says that one should look at the other."""
    return len(plain) < 300 and "html" in plain.lower()


def _said_within(page: bytes) -> str:
    """Give the charset that a page names itself (HTML 13.2.3.2), empty for none."""
    match = _META.search(page[:4096])
    return match[1].decode("ascii") if match else ""


_META = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE
)

_DROPPED = {
    **dict.fromkeys(range(32)),
    **dict.fromkeys(range(0x7F, 0xA0)),
    **dict.fromkeys((0xFEFF, 0x202D, 0x202E)),
    0x09: "\t",
    0x0A: "\n",
    0x0B: "\n",
    0x0C: "\n",
    0x85: "\n",
    0x2028: "\n",
    0x2029: "\n",
}


def clean(text: str) -> str:
    """Give text with one kind of line end and without controls or bidi overrides."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_DROPPED)


def _unflow(text: str, *, delsp: bool) -> str:
    """Join soft line breaks (RFC 3676 4.2): a line that ends in a blank goes on."""
    out: list[str] = []
    flowing: tuple[int, list[str]] | None = None
    for line in text.split("\n"):
        body = line.lstrip(">")
        depth = len(line) - len(body)
        body = body.removeprefix(" ") if depth or body.startswith(" ") else body
        soft = body.endswith(" ") and body != "-- "
        if flowing is not None and (flowing[0] != depth or body == "-- "):
            out.append(_flow(flowing))
            flowing = None
        if flowing is None:
            flowing = depth, []
        flowing[1].append(body[:-1] if soft and delsp else body)
        if not soft:
            out.append(_flow(flowing))
            flowing = None
    if flowing is not None:
        out.append(_flow(flowing))
    return "\n".join(out)


def _flow(flowing: tuple[int, list[str]]) -> str:
    depth, pieces = flowing
    text = "".join(pieces)
    return f"{'>' * depth} {text}" if depth else text


def _cut(lines: list[Line], most: int, defects: dict[str, None]) -> list[Line]:
    left = most
    for position, line in enumerate(lines):
        left -= len(line.text) + 1
        if left < 0:
            defects["the text was cut"] = None
            return [*lines[:position], Line(line.text[: left + len(line.text) + 1])]
    return lines
