"""A press: what many letters of one run have in common is rendered once."""

from collections.abc import Callable, Hashable
from typing import TypeVar

_Made = TypeVar("_Made")

_MOST = 2_000
_NOTHING = object()


class Press:
    """Keeps what it made, whole letters and pieces of them, under all it is made of.

    Nobody can get a text that is stale or another's: a key holds every word that goes
    in, as the transaction that writes the letter has just read it, with the language,
    the zone, the moment and the addresses of desk and pages. What was redacted since
    makes another key. Tokens, the one thing that is a reader's own, are not in it:
    the letters of a press share a placeholder, which dispatch replaces in each copy.
    One run has one press, so that no text outlives it; what was used least lately goes
    first, so that a run of any length needs the same memory.
    """

    def __init__(self, placeholder: str, most: int = _MOST) -> None:
        """Take the letters that stand for tokens, and how much is kept."""
        self.placeholder = placeholder
        self._most = most
        self._kept: dict[Hashable, object] = {}

    def once(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """Give what was made under a key, or make it; always of one type for a key."""
        found = self._kept.pop(key, _NOTHING)
        if found is _NOTHING:
            found = make()
            if len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
        # A dict remembers in which order keys came: the newest stands last.
        self._kept[key] = found
        return found  # type: ignore[return-value]
