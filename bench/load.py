"""Puts mails into an SMTP server over kept connections, and times each answer.

    python -m bench.load --port 8025 --to support@acme.example --count 1000

Commands are pipelined (RFC 2920) when the server offers it, or when it is told to.
"""

import argparse
import asyncio
import re
import socket
import statistics
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bench.mails import Mail, mails

LAST_LINE = re.compile(rb"(?m)^(\d{3})(?: [^\n]*)?\r?\n")


@dataclass
class Result:
    """What the server answered; times are seconds of the monotonic clock."""

    began_at: float = 0.0
    ended_at: float = 0.0
    sent_at: dict[str, float] = field(default_factory=dict)
    """When the first octet of a mail's envelope left, by marker."""
    seconds: list[float] = field(default_factory=list)
    """From there to the answer to its last octet, for the mails that were taken."""
    refused: list[bytes] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Mails taken per second."""
        return len(self.seconds) / max(self.ended_at - self.began_at, 1e-9)

    @property
    def p50_ms(self) -> float:
        """The median time to an answer."""
        return 1000 * statistics.median(self.seconds or [0.0])

    @property
    def slowest_ms(self) -> float:
        """The longest time to an answer; a median hides a door that stalls."""
        return 1000 * max(self.seconds, default=0.0)


class Session(asyncio.Protocol):
    """One connection; takes the next mail when the last one is answered."""

    def __init__(self, work: Iterator[Mail], result: Result, *, force: bool) -> None:
        """Share `work` and `result` with the other sessions."""
        self.work, self.result, self.pipelining = work, result, force
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = bytearray()
        self.steps: list[tuple[bytes, int]] = [(b"", 1), (b"EHLO bench.example\r\n", 1)]
        self.awaited = 0
        self.mail: Mail | None = None

    def connection_made(self, transport) -> None:
        """Wait for the greeting."""
        self.transport = transport
        connected = transport.get_extra_info("socket")
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._step()

    def data_received(self, data: bytes) -> None:
        """Count complete replies and go on."""
        self.received += data
        if self.received[-1:] != b"\n":
            return
        replies = bytes(self.received)
        codes = LAST_LINE.findall(replies)
        if not codes:
            return
        self.received.clear()
        if self.mail is None and b"PIPELINING" in replies.upper():
            self.pipelining = True
        self.awaited -= len(codes)
        if any(code >= b"400" for code in codes):
            self._refused(replies)
        if self.awaited <= 0:
            self._step()

    def connection_lost(self, exc) -> None:
        """Count the mail in hand as refused; the session is over."""
        if self.mail is not None:
            self.result.refused.append(repr(exc).encode())
        if not self.done.done():
            self.done.set_result(None)

    def _refused(self, replies):
        if self.mail is not None:
            self.result.refused.append(replies)
            self.mail = None
            self.steps = [(b"RSET\r\n", 1)]

    def _step(self):
        if not self.steps:
            self._next_mail()
        if self.steps:
            octets, self.awaited = self.steps.pop(0)
            self.transport.write(octets)

    def _next_mail(self):
        now = time.monotonic()
        if self.mail is not None:
            self.result.seconds.append(now - self.result.sent_at[self.mail.marker])
            self.result.ended_at = now
        self.mail = next(self.work, None)
        if self.mail is None:
            self.transport.write(b"QUIT\r\n")
            self.transport.close()
            return
        self.result.sent_at[self.mail.marker] = now
        self.steps = _steps(self.mail, pipelining=self.pipelining)


def _steps(mail, *, pipelining):
    envelope = [
        f"MAIL FROM:<{mail.sender}>\r\n".encode(),
        f"RCPT TO:<{mail.recipient}>\r\n".encode(),
        b"DATA\r\n",
    ]
    content = mail.content.replace(b"\r\n.", b"\r\n..") + b".\r\n"
    if pipelining:
        return [(b"".join(envelope), len(envelope)), (content, 1)]
    return [*((line, 1) for line in envelope), (content, 1)]


async def _load(port, work, connections, force):
    result = Result(began_at=time.monotonic())
    loop = asyncio.get_running_loop()
    sessions = []
    for _ in range(connections):
        _, session = await loop.create_connection(
            lambda: Session(work, result, force=force), "127.0.0.1", port
        )
        sessions.append(session)
    await asyncio.gather(*(session.done for session in sessions))
    return result


def load(
    port: int,
    work: Iterable[Mail],
    *,
    connections: int = 4,
    force: bool = False,
    seconds: float = 300,
) -> Result:
    """Send all of `work` and give the answers.

    Raises TimeoutError after `seconds`.
    """
    waited = asyncio.wait_for(_load(port, iter(work), connections, force), seconds)
    return asyncio.run(waited)


def main() -> None:
    parser = argparse.ArgumentParser(description="Load an SMTP server on loopback.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--to", required=True)
    parser.add_argument("--sender", default="member@client.example")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--force-pipelining", action="store_true")
    asked = parser.parse_args()
    run = f"{time.monotonic_ns():x}"
    work = list(mails(run, asked.count, asked.sender, asked.to))
    result = load(
        asked.port, work, connections=asked.connections, force=asked.force_pipelining
    )
    print(
        f"{len(result.seconds)} taken, {len(result.refused)} refused, "
        f"{result.per_second:.0f} a second, p50 {result.p50_ms:.1f} ms, "
        f"slowest {result.slowest_ms:.0f} ms"
    )
    for refusal in result.refused[:3]:
        print("refused:", refusal.decode(errors="replace").strip())


if __name__ == "__main__":
    main()
