"""What a thread already holds: a reply that repeats it is quoting, in any language.

The second step after `quoting`, for whoever has the texts of the thread. No mark of a
mail program and no word of any language is needed: the words themselves are compared,
four by four, so that other line breaks, quote signs and punctuation do not matter.
Linear in the length of the texts.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from parsers import marks
from parsers.quoting import Folded, Split

_GRAM = 4
"""Words in a row that must agree."""
_LEAST_WORDS = 8
"""Fewer words than this are a coincidence: "thank you very much for your help"."""
_MOST_OF_IT = 0.8
"""How much of one held text must be there: a mail program quotes all of a letter, and
who takes up one of two offers repeats its words alone."""
_MOST_LETTERS = 100_000
"""Of a reply, and of all that is held; a longer reply stays as it is."""
_MOST_ANNOUNCING = 300
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_LETTERS_A_WORD = 3
"""Scripts without blanks are compared letter by letter; so many make one word."""


def refold(split: Split, held: Sequence[str]) -> Split:
    """Fold what repeats `held`, texts of the thread, at the end or the beginning.

    Between new lines a repeated line is the question to an answer, and stays. When all
    of a reply is repeated nothing is folded: somebody wanted to say it again. Nor is a
    repeated part of a text: it may be the answer, "keep the order" of two offers.
    """
    if len(split.reply) > _MOST_LETTERS:
        return split
    lines = split.reply.split("\n")
    texts = _held_grams(held)
    blocks = _blocks(lines, _known(lines, frozenset().union(*texts)))
    quotes = [block for block in blocks if _is_quote(block, lines, texts)]
    if not quotes or all(block.known for block in blocks):
        return split
    cuts = _cuts(lines, blocks, quotes)
    if not cuts:
        return split
    quoted = [at for start, end in cuts for at in range(start, end)]
    hidden = set(quoted)
    reply = "\n".join(line for at, line in enumerate(lines) if at not in hidden)
    before = tuple(
        Folded("quote", _joined(lines, start, end)) for start, end in cuts if not start
    )
    after = tuple(
        Folded("quote", _joined(lines, start, end)) for start, end in cuts if start
    )
    return Split(reply.strip("\n"), (*before, *after, *split.folded))


@dataclass(frozen=True, slots=True)
class _Block:
    """Neighbouring lines that are all known, or all new; blank ones at the ends not."""

    known: bool
    start: int
    end: int
    words: float


def _weight(line: str) -> float:
    found = _words(line)
    letters = sum(1 for word in found if _is_unspaced(word))
    return len(found) - letters + letters / _LETTERS_A_WORD


def _is_unspaced(word: str) -> bool:
    return len(word) == 1 and word > "\u0e00" and word.isalpha()


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _held_grams(held: Iterable[str]) -> list[frozenset[int]]:
    """Hash the runs of words of each text."""
    texts: list[frozenset[int]] = []
    left = _MOST_LETTERS
    for text in held:
        words = _words(text[:left])
        texts.append(_grams(words))
        left -= len(text)
        if left <= 0:
            break
    return texts


def _grams(words: Sequence[str]) -> frozenset[int]:
    """Hash every run of words; a clash of hashes only folds what can be unfolded."""
    return frozenset(map(hash, _runs(words)))


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[at:] for at in range(_GRAM)), strict=False)


def _is_quote(
    block: _Block, lines: Sequence[str], texts: Iterable[frozenset[int]]
) -> bool:
    """Say whether known lines hold a text of the thread, all or nearly all of it."""
    if not block.known or block.words < _LEAST_WORDS:
        return False
    here = _grams(_words("\n".join(lines[block.start : block.end])))
    least = _LEAST_WORDS - _GRAM + 1
    return any(
        len(text) >= least and len(text & here) >= _MOST_OF_IT * len(text)
        for text in texts
    )


def _known(lines: Sequence[str], grams: frozenset[int]) -> list[bool]:
    """Say of each line whether all its words stand in runs that are held."""
    words: list[str] = []
    homes: list[int] = []
    for at, line in enumerate(lines):
        for word in _words(line):
            words.append(word)
            homes.append(at)
    covered = [False] * len(words)
    for at, run in enumerate(_runs(words)):
        if hash(run) in grams:
            covered[at : at + _GRAM] = [True] * _GRAM
    known = [True] * len(lines)
    for at, is_covered in zip(homes, covered, strict=True):
        known[at] = known[at] and is_covered
    return known


def _blocks(lines: Sequence[str], known: Sequence[bool]) -> list[_Block]:
    blocks: list[_Block] = []
    for at, line in enumerate(lines):
        words = _weight(line)
        if not words:
            continue
        last = blocks[-1] if blocks else None
        if last is not None and last.known == known[at]:
            blocks[-1] = _Block(last.known, last.start, at + 1, last.words + words)
        else:
            blocks.append(_Block(known[at], at, at + 1, words))
    return blocks


def _cuts(
    lines: Sequence[str], blocks: Sequence[_Block], quotes: Sequence[_Block]
) -> list[tuple[int, int]]:
    """Give the stretches to fold: a quote below everything, a quote above it."""
    cuts = []
    answered = [block for block in quotes if block is not blocks[-1]]
    if quotes[0] is blocks[0] and len(answered) == 1:
        cuts.append((0, quotes[0].end))
    if quotes[-1] is blocks[-1]:
        new = max(block.end for block in blocks if not block.known)
        cuts.append((_announced(lines, quotes[-1].start, new), len(lines)))
    return cuts


def _announced(lines: Sequence[str], start: int, new: int) -> int:
    """Give where the attribution above a quote begins, whatever its language.

    `new` is where the new text above it ends. Some new text must be left.
    """
    first = new
    while first > 0 and lines[first - 1].strip():
        first -= 1
    paragraph = [marks.bare(line) for line in lines[first:new]]
    joined = " ".join(paragraph)
    if (
        not any(line.strip() for line in lines[:first])
        or len(joined) > _MOST_ANNOUNCING
    ):
        return start
    is_header = len(paragraph) > 1 and all(":" in line for line in paragraph)
    if is_header or (joined.endswith(":") and marks.is_dated(joined)):
        return first
    return start


def _joined(lines: Sequence[str], start: int, end: int) -> str:
    return "\n".join(lines[start:end]).strip("\n")
