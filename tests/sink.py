"""A smarthost for tests: real SMTP on loopback, which keeps what it is given.

    with Sink() as sink:
        ...  # have mail sent to sink.host, sink.port
        [mail] = sink.wait_for(1)
        assert mail.rcpt == "ann@customer.example"

What it answers can be told beforehand: `sink.say("RCPT", "550 5.1.1 unknown",
to="bo@x.example")`, for a number of `times` or for good. Stages are MAIL, RCPT, DATA
(before the text) and END (after its last dot); the reply DROP ends the connection in
place of an answer. At END, DROP keeps the mail first: the client cannot know. `away()`
closes the port and every connection, `back()` opens the same port again.

Mail counts as kept when the sink answered 250 for it, or dropped after keeping it.
"""

# ruff: noqa: N802 (aiosmtpd finds its hooks by these names)

import asyncio
import re
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

HOST = "127.0.0.1"
DROP = "DROP"
#: Key and certificate of localhost and 127.0.0.1; clients trust it only when
#: SSL_CERT_FILE names it. A key for tests alone: it protects nothing.
LOOPBACK_PEM = Path(__file__).with_name("loopback.pem")

Stage = Literal["MAIL", "RCPT", "DATA", "END"]


@dataclass(frozen=True, slots=True)
class Kept:
    """One mail as it came in."""

    mail_from: str
    """The return path; "" for the null one."""
    rcpt: str
    """The recipient; several stand with a comma between them."""
    octets: bytes
    """The text between DATA and the dot, without dot-stuffing, line ends as sent."""
    at: float
    """time.monotonic() when its last dot came."""
    session: int
    """Which connection brought it, counted from 1."""
    mail_options: tuple[str, ...]
    """Parameters of MAIL as written, among them RET and ENVID."""
    rcpt_options: tuple[str, ...]
    tls: bool
    login: str
    """Who had signed in; "" for nobody."""

    def header(self, name: str) -> str:
        """Give the value of the first header of that name, unfolded; "" if none."""
        head = self.octets.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
        for line in head.replace(b"\r\n\t", b" ").split(b"\r\n"):
            key, _, value = line.partition(b":")
            if key.decode("utf-8", "replace").lower() == name.lower():
                return value.decode("utf-8", "replace").strip()
        return ""


@dataclass(slots=True)
class Saying:
    """A reply to be given instead of the usual one."""

    stage: Stage
    reply: str
    to: str | None
    times: float

    def fits(self, stage: Stage, to: str) -> bool:
        """Say whether this is to be said now."""
        named = self.to is None or self.to.lower() in to.lower().split(",")
        return self.stage == stage and self.times > 0 and named


