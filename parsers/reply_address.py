"""Tokens and reply addresses: sealed and unsealed here, and nowhere else.

A token is a purpose letter, a hyphen and 26 letters of base32: 34 bits of number
and 96 bits of MAC over purpose and number. It is issued, never stored.
"""

import base64
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from parsers.address import is_address, key


class Purpose(StrEnum):
    """What mail to a token, or a link with it, is for."""

    EVERYONE = "r"
    TEAM = "t"
    INVITATION = "i"
    CONFIRM = "c"
    UNSUBSCRIBE = "u"
    DIGEST = "d"
    RETURN = "b"
    FEEDBACK = "f"
    VIEW = "v"
    SIGN_IN = "s"
    FILE = "x"
    ASIDE = "a"
    """To the inviter alone: what the invited write to it neither joins nor posts."""
    PROBE = "p"
    """A mail of `parlour check` to itself; its number is drawn by chance."""


TOKEN_LETTERS = 26
"""Letters after the purpose and the hyphen."""

LENGTH = 2 + TOKEN_LETTERS
_ROW_BITS, _GENERATION_BITS = 30, 4
_NUMBER_BITS = _ROW_BITS + _GENERATION_BITS
_MAC_OCTETS = 12
_SPARE_BITS = 6
"""17 octets hold 136 bits, 26 letters 130."""
_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz234567")
_FEWEST_MAC_LETTERS = 16


@dataclass(frozen=True, slots=True)
class Token:
    """What a sound token says: its purpose and a number of 34 bits."""

    purpose: Purpose
    number: int

    @property
    def row(self) -> int:
        """The row that the token names."""
        return self.number >> _GENERATION_BITS

    @property
    def generation(self) -> int:
        """Which of the row's tokens this is; older ones are revoked."""
        return self.number & ((1 << _GENERATION_BITS) - 1)


def number(row: int, generation: int = 0) -> int:
    """Pack a row id and a generation into a token's number.

    Raises ValueError outside 30 and 4 bits.
    """
    if not 0 <= row < 1 << _ROW_BITS:
        raise ValueError(f"row {row} does not fit {_ROW_BITS} bits")
    if not 0 <= generation < 1 << _GENERATION_BITS:
        raise ValueError(
            f"generation {generation} does not fit {_GENERATION_BITS} bits"
        )
    return row << _GENERATION_BITS | generation


_NUMBERED = 4
"""Letters at the end of a placeholder that may say which number is meant."""
_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"


def numbered(placeholder: str, index: int) -> str:
    """Give the placeholder of the index-th further number of a letter, from 1.

    A letter about several activities has tokens of several seats; 0 is the placeholder
    itself. ValueError for an index that four letters do not hold.
    """
    if not index:
        return placeholder
    if not 0 < index < len(_DIGITS) ** _NUMBERED:
        raise ValueError(f"no placeholder has the number {index}")
    letters = ""
    for _ in range(_NUMBERED):
        index, digit = divmod(index, len(_DIGITS))
        letters = _DIGITS[digit] + letters
    return placeholder[:-_NUMBERED] + letters


def index_in(letters: str, placeholder: str) -> int | None:
    """Say which number of a letter stands there; None: it is no placeholder of it.

    A placeholder that is itself like a numbered one is not that one.
    """
    if letters == placeholder:
        return 0
    if letters[:-_NUMBERED] != placeholder[:-_NUMBERED]:
        return None
    found = 0
    for letter in letters[-_NUMBERED:]:
        found = found * len(_DIGITS) + _DIGITS.index(letter)
    return found


class Sealer:
    """Seals with the secret; unseals with it and the previous ones (decisions A5)."""

    def __init__(self, secret: str, previous: Sequence[str] = ()) -> None:
        """Take the secrets of the settings; ValueError when one is empty."""
        if not all((secret, *previous)):
            raise ValueError("a secret is empty")
        self._secrets = [text.encode() for text in (secret, *previous)]
        self._token_keys = [_derive(one, "token") for one in self._secrets]
        self._veils = [_derive(one, "veil") for one in self._secrets]

    def seal(self, purpose: Purpose, number: int) -> str:
        """Write a token; ValueError when the number does not fit 34 bits."""
        if not 0 <= number < 1 << _NUMBER_BITS:
            raise ValueError(f"number {number} does not fit {_NUMBER_BITS} bits")
        mac = _token_mac(self._token_keys[0], purpose, number)
        bits = number << (8 * _MAC_OCTETS) | int.from_bytes(mac, "big")
        octets = (bits << _SPARE_BITS).to_bytes(17, "big")
        letters = base64.b32encode(octets)[:TOKEN_LETTERS].decode("ascii")
        return f"{purpose.value}-{letters.lower()}"

    def unseal(self, text: str) -> Token | None:
        """Read a token in any case; None unless its MAC is right."""
        token = shape(text)
        if token is None:
            return None
        octets = base64.b32decode(token[2:].upper() + "AA====")
        bits = int.from_bytes(octets, "big") >> _SPARE_BITS
        purpose, number = Purpose(token[0]), bits >> (8 * _MAC_OCTETS)
        mac = (bits & (1 << 8 * _MAC_OCTETS) - 1).to_bytes(_MAC_OCTETS, "big")
        good = [
            hmac.compare_digest(mac, _token_mac(one, purpose, number))
            for one in self._token_keys
        ]
        return Token(purpose, number) if any(good) else None

    def blank(self, text: str) -> str:
        """Take our tokens out of a text that others will read (threat T5).

        What only looks like one stays as it is.
        """
        return _LIKE_A_TOKEN.sub(
            lambda found: BLANK if self.unseal(found[0]) else found[0], text
        )

    def mac(self, use: str, payload: str, letters: int = _FEWEST_MAC_LETTERS) -> str:
        """Give a MAC for another use (Message-IDs, the loop mark), lower-case base32.

        ValueError under 16 letters (80 bits) or above 51.
        """
        if not _FEWEST_MAC_LETTERS <= letters <= 51:
            raise ValueError(f"a MAC has 16 to 51 letters, not {letters}")
        return _letters(self._secrets[0], use, payload, letters)

    def veil(self, text: str) -> tuple[str, ...]:
        """Give 16 letters by which a text is known again and from which none is read.

        By the present secret, then by each of the previous ones.
        """
        octets = text.encode("utf_8", "replace")
        digests = (hmac.digest(key, octets, "sha256")[:10] for key in self._veils)
        return tuple(base64.b32encode(each).decode("ascii") for each in digests)

    def verify(self, use: str, payload: str, mac: str) -> bool:
        """Say whether `mac` was made for this use and payload, by any secret."""
        given = mac.lower()
        if not _FEWEST_MAC_LETTERS <= len(given) <= 51 or not given.isascii():
            return False
        good = [
            hmac.compare_digest(given, _letters(one, use, payload, len(given)))
            for one in self._secrets
        ]
        return any(good)


