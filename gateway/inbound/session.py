"""One SMTP or LMTP conversation: aiosmtpd's protocol, with its weaknesses answered.

The library gives the transport, STARTTLS and the stream. The conversation is ours: it
counts errors and commands, reads DATA in blocks instead of lines, and answers every
fault of our own with 4xx. Cancelling never reaches a mail that was handed over.
"""

# ruff: noqa: N802 (the library finds a command by the name of its method)

import asyncio
from typing import TYPE_CHECKING

import structlog
from aiosmtpd.smtp import SMTP, TLSSetupException

from gateway.inbound import envelope, receive, replies
from gateway.inbound.replies import Refusal
from storage.acceptance import Entry

if TYPE_CHECKING:
    from gateway.inbound.smtp import Door

BLOCK = 65_536
"""How DATA is cut; a session holds twice as much unread."""
COMMAND_OCTETS = 2048
"""RFC 5321 section 4.5.3.1.4 asks for 512; its extensions add up to less than this."""
LOCAL = "unix"
"""What a peer is called that came by a Unix socket."""
LINGER_SECONDS = 5.0
"""How long a peer that was sent away may take to read why."""

_END = b"\r\n.\r\n"
_HTTP = frozenset({"GET", "POST", "PUT", "HEAD", "CONNECT", "OPTIONS", "DELETE", "PRI"})
_GONE = (OSError, asyncio.IncompleteReadError)
"""What a stream raises when its other end is no longer there."""

_log = structlog.get_logger()


class _Goodbye(Exception):  # noqa: N818 (no error: the way out of a conversation)
    """The session ends with this reply."""

    def __init__(self, reply: str, reason: str = "") -> None:
        super().__init__(reply)
        self.reply = reply
        self.reason = reason


