"""One SMTP or LMTP session: aiosmtpd's protocol, with its weaknesses answered.

DATA is read in blocks instead of lines. Cancelling never reaches a mail that was handed
over.
"""

# ruff: noqa: N802 (the library finds a command by the name of its method)

import asyncio

import structlog

from gateway.inbound import envelope, receive, replies
from gateway.inbound.conversation import GONE, Conversation, Goodbye
from gateway.inbound.replies import Refusal
from storage.acceptance import Entry

_END = b"\r\n.\r\n"

_log = structlog.get_logger()


class Session(Conversation):
    """A conversation with one peer, and what each of its commands does."""

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
        except (*GONE, Goodbye):
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

        Raises TooLarge or Busy at the end of the data, Goodbye when none comes.
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
                raise Goodbye(replies.TOO_MUCH_DATA, "endless data")
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
        raise Goodbye(replies.GOODBYE)

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
