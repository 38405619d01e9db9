"""Message-IDs: our own, which carry a MAC, and those of others (mail-rules 1.2)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

from parsers.reply_address import Sealer

OwnKind = Literal["a", "t", "p", "l", "c", "d"]

_KINDS = frozenset("atplcd")
_MAC_LETTERS = 16
_USE = "message-id"
_LONGEST = 250
"""Octets of a foreign id that we keep (promises T16)."""
_CLEAN = re.compile(rf"<[!-;=?-~]{{1,{_LONGEST - 2}}}>")
"""What nearly all ids are from the start; most of a long References is that."""


@dataclass(frozen=True, slots=True)
class OwnId:
    """What an id of ours names.

    `a` root of an activity's everyone lane, `t` of its team lane, `p` a post (event
    number), `l` a letter that is no post, `c` a question that its letter asks, `d` a
    digest (a number made of its person, kind and slot).
    """

    kind: OwnKind
    number: int


class Ids:
    """Writes and reads our ids: `<p.123.MAC@domain>`."""

    def __init__(self, sealer: Sealer) -> None:
        """Take the keys; what is read counts as evidence only by its MAC."""
        self._sealer = sealer

    def write(self, kind: OwnKind, number: int, domain: str) -> str:
        """Give the id: 60 characters for 8 digits and a domain of 30.

        Short, because the email package folds long ones into something else.
        """
        name = f"{kind}.{number}"
        return f"<{name}.{self._sealer.mac(_USE, name, _MAC_LETTERS)}@{domain}>"

    def read(self, message_id: str) -> OwnId | None:
        """Read an id of ours; None for any other, and for a wrong MAC."""
        local = message_id.strip().strip("<>").partition("@")[0].lower()
        if len(local) > 60 or local.count(".") != 2:
            return None
        kind, digits, mac = local.split(".")
        if kind not in _KINDS or not (digits.isascii() and digits.isdigit()):
            return None
        number = int(digits)
        if str(number) != digits or len(mac) != _MAC_LETTERS:
            return None
        if not self._sealer.verify(_USE, f"{kind}.{digits}", mac):
            return None
        return OwnId(cast("OwnKind", kind), number)


def foreign(message_id: str) -> str:
    """Clean an id: `<`, printable ASCII, `>`, 250 octets at most; empty if none.

    Everything that stores or compares ids of others does so in this form.
    """
    if _CLEAN.fullmatch(message_id):
        return message_id
    inner = "".join(c for c in message_id[:4000] if "!" <= c <= "~" and c not in "<>")
    return f"<{inner[: _LONGEST - 2]}>" if inner else ""


def read_ids(header: str, most: int = 10_000) -> tuple[str, ...]:
    """Read every id of In-Reply-To or References, in order, without doubles.

    What stands outside angle brackets is prose ("message of Friday from …") unless
    there is no bracket at all: then words with an @ are ids that lost theirs.
    """
    found: dict[str, None] = {}
    at = 0
    while len(found) < most and (end := header.find(">", at)) >= 0:
        start = header.rfind("<", at, end)
        if start >= 0 and (one := foreign(header[start:end])):
            found[one] = None
        at = end + 1
    if not found:
        words = header.replace(",", " ").split()
        cleaned = [foreign(word) for word in words if "@" in word]
        found = dict.fromkeys([one for one in cleaned if one][:most])
    return tuple(found)


def thread(root: str, chain: Sequence[str], most: int = 20) -> tuple[str, ...]:
    """Write References (RFC 5322 3.6.4): root first, newest last, cut in between."""
    newest_first = dict.fromkeys(one for one in reversed(chain) if one and one != root)
    kept = list(newest_first)[: most - 1]
    return (root, *reversed(kept)) if root else tuple(reversed(kept))
