"""What a letter says in its own words, beside what people wrote and beside links.

To the team it says things that nobody else may read (decisions E40).
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from parsers.quoting import MARKER

# What fields of these names hold was written by people.
_BY_PEOPLE = frozenset({"text", "lines", "excerpt", "first_sentence", "other"})


def of_letter(text: str, values: object, placeholder: str) -> str:
    """Give the lines of a text twin that its template wrote, without those of links."""
    for said in sorted(_said(values), key=len, reverse=True):
        text = text.replace(said, "\n", 1)
    lines = [line.strip() for line in text.replace(MARKER, "").split("\n")]
    return "\n".join(
        line
        for line in lines
        if placeholder not in line and any(letter.isalnum() for letter in line)
    )


def _said(values: object) -> Iterator[str]:
    """Give every text by people that a letter shows."""
    for each in fields(values) if is_dataclass(values) else ():
        held = getattr(values, each.name)
        for one in held if isinstance(held, tuple) else (held,):
            if isinstance(one, str):
                if each.name in _BY_PEOPLE and one.strip():
                    yield one.strip("\n")
            else:
                yield from _said(one)
