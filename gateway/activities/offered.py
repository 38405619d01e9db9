"""One journal row as far as *process* and *explain* need it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

IMAP = "imap"
"""The door of a mail that was fetched from a mailbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """One journal row as far as *process* and *explain* need it."""

    inbound: int | None
    """None for a mail that is only explained."""
    sender: str
    """Envelope sender; empty is the null sender."""
    recipients: tuple[str, ...]
    trusted: bool
    digest: str
    door: str
    received_at: datetime
    peer: str = ""
    """Who connected, or the mailbox it was fetched from."""
    by_hand: bool = False
    """From a sent folder: a person of the team sent it without us."""
    oversize: int | None = None
    """Octets of a mail that was too large; only its header section is here."""
    marked: str = ""
    """"header": no envelope was known, the recipients are those of To and Cc."""
    senderless: bool = False
    """Fetched without any sender, which is not the same as the null sender."""
    released: str = ""
    released_in: int | None = None
    """The activity that it was let into; None: wherever it leads."""
    author: int | None = None
    """Who of the team said that a mail from a desk's address is theirs (B21)."""
    meant: Mapping[str, str] = field(default_factory=dict)
    """The command meant by a word that was written, as questions found out."""
    passed: frozenset[tuple[str, int]] = frozenset()
    """What was asked on its way to everyone, and of which activity: `send`."""
    notes: frozenset[int] = frozenset()
    """The activities for whose team alone somebody said that it is."""

    refused_in: frozenset[int] = frozenset()
    """The activities that refused it, while it waited at another."""

    @property
    def is_again(self) -> bool:
        """A human let it go on after it was held."""
        return bool(self.released or self.meant or self.passed or self.notes)

    @property
    def by_hand_at(self) -> datetime | None:
        """When a mail sent by hand was found; None for any other."""
        return self.received_at if self.by_hand else None
