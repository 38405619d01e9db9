"""How tall a letter stands in a frame, guessed from its HTML."""

from dataclasses import dataclass
from math import ceil
from unicodedata import east_asian_width

from selectolax.lexbor import LexborHTMLParser, LexborNode

_REM, _ROW, _EDGES = 16, 24, 60
_WIDE, _NARROW = 510, 228
"""Pixels of a line: of the narrowest frame of each kind, less what words leave free."""
_LETTER, _WIDE_LETTER = 8.7, 16.5
"""Pixels of a letter in the widest font that browsers mostly have (DejaVu Sans)."""
_BUTTON, _BUTTON_ROW = 40, 47


def frame_heights(html: str) -> tuple[int, int]:
    """Guess how tall a letter stands on a wide and on a narrow screen, in rem.

    Without JavaScript a frame cannot take the height of what is in it. The guess is
    rather too tall: what lies below a frame's edge is not found on a telephone.
    """
    blocks = [_block(node) for node in LexborHTMLParser(html).css("p, li, h1, pre, hr")]

    def height(width: int) -> int:
        return ceil((_EDGES + sum(each.height(width) for each in blocks)) / _REM)

    return height(_WIDE), height(_NARROW)


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph of a letter, in pixels."""

    length: float
    """Of its text in one line."""
    breaks: int
    margin: int
    buttons: tuple[float, ...]
    """The widths of those that stand in it; then it has no other text."""

    def height(self, width: int) -> float:
        """Give how tall it stands."""
        if self.buttons:
            rows, left = 1, float(width)
            for each in self.buttons:
                if each > left:
                    rows, left = rows + 1, float(width)
                left -= each
            return self.margin + rows * _BUTTON_ROW
        rows = 1 + self.breaks + int(self.length // width)
        return self.margin + rows * _ROW


def _block(node: LexborNode) -> _Block:
    if node.tag == "hr":
        return _Block(length=0, breaks=0, margin=_ROW, buttons=())
    buttons = [
        one for one in node.css("a") if "block" in (one.attributes["style"] or "")
    ]
    return _Block(
        length=_length(node.text()),
        breaks=len(node.css("br")),
        margin=4 if node.tag == "li" else 16,
        buttons=tuple(_length(one.text()) + _BUTTON for one in buttons),
    )


def _length(text: str) -> float:
    """Give how long a text is; letters of the East are twice as wide."""
    wide = sum(east_asian_width(letter) in "WF" for letter in text)
    return wide * _WIDE_LETTER + (len(text) - wide) * _LETTER
