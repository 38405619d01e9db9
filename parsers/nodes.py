"""What is asked of an element: whether it is seen, a quote, a table of data."""

from selectolax.lexbor import LexborNode

_SKIPPED_WORDS = """
head script style template title noscript object iframe svg math select textarea button
"""
_SKIPPED = frozenset(_SKIPPED_WORDS.split())


def is_hidden(node: LexborNode) -> bool:
    """Say whether nobody sees this: commands in it must not count (promises T20)."""
    tag = node.tag
    if tag in _SKIPPED:
        return True
    if tag is None or tag.startswith("-") or tag in ("html", "body"):
        return False
    attributes = node.attributes
    if not attributes:
        return False
    if "hidden" in attributes:
        return True
    written = attributes.get("style")
    if not written:
        return False
    style = "".join(written.lower().split())
    return (
        "display:none" in style
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


def container(node: LexborNode) -> str:
    """Say what a mail program marks this element as: quote, signature or nothing."""
    attributes = node.attributes
    if node.tag == "blockquote" or not attributes:
        return ""
    if (attributes.get("name") or "").lower() == "quote":
        return "quote"
    classes, own = attributes.get("class"), attributes.get("id")
    if not classes and not own:
        return ""
    names = f"{classes or ''} {own or ''}".lower()
    if any(one in names for one in _QUOTES):
        return "quote"
    if any(one in names for one in _SIGNATURES):
        return "signature"
    return "signature" if _SIGNATURE_IDS & set(names.split()) else ""


def holds_data(table: LexborNode) -> bool:
    """Say whether the first row of a table has headings."""
    row = table
    for _ in range(3):
        if row.tag == "tr":
            break
        child = row.child
        while child is not None and child.tag not in _ROWS:
            child = child.next
        if child is None:
            return False
        row = child
    cell, left = row.child, 30
    while cell is not None and left:
        if cell.tag == "th":
            return True
        cell, left = cell.next, left - 1
    return False


_ROWS = ("tr", "thead", "tbody")


def is_pixel(node: LexborNode) -> bool:
    """Say whether a picture is too small to be seen: it counts readers."""
    sizes = [(node.attributes.get(name) or "").strip() for name in ("width", "height")]
    return any(size.removesuffix("px").strip() in ("0", "1", "2") for size in sizes)
