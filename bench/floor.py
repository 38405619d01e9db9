"""The least work: what a gateway on these packages must do, and nothing of a product.

    python -m bench.floor FOLDER SINK_PORT K

aiosmtpd takes a post; the post, its parsed text and K rows of an outbox are committed
to SQLite (WAL, synchronous FULL; what waits shares a commit) before the 250; then each
of the K readers gets a copy with headers of their own over kept, pipelined connections,
and the rows of what was sent are deleted. It prints its port. No rules, no people, no
templates, no second process: a yardstick, not a gateway.
"""

import asyncio
import email
import hashlib
import queue
import socket
import sqlite3
import sys
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.smtp import SMTP

SCHEMA = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
CREATE TABLE post (id INTEGER PRIMARY KEY, raw BLOB, subject TEXT, body TEXT);
CREATE TABLE outbox (id INTEGER PRIMARY KEY, post INTEGER, reader TEXT);
"""
BATCH = 200


@dataclass
class Post:
    """One mail on its way to the disk."""

    raw: bytes
    subject: str
    body: str
    kept: Future[int] = field(default_factory=Future)


class Disk:
    """Keeps posts with their outbox rows in shared commits, in a thread of its own."""

    def __init__(self, path: Path, readers: list[str], ready: queue.Queue) -> None:
        """Put (post number, first outbox row, post) into `ready` after each commit."""
        self.path, self.readers, self.ready = path, readers, ready
        self.waiting: queue.Queue[Post] = queue.Queue()
        self.sent: queue.Queue[int] = queue.Queue()
        threading.Thread(target=self.work, daemon=True).start()

    def work(self) -> None:
        """Commit what waits, as it comes."""
        base = sqlite3.connect(self.path, isolation_level=None)
        base.executescript(SCHEMA)
        row = 0
        while True:
            posts = _some(self.waiting, 0.1)
            sent = _some(self.sent, None)
            if not posts and not sent:
                continue
            base.execute("BEGIN IMMEDIATE")
            base.executemany("DELETE FROM outbox WHERE id = ?", [(n,) for n in sent])
            kept = []
            for post in posts:
                number = base.execute(
                    "INSERT INTO post (raw, subject, body) VALUES (?, ?, ?)",
                    (post.raw, post.subject, post.body),
                ).lastrowid
                base.executemany(
                    "INSERT INTO outbox VALUES (?, ?, ?)",
                    [(row + n, number, to) for n, to in enumerate(self.readers)],
                )
                kept.append((number, row, post))
                row += len(self.readers)
            base.execute("COMMIT")
            for number, first, post in kept:
                post.kept.set_result(number)
                self.ready.put((number, first, post))


def _some(waiting, seconds):
    found = []
    try:
        found.append(waiting.get(block=bool(seconds), timeout=seconds))
        while len(found) < BATCH:
            found.append(waiting.get_nowait())
    except queue.Empty:
        pass
    return found


class Courier:
    """One kept connection to the sink; a post's copies leave pipelined."""

    def __init__(self, port: int, readers: list[str], disk: Disk) -> None:
        """Connect and work in a thread of its own."""
        self.port, self.readers, self.disk = port, readers, disk
        threading.Thread(target=self.work, daemon=True).start()

    def work(self) -> None:
        """Send the copies of one post after the other."""
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answers = connection.makefile("rb")
        answers.readline()
        connection.sendall(b"EHLO floor.example\r\n")
        while answers.readline()[3:4] == b"-":
            pass
        while True:
            number, first, post = self.disk.ready.get()
            body = post.body.replace("\r\n.", "\r\n..").encode() + b"\r\n.\r\n"
            for place, reader in enumerate(self.readers):
                token = _token(number, reader)
                connection.sendall(
                    f"MAIL FROM:<b+{token}@floor.example>\r\n"
                    f"RCPT TO:<{reader}>\r\nDATA\r\n".encode()
                )
                replies = [answers.readline() for _ in range(3)]
                connection.sendall(_head(post.subject, number, reader, token) + body)
                replies.append(answers.readline())
                if not replies[3].startswith(b"250"):
                    raise RuntimeError(f"the sink said {replies}")
                self.disk.sent.put(first + place)


def _token(number, reader):
    octets = f"{number} {reader}".encode()
    return hashlib.blake2b(octets, key=b"floor", digest_size=12).hexdigest()


def _head(subject, number, reader, token):
    return (
        "From: Member via Floor <desk@floor.example>\r\n"
        f"To: {reader}\r\n"
        f"Subject: {subject}\r\n"
        f"Message-ID: <{number}@floor.example>\r\n"
        f"Reply-To: desk+{token}@floor.example\r\n"
        f"List-Unsubscribe: <http://floor.example/u/{token}>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 8bit\r\n\r\n"
    ).encode()


class Door:
    """The handler of aiosmtpd: read, keep, then answer."""

    def __init__(self, disk: Disk) -> None:
        """Keep on `disk`."""
        self.disk = disk

    async def handle_DATA(self, server, session, envelope):  # noqa: ARG002, N802
        """Answer when the post is on the disk."""
        mail = email.message_from_bytes(envelope.content)
        text = mail.get_payload(decode=True).decode(errors="replace")
        post = Post(envelope.content, str(mail["subject"]), text)
        self.disk.waiting.put(post)
        await asyncio.wrap_future(post.kept)
        return "250 kept"


async def serve(folder: Path, sink: int, count: int) -> None:
    readers = [f"m{number}@members.example" for number in range(count)]
    disk = Disk(folder / "floor.db", readers, queue.Queue())
    for _ in range(2):
        Courier(sink, readers, disk)
    loop = asyncio.get_running_loop()
    door = Door(disk)
    server = await loop.create_server(
        lambda: SMTP(door, hostname="floor.example", enable_SMTPUTF8=True),
        "127.0.0.1",
        0,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
