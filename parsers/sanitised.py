"""HTML of strangers becomes a small safe subset; nothing remote survives."""

import nh3
from selectolax.lexbor import LexborHTMLParser

from parsers import nodes
from parsers.markup import LONGEST
from parsers.nesting import tame

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
    loads, and a note stands in its place; no style, class or id is kept.
    """
    html = html[:LONGEST]
    html = tame(html)
    if not html.strip() or html.count("&") > _MOST_ENTITIES:
        return ""
    return nh3.clean(
        _note_pictures(html),
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_filter,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
        clean_content_tags={"script", "style", "title"},
        strip_comments=True,
    )


def _note_pictures(html: str) -> str:
    """Put a note where a picture of somewhere else would be, but none for pixels."""
    if not 0 < html.lower().count("<img") <= _MOST_PICTURES:
        return html
    tree = LexborHTMLParser(html)
    for node in tree.css("img"):
        if (node.attributes.get("src") or "").strip()[:4].lower() == "cid:":
            continue
        alt = " ".join((node.attributes.get("alt") or "").split())[:_LONGEST_ALT]
        if alt:
            node.replace_with(f"[{alt}: picture not loaded]")
        elif nodes.is_pixel(node) or nodes.is_hidden(node):
            node.decompose()
        else:
            node.replace_with("[picture not loaded]")
    return (tree.body.inner_html if tree.body is not None else None) or ""


_LONGEST_ALT = 100
_MOST_PICTURES = 5_000


def _filter(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if value.lower().startswith("cid:") else None
    if tag != "img" and value.lower().startswith("cid:"):
        return None
    return value
