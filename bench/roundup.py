"""Roundup on the same posts: a classic tracker on SQLite, K people on the nosy list.

    python -m bench.roundup 10

Installed by pip into an environment that is thrown away. Two ways to feed it: a process
for each mail, as its users run it from an MTA's pipe, and one process that keeps the
tracker open, its best case. Handling a mail includes sending its copies, so a post is
over when its process is. Each reader gets a mail of their own (email_sending multiple).
"""

import argparse
import configparser
import os
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.fanout import Figures, sinking, wait_for
from bench.machine import Watch, cpu_seconds, running, scratch
from bench.mails import Mail, mails
from bench.sink import Log

VERSION = "2.6.0"

#: Run by the environment's own Python: people and an issue; prints the issue's number.
PEOPLE = """
import sys
import roundup.instance
base = roundup.instance.open(sys.argv[1]).open("admin")
people = [
    base.user.create(
        username=f"m{n}", address=f"m{n}@members.example", roles="User"
    )
    for n in range(int(sys.argv[2]) + 1)
]
print(base.issue.create(title="Printer", nosy=people))
base.commit()
base.close()
"""

#: The best case: the tracker stays open, a line of standard input names a mail.
KEPT = """
import io, sys
import roundup.instance
from roundup import mailgw
from roundup.scripts.roundup_mailgw import parse_arguments
tracker = roundup.instance.open(sys.argv[1])
kind = getattr(tracker, "MailGW", mailgw.MailGW)
gateway = kind(tracker, parse_arguments([sys.argv[1]])[1])
print("ready", flush=True)
for name in sys.stdin:
    with open(name.strip(), "rb") as mail:
        gateway.main(io.BytesIO(mail.read()))
    print("done", flush=True)
"""

Feed = Callable[[Path], None]
"""Handle the mail in a file; return when it is done."""


