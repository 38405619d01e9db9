"""A selected folder: what lies in it, its mails, and where they go when kept."""

import imaplib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from gateway.inbound.imap.account import Account
from gateway.inbound.imap.connection import refusal

KEYWORD = "$ParlourFetched"
SPAN = 50_000
"""Numbers asked about in one search, so that no answer is longer than a line may be;
in a folder with fewer mails all at once, as their numbers may be far apart."""

_DRAFT = b"\\draft"

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the server says of a folder when it is selected."""

    uidvalidity: int
    uidnext: int
    tells_next: bool
    """The server itself gave `uidnext`; else it follows the mails that are there."""
    exists: int
    may_write: bool
    has_keywords: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail before it is fetched."""

    uid: int
    octets: int
    at: datetime | None
    is_draft: bool
    r"""Marked \Draft (RFC 3501 section 2.3.2): nobody has sent it yet."""


class Folder:
    """One folder of a connection; use one at a time, and select it again each time."""

    def __init__(
        self, client: IMAPClient, account: Account, name: str, *, only_reads: bool
    ) -> None:
        """Name the folder; `only_reads` opens it so that nothing can change."""
        self._client = client
        self._account = account
        self.name = name
        self.only_reads = only_reads
        self._has_done_folder = False
        self.seen = Seen(
            0, 0, tells_next=False, exists=0, may_write=False, has_keywords=False
        )

    def select(self) -> Seen:
        """Select it (EXAMINE where it is only read); raises IMAPClientError.

        ValueError when the server has no lasting numbers for its mails.
        """
        said = self._client.select_folder(self.name, readonly=self.only_reads)
        if b"UIDVALIDITY" not in said:
            raise ValueError("no UIDVALIDITY")
        flags = said.get(b"PERMANENTFLAGS", ())
        exists = said.get(b"EXISTS", 0)
        self.seen = Seen(
            uidvalidity=said[b"UIDVALIDITY"],
            uidnext=said.get(b"UIDNEXT") or self._next(exists),
            tells_next=bool(said.get(b"UIDNEXT")),
            exists=exists,
            may_write=not self.only_reads and b"READ-ONLY" not in said,
            has_keywords=b"\\*" in flags,
        )
        return self.seen

    def _next(self, exists: int) -> int:
        """Find out the number of the next mail, where the server does not tell.

        Without it mail of years would count as new.
        """
        found: list[int] = self._client.search(["UID", "*"]) if exists else []
        return max(found, default=0) + 1

    def numbers(self, first: int, since: date | None = None) -> list[int]:
        """Give the numbers from `first` on, ascending; `since` is a day of arrival."""
        found: set[int] = set()
        is_last = False
        while not is_last:
            last = first + SPAN - 1
            is_last = last >= self.seen.uidnext - 1 or self.seen.exists <= SPAN
            criteria: list[object] = ["UID", f"{first}:{'*' if is_last else last}"]
            if since is not None:
                criteria += ["SINCE", since]
            # `n:*` gives the last mail even when its number is below n.
            found.update(uid for uid in self._client.search(criteria) if uid >= first)
            first = last + 1
        return sorted(found)

    def listed(self, uids: Sequence[int]) -> list[Listed]:
        """Give size, time and draft mark of mails; those that are gone are left out.

        So are those of which the server tells neither: news of a flag, no answer.
        """
        found = self._client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE", "FLAGS"])
        return [
            Listed(
                uid,
                int(data[b"RFC822.SIZE"]),
                data.get(b"INTERNALDATE"),
                is_draft=_DRAFT in {flag.lower() for flag in data.get(b"FLAGS", ())},
            )
            for uid, data in sorted(found.items())
            if b"RFC822.SIZE" in data
        ]

    def mails(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Fetch whole mails, leaving them unseen.

        Those that are gone are left out, or come as NIL, or with their flags alone.
        """
        found = self._client.fetch(uids, ["BODY.PEEK[]"])
        octets = {uid: _octets(data, b"BODY[]") for uid, data in found.items()}
        return {uid: raw for uid, raw in octets.items() if raw is not None}

    def head(self, uid: int, most_octets: int) -> bytes | None:
        """Fetch the header section of a mail; None when it is gone."""
        found = self._client.fetch([uid], [f"BODY.PEEK[HEADER]<0.{most_octets}>"])
        return _octets(found.get(uid, {}), b"BODY[HEADER]<0>")

    def put_away(self, uids: Sequence[int]) -> bool:
        """Move kept mails to the done folder, or mark them as seen.

        False when they could not be moved: then they are marked as seen for the time
        being, and wait to be moved. Raises when the connection broke.
        """
        if not self.seen.may_write:
            return True
        if not self._account.done_folder or not self._can_move():
            return self._mark(uids, "\\Seen")
        try:
            self._move_anew(uids)
        except IMAPClientError as error:
            said = refusal(error)
            if said is None:
                raise
            _log.warning(
                "mail is kept but not moved",
                mailbox=self._account.name,
                folder=self._account.done_folder,
                reason=said,
            )
            self._mark(uids, "\\Seen")
            return False
        return True

    def flag(self, uids: Sequence[int]) -> bool:
        """Mark mails for the people who look into the mailbox, and let them lie."""
        return not self.seen.may_write or self._mark(uids, "\\Flagged")

    def _can_move(self) -> bool:
        return bool(
            self._client.has_capability("MOVE")
            or self._client.has_capability("UIDPLUS")
        )

    def _move_anew(self, uids: Sequence[int]) -> None:
        """Move mails; the folder was there before, but somebody may have removed it."""
        was_there, self._has_done_folder = self._has_done_folder, False
        if was_there:
            try:
                self._move(uids)
            except IMAPClientError as error:
                if refusal(error) is None:
                    raise
            else:
                self._has_done_folder = True
                return
        make_folder(self._client, self._account.done_folder)
        self._move(uids)
        self._has_done_folder = True

    def _move(self, uids: Sequence[int]) -> None:
        folder = self._account.done_folder
        if self._client.has_capability("MOVE"):
            # RFC 6851: all or none, and numbers that are gone are no fault.
            self._client.move(uids, folder)
            return
        self._client.copy(uids, folder)
        try:
            self._client.add_flags(uids, ["\\Deleted"], silent=True)
            # RFC 4315 section 2.1: what others have marked as deleted stays.
            self._client.uid_expunge(uids)
        except IMAPClientError as error:
            if (said := refusal(error)) is None:
                raise
            # They are there; a second try would only make more copies.
            _log.warning(
                "mail is copied but not removed",
                mailbox=self._account.name,
                folder=folder,
                reason=said,
            )
            self._mark(uids, "\\Seen")

    def _mark(self, uids: Sequence[int], flag: str) -> bool:
        flags = [flag, KEYWORD] if self.seen.has_keywords else [flag]
        try:
            self._client.add_flags(uids, flags, silent=True)
        except IMAPClientError as error:
            said = refusal(error)
            if said is None:
                raise
            _log.warning(
                "mail is kept but not marked", mailbox=self._account.name, reason=said
            )
            return False
        return True


def make_folder(client: IMAPClient, name: str) -> None:
    """Make a folder unless it is there; raises IMAPClientError when that is refused."""
    if client.folder_exists(name):
        return
    try:
        client.create_folder(name)
    except IMAPClientError as error:
        # A mail program or another node was quicker (RFC 5530: ALREADYEXISTS, which
        # old servers say in words of their own).
        if refusal(error) is None or not client.folder_exists(name):
            raise
    # Some programs show subscribed folders alone; it is there without it too.
    try:
        client.subscribe_folder(name)
    except imaplib.IMAP4.abort:
        raise
    except IMAPClientError:
        return


def _octets(data: Mapping[bytes, object], name: bytes) -> bytes | None:
    found = data.get(name)
    return found if isinstance(found, bytes) else None
