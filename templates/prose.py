"""What people wrote, made safe to stand in HTML without losing a line of it."""

import re
import unicodedata

from markupsafe import Markup, escape

# Only what names its scheme; the text of the link is the address itself.
_LINK = re.compile(r"https?://[^\s<>\"'\u2066-\u2069\u202a-\u202e]{1,2000}")
_TRAILING = ".,;:!?)]}»”\u2019*_"
_FOLDS = re.compile("[^\\S\u00a0\u202f]+")
_AFTER_FULL_WIDTH = re.compile("([\u3001\u3002\u300d\uff09\uff1a](?:</[a-z]+>)*) ")
_BLANK = re.compile(r"\n(?:[ \t]*\n)+")
_PARAGRAPH = Markup(
    '<p dir="auto" style="margin:0 0 1em;unicode-bidi:plaintext;'
    'overflow-wrap:anywhere">{}</p>'
)
_ANCHOR = Markup('<a href="{0}" style="color:#1f8270">{0}</a>')


def html(text: str) -> Markup:
    """Give paragraphs with line breaks, indents and links; all else is escaped."""
    blocks = [block for block in _BLANK.split(text.strip("\n")) if block.strip()]
    return Markup("\n").join(_PARAGRAPH.format(_lines(block)) for block in blocks)


def isolate(name: str) -> str:
    """Keep a name of another reading direction from turning the words around it."""
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in name):
        return f"\u2068{name}\u2069"
    return name


def folded(words: str) -> str:
    """Give sentences of a template as one run, without the line ends of the template.

    No-break spaces stay: French sets them before its colons and inside its quotes.
    Behind a Japanese full stop stands none of the spaces that other languages need.
    """
    run = _AFTER_FULL_WIDTH.sub(r"\1", _FOLDS.sub(" ", words)).strip()
    return Markup(run) if isinstance(words, Markup) else run  # noqa: S704


def marked(html: Markup, marker: str) -> Markup:
    """Put our marker into the first paragraph, where it makes no line of its own."""
    at = html.find("<p")
    inside = html.find(">", at) + 1 if at >= 0 else 0
    return html[:inside] + escape(marker) + html[inside:]


def _lines(block: str) -> Markup:
    # Indents and columns survive without a style: every second space does not fold.
    kept = block.replace("\t", "    ").replace("  ", " \u00a0")
    kept = re.sub(r"(?m)^ ", "\u00a0", kept)
    pieces: list[Markup] = []
    end = 0
    for found in _LINK.finditer(kept):
        address = found[0].rstrip(_TRAILING + "\u00a0")
        pieces += (escape(kept[end : found.start()]), _link(address))
        end = found.start() + len(address)
    pieces.append(escape(kept[end:]))
    return Markup().join(pieces).replace("\n", Markup("<br>\n"))


def _link(address: str) -> Markup:
    return _ANCHOR.format(address)
