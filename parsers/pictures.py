"""Where the pictures of a mail stand in its text (decisions E45).

The author's page shows them by Content-ID (RFC 2392); the text beside it names them in
as many ways as there are mail programs, or not at all.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers.attachment import Attachment

TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What every mail program shows, and none runs."""

_MOST = 20
_WORD = re.compile(r"\w+")
_NEAR = (6, 3)
"""So many words beside a picture find its place; the fewer when more do not."""
_LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, and the words that stand for it in the text."""

    content_id: str
    mark: str


@dataclass(slots=True)
class _Stand:
    """One picture of a page, with the words of the page on both sides of it."""

    content_id: str
    alt: str
    before: list[str]
    after: list[str]


def place(
    text: str, html: str, files: Iterable[Attachment]
) -> tuple[str, tuple[Picture, ...]]:
    """Give the text with a mark for each picture that its author set among it.

    `html` is the sanitised page of the same mail. A mark that the text has already is
    taken as it is; where there is none the picture's name is put in brackets. Pictures
    of quotes, and those whose place is not found, stay mere files.
    """
    shown = {
        one.content_id: one.name
        for one in files
        if one.content_id and one.type in TYPES
    }
    if not shown or "cid:" not in html:
        return text, ()
    found: list[Picture] = []
    at = 0
    for stand in _stands(html):
        name = shown.pop(stand.content_id, None)
        if name is None:
            continue
        marked = _marked(text, at, stand, name) or _mark(text, at, stand, name)
        if marked is not None:
            text, at, mark = marked
            found.append(Picture(stand.content_id, mark))
    return text, tuple(found)


def _stands(html: str) -> Iterator[_Stand]:
    """Give the pictures of a page with the words between each and its neighbours."""
    body = LexborHTMLParser(html).body
    words: list[str] = []
    stands: list[_Stand] = []
    for node in body.traverse(include_text=True) if body is not None else ():
        if node.tag == "-text":
            words += _WORD.findall(node.text_content or "")
        elif node.tag == "img" and len(stands) < _MOST and not _is_quoted(node):
            source = unquote((node.attributes.get("src") or "").removeprefix("cid:"))
            alt = " ".join((node.attributes.get("alt") or "").split())
            after: list[str] = []
            stands.append(_Stand(source, alt, words, after))
            words = after
    return iter(stands)


def _is_quoted(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag == "blockquote":
            return True
        parent = parent.parent
    return False


def _marked(
    text: str, at: int, stand: _Stand, name: str
) -> tuple[str, int, str] | None:
    """Find what a mail program wrote in a picture's place."""
    called = dict.fromkeys(one for one in (stand.alt, name) if one)
    marks = [f"[cid:{stand.content_id}]"]
    for one in called:
        marks += (f"[image: {one}]", f"[{one}]", f"<{one}>")
    found = [(where, mark) for mark in marks if (where := text.find(mark, at)) >= 0]
    if not found:
        return None
    where, mark = min(found)
    return text, where + len(mark), mark


def _mark(text: str, at: int, stand: _Stand, name: str) -> tuple[str, int, str] | None:
    """Put a picture's name where the words beside it stand."""
    mark = f"[{name}]"
    if at and not stand.before:
        put = f"\n\n{mark}"
        return text[:at] + put + text[at:], at + len(put), mark
    for count in _NEAR:
        if found := _search(stand.before[-count:], text, at):
            where = found.end() + len(re.match(r"[^\w\s]*", text[found.end() :])[0])  # type: ignore[index]
            rest = text[where:].split("\n", 1)[0]
            put = f" {mark}" if rest.strip() else f"\n\n{mark}"
            return text[:where] + put + text[where:], where + len(put), mark
        if found := _search(stand.after[:count], text, at):
            where = found.start()
            put = (
                f"{mark}\n\n"
                if text[:where].endswith("\n") or not where
                else f"{mark} "
            )
            return text[:where] + put + text[where:], where + len(put), mark
    return None


def _search(words: list[str], text: str, at: int) -> re.Match[str] | None:
    if not words:
        return None
    said = r"\W+".join(re.escape(word[:_LONGEST_WORD]) for word in words)
    return re.compile(rf"\b{said}\b").search(text, at)
