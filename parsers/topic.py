"""What a text is about, as phrases that can be counted: one to three words in a row.

Nothing is learned and nothing is weighed: whoever asks why a phrase was counted finds
it in the text. A phrase holds none of the words that every mail has, and ends where a
sentence, a line or such a word ends. Japanese has no spaces; there a run of kanji or of
katakana is a word.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator

from parsers.common_words import COMMON

MOST_WORDS = 3
_MOST_LETTERS = 4_000
"""Of one text; what comes later is rarely what it is about."""
_LONGEST = 40
_NO_WORDS = re.compile(r"\S*(?:@|://|www\.)\S*")
_TOKEN = re.compile(
    r"(?P<word>[\u30a1-\u30fa\u30fc]{2,}|[\u4e00-\u9fff\u3005]{2,}"
    r"|(?:(?![\u3040-\u30ff\u4e00-\u9fff\u3005])[^\W_])+"
    r"(?:['\u2019-](?:(?![\u3040-\u30ff\u4e00-\u9fff\u3005])[^\W_])+)*)"
    r"|(?P<gap>[ \t]+)|(?P<end>.)",
    re.DOTALL,
)


def phrases(text: str, leaves_out: Collection[str] = ()) -> dict[str, int]:
    """Give the phrases of a text, each with the place where it comes first.

    They are written as tags are (parsers.tag). `leaves_out` are further words that say
    nothing here: the names of people.
    """
    found: dict[str, int] = {}
    for run in _runs(text, leaves_out):
        for begin in range(len(run)):
            for end in range(begin + 1, min(begin + MOST_WORDS, len(run)) + 1):
                phrase = " ".join(run[begin:end])
                if len(phrase) <= _LONGEST:
                    found.setdefault(phrase, len(found))
    return found


def _runs(text: str, leaves_out: Collection[str]) -> Iterator[list[str]]:
    """Give the words that stand in a row with nothing between them."""
    folded = unicodedata.normalize("NFKC", text[:_MOST_LETTERS]).casefold()
    folded = unicodedata.normalize("NFKC", _NO_WORDS.sub("\n", folded))
    run: list[str] = []
    for token in _TOKEN.finditer(folded):
        if token["gap"]:
            continue
        word = _bare(token["word"] or "")
        if _says_something(word) and word not in leaves_out:
            run.append(word)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _bare(word: str) -> str:
    """Leave off "l'" and "'s", and all of what is short for common words: "don't"."""
    head, mark, tail = word.replace("\u2019", "'").partition("'")
    if not mark:
        return word
    if head in COMMON:
        return tail if len(tail) > _SHORT else ""
    return head if len(tail) <= _SHORT else word


_SHORT = 2


def _says_something(word: str) -> bool:
    return len(word) >= _SHORT and word not in COMMON and not word.isnumeric()
