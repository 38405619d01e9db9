"""A smarthost for the bench: speaks SMTP, keeps one line per recipient, no mail.

    python -m bench.sink LOG [PORT]

A line of the log: nanoseconds of the monotonic clock, marker, Message-ID, Reply-To,
kind (X-Parlour-Kind) and recipient, with `-` for what is not there. It prints its port
when it is ready and ends on SIGTERM, or when the process that began it is gone.
"""

import asyncio
import os
import re
import signal
import socket
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from bench.mails import MARKER

END = b"\r\n.\r\n"
OFFERS = (
    b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n"
    b"250-SMTPUTF8\r\n250 SIZE 100000000\r\n"
)
HEADERS = re.compile(
    rb"(?mi)^(message-id|reply-to|x-parlour-kind):[ \t]*(?:\r?\n[ \t]+)?([^\r\n]*)"
)


class Session(asyncio.Protocol):
    """One connection; commands and mails are taken as they come, pipelined or not."""

    def __init__(self, lines: list[bytes]) -> None:
        """Add a line per recipient to `lines`."""
        self.lines = lines
        self.buffer = bytearray()
        self.recipients: list[bytes] = []
        self.in_mail = False
        self.searched = 0

    def connection_made(self, transport) -> None:
        """Greet."""
        self.transport = transport
        connected = transport.get_extra_info("socket")
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer all that is complete in one write."""
        self.buffer += data
        answers = []
        while (answer := self._mail() if self.in_mail else self._command()) is not None:
            answers.append(answer)
        if answers:
            self.transport.write(b"".join(answers))
        if answers and answers[-1].startswith(b"221"):
            self.transport.close()

    def _mail(self):
        found = self.buffer.find(END, self.searched)
        if found < 0:
            self.searched = max(len(self.buffer) - len(END), 0)
            return None
        self._keep(bytes(self.buffer[:found]))
        del self.buffer[: found + len(END)]
        self.in_mail, self.recipients = False, []
        return b"250 2.0.0 kept\r\n"

    def _keep(self, content):
        now = time.monotonic_ns()
        head = content[: content.find(b"\r\n\r\n")]
        said = {name.lower(): value for name, value in HEADERS.findall(head)}
        marker = MARKER.search(content)
        for recipient in self.recipients:
            fields = (
                b"%d" % now,
                marker.group() if marker else b"-",
                said.get(b"message-id", b"-").strip() or b"-",
                said.get(b"reply-to", b"-").strip().replace(b"\t", b" ") or b"-",
                said.get(b"x-parlour-kind", b"-").strip() or b"-",
                recipient,
            )
            self.lines.append(b"\t".join(fields) + b"\n")

    def _command(self):
        end = self.buffer.find(b"\n")
        if end < 0:
            return None
        line = bytes(self.buffer[:end]).strip()
        del self.buffer[: end + 1]
        verb = line[:4].upper()
        if verb == b"RCPT":
            self.recipients.append(line[line.find(b"<") + 1 : line.rfind(b">")])
        elif verb in {b"MAIL", b"RSET"}:
            self.recipients = []
        elif verb == b"EHLO":
            return OFFERS
        elif verb == b"DATA":
            self.in_mail, self.searched = True, 0
            return b"354 go on\r\n"
        elif verb == b"QUIT":
            return b"221 2.0.0 bye\r\n"
        return b"250 2.0.0 ok\r\n"


async def serve(path: Path, port: int) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    lines: list[bytes] = []
    server = await loop.create_server(lambda: Session(lines), "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    parent = os.getppid()
    with path.open("ab", buffering=0) as log:
        while not stop.is_set() and os.getppid() == parent:
            await asyncio.sleep(0.01)
            if lines:
                log.write(b"".join(lines))
                lines.clear()
    server.close()


class Log:
    """The log of a sink, read while it grows."""

    def __init__(self, path: Path) -> None:
        """Begin at the start of the file."""
        self.file = path.open("rb")
        self.rest = b""
        self.arrivals: dict[str, list[float]] = defaultdict(list)
        """Seconds of the monotonic clock, by marker, in order of arrival."""
        self.copies: Counter[tuple[str, str]] = Counter()
        """How often each (Message-ID, recipient) came."""
        self.letters: list[tuple[str, str, str, str]] = []
        """Kind, recipient, Reply-To, marker, in order of arrival."""

    def read(self) -> int:
        """Take what is new; give how many lines there are in all."""
        *lines, self.rest = (self.rest + self.file.read()).split(b"\n")
        for line in lines:
            at, marker, message_id, reply_to, kind, recipient = line.decode(
                errors="replace"
            ).split("\t")
            self.arrivals[marker].append(int(at) / 1e9)
            self.copies[message_id, recipient] += 1
            self.letters.append((kind, recipient, reply_to, marker))
        return len(self.letters)

    @property
    def doubled(self) -> int:
        """How many copies somebody got a second time."""
        return sum(count - 1 for count in self.copies.values())


def main() -> None:
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    asyncio.run(serve(Path(sys.argv[1]), port))


if __name__ == "__main__":
    main()
