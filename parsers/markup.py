"""HTML becomes readable lines, and clean HTML; nothing remote survives."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers.nesting import BLOCKS, tame

LONGEST = 1_000_000
"""Letters of HTML that are read."""

_MOST_DEPTH = 10
"""Levels of quotes and lists that show; text stands below them all the same."""

_SPACED = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"))
_SKIPPED_WORDS = """
head script style template title noscript object iframe svg math select textarea button
"""
_SKIPPED = frozenset(_SKIPPED_WORDS.split())


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
        if not _is_hidden(node):
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


def _is_hidden(node: LexborNode) -> bool:
    """Say whether nobody sees this: commands in it must not count (promises T20)."""
    tag = node.tag
    if tag in _SKIPPED:
        return True
    if tag is None or tag.startswith("-") or tag in ("html", "body"):
        return False
    attributes = node.attributes
    if not attributes:
        return False
    style = "".join((attributes.get("style") or "").lower().split())
    return (
        "hidden" in attributes
        or "display:none" in style
        or "visibility:hidden" in style
        or "mso-hide:all" in style
        or _is_size_nought(style)
    )


def _is_size_nought(style: str) -> bool:
    for name in ("font-size:0", "max-height:0"):
        _, found, rest = style.partition(name)
        if (
            found
            and not rest.startswith(("0", "."))
            and rest.lstrip("pxtem")[:1] in ("", ";")
        ):
            return True
    return False


_QUOTES = (
    "yahoo_quoted",
    "protonmail_quote",
    "tutanota_quote",
    "zmail_extra",
    "ms-outlook-mobile-reference-message",
    "olk_src_body_section",
    "mail-editor-reference-message-container",
)
"""Classes and ids of containers that hold nothing but what was answered."""

_SIGNATURES = (
    "gmail_signature",
    "moz-signature",
    "applemailsignature",
    "ms-outlook-mobile-signature",
    "protonmail_signature_block",
    "yahoo-signature",
)
_SIGNATURE_IDS = frozenset(("signature", "x_signature", "ymail_android_signature"))


def _container(node: LexborNode) -> str:
    """Say what a mail program marks this element as: quote, signature or nothing."""
    attributes = node.attributes
    if node.tag == "blockquote" or not attributes:
        return ""
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
    if (attributes.get("name") or "").lower() == "quote":
        return "quote"
    if any(one in names for one in _QUOTES):
        return "quote"
    if any(one in names for one in _SIGNATURES):
        return "signature"
    return "signature" if _SIGNATURE_IDS & set(names.split()) else ""


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
        if kind := _container(node):
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
            case "td" | "th":
                self._line.append(" ")
            case "a" | "img":
                self._attributed(tag, node)

    def _attributed(self, tag: str, node: LexborNode) -> None:
        if tag == "a":
            href = node.attributes.get("href") or ""
            self._links.append((node.mem_id, href.strip(), len(self._line)))
            return
        alt = (node.attributes.get("alt") or "").strip()
        source = node.attributes.get("src") or ""
        if not alt and source[:4].lower() == "cid:" and not _is_pixel(node):
            alt = self._pictures.get(unquote(source[4:254]), "")
        if alt and len(alt) < 200:
            self._text(f"[{alt}]")

    def leave(self, node: LexborNode) -> None:
        tag = node.tag
        if tag is None or tag == "-text":
            return
        match tag:
            case "blockquote":
                self._break()
                self._quotes -= 1
            case "pre":
                self._break()
                self._pre -= 1
            case "ul" | "ol":
                self._break()
                self._lists = self._lists[:-1]
            case "a":
                self._link(node)
        if tag in BLOCKS:
            self._break(spaced=tag in _SPACED and not self._lists)
        if self._kinds and self._kinds[-1][0] == node.mem_id:
            self._break()
            self._kinds.pop()

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


def _is_pixel(node: LexborNode) -> bool:
    """Say whether a picture is too small to be seen: it counts readers."""
    sizes = [(node.attributes.get(name) or "").strip() for name in ("width", "height")]
    return any(size.removesuffix("px").strip() in ("0", "1", "2") for size in sizes)


def _is_empty(line: Line) -> bool:
    return not line.text.strip("> ")


def _fold(text: str) -> str:
    """Fold the blanks of a line; those that indent a list stay."""
    body = text.lstrip(" ")
    is_item = body.startswith("- ") or body[:1].isdecimal()
    indent = text[: len(text) - len(body)] if is_item else ""
    return indent + " ".join(body.split())


_TAG_WORDS = """
a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins li ol p
pre q s small span strike strong sub sup table tbody td tfoot th thead tr u ul
"""
_TAGS = frozenset(_TAG_WORDS.split())
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
    "*": {"dir", "lang"},
}


_MOST_ENTITIES = 100_000


def sanitise(html: str) -> str:
    """Give HTML of a small safe subset (promises T12, T13).

    Pictures stay only when they lie in the mail itself (`cid:`); nothing remote
    loads, no style, class or id is kept.
    """
    html = html[:LONGEST]
    html = tame(html)
    if not html.strip() or html.count("&") > _MOST_ENTITIES:
        return ""
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_filter,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
        clean_content_tags={"script", "style", "title"},
        strip_comments=True,
    )


def _filter(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if value.lower().startswith("cid:") else None
    if tag != "img" and value.lower().startswith("cid:"):
        return None
    return value
