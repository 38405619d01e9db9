"""HTML becomes readable lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers import nodes
from parsers.nesting import BLOCKS, tame

LONGEST = 1_000_000
"""Letters of HTML that are read."""

_MOST_DEPTH = 10
"""Levels of quotes and lists that show; text stands below them all the same."""

_LEFT = frozenset(("blockquote", "pre", "ul", "ol", "table"))
_SPACED = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; `kind` is quote or signature where the HTML says so."""

    text: str
    kind: str = ""


def read(html: str, pictures: Mapping[str, str] | None = None) -> list[Line]:
    """Turn HTML into lines as a person would see them, quotes with `> `.

    `pictures` names those that lie in the mail, by Content-ID; they stand in their
    places as `[name]`.
    """
    html = tame(html[:LONGEST])
    if not html.strip():
        return []
    root = LexborHTMLParser(html).root
    writer = _Writer(pictures or {})
    if root is not None:
        for node, is_end in _walk(root):
            if is_end:
                writer.leave(node)
            else:
                writer.enter(node)
    return writer.lines()


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Go through what shows, without recursion: (node, False) in, (node, True) out."""
    node: LexborNode | None = root
    while node is not None:
        if not nodes.is_hidden(node):
            yield node, False
            if node.child is not None:
                node = node.child
                continue
            yield node, True
        while node is not None and node.next is None:
            node = node.parent
            if node is None or node.mem_id == root.mem_id:
                return
            yield node, True
        node = node.next if node is not None else None


class _Writer:
    """Collects lines while the tree goes by."""

    def __init__(self, pictures: Mapping[str, str]) -> None:
        self._pictures = pictures
        self._done: list[Line] = []
        self._line: list[str] = []
        self._quotes = 0
        self._kinds: list[tuple[int, str]] = []
        self._lists: list[int] = []
        self._links: list[tuple[int, str, int]] = []
        self._tables: list[list[int]] = []
        """Of each open table, the cells of its row so far; nothing for mere layout."""
        self._pre = 0
        self._gap = False

    def enter(self, node: LexborNode) -> None:
        tag = node.tag
        if tag == "-text":
            self._text(node.text_content or "")
            return
        if tag is None or tag.startswith("-"):
            return
        if tag in BLOCKS:
            self._break(spaced=tag in _SPACED and not self._lists)
        if kind := nodes.container(node):
            self._kinds.append((node.mem_id, kind))
        self._open(tag, node)

    def _open(self, tag: str, node: LexborNode) -> None:
        match tag:
            case "br":
                self._break(forced=True)
            case "blockquote":
                self._quotes += 1
            case "pre":
                self._pre += 1
            case "ul" | "ol":
                self._lists.append(-1 if tag == "ul" else 0)
            case "li":
                self._bullet()
            case "table" | "tr" | "td" | "th":
                self._open_table(tag, node)
            case "a" | "img":
                self._attributed(tag, node)

    def _open_table(self, tag: str, node: LexborNode) -> None:
        """Part the cells of a table that has headings; others are mere layout."""
        if tag == "table":
            self._tables.append([0] if nodes.holds_data(node) else [])
            return
        row = self._tables[-1] if self._tables else []
        if tag == "tr":
            row[:] = [0] if row else []
            return
        self._line.append(" | " if row and row[0] else " ")
        if row:
            row[0] += 1

    def _attributed(self, tag: str, node: LexborNode) -> None:
        if tag == "a":
            href = node.attributes.get("href") or ""
            self._links.append((node.mem_id, href.strip(), len(self._line)))
            return
        alt = (node.attributes.get("alt") or "").strip()
        source = node.attributes.get("src") or ""
        if not alt and source[:4].lower() == "cid:" and not nodes.is_pixel(node):
            alt = self._pictures.get(unquote(source[4:254]), "")
        if alt and len(alt) < 200:
            self._text(f"[{alt}]")

    def leave(self, node: LexborNode) -> None:
        tag = node.tag
        if tag is None or tag == "-text":
            return
        if tag in _LEFT:
            self._break()
            self._close(tag)
        elif tag == "a":
            self._link(node)
        if tag in BLOCKS:
            self._break(spaced=tag in _SPACED and not self._lists)
        if self._kinds and self._kinds[-1][0] == node.mem_id:
            self._break()
            self._kinds.pop()

    def _close(self, tag: str) -> None:
        match tag:
            case "blockquote":
                self._quotes -= 1
            case "pre":
                self._pre -= 1
            case "ul" | "ol":
                self._lists = self._lists[:-1]
            case "table":
                self._tables = self._tables[:-1]

    def lines(self) -> list[Line]:
        self._break()
        return self._done

    def _text(self, text: str) -> None:
        if self._pre:
            first, *more = text.replace("\r\n", "\n").split("\n")
            self._line.append(first)
            for line in more:
                self._break(forced=True)
                self._line.append(line)
            return
        folded = " ".join(text.split())
        before = " " if text[:1].isspace() else ""
        after = " " if text[-1:].isspace() and folded else ""
        self._line.append(f"{before}{folded}{after}")

    def _bullet(self) -> None:
        if not self._lists:
            self._line.append("- ")
            return
        indent = "  " * min(len(self._lists) - 1, _MOST_DEPTH)
        if self._lists[-1] < 0:
            self._line.append(f"{indent}- ")
        else:
            self._lists[-1] += 1
            self._line.append(f"{indent}{self._lists[-1]}. ")

    def _link(self, node: LexborNode) -> None:
        """Write where a link leads unless its text says so already."""
        if not self._links or self._links[-1][0] != node.mem_id:
            return
        _, href, start = self._links.pop()
        shown = "".join(self._line[start:]).strip()
        if href.lower().startswith(("http://", "https://", "mailto:")):
            plain = href.removeprefix("mailto:").rstrip("/")
            said = shown.rstrip("/")
            if said and plain not in (said, f"http://{said}", f"https://{said}"):
                self._line.append(f" <{href[:2000]}>")

    def _break(self, *, forced: bool = False, spaced: bool = False) -> None:
        """End the line; a block leaves no empty line, a paragraph leaves one."""
        text = "".join(self._line)
        if not self._pre:
            text = _fold(text)
        self._line.clear()
        self._links = [(one, href, 0) for one, href, _ in self._links[-_MOST_DEPTH:]]
        kind = self._kinds[-1][1] if self._kinds else ""
        prefix = "> " * min(self._quotes, _MOST_DEPTH)
        if text.strip():
            if self._gap:
                self._done.append(Line(prefix.rstrip(), kind))
            self._done.append(Line(f"{prefix}{text.rstrip()}", kind))
            self._gap = False
        elif forced and self._done and not _is_empty(self._done[-1]):
            self._done.append(Line(prefix.rstrip(), kind))
            self._gap = False
        if spaced and self._done and not _is_empty(self._done[-1]):
            self._gap = True


def _is_empty(line: Line) -> bool:
    return not line.text.strip("> ")


def _fold(text: str) -> str:
    """Fold the blanks of a line; those that indent a list stay."""
    body = text.lstrip(" ")
    is_item = body.startswith("- ") or body[:1].isdecimal()
    indent = text[: len(text) - len(body)] if is_item else ""
    return indent + " ".join(body.split())
