"""A mailbox on a real server, a watch over it, and the journal behind."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.inbound.imap.account import Account
from gateway.inbound.imap.login import Password
from gateway.inbound.imap.office import Office
from gateway.inbound.imap.watch import Watch, end
from gateway.inbound.receive import Journalist
from gateway.inbound.recipients import Recipients
from gateway.routing.desk import Desk, Desks
from parsers.reply_address import Sealer
from storage import journal
from storage import mailbox as mailboxes
from storage.blobs import Blobs
from storage.database import Database
from storage.mailbox import Fetch
from tests.cli.served import until
from tests.imapserver import Account as Box

SECONDS = 20
HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Forwarded-To")


def mail(number: int | str = 1, *, text: str = "Please help.", top: str = "") -> bytes:
    """A mail as a provider delivers it."""
    return (
        f"{top}Return-Path: <ann@customer.example>\r\n"
        f"Delivered-To: support@acme.example\r\n"
        f"From: Ann <ann@customer.example>\r\nTo: support@acme.example\r\n"
        f"Subject: Matter {number}\r\nMessage-ID: <{number}@customer.example>\r\n"
        f"\r\n{text}\r\n"
    ).encode()


@dataclass
class Room:
    """A mailbox under watch, and what came of it."""

    box: Box
    database: Database
    journalist: Journalist
    blobs: Blobs
    recipients: Recipients
    stack: ExitStack
    account: Account
    most_octets: int = 1_000_000
    now: datetime = field(default_factory=lambda: datetime.now(UTC))  # noqa: TID251

    def office(self, **changes) -> Office:
        """What a watch shares with others."""
        office = Office(
            database=self.database,
            journalist=self.journalist,
            recipients=self.recipients,
            clock=lambda: self.now,
            most_octets=self.most_octets,
            head_octets=20_000,
            large=threading.BoundedSemaphore(2),
        )
        return replace(office, **changes)

    def watch(self, *, office: Office | None = None, **changes) -> Watch:
        """Begin to watch; ended with the test."""
        found = Watch(office or self.office(), replace(self.account, **changes))
        found.start()
        self.stack.callback(end, [found], SECONDS)
        return found

    def end(self, watch: Watch) -> None:
        """End a watch."""
        assert end([watch], SECONDS) == []

    def kept(self) -> list[journal.Inbound]:
        """What the journal holds, oldest first."""
        with self.database.reading() as session:
            numbers = [row.id for row in journal.listing(session, None, 10_000)]
            return [journal.by_id(session, number) for number in sorted(numbers)]

    def await_kept(self, count: int) -> list[journal.Inbound]:
        """Wait until the journal holds so many."""
        until(lambda: len(self.kept()) >= count)
        kept = self.kept()
        assert len(kept) == count
        return kept

    def raws(self) -> list[bytes]:
        """The octets that the journal holds."""
        return [journal.original(row, self.blobs) for row in self.kept()]

    def await_moved(self, count: int, folder: str = "Done") -> None:
        """Wait until so many mails lie in the done folder, and none in the inbox."""
        until(lambda: len(self.box.mails(folder)) == count and not self.box.mails())

    def row(self, folder: str = "INBOX") -> mailboxes.Mailbox | None:
        """What is remembered of a folder."""
        with self.database.reading() as session:
            return mailboxes.find(session, self.account.name_of(folder))

    def todo(self) -> list[str]:
        """What is left to be done in the mailbox."""
        with self.database.reading() as session:
            return [str(each.todo) for each in session.query(Fetch)]


@pytest.fixture
def sealer() -> Sealer:
    return Sealer("a secret of at least 32 characters")


@pytest.fixture
def make_room(imap_server, sealer, desk: Desk, tmp_path: Path) -> Iterator:
    """A function that makes a room: (database, server=None, **fields of Account)."""
    with ExitStack() as stack:

        def make(database, server=None, **changes):
            box = (server or imap_server).account()
            blobs = Blobs(tmp_path / "blobs")
            journalist = Journalist(database, blobs, free_disk_mb=0)
            stack.callback(journalist.close)
            account = Account(
                desk="support@acme.example",
                host=box.server.host,
                port=box.server.port,
                tls="none",
                username=box.name,
                login=Password(box.name, box.server.password),
                done_folder="Done",
                envelope_headers=HEADERS,
                poll_seconds=1,
                backlog=timedelta(days=3),
            )
            return Room(
                box=box,
                database=database,
                journalist=journalist,
                blobs=blobs,
                recipients=Recipients(Desks([desk]), sealer),
                stack=stack.enter_context(ExitStack()),
                account=replace(account, **changes),
            )

        yield make


@pytest.fixture
def room(sqlite, make_room) -> Room:
    """A watched mailbox before SQLite, where the kind of database does not matter."""
    return make_room(sqlite)
