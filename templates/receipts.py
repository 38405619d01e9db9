"""Who got a post, as a reader may know it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What one person got of a post, as the reader may know it."""

    name: str
    got: str
    """A name that mail/receipt.j2 knows (gateway.routing.receipt)."""
    address: str = ""
    """Only for the team."""
    at: datetime | None = None
    """When it was sent, given up or came back; when the next try is due."""
    why: str = ""
    """Only for the team: a name that mail/receipt.j2 knows."""
    said: str = ""
    """Only for the team: what the other server said."""


@dataclass(frozen=True, kw_only=True)
class Receipts:
    """Who got a post: one line for each person."""

    author: str
    at: datetime
    people: tuple[Receipt, ...]
