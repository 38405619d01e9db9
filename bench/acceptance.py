"""How fast mail is taken when it must be on stable storage first.

    python -m bench.acceptance

Rounds of Parlour and of bare aiosmtpd take turns in one run, with the same mails over
16 connections. Parlour runs as `parlour serve` with all its roles: while it takes the
mails, its work process reads, decides and sends what it has taken already.
"""

import statistics
import time
from dataclasses import dataclass

from bench import parlour
from bench.fanout import sinking
from bench.load import Result, load
from bench.machine import own, running, scratch
from bench.mails import mails

CONNECTIONS = 16


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """Mails a second, the median over the rounds."""

    bare: float
    parlour: float
    bare_p50_ms: float
    parlour_p50_ms: float
    bare_slowest_ms: float
    parlour_slowest_ms: float
    refused: int
    rounds: int
    count: int

    @property
    def ratio(self) -> float:
        """What a durable answer leaves of the speed; 1 would be free."""
        return self.parlour / self.bare


def bare(count: int) -> Result:
    """Load bare aiosmtpd."""
    with running(*own("bare")) as (_, port):
        return _load(int(port), "member@client.example", "desk@bare.example", count)


def durable(count: int) -> Result:
    """Load a fresh Parlour with posts to a thread of customer and owner."""
    with (
        scratch() as folder,
        sinking(folder) as (sink, _),
        parlour.thread(folder, sink, 1) as thread,
    ):
        return _load(thread.port, thread.sender, thread.recipient, count)


def _load(port: int, sender: str, recipient: str, count: int) -> Result:
    run = f"a{time.monotonic_ns():x}"
    # Made before the clock runs: making them costs the loader more than sending them.
    warm = list(mails(f"{run}w", 50, sender, recipient))
    work = list(mails(run, count, sender, recipient))
    load(port, warm, connections=CONNECTIONS)
    return load(port, work, connections=CONNECTIONS)


def measure(*, rounds: int = 3, count: int = 1500) -> Acceptance:
    """Run both in turns."""
    bares, durables = [], []
    for _ in range(rounds):
        bares.append(bare(count))
        durables.append(durable(count))
    return Acceptance(
        bare=statistics.median(one.per_second for one in bares),
        parlour=statistics.median(one.per_second for one in durables),
        bare_p50_ms=statistics.median(one.p50_ms for one in bares),
        parlour_p50_ms=statistics.median(one.p50_ms for one in durables),
        bare_slowest_ms=max(one.slowest_ms for one in bares),
        parlour_slowest_ms=max(one.slowest_ms for one in durables),
        refused=sum(len(one.refused) for one in (*bares, *durables)),
        rounds=rounds,
        count=count,
    )


if __name__ == "__main__":
    found = measure()
    print(found, f"ratio {found.ratio:.2f}")