class Session(SMTP):
    """A conversation with one peer."""

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
        except _Goodbye as goodbye:
            if goodbye.reason:
                _log.info("session ended", peer=self._peer, reason=goodbye.reason)
            self._part(goodbye.reply)
        except TLSSetupException:
            # Inside a handshake that failed nobody else tells us of the end.
            self.abort()
            self.connection_lost(None)
        except _GONE:
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
                raise _Goodbye(replies.SHUTTING_DOWN)
            self._reset_timeout()

    async def _greet(self) -> None:
        if self._door.is_closing:
            raise _Goodbye(replies.SHUTTING_DOWN)
        if not self._is_welcome:
            raise _Goodbye(replies.TOO_MANY_CONNECTIONS, "too many connections")
        ready = replies.READY_LMTP if self._manners.is_lmtp else replies.READY
        await self.push(ready.format(host=self.hostname))

    async def _read_command(self) -> bytes:
        try:
            return await self._reader.readuntil(b"\n")
        except asyncio.LimitOverrunError:
            raise _Goodbye(replies.TOO_MANY_ERRORS, "endless command") from None

    async def _answer(self, line: bytes) -> None:
        try:
            await self._obey(line)
        except Refusal as refusal:
            await self._refuse(refusal)
        except (*_GONE, TLSSetupException, _Goodbye):
            raise
        except Exception:
            # Whatever it was, it was ours: the sender shall come back (promises R5).
            _log.exception("command broke", peer=self._peer)
            await self._refuse(replies.Fault("a fault of the program"))

    async def _obey(self, line: bytes) -> None:
        self._commands += 1
        if self._commands > self._limits.commands_per_session and not self._is_kin:
            raise _Goodbye(replies.TOO_MANY_COMMANDS, "too many commands")
        if len(line) > COMMAND_OCTETS:
            raise replies.CommandTooLong("command")
        word, _, rest = line.rstrip(b"\r\n").partition(b" ")
        verb = word.decode("ascii", "replace").upper()
        if verb in _HTTP or not verb.isalpha():
            raise _Goodbye(replies.NO_MAIL_COMMAND, "no mail command")
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
                raise _Goodbye(replies.TOO_MANY_ERRORS, "too many errors")
            if self._errors > self._limits.errors_before_delay:
                await asyncio.sleep(self._manners.delay_seconds)
        await self.push(refusal.public)

    async def push(self, status: str | bytes) -> None:
        """Send one reply."""
        reply = status.encode() if isinstance(status, str) else status
        self._writer.write(reply + b"\r\n")
        await self._writer.drain()

    # The commands.

    async def smtp_HELO(self, hostname: str) -> None:
        """Greet without extensions."""
        self._hello(hostname, is_lmtp=False)
        await self.push(replies.HELLO.format(host=self.hostname))

    async def smtp_EHLO(self, hostname: str) -> None:
        """Greet, and offer no more than what is done (RFC 5321 section 4.1.1.1)."""
        self._hello(hostname, is_lmtp=False)
        await self._offer()

    async def smtp_LHLO(self, hostname: str) -> None:
        """Greet as LMTP does (RFC 2033 section 4.1)."""
        self._hello(hostname, is_lmtp=True)
        await self._offer()

    def _hello(self, hostname: str, *, is_lmtp: bool) -> None:
        if is_lmtp is not self._manners.is_lmtp:
            raise replies.UnknownCommand("greeting of the other protocol")
        if not hostname:
            raise replies.BadSyntax("greeting without a name")
        self._set_rset_state()
        self._has_greeted = True

    async def _offer(self) -> None:
        offers = [
            self.hostname,
            "PIPELINING",
            f"SIZE {self._door.max_octets}",
            "8BITMIME",
            "SMTPUTF8",
            "ENHANCEDSTATUSCODES",
        ]
        if self.tls_context and self._tls_protocol is None:
            offers.append("STARTTLS")
        lines = [f"250-{offer}" for offer in offers[:-1]]
        await self.push("\r\n".join([*lines, f"250 {offers[-1]}"]))

    async def smtp_MAIL(self, arg: str | None) -> None:
        """Begin a transaction (RFC 5321 section 4.1.1.2)."""
        if not self._has_greeted:
            raise replies.HelloFirst("MAIL")
        if self._sender is not None:
            raise replies.SenderKnown("second MAIL")
        sender = envelope.read_sender(arg or "", max_octets=self._door.max_octets)
        if not self._door.journalist.has_space():
            raise replies.NoSpace("less free disk than the limit")
        self._sender = sender
        await self.push(replies.SENDER_OK)

    async def smtp_RCPT(self, arg: str | None) -> None:
        """Take or refuse one recipient (RFC 5321 section 4.1.1.3)."""
        if self._sender is None:
            raise replies.SenderFirst("RCPT")
        recipient = envelope.read_recipient(arg or "")
        if len(self._recipients) >= self._limits.recipients:
            raise replies.TooManyRecipients("RCPT")
        refusal = self._door.recipients(recipient)
        if refusal is not None:
            raise refusal
        self._recipients.append(recipient)
        await self.push(replies.RECIPIENT_OK)

    async def smtp_DATA(self, arg: str) -> None:
        """Receive a mail; say 250 when it is on stable storage, not before."""
        if not self._recipients:
            raise replies.RecipientFirst("DATA")
        if arg:
            raise replies.BadSyntax("DATA")
        # The final dot may be the first line: let the mail begin with a CRLF too. The
        # library reaches into the stream in the same way at STARTTLS.
        self._reader._buffer[:0] = b"\r\n"  # type: ignore[attr-defined]  # noqa: SLF001
        await self.push(replies.GO_AHEAD)
        self._reset_timeout(self._limits.message_seconds)
        # RFC 2033 section 4.2: LMTP answers once for each RCPT that was taken, whatever
        # the answer; a fault of ours too.
        times = len(self._recipients) if self._manners.is_lmtp else 1
        try:
            reply = await (self._keep_or_say() if times > 1 else self._keep())
        finally:
            self._set_rset_state()
            self._let_go()
        await self.push("\r\n".join([reply] * times))

    async def _keep_or_say(self) -> str:
        """Keep a mail; give the reply, also when it is a refusal."""
        try:
            return await self._keep()
        except Refusal as refusal:
            _log.debug("refused", peer=self._peer, reason=refusal.reason)
            return refusal.public
        except (*_GONE, _Goodbye):
            raise
        except Exception:
            _log.exception("mail broke the door", peer=self._peer)
            return replies.Fault.public

    async def _keep(self) -> str:
        blocks = await self._read_data()
        if len(blocks) > 1:
            raw = await self.loop.run_in_executor(None, self._cleaned, blocks)
        else:
            raw = self._cleaned(blocks)
        number = await self._door.journalist.keep(
            Entry(
                received_at=self._door.clock(),
                door=self._door.name,
                peer=self._peer,
                trusted=self._is_trusted,
                sender=self._sender or "",
                recipients=tuple(self._recipients),
                raw=raw,
            )
        )
        self._errors = self._commands = 0
        _log.info("mail kept", inbound=number, peer=self._peer, octets=len(raw))
        return replies.KEPT

    def _cleaned(self, blocks: list[bytes]) -> bytes:
        raw = receive.normalised(receive.unstuffed(b"".join(blocks)))
        receive.check(raw, self._limits)
        return raw

    async def _read_data(self) -> list[bytes]:
        """Read up to the final dot, in blocks; what is too much is not held.

        Raises TooLarge or Busy at the end of the data, _Goodbye when none comes.
        """
        blocks: list[bytes] = []
        most = self._door.max_octets + len(_END)
        total = 0
        refusal: Refusal | None = None
        is_last = False
        while not is_last:
            block, is_last = await self._read_block()
            total += len(block)
            if total > 2 * most:
                raise _Goodbye(replies.TOO_MUCH_DATA, "endless data")
            refusal = refusal or self._too_much(total)
            if refusal is None:
                blocks.append(block)
                self._hold(len(block))
            else:
                blocks.clear()
                self._let_go()
        if refusal is not None:
            raise refusal
        return blocks

    def _too_much(self, total: int) -> Refusal | None:
        if total > self._door.max_octets + len(_END):
            return replies.TooLarge("DATA")
        if self._door.octets_in_hand > self._door.most_in_hand:
            return replies.Busy("octets in hand")
        return None

    async def _read_block(self) -> tuple[bytes, bool]:
        """Give the next octets, and whether the final dot came with them."""
        try:
            return await self._reader.readuntil(_END), True
        except asyncio.LimitOverrunError as overrun:
            # So many octets are there before the dot, or before it can begin.
            return await self._reader.readexactly(overrun.consumed), False

    def _hold(self, octets: int) -> None:
        self._octets += octets
        self._door.octets_in_hand += octets

    def _let_go(self) -> None:
        self._door.octets_in_hand -= self._octets
        self._octets = 0

    def _set_rset_state(self) -> None:
        self._sender = None
        self._recipients = []

    async def smtp_RSET(self, arg: str) -> None:
        """Forget the transaction."""
        if arg:
            raise replies.BadSyntax("RSET")
        self._set_rset_state()
        await self.push(replies.OK)

    async def smtp_NOOP(self, arg: str) -> None:  # noqa: ARG002
        """Do nothing."""
        await self.push(replies.OK)

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: ARG002
        """End the session."""
        raise _Goodbye(replies.GOODBYE)

    async def smtp_HELP(self, arg: str) -> None:  # noqa: ARG002
        """Say where the words are explained."""
        await self.push(replies.HELP)

    async def smtp_VRFY(self, arg: str) -> None:  # noqa: ARG002
        """Tell nothing of who is here (RFC 5321 section 7.3)."""
        await self.push(replies.CANNOT_VERIFY)

    async def smtp_EXPN(self, arg: str) -> None:  # noqa: ARG002
        """Tell nothing of who is here."""
        raise replies.NotOffered("EXPN")

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: ARG002
        """Know no passwords (promises T26)."""
        raise replies.NotOffered("AUTH")

    async def smtp_STARTTLS(self, arg: str) -> None:
        """Go on in TLS, all that was said before forgotten (RFC 3207)."""
        if not self.tls_context:
            raise replies.NotOffered("STARTTLS")
        if self._tls_protocol is not None:
            raise replies.TlsKnown("STARTTLS")
        if arg:
            raise replies.BadSyntax("STARTTLS")
        await super().smtp_STARTTLS(arg)
