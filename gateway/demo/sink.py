"""The far end: a mail server that puts what it gets into the mailboxes."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from threading import Thread

from aiosmtpd.smtp import SMTP, Envelope, Session

from gateway.demo.mailboxes import Mailboxes

MOST_OCTETS = 40_000_000


class _Handler:
    """Keeps each mail for its recipients."""

    def __init__(self, mailboxes: Mailboxes, clock: Callable[[], datetime]) -> None:
        self._mailboxes = mailboxes
        self._clock = clock

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail and say so."""
        content = envelope.content
        raw = content.encode() if isinstance(content, str) else content or b""
        self._mailboxes.keep(envelope.rcpt_tos, raw, self._clock())
        return "250 2.0.0 In the mailbox"


class Sink:
    """A real SMTP server on a free port of the loopback, in a thread of its own."""

    def __init__(self, mailboxes: Mailboxes, clock: Callable[[], datetime]) -> None:
        self._handler = _Handler(mailboxes, clock)
        self._thread = Thread(target=self._run, name="demo-sink", daemon=True)
        self._listening: Future[int] = Future()
        self._stopped = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def port(self) -> int:
        """Where it listens, once it has started."""
        return self._listening.result()

    def start(self) -> int:
        """Begin to listen; gives the port. Raises OSError when none is free."""
        self._thread.start()
        return self.port

    def stop(self) -> None:
        """Stop listening; twice does no harm."""
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._listening.set_exception(error)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = await self._loop.create_server(self._protocol, "127.0.0.1", 0)
        self._listening.set_result(int(server.sockets[0].getsockname()[1]))
        async with server:
            await self._stopped.wait()

    def _protocol(self) -> SMTP:
        return SMTP(
            self._handler,
            hostname="mailboxes.example",
            ident="the demo's mailboxes",
            data_size_limit=MOST_OCTETS,
            enable_SMTPUTF8=True,
            loop=self._loop,
        )
