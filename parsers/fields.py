"""The header fields of a mail, found by name in any case."""

from collections.abc import Iterable

from parsers import header as headers
from parsers.parts import Part


class Fields:
    """Raw values by lower-case name, topmost first."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Take the fields in the order of the mail."""
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name.strip().lower(), []).append(value)

    @property
    def names(self) -> frozenset[str]:
        """All names that are ASCII, in lower case."""
        return frozenset(name for name in self._values if name.isascii())

    def all(self, name: str) -> tuple[str, ...]:
        """Give every raw value of a field."""
        return tuple(self._values.get(name, ()))

    def readable(self, name: str, most: int = 100) -> tuple[str, ...]:
        """Give the values as text without decoding words: for what machines write."""
        return tuple(headers.readable(value) for value in self.all(name)[:most])

    def first(self, name: str) -> str:
        """Give the topmost raw value, empty when there is none."""
        return self._values[name][0] if name in self._values else ""

    def word(self, name: str) -> str:
        """Give what stands before any `;`, comment or blank, in lower case."""
        text = headers.clean_name(headers.readable(self.first(name))[:1000])
        for sign in (";", "(", " ", ","):
            text = text.partition(sign)[0]
        return text.lower()

    def text(self, name: str) -> str:
        """Give the topmost value decoded, on one line."""
        return headers.clean_line(headers.decode(self.first(name)))


def of(message: Part) -> Fields:
    """Read the fields of a message or a part."""
    return Fields((name, str(value)) for name, value in message.raw_items())
