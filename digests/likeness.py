"""Which open cases may be about the same: an error code or a quoted line in both; pure.

Scored in integers, and said with the words that made two cases alike: a likeness that
nobody can check is worth nothing (decision 50).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

MOST_MARKS = 2
"""So many of one text are looked for."""
MOST_ALIKE = 2
COMMON = 5
"""What stands in more open cases than that says nothing of any."""
_LONGEST_TEXT = 4_000
_MOST_WORDS = 8
_SHORTEST = 5

_OPENS = '"\u201c\u201e\u00ab'
_CLOSES = '"\u201c\u201d\u00bb'
_QUOTED = re.compile(f"[{_OPENS}]([^{_OPENS}{_CLOSES}\n]{{5,80}})[{_CLOSES}]")
_CODE = re.compile(
    # A word of letters and digits that is no part of an address, a path or a number.
    r"(?<![\w.@/-])(?=[\w-]*\d)[A-Za-z][\w-]{3,30}(?![\w@/-])"
)
_HEX = re.compile(r"\b0x[0-9A-Fa-f]{4,16}\b")
_NAME = re.compile(r"\b[A-Z]+(?:_[A-Z0-9]+)+\b|\b[A-Z]\w+(?:Error|Exception)\b")
_LINE = re.compile(
    r"(?im)^[> \t]*(?:\w+ )?(?:error|fehler|erreur|exception)"
    r"[^:\n]{0,20}:[ \t]*(\S[^\n]{4,79})$"
)
_SCORES = ((_CODE, 4), (_HEX, 4), (_NAME, 4), (_LINE, 3), (_QUOTED, 2))


def marks(text: str) -> tuple[str, ...]:
    """Give what of a text may stand in another about the same, the best first.

    Codes before lines of an error, these before what is quoted; then what comes first.
    """
    text = text[:_LONGEST_TEXT]
    found: dict[str, tuple[int, int]] = {}
    for pattern, score in _SCORES:
        for each in pattern.finditer(text):
            said = " ".join(each[each.lastindex or 0].split()[:_MOST_WORDS]).strip(
                " .,;:"
            )
            is_enough = len(said) >= _SHORTEST and any(map(str.isalpha, said))
            if is_enough and said not in found:
                found[said] = (-score, each.start())
    return tuple(sorted(found, key=found.__getitem__)[:MOST_MARKS])


class Held(NamedTuple):
    """An open case in which its customer wrote what was looked for."""

    mark: str
    activity: int
    customer: int
    subject: str


class Alike(NamedTuple):
    """Another case that may be about the same, and by which words."""

    activity: int
    subject: str
    mark: str


def alike(
    customers: Mapping[int, int],
    wanted: Mapping[int, Sequence[str]],
    held: Iterable[Held],
) -> dict[int, tuple[Alike, ...]]:
    """Give by case which others may be about the same, two at the most.

    `customers` are those of the cases, `wanted` their marks, the best first. Those of
    the same customer are told anyway; what many cases have, says nothing.
    """
    by_mark: dict[str, dict[int, Held]] = {}
    for each in held:
        by_mark.setdefault(each.mark, {})[each.activity] = each
    found: dict[int, tuple[Alike, ...]] = {}
    for case, of_case in wanted.items():
        some: dict[int, Alike] = {}
        for mark in of_case:
            there = by_mark.get(mark, {})
            if len(there) > COMMON + 1:
                continue
            for activity in sorted(there, reverse=True):
                other = there[activity]
                if activity != case and other.customer != customers[case]:
                    some.setdefault(activity, Alike(activity, other.subject, mark))
        if some:
            found[case] = tuple(list(some.values())[:MOST_ALIKE])
    return found
