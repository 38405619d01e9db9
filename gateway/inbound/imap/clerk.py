"""Makes of a fetched mail what the journal takes."""

from datetime import datetime

from gateway.inbound.imap.account import Account
from gateway.inbound.imap.envelope import Envelope, envelope, sender_of
from gateway.inbound.receive import normalised
from gateway.inbound.recipients import Recipients
from storage.journal import Entry
from storage.mailbox import Fetched, Todo


class Clerk:
    """Knows one folder, and for whom its mails are."""

    def __init__(
        self,
        account: Account,
        recipients: Recipients,
        mailbox_id: int,
        *,
        by_hand: bool,
    ) -> None:
        """Take the folder's row; `by_hand` is a folder of sent mails."""
        self._account = account
        self._recipients = recipients
        self._mailbox = mailbox_id
        self._by_hand = by_hand

    def entry(
        self, name: tuple[int, int], raw: bytes, oversize: int | None, now: datetime
    ) -> Entry:
        """Give the entry of the mail named (UIDVALIDITY, UID).

        `oversize` is the size of a mail of which `raw` is the header section alone.
        """
        raw = normalised(raw)
        found = self._envelope(raw)
        values: dict[str, object] = {}
        if oversize is not None:
            values["oversize"] = oversize
        if self._by_hand:
            values["by_hand"] = True
        if found.marked:
            values["marked"] = found.marked
        if found.sender is None:
            values["senderless"] = True
        return Entry(
            received_at=now,
            door="imap",
            peer=self._account.name,
            # The provider put its own headers on top, and knows no others (A13).
            trusted=True,
            sender=found.sender or "",
            recipients=found.recipients,
            raw=raw,
            values=values,
            fetched=Fetched(self._mailbox, *name, self._todo(oversize)),
        )

    def _envelope(self, raw: bytes) -> Envelope:
        account = self._account
        if self._by_hand:
            return Envelope(sender_of(raw), (account.desk,))
        return envelope(raw, account.envelope_headers, self._recipients, account.desk)

    def _todo(self, oversize: int | None) -> Todo:
        if self._account.only_reads or self._by_hand:
            return Todo.NOTHING
        return Todo.MOVE if oversize is None else Todo.FLAG
