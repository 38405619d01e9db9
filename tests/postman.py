"""A smarthost for tests that brings mail back to Parlour's door, as some site would.

with Postman(door) as site:
    site.way = keeps        # or any function: the address asked for -> a Way
"""

# ruff: noqa: N802 (aiosmtpd finds its hooks by these names)

import asyncio
import smtplib
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.reports import POSTFIX

HOST = "127.0.0.1"
NO_SUCH = "550 5.1.1 no such user here"


@dataclass(frozen=True)
class Way:
    """What a site does with a recipient."""

    to: str = ""
    """Whom the mail is brought to; nobody: it vanishes."""
    refusal: str = ""
    """What is said at RCPT instead."""
    report: bool = False
    """It is taken, and a report goes back to where it came from."""


def keeps(address: str) -> Way:
    """A site with sub-addresses at +."""
    return Way(to=address)


@dataclass
class Postman:
    """The smarthost and the site's mail server in one; a context manager."""

    door: int
    """The port of Parlour's SMTP door."""
    way: Callable[[str], Way] = keeps
    senders: Callable[[str], bool] = lambda _: True
    """As whom one may send."""
    asked: list[str] = field(default_factory=list)
    """Every recipient that was asked for, refused or not."""

    def __enter__(self) -> Self:
        self._controller = Controller(self, hostname=HOST, port=free_port())
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._controller.port

    async def handle_RCPT(
        self, server: SMTP, session, envelope, address: str, options
    ) -> str:
        if not self.senders(envelope.mail_from):
            # As Postfix does it, which delays what it says of the sender.
            return "553 5.7.1 not owned by user"
        self.asked.append(address)
        way = self.way(address)
        if not way.refusal:
            envelope.rcpt_tos.append(address)
        return way.refusal or "250 2.1.5 fine"

    async def handle_DATA(self, server: SMTP, session, envelope) -> str:
        for address in envelope.rcpt_tos:
            way, octets = self.way(address), envelope.original_content
            if way.report:
                await self._bring("", envelope.mail_from, _report(address, octets))
            elif way.to:
                await self._bring(envelope.mail_from, way.to, octets)
        return "250 2.0.0 taken"

    async def _bring(self, sender: str, to: str, octets: bytes) -> None:
        await asyncio.to_thread(self._hand_over, sender, to, octets)

    def _hand_over(self, sender: str, to: str, octets: bytes) -> None:
        with smtplib.SMTP(HOST, self.door, "site.example", timeout=20) as smtp:
            smtp.sendmail(sender, [to], octets)


def _report(address: str, octets: bytes) -> bytes:
    head = message_from_bytes(octets, policy=policy.SMTP)
    text = POSTFIX.format(
        number=1,
        return_path=head["From"],
        recipient=address,
        original=octets.decode().replace("\r\n", "\n"),
        action="failed",
        status="5.1.1",
        diagnostic=NO_SUCH,
    )
    return text.replace("\n", "\r\n").encode()


def free_port() -> int:
    """Give a port of the loopback that nobody has now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
