"""How fast old mail becomes cases, beside what the least work would cost.

    python -m bench.importing [COUNT]

A mailbox is made (bench.mailbox), and `parlour import` brings it to an empty SQLite
database. Beside it, in the same run: how fast Python's own `mailbox` reads the file,
and the floor, which hashes, compresses and inserts each mail in commits of the same
size and understands nothing of it.
"""

import hashlib
import json
import mailbox
import os
import re
import resource
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.machine import cpu_seconds, memory_mb, scratch
from bench.mailbox import DESK, TEAM, write_mbox
from gateway.inbound.sources import Mbox
from storage.journal import zstd

COUNT = 90_000
BATCH = 200
_SETTINGS = f"""
secret = "{"bench" * 8}"
data_dir = "data"
[outbound]
host = "127.0.0.1"
port = 9
[[desk]]
address = "{DESK}"
team = [{", ".join(f'"{member}"' for member in TEAM)}]
"""
_SCHEMA = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
CREATE TABLE mail (id INTEGER PRIMARY KEY, digest TEXT, raw BLOB);
"""
_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, kw_only=True)
class Importing:
    """Mails a second, CPU seconds for a thousand, and memory on the way."""

    count: int
    octets: int
    per_second: float
    cpu_per_1000: float
    mailbox_per_second: float
    floor_per_second: float
    floor_cpu_per_1000: float
    rss_mb: tuple[float, float, float]
    """Of the whole family, at a tenth, the half and the end."""
    cases: int
    people: int
    database_mb: float


def measure(count: int = COUNT) -> Importing:
    """Make the mailbox, and measure all three on it."""
    with scratch() as folder:
        path = folder / "old.mbox"
        write_mbox(path, count)
        said, cpu, memory = _parlour(folder, path, count)
        floor, floor_cpu = _floor(folder / "floor.db", path)
        return Importing(
            count=count,
            octets=path.stat().st_size,
            per_second=said["per_second"],
            cpu_per_1000=1000 * cpu / count,
            mailbox_per_second=_mailbox(path),
            floor_per_second=floor,
            floor_cpu_per_1000=floor_cpu,
            rss_mb=memory,
            cases=said["cases"],
            people=said["people"],
            database_mb=(folder / "data" / "parlour.db").stat().st_size / 1e6,
        )


def _parlour(folder, path, count):
    (folder / "parlour.toml").write_text(_SETTINGS)
    run = [sys.executable, "-m", "gateway.cli"]
    where = {"cwd": folder, "env": os.environ | {"PYTHONPATH": str(_ROOT)}}
    subprocess.run([*run, "migrate"], check=True, capture_output=True, **where)
    process = subprocess.Popen(
        [*run, "import", "mbox", str(path), "--desk", DESK, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        **where,
    )
    marks, seen = [count // 10, count // 2, count - BATCH], []
    cpu = 0.0
    while process.poll() is None:
        cpu = max(cpu, cpu_seconds(process.pid))
        if len(seen) < len(marks) and _done(folder) >= marks[len(seen)]:
            seen.append(memory_mb(process.pid)[0])
        time.sleep(0.2)
    said = json.loads(process.stdout.read())
    seen += [float("nan")] * (len(marks) - len(seen))
    return said, cpu, tuple(seen)


def _done(folder):
    """Say how many mails are in, without a look at what they are."""
    base = sqlite3.connect(folder / "data" / "parlour.db", timeout=30)
    try:
        found = base.execute("SELECT counts FROM import_run").fetchone()
    finally:
        base.close()
    counts = json.loads(found[0]) if found else {}
    names = ("posts", "repeats", "machine", "unreadable")
    return sum(counts.get(name, 0) for name in names)


def _mailbox(path):
    """Read the file with the standard library, each mail as octets."""
    start = time.monotonic()
    box = mailbox.mbox(path, create=False)
    count = sum(1 for key in box.iterkeys() if box.get_bytes(key))
    box.close()
    return count / (time.monotonic() - start)


def _floor(database, path):
    start, used = time.monotonic(), _own_cpu()
    base = sqlite3.connect(database, isolation_level=None)
    base.executescript(_SCHEMA)
    count, rows = 0, []
    for item in Mbox(path).items():
        raw = re.sub(rb"\r?\n", b"\r\n", item.raw)
        rows.append((hashlib.sha256(raw).hexdigest(), zstd.compress(raw, level=3)))
        count += 1
        if len(rows) == BATCH:
            _insert(base, rows)
            rows = []
    _insert(base, rows)
    base.close()
    spent = time.monotonic() - start
    return count / spent, 1000 * (_own_cpu() - used) / count


def _insert(base, rows):
    base.execute("BEGIN IMMEDIATE")
    base.executemany("INSERT INTO mail (digest, raw) VALUES (?, ?)", rows)
    base.execute("COMMIT")


def _own_cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def lines(found: Importing) -> str:
    """Write the figures for the report."""
    rss = ", ".join(f"{each:.0f}" for each in found.rss_mb)
    return (
        f"Import of {found.count:,} mails ({found.octets / 1e6:.0f} MB, threads of 1 "
        f"to 30) into SQLite: **{found.per_second:.0f} mails/s**, "
        f"{found.cpu_per_1000:.1f} CPU s per 1,000; {found.cases:,} cases, "
        f"{found.people:,} people, {found.database_mb:.0f} MB of database; memory of "
        f"all its processes at 10, 50 and 100 %: {rss} MB. The floor (hash, compress, "
        f"insert) {found.floor_per_second:.0f} mails/s, {found.floor_cpu_per_1000:.1f} "
        f"CPU s; Python's `mailbox`, reading alone, {found.mailbox_per_second:.0f}/s."
    )


if __name__ == "__main__":
    print(lines(measure(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)))
