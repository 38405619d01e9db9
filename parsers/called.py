"""Who is spoken to by name in a text: "Mei, could you …" or "@Mei" (decisions D33)."""

import re
from collections.abc import Iterable

from parsers.courtesy import without_greeting

_MOST_LETTERS = 20_000
_MOST_WORDS = 4
_SENTENCE = re.compile(
    r"(?:^|[.!?…。！？]\s+|(?<=[。！？])|\n)[ \t>*\-]*", re.MULTILINE
)
# What a name ends with where somebody is spoken to.
_SPOKEN_TO = re.compile(
    r"([^,:;.!?\n、，：–—]{1,60})\s*([,:、，：!]|[–—]\s|$)", re.MULTILINE
)
_AT = re.compile(r"(?<![\w.@/])@([^\s@,:;!?()<>\"]+(?: [^\s@,:;.!?()<>\"]+)?)")
_AND = re.compile(r"\s+(?:and|und|et|y|e|&|\+)\s+|\s*[&+・と]\s*")
_AFTER_THE_NAME = ("様", "さま", "さん", "殿", "氏", "くん", "ちゃん")


def called(text: str) -> frozenset[str]:
    """Give every word or two by which a text may speak to somebody, in lower case.

    That is what follows an @, and what a sentence begins with before a comma or a
    colon, without greetings and titles. Whether somebody is called so `is_called` says.
    """
    text = text[:_MOST_LETTERS]
    found = set()
    if "@" in text:
        for spoken in _AT.findall(text):
            first, _, _ = spoken.partition(" ")
            found |= {first.strip(".").casefold(), spoken.strip(".").casefold()}
    for start in _SENTENCE.finditer(text):
        at = start.end()
        # "Ana, Bo: …" speaks to both.
        while spoken := _SPOKEN_TO.match(text, at):
            # A name alone on its line may be a signature; after a greeting it is not.
            names = _names(spoken[1], is_greeted=not spoken[2])
            if not names:
                break
            found |= names
            at = spoken.end()
            while text[at : at + 1] == " ":
                at += 1
    return frozenset(found)


def _names(spoken: str, *, is_greeted: bool) -> set[str]:
    said = spoken.strip().casefold()
    plain = without_greeting(said)
    if is_greeted and plain == said:
        return set()
    found = set()
    for part in _AND.split(plain):
        name = part.strip()
        for after in _AFTER_THE_NAME:
            name = name.removesuffix(after).strip()
        if not name or len(name.split()) > _MOST_WORDS:
            return set()
        found.add(name)
    return found


def is_called(names: Iterable[str], words: frozenset[str]) -> bool:
    """Say whether `called` found one of somebody's names.

    Each name counts whole, by its first word and by its last.
    """
    for name in names:
        parts = name.casefold().split()
        if parts and not words.isdisjoint({" ".join(parts), parts[0], parts[-1]}):
            return True
    return False
