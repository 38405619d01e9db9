"""Tags: a word or a few that say what a case is about."""

import unicodedata

MOST_LETTERS, MOST_WORDS = 40, 3
MOST_AT_ONCE = 10
"""Tags that one line may name."""


def normalised(text: str) -> str:
    """Give a tag as it is kept and compared; empty when the text is none.

    By NFKC and casefold (Unicode 3.13, D145 and D146), so that wide letters, "Csv" and
    "#csv" are one; at most 40 letters and three words, with a letter or digit in them.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = unicodedata.normalize("NFKC", folded)
    shown = "".join(" " if each.isspace() else each for each in folded if _stays(each))
    found = " ".join(shown.split()).strip(_AROUND)
    words = found.split()
    if len(found) > MOST_LETTERS or len(words) > MOST_WORDS:
        return ""
    return found if any(each.isalnum() for each in found) else ""


def read_tags(argument: str) -> tuple[str, ...]:
    """Give the tags that a line names, parted by commas; empty when one is none."""
    parts = argument.replace("\u3001", ",").split(",")
    found = [normalised(each) for each in parts if each.strip()]
    if not all(found):
        return ()
    return tuple(dict.fromkeys(found))[:MOST_AT_ONCE]


_AROUND = " #\"'.,:;!?\u201c\u201d\u2018\u2019\u00ab\u00bb()[]<>"


def _stays(letter: str) -> bool:
    """Leave out what nobody sees: controls, marks of direction, joiners."""
    return letter.isspace() or unicodedata.category(letter)[0] != "C"
