"""What of the folded parts of a mail its readers do not have yet (decisions E40).

Left out is what stands in the thread, what came in a letter of ours, and what only the
team may read; all else travels below the new text. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from parsers import marks
from parsers.overlap import Lines, letters_by_line, without
from parsers.quoting import Folded

MOST = 20_000
"""Letters of one mail that travel below its text."""

CUT = "cut"
"""The kind of a part without text that stands where the rest was cut off."""

_DELIMITERS = frozenset({"--", "—"})
_FEWEST = 8
"""Letters of a whole line that is looked for although it makes no run."""
_NOISE = 20
"""Letters that may differ in a quote of what is known: a mail program changes some."""
_MOST_INTRODUCING = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the readers of a lane have, and what they must not get."""

    known: Sequence[str]
    """What stands in the thread."""
    got: Sequence[str] = ()
    """What letters of ours told the writer: left out, and no less secret for it."""
    secret: Sequence[str] = ()
    """Text of the team, for a post to everyone."""


def leftover(folded: Iterable[Folded], held: Held) -> tuple[Folded, ...]:
    """Give the parts, or what is left of them, that travel below the new text."""
    # A thread is long: each text of it is looked at once, line by line.
    secret = [letters_by_line(text) for text in held.secret]
    known = [letters_by_line(text) for text in held.known]
    had = [*known, *(letters_by_line(text) for text in held.got)]
    found: list[Folded] = []
    room = MOST
    for part in folded:
        lines = Lines(part.text)
        if _is_secret(lines, held, secret, known):
            continue
        text = _unknown(part.kind, lines, had)
        if not text:
            continue
        if len(text) > room:
            if kept := text[:room].rpartition("\n")[0]:
                found.append(Folded(part.kind, kept))
            found.append(Folded(CUT, ""))
            break
        room -= len(text)
        found.append(Folded(part.kind, text))
    return tuple(found)


_Said = list[list[str]]
"""Of some texts, what of each of their lines is compared."""


def _is_secret(lines: Lines, held: Held, secret: _Said, known: _Said) -> bool:
    """Say whether a part holds anything of the team; then all of it is left out."""
    whole = {one for one in lines.letters if len(one) >= _FEWEST}
    told = whole.intersection(chain.from_iterable(secret))
    if told.difference(*known):
        return True
    runs = lines.common(held.secret)
    return bool(runs and without(runs, held.known))


def _unknown(kind: str, lines: Lines, had: _Said) -> str:
    unheard = set(lines.letters).difference(*had)
    is_new = [bool(said) and said in unheard for said in lines.letters]
    if any(is_new):
        # Wrapped or quoted otherwise it may be known all the same.
        covered = lines.covered(lines.common_letters(map("".join, had)))
        pairs = zip(is_new, covered, strict=True)
        is_new = [is_here and not is_covered for is_here, is_covered in pairs]
    if kind == "signature":
        # Whole, as somebody wrote it, as long as any of it is new.
        new = lines.lines if any(is_new) else []
        return _joined([line for line in new if line.strip() not in _DELIMITERS])
    introduces = _introducing(lines.lines)
    new_letters = sum(
        len(said)
        for said, is_here, is_head in zip(
            lines.letters, is_new, introduces, strict=True
        )
        if is_here and not is_head
    )
    most_is_known = 2 * new_letters < sum(map(len, lines.letters))
    if not new_letters or (most_is_known and new_letters < _NOISE):
        return ""
    # A line without letters stays where its neighbours do.
    return _joined(
        [
            line
            for line, said, is_here in zip(
                lines.lines, lines.letters, is_new, strict=True
            )
            if is_here or not said
        ]
    )


def _introducing(lines: Sequence[str]) -> list[bool]:
    """Say of each line whether it only tells whose text follows."""
    bare = [marks.bare(line).lstrip("> ") for line in lines]
    found = [bool(marks.header(line) or marks.is_signed(line)) for line in bare]
    for at in range(len(bare)):
        for end in range(at + 1, min(at + _MOST_INTRODUCING, len(bare)) + 1):
            joined = " ".join(bare[at:end])
            is_whole = end == at + 1 or marks.is_lead(joined)
            if is_whole and marks.is_attribution(joined):
                found[at:end] = [True] * (end - at)
                break
    return found


def _joined(lines: Sequence[str]) -> str:
    """Join lines without blank ones at the ends, or more than one between."""
    out: list[str] = []
    for line in lines:
        is_blank = not line.strip("> \t")
        if is_blank and (not out or not out[-1].strip("> \t")):
            continue
        out.append(line)
    while out and not out[-1].strip("> \t"):
        out.pop()
    return "\n".join(out)
