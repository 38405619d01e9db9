"""Old mail is read ahead, in order, by several children at once."""

import queue
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol, Self

from gateway.activities.gather import TOO_SLOW
from gateway.activities.house import House
from gateway.activities.opening import subject_of
from gateway.activities.reading import Reader
from gateway.routing.desk import Desk
from gateway.routing.past import arrived
from parsers.address import Mailbox, is_address, is_role, key
from parsers.folder import Kind, kind_of
from parsers.mail import ParsedMail
from parsers.message_id import foreign
from parsers.trace import passed_on
from storage import acceptance
from storage.acceptance import Entry
from storage.event import DOOR_OF_OLD_MAIL
from storage.old_rows import Row

_AHEAD = 600
"""Mails that are read while a batch is written, so that no child waits for it."""
_AHEAD_OCTETS = 48_000_000
_MOST_RECIPIENTS = 100
_NOBODY = Mailbox("", "")
_BROKEN = frozenset(
    {TOO_SLOW, "the structure could not be read", "the content could not be read"}
)


class Fate(StrEnum):
    """What became of an old mail; the counts of all of them are the mails read."""

    POST = "posts"
    REPEAT = "repeats"
    """The same mail is here already."""
    MACHINE = "machine"
    """Written by a machine: a newsletter, a bounce, a vacation note."""
    NO_SENDER = "no sender"
    INTERNAL = "internal"
    """Between addresses of the desk, with no person in it."""
    UNREADABLE = "unreadable"
    """Kept, but it could not be read."""
    FAULTY = "faulty"
    """The source did not give it; there is nothing to keep."""
    LEFT_OUT = "left out"
    """Of a folder that is not looked at: drafts, junk, trash."""


