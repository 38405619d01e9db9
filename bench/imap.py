"""How fast mail is fetched from a mailbox, and how soon a new one is told.

    python -m bench.imap [COUNT]

Debian's Dovecot holds small mails, each from a customer of their own. `parlour serve`
with all its roles fetches them to its journal and moves them away, while its work
process opens cases for those it has already. Beside it, in the same run, the floor: a
bare imapclient fetches the same mails and keeps nothing. Then, with the mailbox idle,
one mail at a time: from the APPEND to the team's letter in the sink.
"""

import contextlib
import sqlite3
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench import parlour
from bench.fanout import sinking
from bench.machine import free_port, running, scratch
from bench.mails import mails
from tests.imapserver import Account, has_dovecot, imap_server

COUNT = 3000
LATE = 10
BATCH = 100
SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Fetching:
    """Mails a second, and seconds from mailbox to sink."""

    count: int
    octets: int
    per_second: float
    """Into the journal, from its first row to its last."""
    floor_per_second: float
    told_median: float
    told_slowest: float

    @property
    def ratio(self) -> float:
        """What keeping them durably leaves of the speed."""
        return self.per_second / self.floor_per_second


def measure(count: int = COUNT) -> Fetching | None:
    """Measure both; None where there is no Dovecot."""
    if not has_dovecot():
        return None
    with imap_server() as server:
        box = server.account()
        octets = _fill(box, count)
        floor = _floor(box)
        with scratch() as folder:
            per_second, told = _parlour(folder, box, count)
    return Fetching(
        count=count,
        octets=octets,
        per_second=per_second,
        floor_per_second=floor,
        told_median=statistics.median(told),
        told_slowest=max(told),
    )


def _mails(run, count):
    """Short mails, each from somebody else; as a provider delivers them."""
    for number, one in enumerate(mails(run, 2 * count, "x@y.example", parlour.DESK)):
        if number % 2 == 0:
            sender = f"c{number}@customer{number}.example"
            top = f"Return-Path: <{sender}>\r\nDelivered-To: {parlour.DESK}\r\n"
            yield (
                one.marker,
                top.encode() + one.content.replace(b"x@y.example", sender.encode()),
            )


def _fill(box: Account, count: int) -> int:
    ready = [content for _, content in _mails("imap", count)]
    with box.client() as client:
        for start in range(0, count, BATCH):
            client.multiappend("INBOX", ready[start : start + BATCH])
    return sum(map(len, ready))


def _floor(box: Account) -> float:
    """Fetch them all by the library alone."""
    with box.client() as client:
        client.select_folder("INBOX", readonly=True)
        uids = client.search()
        begun = time.monotonic()
        for start in range(0, len(uids), BATCH):
            client.fetch(uids[start : start + BATCH], ["BODY.PEEK[]"])
        return len(uids) / (time.monotonic() - begun)


def _parlour(folder: Path, box: Account, count: int) -> tuple[float, list[float]]:
    with sinking(folder) as (sink, log):
        path = parlour.settings(folder, free_port(), free_port(), sink)
        text = path.read_text().replace("[limits]", f"{_mailbox(box)}\n[limits]")
        path.write_text(text)
        command = (*parlour.program(), "serve", "--config", str(path))
        with running(*command, ready=False, log=folder / "parlour.log"):
            per_second = _kept(folder / "data" / "parlour.db", count)
            _await(lambda: _is_idle(folder / "data" / "parlour.db", box))
            return per_second, [_told(box, log, n) for n in range(LATE)]


def _mailbox(box: Account) -> str:
    return f"""
[[desk.mailbox]]
host = "{box.server.host}"
port = {box.server.port}
tls = "none"
username = "{box.name}"
password = "{box.server.password}"
done_folder = "Done"
"""


def _kept(path: Path, count: int) -> float:
    """Wait for the journal; give its rows a second."""
    first_at, first = 0.0, 0
    ends = time.monotonic() + SECONDS
    while (kept := _ask(path, "SELECT count(*) FROM inbound")) < count:
        if kept and not first:
            first_at, first = time.monotonic(), kept
        if time.monotonic() > ends:
            raise TimeoutError(f"only {kept} of {count} mails were kept")
        time.sleep(0.01)
    return (count - first) / (time.monotonic() - first_at)


def _ask(path: Path, question: str) -> int:
    """Look into the database; 0 while there is none."""
    try:
        with contextlib.closing(
            sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        ) as base:
            (found,) = base.execute(question).fetchone()
            return int(found)
    except sqlite3.OperationalError:
        return 0


def _is_idle(path: Path, box: Account) -> bool:
    pending = _ask(path, "SELECT count(*) FROM inbound WHERE state = 'pending'")
    due = _ask(path, "SELECT count(*) FROM delivery WHERE state != 'sent'")
    return not pending and not due and not box.mails()


def _told(box: Account, log, number: int) -> float:
    """Append one mail; give the seconds until the team's letter is in the sink."""
    ((marker, content),) = _mails(f"late{number}", 1)
    time.sleep(0.5)
    with box.client() as client:
        begun = time.monotonic()
        client.append("INBOX", content)
    _await(lambda: log.read() and log.arrivals.get(marker))
    return time.monotonic() - begun


def _await(is_so) -> None:
    ends = time.monotonic() + SECONDS
    while not is_so():
        if time.monotonic() > ends:
            raise TimeoutError(f"never came: {is_so}")
        time.sleep(0.01)


def lines(found: Fetching | None) -> str:
    """Write the figures."""
    if found is None:
        return "Fetching by IMAP: not measured, there is no Dovecot here."
    return (
        f"Fetching by IMAP, {found.count} mails of "
        f"{found.octets / found.count / 1000:.1f} kB from Dovecot on loopback: "
        f"{found.per_second:.0f} mails/s into the journal; a bare imapclient that "
        f"keeps nothing {found.floor_per_second:.0f} mails/s, ratio {found.ratio:.2f}. "
        "From an idle mailbox to the letter in the sink: median "
        f"{found.told_median:.2f} s, slowest of {LATE} {found.told_slowest:.2f} s."
    )


if __name__ == "__main__":
    print(lines(measure(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)))
