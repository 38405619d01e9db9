"""What stands for somebody in texts and letters once they are forgotten: a pseudonym.

Pure; what it is put into, storage.forgetting says.
"""

import re
from collections.abc import Collection
from itertools import takewhile

from parsers.address import key


class Pseudonym:
    """Puts a pseudonym where a name stood, and an address of nobody for an address."""

    def __init__(
        self, name: str, addresses: Collection[str], called: str, number: int
    ) -> None:
        """Take the name and addresses as they are written, and what stands for both.

        `number` tells one pseudonym from another where only ASCII may stand.
        """
        self.name = called
        self.address = f"former-{number:03x}@forgotten.invalid"
        self._plain = f"former participant {number:03x}".encode()
        self._addresses = sorted({*addresses, *map(key, addresses)}, key=len)[::-1]
        self._was = " ".join(name.split())
        self._parts = {part.casefold() for part in self._was.split()}

    def of_addresses(self, text: str) -> str:
        """Take their addresses out of a text."""
        for each in self._addresses:
            text = _of_address(each).sub(self.address, text)
        return text

    def of_all(self, text: str) -> str:
        """Take their addresses and their name out of a text."""
        text = self.of_addresses(text)
        return _of_name(self._was).sub(self.name, text) if self._was else text

    def of_own(self, text: str) -> str:
        """Also drop their signature, and the lines that have nothing but their name.

        It stands below the line that parts it off (RFC 3676 section 4.3).
        """
        own = takewhile(lambda line: line.rstrip() != "--", text.splitlines())
        lines = [line for line in own if not self._is_signed(line)]
        return self.of_all("\n".join(lines))

    def _is_signed(self, line: str) -> bool:
        words = line.casefold().strip(" \t,.;:-\u2013\u2014").split()
        return bool(words) and self._parts.issuperset(words)

    def of_octets(self, raw: bytes) -> bytes:
        """Take them out of a letter of ours, encoded and broken as it may be."""
        for each in self._addresses:
            raw = _in_octets(each, re.IGNORECASE).sub(self.address.encode(), raw)
        if not self._was:
            return raw
        name = _in_octets(self._was)
        head, between, body = raw.partition(b"\r\n\r\n")
        # Who is called May stays out of the Date.
        head = _NAMING.sub(lambda field: name.sub(self._plain, field[0]), head)
        return head + between + name.sub(self._plain, body)


_NAMING = re.compile(rb"(?im)^(?:from|reply-to|subject):[^\r\n]*(?:\r\n[ \t][^\r\n]*)*")


def _of_address(address: str) -> re.Pattern[str]:
    """Match an address, and none that only ends or begins like it."""
    bare = re.escape(address)
    return re.compile(rf"(?<![\w.+-]){bare}(?![\w-]|\.\w)", re.IGNORECASE)


def _of_name(name: str) -> re.Pattern[str]:
    """Match a name as a whole, over line ends, also with the last part first.

    A single word only as it is written: "may" and "mark" are no names.
    """
    words = [re.escape(word) for word in name.split()]
    forms = [r"\s+".join(words)]
    if len(words) > 1:
        forms.append(rf"{words[-1]},\s+" + r"\s+".join(words[:-1]))
    flags = re.IGNORECASE if len(words) > 1 else re.NOFLAG
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", flags)


_SOFT = rb"(?:=\r\n|\r\n[ \t]+)?"
_BEFORE = rb"(?:(?<![A-Za-z0-9])|(?<=[%=][0-9A-F]{2}))"
_AFTER = rb"(?![A-Za-z0-9])"
_ESCAPED = {0x20: rb"|_|\r\n[ \t]*", 0x26: rb"|&amp;", 0x27: rb"|&\#39;"}


def _in_octets(text: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[bytes]:
    """Match a text as a letter may hold it.

    In 8 bit, quoted-printable, folded, in a link, and escaped for HTML.
    """
    octets = [
        rb"(?:%b|=%02X|%%%02X%b)"
        % (re.escape(bytes([letter])), letter, letter, _ESCAPED.get(letter, b""))
        for letter in text.encode()
    ]
    return re.compile(_BEFORE + _SOFT.join(octets) + _AFTER, flags)
