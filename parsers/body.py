"""The body of a mail: which parts a person would read, and which are files."""

from dataclasses import dataclass, field
from email.message import Message

from parsers import charset, markup
from parsers.attachment import Attachment, raw_name
from parsers.attachment import read as read_attachment
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


def read(message: Part, bounds: Bounds) -> Body:
    """Choose the body (RFC 2046 5.1) and read it; never raises."""
    found = _sort(message)
    if not any(piece.plain or piece.html for piece in found.pieces):
        _promote(found)
    defects: dict[str, None] = {}
    lines: list[Line] = []
    pages: list[str] = []
    most = bounds.text_kb * 1000
    for piece in found.pieces:
        if lines:
            lines.append(Line(""))
        lines += _read_piece(piece, pages, most, defects)
    lines = _cut(lines, most, defects)
    if len(found.files) > bounds.files:
        defects["too many attachments"] = None
    return Body(
        tuple(lines),
        "\n".join(filter(None, map(markup.sanitise, pages))),
        tuple(read_attachment(part) for part in found.files[: bounds.files]),
        tuple(defects),
    )


def _sort(part: Part) -> _Found:
    """Part body from files, going down a tree whose depth is bounded."""
    if not part.is_multipart() or part.get_content_type() == "message/delivery-status":
        return _sort_leaf(part)
    children = [child for child in part.get_payload() if isinstance(child, Message)]
    if part.get_content_type() == "multipart/alternative":
        return _alternative([_sort(child) for child in children])
    found = _Found()
    for child in children:
        below = _sort(child)
        found.pieces += below.pieces
        found.files += below.files
    return found


def _sort_leaf(part: Part) -> _Found:
    kind = part.get_content_type()
    disposition = str(part.get("content-disposition", "")).strip().lower()
    if kind.startswith("multipart/"):
        kind = "text/plain"  # it never came apart: its boundary is missing
    if kind not in _BODIES or disposition.startswith("attachment") or raw_name(part):
        return _Found(files=[part])
    is_html = kind == "text/html"
    return _Found([_Piece(html=part) if is_html else _Piece(plain=part)])


_BODIES = frozenset(("text/plain", "text/html", "text/enriched", "text"))


def _alternative(choices: list[_Found]) -> _Found:
    """Put the ways of saying the same thing into one piece."""
    files = [part for choice in choices for part in choice.files]
    texts = [choice for choice in choices if choice.pieces]
    plain = [c for c in texts if any(piece.plain for piece in c.pieces)]
    pages = [c for c in texts if any(piece.html for piece in c.pieces)]
    if not plain or not pages:
        best = plain[:1] or texts[-1:]
        return _Found(best[0].pieces if best else [], files)
    html = next(piece.html for piece in pages[-1].pieces if piece.html)
    first, *more = plain[0].pieces
    return _Found([_Piece(first.plain, html), *more], files)


def _promote(found: _Found) -> None:
    """Where nothing else is a body, a named text is it, and stays a file too."""
    for part in found.files:
        disposition = str(part.get("content-disposition", "")).strip().lower()
        kind = part.get_content_type()
        if kind in _BODIES and not disposition.startswith("attachment"):
            is_html = kind == "text/html"
            found.pieces.append(_Piece(html=part) if is_html else _Piece(plain=part))
            return


def _read_piece(
    piece: _Piece, pages: list[str], most: int, defects: dict[str, None]
) -> list[Line]:
    html = ""
    if piece.html is not None:
        html = _text(piece.html, 2 * most, defects)
        pages.append(html)
    plain = _plain(piece.plain, most, defects) if piece.plain is not None else ""
    if plain.strip() and not (html and _is_stub(plain)):
        return [Line(line) for line in plain.split("\n")]
    return [Line(clean(line.text), line.kind) for line in markup.read(html)]


def _is_stub(plain: str) -> bool:
    """Say whether a text part only says that one should look at the other."""
    return len(plain) < 300 and "html" in plain.lower()


def _plain(part: Part, most: int, defects: dict[str, None]) -> str:
    text = clean(_text(part, most, defects))
    declared = {str(name).lower(): value for name, value in _content_parameters(part)}
    if str(declared.get("format", "")).lower() == "flowed":
        return _unflow(text, delsp=str(declared.get("delsp", "")).lower() == "yes")
    return text


def _content_parameters(part: Part) -> list[tuple[str, str]]:
    found = part.get_params(failobj=[])
    return [pair for pair in found if isinstance(pair, tuple) and len(pair) == 2]


def _text(part: Part, most: int, defects: dict[str, None]) -> str:
    data = octets(part)
    if len(data) > 4 * most:
        data = data[: 4 * most]
        defects["the text was cut"] = None
    declared = part.get_param("charset", "")
    name = declared[2] if isinstance(declared, tuple) else str(declared)
    text, defect = charset.decode(data, name or "")
    if defect:
        defects[defect] = None
    return text


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