class Item(Protocol):
    """A mail as a source gives it (gateway.inbound.sources)."""

    @property
    def position(self) -> str:
        """Where it lies; ascending."""

    @property
    def raw(self) -> bytes:
        """Its octets."""

    @property
    def folder(self) -> str:
        """In which folder it lies."""

    @property
    def received_at(self) -> datetime | None:
        """When it came in, as the source says."""

    @property
    def fault(self) -> str:
        """Why the source could not give it."""

    @property
    def is_sent(self) -> bool:
        """It lies where we keep what we sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OldMail:
    """One mail as far as its place among the cases goes; its files are left behind."""

    position: str
    fate: Fate
    """POST, unless it is clear by the mail alone that it is none."""
    reason: str
    at: datetime
    row: Row
    """Its columns in the journal; empty when there is nothing to keep."""
    message_id: str = ""
    named: tuple[str, ...] = ()
    """The ids that it answers, the nearest first."""
    is_answer: bool = False
    sender: Mailbox = _NOBODY
    recipients: tuple[Mailbox, ...] = ()
    subject: str = ""
    text: str = ""
    body_hash: str = ""
    files: tuple[str, ...] = ()
    written_at: datetime | None = None
    is_sent: bool = False
    """Whoever wrote it is ours, whatever address they had then."""

    @property
    def digest(self) -> str:
        """SHA-256 of its octets; empty when there are none."""
        return str(self.row.get("digest", ""))


class Ahead:
    """Reads mails in several children and gives them in order; a context manager.

    A mail that hangs or kills its child holds back those behind it for its time limit,
    and stops nothing.
    """

    def __init__(
        self,
        house: House,
        desk: Desk,
        peer: str,
        *,
        now: datetime,
        leaves_out: Callable[[str], bool],
        readers: Sequence[Reader],
    ) -> None:
        """Read for a desk; `peer` names the source, `leaves_out` judges folders."""
        self._house = house
        self._desk = desk
        self._peer = peer
        self._now = now
        self._leaves_out = leaves_out
        self._free: queue.SimpleQueue[Reader] = queue.SimpleQueue()
        for reader in readers:
            self._free.put(reader)
        self._pool = ThreadPoolExecutor(len(readers), "reader")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for the mails that are being read, and for no other."""
        self._pool.shutdown(cancel_futures=True)

    def read(self, items: Iterable[Item]) -> Iterator[OldMail]:
        """Give the mails read, in the order of the items."""
        window: deque[tuple[int, Future[OldMail]]] = deque()
        octets = 0
        for item in items:
            octets += len(item.raw)
            window.append((len(item.raw), self._pool.submit(self._read, item)))
            while len(window) > _AHEAD or octets > _AHEAD_OCTETS:
                size, first = window.popleft()
                octets -= size
                yield first.result()
        while window:
            yield window.popleft()[1].result()

    def _read(self, item: Item) -> OldMail:
        if self._leaves_out(item.folder):
            return self._nothing(item, Fate.LEFT_OUT, item.folder)
        if item.fault:
            return self._nothing(item, Fate.FAULTY, item.fault)
        raw = _with_crlf(item.raw)
        reader = self._free.get()
        try:
            mail = reader.read(raw)
        finally:
            self._free.put(reader)
        return self._told(item, raw, mail)

    def _nothing(self, item: Item, fate: Fate, reason: str) -> OldMail:
        return OldMail(
            position=item.position, fate=fate, reason=reason, at=self._now, row={}
        )

    def _told(self, item: Item, raw: bytes, mail: ParsedMail) -> OldMail:
        sender = self._requester(mail)
        at = arrived(item.received_at, passed_on(raw), mail.date, self._now)
        at = at.astimezone(UTC)
        recipients = _recipients(mail)
        fate, reason = self._fate(mail, sender)
        is_sent = item.is_sent or kind_of(item.folder) is Kind.SENT
        blank = self._house.sealer.blank
        entry = Entry(
            received_at=at,
            door=DOOR_OF_OLD_MAIL,
            peer=self._peer,
            trusted=False,
            sender=sender.address,
            recipients=tuple(each.address for each in recipients),
            raw=raw,
            # Said again whenever its thread is judged.
            values={"sent": True} if is_sent else {},
        )
        named = (*mail.in_reply_to, *reversed(mail.references))
        is_answer = bool(named) or mail.subject_base != mail.subject.strip()
        return OldMail(
            position=item.position,
            fate=fate,
            reason=reason,
            at=at,
            row=acceptance.prepare(self._house.blobs, entry).columns,
            message_id=foreign(mail.message_id) if mail.message_id else "",
            named=tuple(dict.fromkeys(named)),
            is_answer=is_answer,
            sender=sender,
            recipients=recipients,
            subject=blank(subject_of(mail)),
            text=blank((named and mail.reply) or mail.text),
            body_hash=mail.body_hash,
            files=tuple(each.name for each in mail.attachments),
            written_at=_sane(mail.date, at),
            is_sent=is_sent,
        )

    def _requester(self, mail: ParsedMail) -> Mailbox:
        """The From; behind a listed form the first Reply-To (decisions B22)."""
        forms = {key(form) for form in self._desk.forms}
        if mail.reply_to and key(mail.sender.address) in forms:
            return mail.reply_to[0]
        return mail.sender

    def _fate(self, mail: ParsedMail, sender: Mailbox) -> tuple[Fate, str]:
        if broken := _BROKEN & set(mail.defects):
            return Fate.UNREADABLE, min(broken)
        is_form = sender is not mail.sender
        if mail.automatic.is_ and not is_form:
            return Fate.MACHINE, mail.automatic.reason
        if mail.bounce.is_:
            return Fate.MACHINE, "a delivery report"
        if not is_address(sender.address):
            return Fate.NO_SENDER, "no readable From address"
        if is_role(sender.address) and not self._desk.is_own(sender.address):
            return Fate.MACHINE, "a sender that takes no mail"
        return Fate.POST, ""


def broken(mail: OldMail, error: Exception) -> OldMail:
    """Give what stands for a mail that could not be taken in: its octets alone."""
    row = mail.row | {"sender": "", "recipients": []}
    reason = f"{type(error).__name__} while it was taken in"
    return replace(
        mail, fate=Fate.UNREADABLE, reason=reason, row=row, message_id="", named=()
    )


def _with_crlf(raw: bytes) -> bytes:
    """Give the octets as a mail travels, so that one mail is one in every source."""
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _recipients(mail: ParsedMail) -> tuple[Mailbox, ...]:
    found = {
        key(each.address): each
        for each in reversed((*mail.to, *mail.cc))
        if is_address(each.address)
    }
    return tuple(reversed(found.values()))[:_MOST_RECIPIENTS]


def _sane(written: datetime | None, at: datetime) -> datetime | None:
    """Give the Date unless a broken clock wrote it."""
    if written is None or abs((written - at).days) > 3650:
        return None
    return written
