"""Texts that were taken back, known again by marks from which nobody can read them.

A mark is a sealed piece of the letters of a text. Whoever quotes the text later brings
pieces of it back, and is stopped, although nothing of it is kept. Pure.
"""

from collections.abc import Callable, Collection, Iterable

from parsers.overlap import Lines, letters, without

Veil = Callable[[str], tuple[str, ...]]
"""Seals a piece, by the present secret first and then by the previous ones."""

_STEP = 8
"""Each run of this many letters more than RUN holds a marked piece."""
_FEWEST = 4
"""Letters of a whole line that is marked although it makes no run."""
_MOST = 50_000
"""Letters of a text that are marked, and of one that is looked through."""


def marks_of(text: str, veil: Veil) -> list[str]:
    """Give the marks of a text that is taken back."""
    lines = Lines(text[:_MOST])
    pieces = {
        *lines.runs(_STEP),
        *(one for one in lines.letters if len(one) >= _FEWEST),
    }
    return sorted({veil(piece)[0] for piece in pieces})


def quoted(
    text: str,
    marks: Collection[str],
    veil: Veil,
    known: Callable[[], Iterable[str]],
) -> list[bool]:
    """Say of each line of a text whether it quotes what was taken back.

    What is `known` from elsewhere, such as how somebody ends each mail, is no quote of
    it; that is only called when something was found.
    """
    marked = frozenset(marks)
    lines = Lines(text[:_MOST])
    runs = {one for one in lines.runs() if not marked.isdisjoint(veil(one))}
    whole = {
        one
        for one in lines.letters
        if len(one) >= _FEWEST and not marked.isdisjoint(veil(one))
    }
    if runs or whole:
        held = list(known())
        runs = without(runs, held)
        whole -= {letters(line) for each in held for line in each.split("\n")}
    return [
        is_touched or said in whole
        for said, is_touched in zip(lines.letters, lines.touched(runs), strict=True)
    ]
