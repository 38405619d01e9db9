"""Whom a command names: as on the card, by a unique beginning, or by address; pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from parsers.address import key


@dataclass(frozen=True, slots=True)
class Card:
    """A person as others may name them."""

    person: int
    name: str
    addresses: frozenset[str]
    """Matching keys."""


def named(words: str, cards: Iterable[Card]) -> tuple[Card, ...]:
    """Give those whom some words name: one, none, or several to choose from (D37).

    An address names whose it is. A name names whoever has it whole; else whose name,
    or a word of it, begins so.
    """
    said = " ".join(words.strip().lstrip("@").rstrip(".,;:").split()).casefold()
    all_ = list(cards)
    if not said:
        return ()
    if "@" in said:
        address = key(said.strip("<>"))
        return tuple(card for card in all_ if address in card.addresses)
    whole = tuple(card for card in all_ if _plain(card.name) == said)
    if whole:
        return whole
    return tuple(card for card in all_ if _begins(_plain(card.name), said))


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _begins(name: str, said: str) -> bool:
    words = name.split()
    return any(" ".join(words[first:]).startswith(said) for first in range(len(words)))
