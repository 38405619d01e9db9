"""A server that behaves badly as it is told to; it knows as much IMAP as that takes."""

import contextlib
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

HOST = "127.0.0.1"


@dataclass
class Scripted:
    """A server with a few mails, of which some are poison; a context manager."""

    mails: dict[int, bytes] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    """Numbers of mails whose fetch is answered NO."""
    deadly: set[int] = field(default_factory=set)
    """Numbers of mails whose fetch ends the connection."""
    greets: bool = True
    answers: Callable[[bytes, str], bytes | None] | None = None
    """Gives what is said to a command before anything else; None: nothing special."""
    offers: str = "IMAP4rev1"
    sessions: int = 0
    said: list[str] = field(default_factory=list)

    def __enter__(self):
        self._listener = socket.create_server((HOST, 0))
        self.port = self._listener.getsockname()[1]
        self._connections = []
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        # A thread in accept() would keep the port otherwise.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            self.sessions += 1
            threading.Thread(
                target=self._serve, args=(connection,), daemon=True
            ).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), connection.makefile("rb") as lines:
            if not self.greets:
                lines.readline()
                return
            connection.sendall(b"* OK ready\r\n")
            idling = b""
            for line in lines:
                tag, _, command = line.rstrip(b"\r\n").partition(b" ")
                if tag == b"DONE":
                    connection.sendall(idling + b" OK done\r\n")
                    continue
                idling = tag
                self.said.append(command.decode())
                reply = self._reply(tag, command.decode())
                if reply is None:
                    connection.shutdown(socket.SHUT_RDWR)
                    return
                connection.sendall(reply)

    def _reply(self, tag, command):
        if self.answers and (said := self.answers(tag, command)) is not None:
            return said
        if found := re.fullmatch(r"UID FETCH (\S+) \((.*)\)", command):
            return self._fetch(tag, found[1], found[2])
        if command.startswith("UID SEARCH"):
            numbers = " ".join(map(str, sorted(self.mails)))
            return f"* SEARCH {numbers}\r\n".encode() + tag + b" OK done\r\n"
        if command.startswith(("SELECT", "EXAMINE")):
            highest = max(self.mails, default=0)
            return (
                (
                    f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY 7]\r\n"
                    f"* OK [UIDNEXT {highest + 1}]\r\n"
                    "* OK [PERMANENTFLAGS (\\Seen \\*)]\r\n"
                ).encode()
                + tag
                + b" OK done\r\n"
            )
        said = {"CAPABILITY": f"* CAPABILITY {self.offers}\r\n", "IDLE": "+ idling\r\n"}
        end = b"" if command == "IDLE" else tag + b" OK done\r\n"
        return said.get(command, "").encode() + end

    def _fetch(self, tag, uids, what):
        wanted = numbers_of(uids)
        if "BODY" in what and self.deadly & wanted:
            return None
        if "BODY" in what and self.refused & wanted:
            return tag + b" NO [SERVERBUG] this mail is broken\r\n"
        found = b""
        for number, (uid, raw) in enumerate(sorted(self.mails.items()), start=1):
            if uid not in wanted:
                continue
            if "HEADER" in what:
                head = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                data = b"BODY[HEADER]<0> {%d}\r\n%b" % (len(head), head)
            elif "BODY" in what:
                data = b"BODY[] {%d}\r\n%b" % (len(raw), raw)
            else:
                data = (
                    b'RFC822.SIZE %d INTERNALDATE "01-Jan-2099 00:00:00 +0000"'
                    % len(raw)
                )
            found += b"* %d FETCH (UID %d %b)\r\n" % (number, uid, data)
        return found + tag + b" OK done\r\n"


def numbers_of(written):
    """Read a set of numbers as IMAP writes it."""
    found = set()
    for part in written.split(","):
        first, _, last = part.partition(":")
        found |= set(range(int(first), int(last or first) + 1))
    return found