class Tracker:
    """An installed tracker with one issue."""

    def __init__(self, programs: Path, home: Path, sink: int, readers: int) -> None:
        """Install and initialise it."""
        self.programs, self.home, self.readers = programs, home, readers
        self.environment = dict(os.environ, PYTHONWARNINGS="ignore")
        self._call("roundup-admin", "-i", str(home), "install", "classic", "sqlite")
        _configure(home / "config.ini", sink)
        self._call("roundup-admin", "-i", str(home), "initialise", "admin")
        self.issue = self._call("python", "-c", PEOPLE, str(home), str(readers)).strip()

    def _call(self, name: str, *arguments: str) -> str:
        done = subprocess.run(
            [self.programs / name, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        if done.returncode:
            raise RuntimeError(f"{name} {arguments[:3]}: {done.stdout}{done.stderr}")
        return done.stdout

    def posts(self, run: str, count: int, folder: Path) -> list[tuple[Mail, Path]]:
        """Write posts of one reader to the issue into files."""
        written = []
        subject = f"[issue{self.issue}] Printer"
        for number, mail in enumerate(
            mails(
                run,
                count,
                "m0@members.example",
                "issues@tracker.example",
                subject=subject,
            )
        ):
            path = folder / f"{run}-{number}"
            path.write_bytes(mail.content)
            written.append((mail, path))
        return written


def _configure(path: Path, sink: int) -> None:
    # Its own file is full of comments; what is left out has the default of Roundup.
    config = configparser.ConfigParser(interpolation=None)
    config.read(path, "utf-8")
    for section, name, value in (
        ("main", "admin_email", "admin@tracker.example"),
        ("tracker", "name", "bench"),
        ("tracker", "web", "http://127.0.0.1:1/bench/"),
        ("tracker", "email", "issues@tracker.example"),
        ("mail", "domain", "tracker.example"),
        ("mail", "host", "127.0.0.1"),
        ("mail", "port", str(sink)),
        ("mailgw", "subject_updates_title", "no"),
        ("nosy", "messages_to_author", "no"),
        ("nosy", "email_sending", "multiple"),
        ("rdbms", "backend", "sqlite"),
    ):
        config.set(section, name, value)
    with path.open("w", encoding="utf-8") as file:
        config.write(file)


def install(folder: Path) -> Path:
    """Make the throw-away environment; give the folder of its programs."""
    place = folder / "roundup"
    venv.create(place, with_pip=True)
    subprocess.run(
        [
            place / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            f"roundup=={VERSION}",
        ],
        stdin=subprocess.DEVNULL,
        check=True,
        timeout=300,
    )
    return place / "bin"


class OneProcessEach:
    """A process for each mail, as from an MTA's pipe."""

    name = f"Roundup {VERSION}, a process per mail"

    def __init__(self, tracker: Tracker) -> None:
        """Feed this tracker."""
        self.tracker = tracker
        self.cpu = 0.0

    @contextmanager
    def feeding(self) -> Iterator[Feed]:
        """Give the way to hand over a mail."""
        yield self._feed

    def _feed(self, path: Path) -> None:
        with path.open("rb") as mail:
            process = subprocess.Popen(
                [self.tracker.programs / "roundup-mailgw", self.tracker.home],
                stdin=mail,
                stdout=subprocess.DEVNULL,
                env=self.tracker.environment,
            )
            _, process.returncode, used = os.wait4(process.pid, 0)
        if process.returncode:
            raise RuntimeError(f"roundup-mailgw ended with {process.returncode}")
        self.cpu += used.ru_utime + used.ru_stime

    def memory(self) -> tuple[float, float]:
        """Give nothing: the kernel counts its parent's memory before the exec in."""
        return float("nan"), float("nan")


class OneProcess:
    """One process with the tracker open: Roundup's best case."""

    name = f"Roundup {VERSION}, one process kept"

    def __init__(self, tracker: Tracker) -> None:
        """Feed this tracker."""
        self.tracker = tracker
        self.watch: Watch | None = None
        self.root = 0

    @contextmanager
    def feeding(self) -> Iterator[Feed]:
        """Give the way to hand over a mail."""
        command = (str(self.tracker.programs / "python"), "-c", KEPT)
        with running(*command, str(self.tracker.home), talk=True) as (process, _):
            self.root = process.pid
            self.watch = Watch(process.pid)

            def feed(path: Path) -> None:
                process.stdin.write(f"{path}\n")
                process.stdin.flush()
                if process.stdout.readline() != "done\n":
                    raise RuntimeError("Roundup's process ended")

            yield feed

    @property
    def cpu(self) -> float:
        """CPU seconds so far."""
        return cpu_seconds(self.root)

    def memory(self) -> tuple[float, float]:
        """Give peak RSS and PSS."""
        self.watch.stop()
        return self.watch.rss_mb, self.watch.pss_mb


def measure(programs: Path, way: type, readers: int, *, posts: int) -> Figures:
    """Set a tracker up, feed it one post after the other, give the figures."""
    with scratch() as folder, sinking(folder) as (sink, log):
        tracker = Tracker(programs, folder / "tracker", sink, readers)
        fed = way(tracker)
        with fed.feeding() as feed:
            return _measure(fed, feed, tracker, log, posts)


def _measure(fed, feed: Feed, tracker: Tracker, log: Log, posts: int) -> Figures:
    folder, readers = tracker.home.parent, tracker.readers
    for _, path in tracker.posts("warm", 2, folder):
        feed(path)
    work = tracker.posts(f"posts{time.monotonic_ns():x}", posts, folder)
    before, began, waited = fed.cpu, time.monotonic(), []
    for _, path in work:
        start = time.monotonic()
        feed(path)
        waited.append(time.monotonic() - start)
    seconds, cpu = time.monotonic() - began, fed.cpu - before
    missing = wait_for(log, {mail.marker for mail, _ in work}, readers, 30)
    rss, pss = fed.memory()
    return Figures(
        system=fed.name,
        readers=readers,
        posts=posts,
        posts_per_second=posts / seconds,
        copies_per_second=(posts * readers - missing) / seconds,
        last_copy_p50_ms=1000 * statistics.median(waited),
        cpu_per_100_posts=100 * cpu / posts,
        peak_rss_mb=rss,
        peak_pss_mb=pss,
        missing=missing,
        doubled=log.doubled,
        refused=0,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure Roundup.")
    parser.add_argument("readers", type=int)
    parser.add_argument("--posts", type=int, default=20)
    asked = parser.parse_args()
    with scratch() as folder:
        programs = install(folder)
        for way in (OneProcessEach, OneProcess):
            print(measure(programs, way, asked.readers, posts=asked.posts))


if __name__ == "__main__":
    sys.exit(main())
