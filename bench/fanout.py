"""A post until its last copy: rates, waiting, processor and memory of one system.

    python -m bench.fanout floor 10 --posts 100

Two rounds on one thread with K readers: posts one after the other (how long until the
last copy is out?), then many at once (how many a second, at what cost?).
"""

import argparse
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.load import Result, load
from bench.machine import Watch, cpu_seconds, own, running, scratch
from bench.mails import Mail, mails
from bench.sink import Log

QUIET = 20
"""Seconds without an arrival after which what is missing counts as missing."""


@dataclass(frozen=True, kw_only=True)
class Thread:
    """A running system with one thread of K readers in it."""

    process: int
    """The root of the processes to watch."""
    port: int
    sender: str
    recipient: str
    subject: str = "Printer"


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What one system did with one K."""

    system: str
    readers: int
    posts: int
    posts_per_second: float
    copies_per_second: float
    last_copy_p50_ms: float
    cpu_per_100_posts: float
    peak_rss_mb: float
    peak_pss_mb: float
    missing: int
    doubled: int
    refused: int


Start = Callable[[Path, int, int], AbstractContextManager[Thread]]
"""Given a folder, the sink's port and K: a running system."""


@contextmanager
def floor(folder: Path, sink: int, readers: int) -> Iterator[Thread]:
    """The least work; see bench/floor.py."""
    command = own("floor", str(folder), str(sink), str(readers))
    with running(*command) as (process, port):
        yield Thread(
            process=process.pid,
            port=int(port),
            sender="m0@members.example",
            recipient="desk@floor.example",
        )


@contextmanager
def sinking(folder: Path) -> Iterator[tuple[int, Log]]:
    """Run a sink; give its port and its log."""
    path = folder / "sink.log"
    path.touch()
    with running(*own("sink", str(path))) as (_, port):
        yield int(port), Log(path)


def wait_for(
    log: Log, markers: set[str], copies: int, seconds: float, *, pause: float = 0.02
) -> int:
    """Wait until each marker has its copies; give how many copies are missing.

    Ends early after QUIET seconds without an arrival, and after `seconds` in any case.
    """
    end = time.monotonic() + seconds
    seen, moved = 0, time.monotonic()
    while True:
        lines = log.read()
        missing = sum(
            max(copies - len(log.arrivals.get(one, ())), 0) for one in markers
        )
        now = time.monotonic()
        if lines != seen:
            seen, moved = lines, now
        if not missing or now > end or now > moved + QUIET:
            return missing
        time.sleep(pause)


def one_by_one(thread: Thread, log: Log, count: int, copies: int) -> list[float]:
    """Post and wait for the last copy, again and again; give the seconds of each."""
    waited = []
    for mail in _posts(thread, "serial", count):
        result = load(thread.port, [mail], connections=1)
        if not wait_for(log, {mail.marker}, copies, 60, pause=0.002):
            last = log.arrivals[mail.marker][copies - 1]
            waited.append(last - result.sent_at[mail.marker])
    return waited


def _posts(thread: Thread, name: str, count: int) -> list[Mail]:
    run = f"{name}{time.monotonic_ns():x}"
    return list(
        mails(run, count, thread.sender, thread.recipient, subject=thread.subject)
    )


def at_once(thread: Thread, log: Log, work: list[Mail], copies: int) -> tuple:
    """Post everything over four connections; give the answers, seconds and missing."""
    answers: list[Result] = []
    sending = threading.Thread(
        target=lambda: answers.append(load(thread.port, work, connections=4))
    )
    sending.start()
    markers = {mail.marker for mail in work}
    missing = wait_for(log, markers, copies, 300)
    sending.join()
    last = max(max(log.arrivals[one]) for one in markers if one in log.arrivals)
    return answers[0], last - answers[0].began_at, missing


def measure(
    name: str, start: Start, readers: int, *, posts: int, single: int = 15
) -> Figures:
    """Start a system, run both rounds, end it."""
    with (
        scratch() as folder,
        sinking(folder) as (sink, log),
        start(folder, sink, readers) as thread,
    ):
        one_by_one(thread, log, 3, readers)
        waited = one_by_one(thread, log, single, readers)
        work = _posts(thread, "burst", posts)
        watch = Watch(thread.process)
        before = cpu_seconds(thread.process)
        result, seconds, missing = at_once(thread, log, work, readers)
        time.sleep(1)  # what is settled after the last copy belongs to its price
        cpu = cpu_seconds(thread.process) - before
        watch.stop()
    taken = len(result.seconds)
    return Figures(
        system=name,
        readers=readers,
        posts=taken,
        posts_per_second=taken / seconds,
        copies_per_second=(taken * readers - missing) / seconds,
        last_copy_p50_ms=1000 * statistics.median(waited or [float("nan")]),
        cpu_per_100_posts=100 * cpu / max(taken, 1),
        peak_rss_mb=watch.rss_mb,
        peak_pss_mb=watch.pss_mb,
        missing=missing + (single - len(waited)),
        doubled=log.doubled,
        refused=len(result.refused),
    )


def main() -> None:
    from bench import parlour  # noqa: PLC0415 (it uses this module)

    parser = argparse.ArgumentParser(description="Measure one system.")
    parser.add_argument("system", choices=("floor", "parlour"))
    parser.add_argument("readers", type=int)
    parser.add_argument("--posts", type=int, default=100)
    asked = parser.parse_args()
    start = floor if asked.system == "floor" else parlour.thread
    print(measure(asked.system, start, asked.readers, posts=asked.posts))


if __name__ == "__main__":
    sys.exit(main())
