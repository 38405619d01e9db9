"""Commands by mail: lines of `/word` at the top of the new text (decisions E39)."""

from collections.abc import Iterable
from dataclasses import dataclass

_WORDS = """
invite consult join leave mute unmute ignore hear each digest pause take assign note
publish ask open promise urgent wait resolve reopen drop spam problem merge split move
followup use redact same tell queue mine find show steps done due case tag untag who
thanks admit refuse door help form deputy me
"""
KNOWN = frozenset(_WORDS.split())
"""Every command that there is or will be."""

MOST = 50
"""Commands read from one mail; what stands below them is prose."""

_LONGEST_WORD = 30
_INVISIBLE = "\ufeff\u200b\u200e\u200f\u2060"


@dataclass(frozen=True, slots=True)
class Command:
    """One line: the word without its slash in lower case, what follows, the line."""

    word: str
    argument: str
    line: str


def read_commands(text: str) -> tuple[tuple[Command, ...], str]:
    """Split the new text of a mail into its leading commands and the prose below.

    Unknown words count as commands here; who may write which is routing's business.
    """
    commands: list[Command] = []
    start = 0
    while start < len(text) and len(commands) < MOST:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end]
        command = _read(line)
        if command is not None:
            commands.append(command)
        elif line.strip():
            break
        start = end + 1
    if not commands:
        return (), text
    return tuple(commands), text[start:].strip("\r\n")


def stray(text: str) -> tuple[Command, ...]:
    """Give the known commands that stand on lines of their own below prose.

    With or without an argument: "/note they are late payers" under a greeting
    must not go out either.
    """
    found: list[Command] = []
    for line in text.split("\n"):
        command = _read(line) if "/" in line else None
        if command is not None and command.word in KNOWN:
            found.append(command)
            if len(found) == MOST:
                break
    return tuple(found)


def _read(line: str) -> Command | None:
    line = line.strip().strip(_INVISIBLE).strip()
    if not line.startswith("/"):
        return None
    word, *rest = line[1:].split(None, 1) or [""]
    if not word.isalpha() or line[1:2].isspace() or len(word) > _LONGEST_WORD:
        return None
    return Command(word.lower(), rest[0].strip() if rest else "", line)


def nearest(word: str, known: Iterable[str] = KNOWN) -> str:
    """Give the known word that was probably meant; empty when none is near.

    Near is at most two slips (a letter too many, too few, wrong, or two swapped),
    and fewer than the word has letters.
    """
    most = min(2, len(word) - 1)
    if len(word) > _LONGEST_WORD:
        return ""
    ranked = sorted((_slips(word, other), other) for other in known)
    return ranked[0][1] if ranked and ranked[0][0] <= most else ""


def _slips(one: str, other: str) -> int:
    """Damerau-Levenshtein distance, restricted to swaps of neighbours."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, row, older = row, [i], before
        for j, b in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        before = above
    return row[-1]
