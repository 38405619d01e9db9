"""A real door on a free port of the loopback, in a loop of its own thread."""

import asyncio
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.inbound.receive import Journalist
from gateway.inbound.recipients import Recipients
from gateway.inbound.smtp import Door, Manners
from gateway.routing.desk import Desk, Desks
from gateway.routing.limits import Limits
from parsers.address import Mailbox
from parsers.reply_address import ReplyAddress, Sealer
from storage import journal
from storage.blobs import Blobs
from storage.database import Database

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ANN = "ann@customer.example"
DESK = "support@acme.example"
MAIL = (
    b"From: Ann <ann@customer.example>\r\nTo: support@acme.example\r\n"
    b"Subject: Printer on fire\r\n\r\nPlease help.\r\n"
)


@dataclass
class Line:
    """A raw connection that says octets and hears whole replies."""

    connection: socket.socket
    heard: bytes = b""

    def say(self, octets: bytes) -> None:
        self.connection.sendall(octets)

    def hear(self) -> str:
        """Give the next reply, its lines joined; empty at the end of the line."""
        lines = []
        while True:
            while b"\r\n" not in self.heard:
                try:
                    more = self.connection.recv(65_536)
                except ConnectionError:
                    more = b""
                if not more:
                    return "\n".join(lines)
                self.heard += more
            line, _, self.heard = self.heard.partition(b"\r\n")
            lines.append(line.decode())
            if line[3:4] != b"-":
                return "\n".join(lines)

    def ask(self, octets: bytes) -> str:
        """Say a command and give its reply."""
        self.say(octets + b"\r\n")
        return self.hear()

    def hear_all(self) -> list[str]:
        """Give every reply until the end of the line."""
        return list(iter(self.hear, ""))

    def begin(self, *recipients: str, hello: str = "EHLO") -> None:
        """Come as far as the 354."""
        said = [f"RCPT TO:<{each}>" for each in recipients or (DESK,)]
        for command in (f"{hello} there", f"MAIL FROM:<{ANN}>", *said):
            reply = self.ask(command.encode())
            assert reply.startswith("250"), reply
        assert self.ask(b"DATA").startswith("354")

    def half_close(self) -> None:
        self.connection.shutdown(socket.SHUT_WR)


@dataclass
class Open:
    """A door that is open, and the journal behind it."""

    door: Door
    database: Database
    blobs: Blobs
    sealer: Sealer
    desk: Desk
    journalist: Journalist
    loop: asyncio.AbstractEventLoop
    port: int = 0
    path: Path | None = None
    """A Unix socket in place of the port."""
    stack: ExitStack = field(default_factory=ExitStack)

    def client(self) -> smtplib.SMTP:
        """A friendly client, as programs use it."""
        return self.stack.enter_context(
            smtplib.SMTP("127.0.0.1", self.port, "customer.example", timeout=20)
        )

    def line(self, *, greet: bool = True, own: Path | None = None) -> Line:
        """A raw connection, from a socket at `own`; it has heard the greeting."""
        if self.path:
            connection = socket.socket(socket.AF_UNIX)
            self.stack.callback(connection.close)
            connection.settimeout(20)
            if own is not None:
                connection.bind(str(own))
            connection.connect(str(self.path))
        else:
            connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        self.stack.callback(connection.close)
        line = Line(connection)
        if greet:
            assert line.hear().startswith("220 ")
        return line

    def send(self, raw: bytes = MAIL, sender: str = ANN, to: str = DESK) -> None:
        """Send one mail; raises what smtplib raises."""
        with smtplib.SMTP("127.0.0.1", self.port, "there", timeout=20) as client:
            client.sendmail(sender, [to], raw)

    def kept(self) -> list[journal.Inbound]:
        """What the journal holds, oldest first."""
        with self.database.reading() as session:
            numbers = [row.id for row in journal.listing(session, None, 1000)]
            return [journal.by_id(session, number) for number in sorted(numbers)]

    def raws(self) -> list[bytes]:
        """The octets that the journal holds, oldest first."""
        return [journal.original(inbound, self.blobs) for inbound in self.kept()]

    def await_kept(self, number: int) -> list[journal.Inbound]:
        """Wait until the journal holds so many mails."""
        ends = time.monotonic() + 10
        while len(kept := self.kept()) < number and time.monotonic() < ends:
            time.sleep(0.01)
        assert len(kept) == number
        return kept

    def stop(self, seconds: float = 5) -> None:
        """Close the door as the end of the program does."""
        stopping = asyncio.run_coroutine_threadsafe(self.door.stop(seconds), self.loop)
        stopping.result(seconds + 5)


@pytest.fixture
def sealer() -> Sealer:
    return Sealer("a secret of at least 32 characters")


@pytest.fixture
def desk() -> Desk:
    return Desk(
        name="Acme Support",
        address=DESK,
        aliases=("help@acme.example",),
        reply=ReplyAddress("support+{token}@acme.example"),
        team=(Mailbox("Ana Ruiz", "ana@acme.example"),),
    )


@pytest.fixture
def open_door(sealer, desk, tmp_path) -> Iterator:
    """A function that opens a door on a database: (database, limits, **manners)."""
    with ExitStack() as stack:

        def open_(
            database,
            limits=None,
            *,
            recipients=None,
            journalist=None,
            path=None,
            **manners,
        ):
            limits = limits or Limits(free_disk_mb=0)
            blobs = Blobs(Path(tmp_path) / "blobs")
            journalist = journalist or Journalist(
                database, blobs, free_disk_mb=limits.free_disk_mb
            )
            stack.callback(journalist.close)
            loop = asyncio.new_event_loop()
            thread = threading.Thread(target=loop.run_forever)
            thread.start()
            stack.callback(loop.close)
            stack.callback(thread.join)
            stack.callback(loop.call_soon_threadsafe, loop.stop)
            manners.setdefault("delay_seconds", 0.01)

            async def make() -> tuple[Door, int]:
                door = Door(
                    journalist,
                    recipients or Recipients(Desks([desk]), sealer),
                    manners=Manners(hostname="mx.acme.example", **manners),
                    limits=limits,
                    clock=lambda: NOW,
                )
                if path is None:
                    return door, await door.start("127.0.0.1", 0)
                bound = socket.socket(socket.AF_UNIX)
                bound.bind(str(path))
                await door.start_local(bound)
                return door, 0

            door, port = asyncio.run_coroutine_threadsafe(make(), loop).result(10)
            found = Open(
                door, database, blobs, sealer, desk, journalist, loop, port, path
            )
            stack.callback(found.stop)
            stack.enter_context(found.stack)
            return found

        yield open_


@pytest.fixture
def door(open_door, sqlite) -> Open:
    """An open door with the usual limits, on SQLite."""
    return open_door(sqlite)
