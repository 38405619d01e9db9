"""The door for SMTP and LMTP: who may connect, when it opens, how it closes."""

import asyncio
import ipaddress
import logging
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from gateway.inbound.conversation import LOCAL, Conversation
from gateway.inbound.receive import Journalist
from gateway.inbound.replies import Refusal
from gateway.inbound.session import Session
from gateway.routing.limits import Limits

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Manners:
    """What the settings say of a door."""

    hostname: str
    """What the greeting names."""
    max_message_mb: float = 30
    trusted_peers: tuple[str, ...] = ("127.0.0.0/8", "::1")
    """Addresses or networks whose Authentication-Results count (decisions A13)."""
    tls: ssl.SSLContext | None = None
    """Offers STARTTLS."""
    is_lmtp: bool = False
    delay_seconds: float = 1.0
    """How long each error beyond `errors_before_delay` waits for its answer."""


class Door:
    """A listening socket and the sessions behind it."""

    def __init__(
        self,
        journalist: Journalist,
        recipients: Callable[[str], Refusal | None],
        *,
        manners: Manners,
        limits: Limits,
        clock: Callable[[], datetime],
    ) -> None:
        """Nothing is opened yet; ValueError for a bad entry of `trusted_peers`."""
        self.journalist = journalist
        self.recipients = recipients
        self.manners = manners
        self.limits = limits
        self.clock = clock
        self.max_octets = int(manners.max_message_mb * 1_000_000)
        self.octets_in_hand = 0
        """Of all mails that are being received at this moment."""
        self.most_in_hand = 10 * self.max_octets
        self.is_closing = False
        self._trusted = [
            ipaddress.ip_network(peer, strict=False) for peer in manners.trusted_peers
        ]
        self._sessions: set[Conversation] = set()
        self._peers: Counter[str] = Counter()
        self._is_empty = asyncio.Event()
        self._is_empty.set()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Open the door; return its port, which matters when `port` is 0.

        Raises OSError when the address cannot be had.
        """
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, host, port, backlog=512)
        found: int = self._server.sockets[0].getsockname()[1]
        _log.info("door opened", door=self.name, host=host, port=found)
        return found

    async def start_local(self, bound: socket.socket) -> None:
        """Open the door at a Unix socket that is bound; its file stays the caller's."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(
            self._session, sock=bound, backlog=512
        )
        _log.info("door opened", door=self.name, path=bound.getsockname())

    def _session(self) -> Session:
        # The library would log command lines, which hold addresses and tokens.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        return Session(self)

    async def stop(self, seconds: float = 10.0) -> None:
        """Let nobody in, end the idle sessions, wait for mails that are in hand."""
        self.is_closing = True
        if self._server is not None:
            self._server.close()
        for session in list(self._sessions):
            session.end_if_idle()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_empty.wait(), seconds)
        for session in list(self._sessions):
            session.abort()
        _log.info("door closed", door=self.name)

    @property
    def name(self) -> str:
        """What the journal calls this door."""
        return "lmtp" if self.manners.is_lmtp else "smtp"

    def trusts(self, peer: str) -> bool:
        """Say whether what this peer writes into headers is believed.

        Who may open a Unix socket is on this machine, and let in by its mode.
        """
        if peer == LOCAL:
            return True
        address = _address(peer)
        return address is not None and any(
            address in network for network in self._trusted
        )

    def enter(self, session: Conversation, peer: str) -> bool:
        """Count a connection; say whether it is within the limits (T24)."""
        self._sessions.add(session)
        self._is_empty.clear()
        self._peers[_counted(peer)] += 1
        return (
            len(self._sessions) <= self.limits.connections
            and self._peers[_counted(peer)] <= self.limits.connections_per_peer
        )

    def leave(self, session: Conversation, peer: str) -> None:
        """Count a connection that ended; twice is once."""
        if session not in self._sessions:
            return
        self._sessions.remove(session)
        self._peers[_counted(peer)] -= 1
        if not self._peers[_counted(peer)]:
            del self._peers[_counted(peer)]
        if not self._sessions:
            self._is_empty.set()


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Read a certificate chain and its key for STARTTLS.

    Raises OSError or ssl.SSLError when they cannot be read or do not fit.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


def _address(peer: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def _counted(peer: str) -> str:
    """Give what counts as one peer: an IPv4 address, or a customer's IPv6 network."""
    address = _address(peer)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
