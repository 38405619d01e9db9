"""What people wrote, made safe to stand in HTML without losing a line of it."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import quote

from markupsafe import Markup, escape

# Only what names its scheme; the text of the link is the address itself.
_LINK = re.compile(r"https?://[^\s<>\"'\u2066-\u2069\u202a-\u202e\ufdd0]{1,2000}")
# Two of the code points that are no letters and never will be (Unicode 23.7).
_NO_LETTERS = re.compile("[\ufdd0\ufdd1]")
_IMAGE = Markup('<img src="{}" alt="{}" style="max-width:100%;height:auto">')
_TRAILING = ".,;:!?)]}»”\u2019*_"
_FOLDS = re.compile("[^\\S\u00a0\u202f]+")
_AFTER_FULL_WIDTH = re.compile("([\u3001\u3002\u300d\uff09\uff1a](?:</[a-z]+>)*) ")
_BLANK = re.compile(r"\n(?:[ \t]*\n)+")
_PARAGRAPH = Markup(
    '<p dir="auto" style="margin:0 0 1em;unicode-bidi:plaintext;'
    'overflow-wrap:anywhere">{}</p>'
)
_ANCHOR = Markup('<a href="{0}" style="color:#1f8270">{0}</a>')


class Shown(Protocol):
    """A picture that travels with a letter (parsers.pictures.Picture has it)."""

    @property
    def content_id(self) -> str:
        """What the page calls it."""

    @property
    def mark(self) -> str:
        """What stands for it in the text."""


def html(text: str, pictures: Sequence[Shown] = ()) -> Markup:
    """Give paragraphs with line breaks, indents and links; all else is escaped.

    Each of the pictures stands where the text has its mark.
    """
    text = _hold_places(_NO_LETTERS.sub("", text), pictures)
    blocks = [block for block in _BLANK.split(text.strip("\n")) if block.strip()]
    made = Markup("\n").join(_PARAGRAPH.format(_lines(block)) for block in blocks)
    for number, one in enumerate(pictures):
        made = made.replace(_place(number), _picture(one))
    return made


def _hold_places(text: str, pictures: Sequence[Shown]) -> str:
    """Put what no text holds where the pictures come."""
    at = 0
    for number, one in enumerate(pictures):
        where = text.find(one.mark, at)
        if where >= 0:
            place = _place(number)
            text = text[:where] + place + text[where + len(one.mark) :]
            at = where + len(place)
    return text


def _place(number: int) -> str:
    return f"\ufdd0{number}\ufdd1"


def _picture(one: Shown) -> Markup:
    address = f"cid:{quote(one.content_id, safe='@!$&+.=_-')}"
    return _IMAGE.format(address, one.mark.strip("[<>]"))


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
