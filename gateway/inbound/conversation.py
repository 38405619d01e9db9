"""How a conversation goes: its beginning, its patience, its end.

The library gives the transport, STARTTLS and the stream. The conversation is ours: it
counts errors and commands, and answers every fault of our own with 4xx. What the
commands do stands in `gateway.inbound.session`.
"""

import asyncio
from typing import TYPE_CHECKING

import structlog
from aiosmtpd.smtp import SMTP, TLSSetupException

from gateway.inbound import replies
from gateway.inbound.replies import Refusal

if TYPE_CHECKING:
    from gateway.inbound.smtp import Door

BLOCK = 65_536
"""How DATA is cut; a session holds twice as much unread."""
COMMAND_OCTETS = 2048
"""RFC 5321 section 4.5.3.1.4 asks for 512; its extensions add up to less than this."""
LOCAL = "unix"
"""What a peer is called that came by a Unix socket."""
GONE = (OSError, asyncio.IncompleteReadError)
"""What a stream raises when its other end is no longer there."""
LINGER_SECONDS = 5.0
"""How long a peer that was sent away may take to read why."""

_HTTP = frozenset({"GET", "POST", "PUT", "HEAD", "CONNECT", "OPTIONS", "DELETE", "PRI"})

_log = structlog.get_logger()


class Goodbye(Exception):  # noqa: N818 (no error: the way out of a conversation)
    """The session ends with this reply."""

    def __init__(self, reply: str, reason: str = "") -> None:
        super().__init__(reply)
        self.reply = reply
        self.reason = reason


