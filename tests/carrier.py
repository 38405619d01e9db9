"""The ways by which mail comes to a town and letters leave it: straight, or carried.

Straight is SMTP to our own door and a smarthost that keeps what it is given. The others
have real programs between, which take their time: what is on its way is asked by
`is_idle`.
"""

import contextlib
import json
import smtplib
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gateway.app import clock
from gateway.inbound.imap.account import Account
from gateway.inbound.imap.login import Password
from gateway.inbound.imap.office import Office
from gateway.inbound.imap.watch import Watch
from gateway.inbound.smtp import Door
from gateway.outbound.smarthost import Smarthost
from tests import imapserver, postfix
from tests.imapserver import Server
from tests.postfix import Postfix, free_ports
from tests.sink import HOST, Sink

PATIENCE = 60.0

Refused = dict[str, tuple[int, bytes]]


@dataclass
class Carrier:
    """Straight to the door, and straight to the sink."""

    sink_port = 0
    """Where the sink has to be; 0 is anywhere."""
    is_lmtp = False
    writes_above = False
    """Each time another header stands on top, so a repeat has octets of its own."""
    port: int = field(default=0, init=False)

    async def open(self, door: Door) -> int:
        """Open the town's door where this way ends; give its port, if it has one."""
        self.port = await door.start(HOST, 0)
        return self.port

    def close(self) -> None:
        """Clear away what `open` made."""

    def believed(self, trusted: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
        """Say whose Authentication-Results count in which mailbox."""
        return {}

    def smarthost(self, sink: Sink) -> Smarthost:
        """Say who takes the letters."""
        return Smarthost(host=HOST, port=sink.port, connections=1)

    # The same in words, for a Parlour that runs by itself.

    def settings(self, otherwise: Mapping[str, object]) -> str:
        """Write [outbound] and what else the doors need; `otherwise` wins."""
        values = {"host": HOST, "port": self.sink_port} | otherwise
        lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
        return "\n".join(["[outbound]", *lines])

    def mailbox(self) -> str:
        """Write what belongs below the desk."""
        return ""

    def opened(self, ports: Mapping[str, int | str]) -> None:
        """Hear where the doors are."""
        self.port = int(ports["smtp"])

    # What is carried.

    def bring(self, octets: bytes, sender: str, recipients: Sequence[str]) -> Refused:
        """Send a mail off; gives who was refused."""
        with smtplib.SMTP(HOST, self.port, timeout=PATIENCE) as smtp:
            return smtp.sendmail(sender, list(recipients), octets)

    def is_idle(self) -> bool:
        """Say whether nothing is between us and the people."""
        return True

    def said(self) -> str:
        """Give the end of its log."""
        return ""


@dataclass
class ByPostfix(Carrier):
    """Postfix hands mail over by LMTP at a Unix socket, and takes letters in TLS."""

    postfix: Postfix
    lmtp_port: int = 0
    """Where Parlour listens for it; 0: at the recipes' Unix socket."""
    is_lmtp = True
    writes_above = True

    def __post_init__(self) -> None:
        self.sink_port = self.postfix.relay
        self.port = self.postfix.port

    async def open(self, door: Door) -> int:
        if self.lmtp_port:
            await door.start(HOST, self.lmtp_port)
            return self.port
        bound = socket.socket(socket.AF_UNIX)
        bound.bind(str(self.postfix.lmtp_socket))
        self.postfix.lmtp_socket.chmod(0o660)
        await door.start_local(bound)
        return self.port

    def close(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.postfix.lmtp_socket.unlink()

    def smarthost(self, sink: Sink) -> Smarthost:
        return Smarthost(
            host="localhost",
            port=self.postfix.submission,
            tls="starttls",
            tls_ca=self.postfix.ca,
            username=postfix.USER,
            password=postfix.PASSWORD,
            connections=1,
        )

    def settings(self, otherwise: Mapping[str, object]) -> str:
        where = {
            "host": "localhost",
            "port": self.postfix.submission,
            "tls": "starttls",
            "tls_ca": str(self.postfix.ca),
            "username": postfix.USER,
            "password": postfix.PASSWORD,
        }
        lmtp = f'[lmtp]\nlisten = "unix:{self.postfix.lmtp_socket}"'
        given = {k: v for k, v in (where | otherwise).items() if v is not None}
        return f"{super().settings(given)}\n{lmtp}"

    def opened(self, ports: Mapping[str, int | str]) -> None:
        assert ports["lmtp"] == str(self.postfix.lmtp_socket)

    def is_idle(self) -> bool:
        # Twice: a mail may change its queue while we look.
        return self.postfix.queued() == self.postfix.queued() == 0

    def said(self) -> str:
        return "\n".join(self.postfix.log().splitlines()[-40:])


@dataclass
class ByImap(Carrier):
    """A delivery agent puts mail into a mailbox, from which Parlour fetches it."""

    server: Server
    box: imapserver.Account = field(init=False)

    def __post_init__(self) -> None:
        self.box = self.server.account()
        self._clock = clock
        (self.sink_port,) = free_ports(1)
        self._account = Account(
            desk="support@acme.example",
            host=self.server.host,
            port=self.server.port,
            username=self.box.name,
            login=Password(self.box.name, self.server.password),
            tls="none",
            done_folder="Done",
            envelope_headers=("Delivered-To",),
        )

    async def open(self, door: Door) -> int:
        office = Office(
            database=door.journalist._database,
            journalist=door.journalist,
            recipients=door.recipients,
            clock=door.clock,
            most_octets=door.max_octets,
            head_octets=door.limits.header_kb * 1000,
            large=threading.BoundedSemaphore(),
        )
        self._clock = door.clock
        self._watch = Watch(office, self._account)
        self._watch.start()
        return await super().open(door)

    def close(self) -> None:
        self._watch.stop()
        assert self._watch.join(PATIENCE)

    def believed(self, trusted: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
        return {self._account.name: trusted}

    def mailbox(self) -> str:
        return f"""
[[desk.mailbox]]
host = "{self.server.host}"
port = {self.server.port}
tls = "none"
username = "{self.box.name}"
password = "{self.server.password}"
done_folder = "Done"
envelope_headers = ["Delivered-To"]
"""

    def opened(self, ports: Mapping[str, int | str]) -> None:
        """Nothing: who delivers knows the mailbox."""

    def bring(self, octets: bytes, sender: str, recipients: Sequence[str]) -> Refused:
        for recipient in recipients:
            top = f"Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n"
            self.box.append(top.encode() + octets, at=self._clock())
        return {}

    def is_idle(self) -> bool:
        # A mail leaves the inbox when it is in the journal.
        return not self.box.mails()
