"""A fetched mail becomes an entry of the journal."""

from dataclasses import dataclass
from datetime import datetime

from gateway.inbound.imap.account import Account
from gateway.inbound.imap.envelope import Envelope, envelope, sender_of
from gateway.inbound.recipients import Recipients
from storage.acceptance import Entry
from storage.mailbox import Fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A mail as it came out of a folder."""

    raw: bytes
    """With CRLF line ends."""
    fetched: Fetched
    by_hand: bool
    """From the sent folder."""
    oversize: int | None = None
    """How large a mail is of which this is the header alone."""


def entry_of(
    arrival: Arrival, account: Account, recipients: Recipients, now: datetime
) -> Entry:
    """Give the entry: the envelope as far as it shows, and what the door knows."""
    found = _envelope(arrival, account, recipients)
    values: dict[str, object] = {}
    if arrival.oversize is not None:
        values["oversize"] = arrival.oversize
    if arrival.by_hand:
        values["by_hand"] = True
    if found.marked:
        values["marked"] = found.marked
    if found.sender is None:
        values["senderless"] = True
    return Entry(
        received_at=now,
        door="imap",
        peer=account.name,
        # The provider put its own headers on top, and those alone are believed (A13).
        trusted=True,
        sender=found.sender or "",
        recipients=found.recipients,
        raw=arrival.raw,
        values=values,
        fetched=arrival.fetched,
    )


def _envelope(arrival: Arrival, account: Account, recipients: Recipients) -> Envelope:
    if arrival.by_hand:
        return Envelope(sender_of(arrival.raw), (account.desk,))
    return envelope(arrival.raw, account.envelope_headers, recipients, account.desk)