class Conversation(SMTP):
    """A conversation with one peer, as far as no command is looked at."""

    line_length_limit = BLOCK
    """The library hands it to its stream as the limit; lines are measured by us."""

    def __init__(self, door: "Door") -> None:
        self._door = door
        self._manners = door.manners
        self._limits = door.limits
        self._peer = ""
        self._is_trusted = False
        self._is_kin = False
        """A mail server of ours behind LMTP: what strangers ask is not its error."""
        self._is_welcome = False
        self._is_busy = False
        self._deadline = 0.0
        self._errors = 0
        self._commands = 0
        self._octets = 0
        self._has_greeted = False
        self._sender: str | None = None
        self._recipients: list[str] = []
        super().__init__(
            object(),
            hostname=door.manners.hostname,
            tls_context=door.manners.tls,
            timeout=door.limits.command_seconds,
            loop=asyncio.get_running_loop(),
        )

    # How it begins and ends.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; called again inside TLS, where all that was said is forgotten."""
        if self.transport is None:
            name = transport.get_extra_info("peername")
            # A Unix socket's other end has a path at most; a host has an address.
            self._peer = str(name[0]) if isinstance(name, tuple) else LOCAL
            self._is_trusted = self._door.trusts(self._peer)
            self._is_kin = self._is_trusted and self._manners.is_lmtp
            self._is_welcome = self._door.enter(self, self._peer)
        self._has_greeted = False
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the peer; a mail that was handed over is kept all the same."""
        self._door.leave(self, self._peer)
        super().connection_lost(error)

    def eof_received(self) -> bool:
        """Let a peer that has said its last word hear our answer."""
        # Not the library's way, which cancels the conversation, commit and all.
        asyncio.StreamReaderProtocol.eof_received(self)
        return self._tls_protocol is None

    def end_if_idle(self) -> None:
        """Say goodbye now, unless a command is being obeyed."""
        if not self._is_busy:
            self._part(replies.SHUTTING_DOWN)

    def abort(self) -> None:
        """Drop the connection without a word."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    def _part(self, reply: str) -> None:
        """Say a last word, and drop who does not take it in."""
        if self.transport is None or self.transport.is_closing():
            return
        self._writer.write(f"{reply}\r\n".encode())
        self.transport.close()
        self.loop.call_later(LINGER_SECONDS, self.abort)

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Move the deadline; the one timer looks at it when it fires."""
        seconds = duration or self._timeout_duration
        self._deadline = self.loop.time() + seconds
        if self._timeout_handle is None:
            self._arm(seconds)

    def _arm(self, seconds: float) -> None:
        self._timeout_handle = self.loop.call_later(
            min(seconds, self._timeout_duration), self._timeout_cb
        )

    def _timeout_cb(self) -> None:
        left = self._deadline - self.loop.time()
        if left > 0:
            self._arm(left)
            return
        _log.info("session too slow", peer=self._peer)
        self._part(replies.TOO_SLOW)

    # The conversation.

    async def _handle_client(self) -> None:
        try:
            await self._converse()
        except Goodbye as goodbye:
            if goodbye.reason:
                _log.info("session ended", peer=self._peer, reason=goodbye.reason)
            self._part(goodbye.reply)
        except TLSSetupException:
            # Inside a handshake that failed nobody else tells us of the end.
            self.abort()
            self.connection_lost(None)
        except GONE:
            self.abort()
        except Exception:
            _log.exception("session broke", peer=self._peer)
            self._part(replies.Fault.public)
        finally:
            self._let_go()

    async def _converse(self) -> None:
        await self._greet()
        while self.transport is not None and not self.transport.is_closing():
            line = await self._read_command()
            self._is_busy = True
            await self._answer(line)
            self._is_busy = False
            if self._door.is_closing:
                raise Goodbye(replies.SHUTTING_DOWN)
            self._reset_timeout()

    async def _greet(self) -> None:
        if self._door.is_closing:
            raise Goodbye(replies.SHUTTING_DOWN)
        if not self._is_welcome:
            raise Goodbye(replies.TOO_MANY_CONNECTIONS, "too many connections")
        ready = replies.READY_LMTP if self._manners.is_lmtp else replies.READY
        await self.push(ready.format(host=self.hostname))

    async def _read_command(self) -> bytes:
        try:
            return await self._reader.readuntil(b"\n")
        except asyncio.LimitOverrunError:
            raise Goodbye(replies.TOO_MANY_ERRORS, "endless command") from None

    async def _answer(self, line: bytes) -> None:
        try:
            await self._obey(line)
        except Refusal as refusal:
            await self._refuse(refusal)
        except (*GONE, TLSSetupException, Goodbye):
            raise
        except Exception:
            # Whatever it was, it was ours: the sender shall come back (promises R5).
            _log.exception("command broke", peer=self._peer)
            await self._refuse(replies.Fault("a fault of the program"))

    async def _obey(self, line: bytes) -> None:
        self._commands += 1
        if self._commands > self._limits.commands_per_session and not self._is_kin:
            raise Goodbye(replies.TOO_MANY_COMMANDS, "too many commands")
        if len(line) > COMMAND_OCTETS:
            raise replies.CommandTooLong("command")
        word, _, rest = line.rstrip(b"\r\n").partition(b" ")
        verb = word.decode("ascii", "replace").upper()
        if verb in _HTTP or not verb.isalpha():
            raise Goodbye(replies.NO_MAIL_COMMAND, "no mail command")
        method = self._smtp_methods.get(verb)
        if method is None:
            raise replies.UnknownCommand("command")
        # Octets that are no UTF-8 become surrogates, which no address may hold.
        await method(rest.decode("utf-8", "surrogateescape").strip())

    async def _refuse(self, refusal: Refusal) -> None:
        """Answer; whoever errs much waits, then has to go (T24)."""
        _log.debug("refused", peer=self._peer, reason=refusal.reason)
        if refusal.public.startswith("5") and not self._is_kin:
            self._errors += 1
            if self._errors >= self._limits.errors_before_goodbye:
                await self.push(refusal.public)
                raise Goodbye(replies.TOO_MANY_ERRORS, "too many errors")
            if self._errors > self._limits.errors_before_delay:
                await asyncio.sleep(self._manners.delay_seconds)
        await self.push(refusal.public)

    async def push(self, status: str | bytes) -> None:
        """Send one reply."""
        reply = status.encode() if isinstance(status, str) else status
        self._writer.write(reply + b"\r\n")
        await self._writer.drain()

    # What it holds in memory.

    def _hold(self, octets: int) -> None:
        self._octets += octets
        self._door.octets_in_hand += octets

    def _let_go(self) -> None:
        self._door.octets_in_hand -= self._octets
        self._octets = 0
