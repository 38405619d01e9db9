"""A mailbox on an IMAP server, read without a trace: EXAMINE and BODY.PEEK alone."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from gateway.inbound.imap.account import Account
from gateway.inbound.imap.connection import connect, in_short, leave, refusal
from gateway.inbound.imap.folder import Folder, Listed
from gateway.inbound.imap.login import LoginRefused
from gateway.inbound.imap.tls import TlsRefused
from gateway.inbound.sources.item import HEAD_OCTETS, MOST_OCTETS, Item, SourceError

_INBOX, _SENT = "INBOX", b"\\Sent"
_LISTED = 1000
"""Mails whose size is asked for at once."""
_BATCH_OCTETS = 4_000_000
_BATCH_MAILS = 200
_HEAD_GUESS = 8_000
"""What a header section is taken for when batches are made."""
_PAUSES = (0.0, 2.0, 10.0)
"""Seconds before each new try to connect; a mail that was read starts them anew."""
_TRIES = 2
"""Times that one mail may break the connection before it is given as unread."""


class Imap:
    """Folders of an account as a source.

    A position is folder, UIDVALIDITY and UID. When a folder has another UIDVALIDITY
    than a position says, its numbers mean nothing any more and it is read from its
    start (RFC 9051 section 2.3.1.1).
    """

    def __init__(
        self,
        account: Account,
        folders: Sequence[str] = (),
        *,
        head_only: bool = False,
        most: int = MOST_OCTETS,
    ) -> None:
        """Take the account and its folders, none for INBOX and that of sent mail.

        `head_only` leaves the bodies out, `most` bounds one mail. Raises SourceError
        when the account or a folder cannot be opened.
        """
        self._account = account
        self._head_only = head_only
        self._most = most
        try:
            with self._connected() as client:
                self._sent = client.find_special_folder(_SENT) or ""
                wanted = tuple(folders) or (_INBOX, self._sent)
                self._folders = tuple(dict.fromkeys(filter(None, wanted)))
                self._count = sum(self._status(client, name) for name in self._folders)
        except (OSError, IMAPClientError, LoginRefused, TlsRefused) as error:
            raise SourceError(in_short(error, account)) from error

    @property
    def name(self) -> str:
        """The account with its folders."""
        where = f"{self._account.username}@{self._account.host}"
        return f"imap {where}/{','.join(self._folders)}"

    def count(self) -> int | None:
        """Give what STATUS said when the source was opened."""
        return self._count

    def items(self, after: str = "") -> Iterator[Item]:
        """Give the mails behind a position, folder by folder in the order given."""
        begun, place = _read_position(after)
        names = self._folders
        if begun in names:
            names = names[names.index(begun) :]
        for name in names:
            yield from self._folder(name, place if name == begun else _Place())

    @contextmanager
    def _connected(self) -> Iterator[IMAPClient]:
        client = connect(self._account, most_octets=self._most + HEAD_OCTETS)
        try:
            yield client
        finally:
            leave(client)

    def _status(self, client: IMAPClient, name: str) -> int:
        """Count the mails of a folder (RFC 9051 section 6.3.11)."""
        try:
            return int(client.folder_status(name, ["MESSAGES"])[b"MESSAGES"])
        except IMAPClientError as error:
            if refusal(error) is None:
                raise
            there = sorted(each for _, _, each in client.list_folders())[:20]
            raise SourceError(
                f"{self._account.host}: there is no folder {name}; there are "
                f"{', '.join(there)}"
            ) from None

    def _folder(self, name: str, place: "_Place") -> Iterator[Item]:
        """Read one folder, going on where the connection broke."""
        breaks = 0
        while True:
            try:
                with self._connected() as client:
                    for item in self._read(client, name, place):
                        breaks = 0
                        yield item
            except (OSError, IMAPClientError) as error:
                place.blame()
                breaks += 1
                if breaks > len(_PAUSES):
                    raise SourceError(in_short(error, self._account)) from error
                time.sleep(_PAUSES[breaks - 1])
            except (LoginRefused, TlsRefused) as error:
                raise SourceError(in_short(error, self._account)) from error
            else:
                return

    def _read(self, client: IMAPClient, name: str, place: "_Place") -> Iterator[Item]:
        folder = Folder(client, self._account, name, only_reads=True)
        try:
            seen = folder.select()
        except ValueError:
            raise SourceError(f"{name}: its mails have no lasting numbers") from None
        if seen.uidvalidity != place.uidvalidity:
            place.uidvalidity, place.uid = seen.uidvalidity, 0
        uids = folder.numbers(place.uid + 1) if seen.exists else []
        for start in range(0, len(uids), _LISTED):
            listed = folder.listed(uids[start : start + _LISTED])
            for batch in self._batches(listed, place):
                for item in self._items(client, name, batch, place):
                    yield item
                    place.uid = max(place.uid, batch[-1].uid)

    def _batches(
        self, listed: Sequence[Listed], place: "_Place"
    ) -> Iterator[list[Listed]]:
        """Part mails into batches that fit into memory; suspects are fetched alone."""
        batch: list[Listed] = []
        room = _BATCH_OCTETS
        for one in listed:
            size = min(one.octets, _HEAD_GUESS if self._head_only else self._most)
            is_full = size > room or len(batch) >= _BATCH_MAILS
            if batch and (is_full or place.is_alone(batch[-1].uid, one.uid)):
                yield batch
                batch, room = [], _BATCH_OCTETS
            batch.append(one)
            room -= size
        if batch:
            yield batch

    def _items(
        self, client: IMAPClient, name: str, batch: list[Listed], place: "_Place"
    ) -> Iterator[Item]:
        """Fetch a batch; those that were deleted in the meantime are left out."""
        place.in_hand = [one.uid for one in batch]
        if place.is_given_up(batch[0].uid):
            yield self._item(name, batch[0], place, b"", "it breaks the connection")
            return
        found = client.fetch(place.in_hand, [self._wanted(batch)])
        place.in_hand = []
        for one in batch:
            if one.uid in found:
                raw = _octets(found[one.uid])
                fault = "" if raw else "the server gave nothing of it"
                yield self._item(name, one, place, raw, fault)

    def _wanted(self, batch: list[Listed]) -> str:
        """Name what is fetched: as much as may be (RFC 9051 section 6.4.5.1)."""
        most = HEAD_OCTETS if self._head_only else self._most
        part = f"<0.{most}>" if max(one.octets for one in batch) > most else ""
        return f"BODY.PEEK[{'HEADER' if self._head_only else ''}]{part}"

    def _item(
        self, name: str, one: Listed, place: "_Place", raw: bytes, fault: str
    ) -> Item:
        is_whole = self._head_only or len(raw) < self._most or fault
        return Item(
            position=f"{name} {place.uidvalidity:010} {one.uid:010}",
            raw=raw,
            folder=name,
            received_at=one.at,
            octets=one.octets,
            cut=0 if is_whole else max(0, one.octets - len(raw)),
            fault=fault,
            is_sent=name == self._sent,
        )


@dataclass(slots=True)
class _Place:
    """How far a folder was read, and which mails gave trouble."""

    uidvalidity: int = 0
    uid: int = 0
    in_hand: list[int] = field(default_factory=list)
    _failures: dict[int, int] = field(default_factory=dict)

    def blame(self) -> None:
        """Suspect the mails that were being fetched when the connection broke."""
        for uid in self.in_hand:
            alone = len(self.in_hand) == 1
            self._failures[uid] = self._failures.get(uid, 0) + alone
        self.in_hand = []

    def is_alone(self, *uids: int) -> bool:
        """Say whether one of these is suspected."""
        return any(uid in self._failures for uid in uids)

    def is_given_up(self, uid: int) -> bool:
        """Say whether this mail broke the connection too often."""
        return self._failures.get(uid, 0) >= _TRIES


def _read_position(after: str) -> tuple[str, _Place]:
    if not after:
        return "", _Place()
    try:
        name, uidvalidity, uid = after.rsplit(" ", 2)
        return name, _Place(int(uidvalidity), int(uid))
    except ValueError:
        raise SourceError(f"{after!r} is no position in a mailbox") from None


def _octets(data: Mapping[bytes, object]) -> bytes:
    """Give the one section of an answer, whatever it was cut to."""
    for name, value in data.items():
        if name.startswith(b"BODY[") and isinstance(value, bytes):
            return value
    return b""