@dataclass(kw_only=True)
class Sink:
    """The server; a context manager that runs it in a thread of its own."""

    pipelining: bool = True
    dsn: bool = True
    utf8: bool = True
    tls: Literal["none", "starttls", "tls"] = "none"
    users: dict[str, str] = field(default_factory=dict)
    """Who may sign in, with which password; AUTH is offered when there are any."""
    auth_in_clear: bool = False
    no_auth: str = ""
    """A mechanism that is not offered: PLAIN or LOGIN."""
    port: int = 0
    """0: any free port, the same for the sink's whole life."""
    host: str = HOST
    delay: float = 0
    """Seconds before it answers the end of a mail."""
    renames: tuple[str, str] | None = None
    """Its reply to the end of a mail and the Message-ID that it puts in place of the
    mail's own, both with {id}: as some services do."""

    mails: list[Kept] = field(default_factory=list, init=False)
    commands: list[str] = field(default_factory=list, init=False)
    """Every MAIL, RCPT and DATA line that came."""
    sessions: int = field(default=0, init=False)
    """How many connections there were in all."""
    most_sessions: int = field(default=0, init=False)
    """How many were open at the same time."""

    def __post_init__(self) -> None:
        self._sayings: list[Saying] = []
        self._news = threading.Condition()
        self._open: set[_Session] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sink")

    def __enter__(self) -> Self:
        self._thread.start()
        self.back()
        return self

    def __exit__(self, *_: object) -> None:
        self.away()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # What a test says and asks.

    def say(
        self, stage: Stage, reply: str, *, to: str | None = None, times: float = 1e9
    ) -> None:
        """Answer `reply` at that stage, to this recipient or to all, so many times."""
        with self._news:
            self._sayings.append(Saying(stage, reply, to, times))

    def say_nothing_special(self) -> None:
        """Forget all that was said with `say`."""
        with self._news:
            self._sayings.clear()

    def wait_for(self, count: int, seconds: float = 10) -> list[Kept]:
        """Give all mails once there are at least so many; AssertionError if not."""
        with self._news:
            if not self._news.wait_for(lambda: len(self.mails) >= count, seconds):
                got = [(mail.rcpt, mail.header("Subject")) for mail in self.mails]
                raise AssertionError(f"{len(got)} of {count} mails came: {got}")
            return list(self.mails)

    def to(self, address: str) -> list[Kept]:
        """Give the mails kept for one recipient, oldest first."""
        with self._news:
            wanted = address.lower()
            return [m for m in self.mails if wanted in m.rcpt.lower().split(",")]

    def forget(self) -> None:
        """Throw away the mails that came so far."""
        with self._news:
            self.mails.clear()
            self.commands.clear()

    def away(self) -> None:
        """Close the port and break every connection."""
        self._do(self._stop())

    def back(self) -> None:
        """Listen, on the same port as before."""
        self._do(self._listen())

    @contextmanager
    def gone(self) -> Iterator[None]:
        """Be away for the length of a block."""
        self.away()
        try:
            yield
        finally:
            self.back()

    # The server's side; runs in the loop's thread.

    def _do(self, coroutine: Any) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _listen(self) -> None:
        context = None
        if self.tls != "none":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(LOOPBACK_PEM)
        self._server = await self._loop.create_server(
            lambda: _Session(self, context if self.tls == "starttls" else None),
            self.host,
            self.port,
            ssl=context if self.tls == "tls" else None,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for session in list(self._open):
            session.drop()
        me = asyncio.current_task()
        await asyncio.sleep(0)
        rest = [task for task in asyncio.all_tasks(self._loop) if task is not me]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await asyncio.sleep(0)

    def _said(self, stage: Stage, to: str) -> str:
        with self._news:
            for saying in self._sayings:
                if saying.fits(stage, to):
                    saying.times -= 1
                    return saying.reply
        return ""

    def _arrived(self, session: "_Session") -> None:
        with self._news:
            self._open.add(session)
            self.sessions += 1
            session.number = self.sessions
            self.most_sessions = max(self.most_sessions, len(self._open))

    def _left(self, session: "_Session") -> None:
        with self._news:
            self._open.discard(session)

    def _sign_in(self, server, session, envelope, mechanism, data) -> AuthResult:
        assert isinstance(data, LoginPassword)
        known = self.users.get(data.login.decode())
        right = known is not None and known.encode() == data.password
        server.login = data.login.decode() if right else ""
        return AuthResult(success=right, handled=False)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        if not self.users:
            responses = [r for r in responses if not r.startswith("250-AUTH")]
        extra = [("PIPELINING", self.pipelining), ("DSN", self.dsn)]
        offered = [f"250-{word}" for word, offer in extra if offer]
        return [*responses[:-1], *offered, responses[-1]]

    async def handle_DATA(self, server, session, envelope) -> str:
        rcpt = ",".join(envelope.rcpt_tos)
        if self.delay:
            await asyncio.sleep(self.delay)
        reply = self._said("END", rcpt) or "250 2.0.0 kept"
        octets = bytes(envelope.original_content)
        if self.renames and reply.startswith("2"):
            reply, octets = _renamed(octets, len(self.mails), *self.renames)
        if reply == DROP or reply.startswith("2"):
            mail = Kept(
                mail_from=envelope.mail_from.removeprefix("<>"),
                rcpt=rcpt,
                octets=octets,
                at=time.monotonic(),
                session=server.number,
                mail_options=server.mail_options,
                rcpt_options=server.rcpt_options,
                tls=session.ssl is not None or self.tls == "tls",
                login=server.login,
            )
            with self._news:
                self.mails.append(mail)
                self._news.notify_all()
        return reply


def _renamed(octets: bytes, count: int, reply: str, name: str) -> tuple[str, bytes]:
    """Give another reply and the mail under another Message-ID, its own each time."""
    number = f"0102019a1b2c3d4e-1a2b3c4d-5e6f-4a1b-8c2d-{count:012x}-000000"
    written = f"Message-ID: {name.format(id=number)}\r\n".encode()
    octets = re.sub(
        rb"(?im)^Message-ID:.*\r\n(?:[ \t].*\r\n)*", written, octets, count=1
    )
    return reply.format(id=number), octets


class _Session(SMTP):
    """One connection: aiosmtpd with DSN parameters and the sink's own answers."""

    def __init__(self, sink: Sink, context: ssl.SSLContext | None) -> None:
        super().__init__(
            sink,
            enable_SMTPUTF8=sink.utf8,
            hostname="sink.example",
            tls_context=context,
            auth_exclude_mechanism=[sink.no_auth] if sink.no_auth else None,
            auth_require_tls=not (sink.auth_in_clear or sink.tls == "tls"),
            authenticator=sink._sign_in,
            loop=sink._loop,
        )
        self.sink = sink
        self.number = 0
        self.login = ""
        self.mail_options: tuple[str, ...] = ()
        self.rcpt_options: tuple[str, ...] = ()

    def connection_made(self, transport) -> None:
        super().connection_made(transport)
        if not self.number:
            self.sink._arrived(self)

    def connection_lost(self, error) -> None:
        self.sink._left(self)
        super().connection_lost(error)

    def drop(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    async def push(self, status) -> None:
        if status == DROP:
            self.drop()
        else:
            await super().push(status)

    async def smtp_MAIL(self, arg) -> None:
        line, self.mail_options = self._take_dsn("MAIL", arg, ("RET", "ENVID"))
        await self._say_or("MAIL", "", super().smtp_MAIL, line)

    async def smtp_RCPT(self, arg) -> None:
        line, self.rcpt_options = self._take_dsn("RCPT", arg, ("NOTIFY", "ORCPT"))
        to = line.partition("<")[2].partition(">")[0]
        await self._say_or("RCPT", to, super().smtp_RCPT, line)

    async def smtp_DATA(self, arg) -> None:
        self.sink.commands.append("DATA")
        to = ",".join(self.envelope.rcpt_tos)
        # Without a recipient aiosmtpd has its own answer.
        stage = super().smtp_DATA
        await (self._say_or("DATA", to, stage, arg) if to else stage(arg))

    def _take_dsn(self, verb, arg, words) -> tuple[str, tuple[str, ...]]:
        """Part a command line from the DSN parameters, which aiosmtpd refuses."""
        self.sink.commands.append(f"{verb} {arg}")
        address, *options = (arg or "").split(" ")
        dsn = self.sink.dsn
        rest = [o for o in options if not (dsn and o.partition("=")[0] in words)]
        return " ".join([address, *rest]), tuple(options)

    async def _say_or(self, stage, to, usual, arg) -> None:
        reply = self.sink._said(stage, to)
        await (self.push(reply) if reply else usual(arg))
