"""Mailboxes: what the demo's people have got and sent, kept in memory."""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Condition

from gateway.demo.shown import Shown, show
from parsers.address import key

MOST = 500
"""Mails kept per mailbox; the oldest go."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One mail in one mailbox."""

    number: int
    at: datetime
    is_own: bool
    """Written by the mailbox's owner."""
    mail: Shown


class Mailboxes:
    """Mail by address; safe to use from any thread."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._boxes: dict[str, deque[Kept]] = defaultdict(lambda: deque(maxlen=MOST))
        self._count = 0

    def keep(
        self, addresses: Iterable[str], raw: bytes, at: datetime, *, own: bool = False
    ) -> None:
        """Put a mail into the mailboxes of its recipients, once each."""
        mail = show(raw)
        with self._changed:
            for address in dict.fromkeys(key(address) for address in addresses):
                self._count += 1
                self._boxes[address].appendleft(Kept(self._count, at, own, mail))
            self._changed.notify_all()

    def of(self, address: str) -> tuple[Kept, ...]:
        """Give the mails of one address, newest first."""
        with self._changed:
            return tuple(self._boxes.get(key(address), ()))

    def get(self, address: str, number: int) -> Kept | None:
        """Give one mail of one address."""
        return next((kept for kept in self.of(address) if kept.number == number), None)

    def newest(self, address: str, kind: str) -> Kept | None:
        """Give the newest letter of that kind (X-Parlour-Kind) that came."""
        return next((kept for kept in self.of(address) if kept.mail.kind == kind), None)

    def addresses(self) -> tuple[str, ...]:
        """Give every address that ever got or sent a mail, in order of the first."""
        with self._changed:
            return tuple(self._boxes)

    def since(self, number: int) -> tuple[tuple[str, Kept], ...]:
        """Give what came to anybody after the mail of that number, newest first.

        Each mail with the address that got it.
        """
        with self._changed:
            found = [
                (address, kept)
                for address, box in self._boxes.items()
                for kept in box
                if kept.number > number and not kept.is_own
            ]
        return tuple(sorted(found, key=lambda one: -one[1].number))

    def count(self) -> int:
        """Give the number of the newest mail."""
        with self._changed:
            return self._count

    def wait(self, address: str, kind: str, *, after: int, seconds: float) -> bool:
        """Wait until a letter of that kind with a number above `after` has come."""

        def has_come() -> bool:
            newest = self.newest(address, kind)
            return newest is not None and newest.number > after

        with self._changed:
            return self._changed.wait_for(has_come, seconds)