@lru_cache(maxsize=64)
def _derive(secret: bytes, use: str) -> bytes:
    """Give each use a key of its own, so that no MAC serves for another thing."""
    return hmac.digest(secret, b"parlour " + use.encode("utf_8", "replace"), "sha256")


def _token_mac(secret: bytes, purpose: Purpose, number: int) -> bytes:
    message = purpose.value.encode("ascii") + number.to_bytes(5, "big")
    return hmac.digest(secret, message, "sha256")[:_MAC_OCTETS]


def _letters(secret: bytes, use: str, payload: str, letters: int) -> str:
    message = payload.encode("utf_8", "replace")
    digest = hmac.digest(_derive(secret, f"mac {use}"), message, "sha256")
    # Five bits a letter; what is not asked for is not encoded.
    octets = digest[: (5 * letters + 7) // 8]
    return base64.b32encode(octets)[:letters].decode("ascii").lower()


def shape(text: str) -> str | None:
    """Give the token in lower case if the text looks like one; nothing is checked."""
    text = text.strip()
    if len(text) != LENGTH or not text.isascii():
        return None
    text = text.lower()
    if text[1] != "-" or text[0] not in _PURPOSES:
        return None
    return text if _ALPHABET.issuperset(text[2:]) else None


_PURPOSES = frozenset(purpose.value for purpose in Purpose)
_LIKE_A_TOKEN = re.compile(
    rf"[{''.join(sorted(_PURPOSES))}]-[a-z2-7]{{{TOKEN_LETTERS}}}", re.IGNORECASE
)
BLANK = "\N{HORIZONTAL ELLIPSIS}"
"""What stands in a text where a token was."""
_PLACE = "{token}"


class ReplyAddress:
    """How a token becomes an address and an address a token (mail-rules 1.1).

    A template without a place for tokens is the last resort: every letter names that
    one address, and only the ids in a reply tell where it belongs.
    """

    def __init__(self, template: str) -> None:
        """Take `support+{token}@acme.example`; ValueError says what is wrong."""
        local, _, host = template.rpartition("@")
        self.is_plain = "{" not in template
        if not self.is_plain and (template.count(_PLACE) != 1 or _PLACE not in local):
            raise ValueError(f"{template!r} must have {_PLACE} once, before the @")
        if not template.isascii():
            raise ValueError(f"{template!r} must be ASCII (a domain as xn--…)")
        self.template = template
        self.domain = host
        longest = len(self.write("r-" + "a" * TOKEN_LETTERS)) - len(host) - 1
        if longest > 64:
            raise ValueError(
                f"{template!r} gives {longest} octets before the @; 64 are allowed"
                " (RFC 5321 4.5.3.1.1)"
            )
        if not is_address(self.write("r-" + "a" * TOKEN_LETTERS)):
            raise ValueError(f"{template!r} does not make a mail address")
        self._before, _, self._after = key(template).partition(_PLACE)

    def write(self, token: str) -> str:
        """Give the address of a token (or of a placeholder of its length)."""
        return self.template.replace(_PLACE, token)

    def read(self, address: str) -> str | None:
        """Give the token text, unchecked but of a token's shape, or None."""
        text = key(address)
        if self.is_plain:
            return None
        if not text.startswith(self._before) or not text.endswith(self._after):
            return None
        return shape(text[len(self._before) : len(text) - len(self._after)])


def sub_addressed(local: str) -> tuple[str, str] | None:
    """Part `support+TOKEN` or `support-TOKEN` into its name and the token's text.

    The name is empty for a local part that is nothing but a token; None for one that
    does not end in what looks like a token. Which sign parts them is for each site to
    choose (RFC 5233 section 1).
    """
    token = shape(local[-LENGTH:])
    name = local[:-LENGTH]
    if token is None or (name and name[-1] not in _SIGNS):
        return None
    return name[:-1], token


_SIGNS = "+-"
