"""Does a post ask, does it say something, is its writer upset: a hint with its words.

Support section 5: a post that asks needs somebody to act, one that says something
(praise, an opinion, a wish) belongs to the voice of the customer, many do both. Every
verdict names the words that decided, so that a person sees why and can correct it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from parsers import tone_phrases

_MOST_LETTERS = 20_000
_LEAST_SHOUTED = 3
_WORD = re.compile(r"\S+")
_SENTENCE = re.compile(
    r"[^.!?\n\u3002\uff01\uff1f]*[.!?\n\u3002\uff01\uff1f]+|[^.!?\n]+$"
)
_QUESTION_MARKS = ("?", "\uff1f", "\u061f", "\u037e")


@dataclass(frozen=True, slots=True)
class Tone:
    """What a post does, each with the words that say so; empty means it does not."""

    asks: tuple[str, ...] = ()
    """Somebody must act: questions, requests, reports that a thing does not work."""
    says: tuple[str, ...] = ()
    """Praise, opinion or wish."""
    upset: tuple[str, ...] = ()
    """Words that call for care; how loud somebody is moves no queue."""


def judge(text: str) -> Tone:
    """Judge the new text of a post, in English, German, French, Spanish or Japanese.

    Quoted lines and links count for nothing. A text that neither asks nor says by its
    words has both empty: who shows it says "not sure". Linear; never raises.
    """
    own = "\n".join(
        line
        for line in text[:_MOST_LETTERS].split("\n")
        if not line.lstrip().startswith((">", "|"))
    )
    own = _WORD.sub(lambda word: " " if "://" in word[0] else word[0], own)
    folded = " ".join(own.casefold().replace("\u2019", "'").split())
    return Tone(
        asks=_unique((*_questions(own), *_found(folded, tone_phrases.ASKS))),
        says=_unique(_found(folded, tone_phrases.SAYS)),
        upset=_unique((*_found(folded, tone_phrases.UPSET), *_shouted(own))),
    )


def _questions(text: str) -> Iterable[str]:
    """Give the questions but those of mere politeness: "How are you?"."""
    for found in _SENTENCE.finditer(text):
        sentence = " ".join(found.group().split())
        if not sentence.endswith(_QUESTION_MARKS):
            continue
        plain = sentence.casefold().strip("?!. \uff1f")
        if plain and plain not in tone_phrases.POLITE:
            yield sentence[-80:]


def _found(text: str, phrases: Iterable[str]) -> Iterable[str]:
    for phrase in phrases:
        at = text.find(phrase)
        while at >= 0 and not _is_word(text, at, at + len(phrase)):
            at = text.find(phrase, at + 1)
        if at >= 0 and not text[:at].rstrip().endswith(tone_phrases.NOT):
            yield phrase


def _is_word(text: str, start: int, end: int) -> bool:
    """Whole words alone; scripts without blanks have no edges to look at."""
    if text[start] > "\u3000":
        return True
    before = text[start - 1] if start else " "
    behind = text[end] if end < len(text) else " "
    return not (before.isalnum() or behind.isalnum())


def _shouted(text: str) -> Iterable[str]:
    """Give what is written in capitals or with many marks."""
    words = [word for word in re.findall(r"[^\W\d_]{4,}", text) if word.isupper()]
    letters = sum(1 for letter in text if letter.isalpha())
    loud = sum(map(len, words))
    if len(words) >= _LEAST_SHOUTED and loud * 3 > letters:
        yield " ".join(words[:5])
    marks = re.search(r"[!?]{3,20}", text)
    if marks:
        yield marks.group()


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
