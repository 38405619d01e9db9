"""A morning by the front door: posts to digest readers, and who writes meanwhile.

    python -m bench.morning [--readers 1000] [--posts 100] [--people 10000]

`parlour serve` keeps, decides and sends; the run of the digests, which its tick would
begin at eight o'clock, is begun here in a process of its own, so that its processor
time and its transactions can be told apart. All letters go to the sink by SMTP.

The first part has two stages, as the measurement of Mailman 3.3.10 has with which it
is compared (a list of 1,000 members who take MIME digests, 100 posts): the posts arrive
and nobody gets a copy at once; then the digests are asked for, and what counts is the
time from there to the last of them in the sink. That was 9 to 14 s. There one digest
goes out in a hundred mails to ten recipients each; here each reader's is their own.
"""

import argparse
import contextlib
import os
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from bench import digesting, parlour
from bench.fanout import sinking
from bench.load import load
from bench.machine import cpu_seconds, scratch
from bench.mails import mails
from bench.sink import Log
from digests.digest import preview, run
from gateway import settings
from gateway.activities.house import House
from gateway.app import garbage
from gateway.app.build import build_house, close_house
from storage import activity, people
from storage.activity import Hearing, Membership, Role
from storage.database import Database
from storage.schema import migrate

READERS, POSTS, PEOPLE = 1000, 100, 10_000
_SECONDS = 60
"""So long each stage may take; a bench ends, whatever else the machine does."""
_AHEAD = timedelta(days=3)
"""So long after now lies the slot: everything is settled by then."""
_IDLE = 10
"""So many answers are measured before the run, to compare with."""
_PAUSE = 0.25
"""Seconds between an answer and the next mail of the customer, who reads it first."""
MAILMAN_SECONDS = "9 to 14"
"""What the second stage took Mailman on such a machine when nothing else ran there."""


@dataclass(frozen=True, kw_only=True)
class Morning:
    """The figures of both parts."""

    readers: int
    posts: int
    kept_seconds: float
    """From the first post until all are decided, for every reader."""
    kept_cpu: float
    """Of all processes, for that."""
    told_seconds: float
    """From the begin of the run to the last digest in the sink."""
    told_cpu: float
    """Of all processes, for that."""
    missing: int
    doubled: int
    bare_seconds: float
    """What the sink needs for as many mails, sent by nobody but the bench."""
    people: int
    run_seconds: float
    idle_median: float
    """Of some answers before the run."""
    answers: int
    answer_median: float
    answer_slowest: float
    longest_turn: float
    """The longest time that the run kept others from writing."""


@contextmanager
def _house(folder: Path) -> Iterator[House]:
    house = build_house(settings.load(folder / "parlour.toml", os.environ))
    try:
        yield replace(house, sends_at=datetime.now(UTC))
    finally:
        close_house(house)


def _read_digests(database: Database, count: int) -> None:
    """Let so many people read the only case there is, in their digests."""
    with database.transaction() as session:
        first = session.query(people.Person).count() + 1
        numbers = range(first, first + count)
        session.execute(
            insert(people.Person), [digesting.person(n, f"Reader {n}") for n in numbers]
        )
        session.execute(
            insert(people.PersonAddress), [digesting.address(n) for n in numbers]
        )
        session.execute(
            insert(activity.Participant),
            [
                {
                    "activity_id": 1,
                    "person_id": n,
                    "role": Role.COLLEAGUE,
                    "membership": Membership.JOINED,
                    "in_team_lane": False,
                    "hearing": Hearing.DIGEST,
                    "generation": 0,
                    "reason": "",
                    "since_event_id": 0,
                    "unsaid": [],
                }
                for n in numbers
            ],
        )


def _ask(path: Path, question: str) -> int:
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        (found,) = base.execute(question).fetchone()
        return int(found)


def _await(is_so: Callable[[], object], pause: float) -> None:
    """Look until it is so: what other processes have written wakes nobody here."""
    ends = time.monotonic() + _SECONDS
    while not is_so():
        if time.monotonic() > ends:
            raise TimeoutError(f"not within {_SECONDS} s")
        time.sleep(pause)


def _digests(log: Log) -> int:
    log.read()
    return sum(kind == "digest" for kind, *_ in log.letters)


def _last(log: Log) -> float:
    """Give when the last mail came, by the monotonic clock that the sink reads too."""
    return max(times[-1] for times in log.arrivals.values())


def posts(readers: int, count: int) -> dict[str, float]:
    """Post to a case that so many read in their digests; then make those."""
    with scratch() as folder, sinking(folder) as (sink, log):
        bare = _bare(sink, log, readers)
        path = folder / "data" / "parlour.db"
        with parlour.serving(folder, sink) as (process, port):
            customers = parlour.by_front_door(port, log, 1)
            with _house(folder) as house:
                _read_digests(house.database, readers)
                garbage.leave_alone()  # as `parlour serve` does
                before = cpu_seconds(process)
                begun = time.monotonic()
                work = list(mails("posts", count, parlour.CUSTOMER, customers))
                refused = load(port, work).refused
                if refused:
                    raise RuntimeError(refused[0].decode(errors="replace"))
                wanted = "SELECT count(*) FROM ledger WHERE outcome = 'digest'"
                _await(lambda: _ask(path, wanted) >= readers * count, 0.05)
                kept = time.monotonic() - begun
                for _ in range(2):
                    # As the ticks of `parlour serve` do between two slots.
                    run(house, datetime.now(UTC))
                # And as on every morning but the first: this process made some before.
                preview(house, 1, datetime.now(UTC) + _AHEAD)
                between, own = cpu_seconds(process), time.process_time()
                begun = time.monotonic()
                run(house, datetime.now(UTC) + _AHEAD)
                own = time.process_time() - own
                _await(lambda: _digests(log) >= readers, 0.05)
                told = _last(log) - begun
            told_cpu = cpu_seconds(process) - between + own
        return {
            "kept_seconds": kept,
            "kept_cpu": between - before,
            "told_seconds": told,
            "told_cpu": told_cpu,
            "missing": max(0, readers - _digests(log)),
            "doubled": log.doubled,
            "bare_seconds": bare,
        }


def _bare(sink: int, log: Log, count: int) -> float:
    """Send as many mails to the sink, to see what SMTP alone takes."""
    begun = time.monotonic()
    load(sink, mails("bare", count, "a@bare.example", "b@bare.example"))
    _await(lambda: log.read() >= count, 0.01)
    return time.monotonic() - begun


def answers(count: int) -> dict[str, float]:
    """Let a customer write while so many digests are made and sent."""
    with scratch() as folder, sinking(folder) as (sink, log):
        path = folder / "data" / "parlour.db"
        path.parent.mkdir()
        database = Database(f"sqlite:///{path}")
        migrate(database)
        # Nothing of it is due before the slot: the tick of `parlour serve` rests.
        digesting.fill(database, count, datetime.now(UTC) - timedelta(hours=1))
        database.close()
        with parlour.serving(folder, sink) as (_, port), _house(folder) as house:
            customers = parlour.by_front_door(port, log, 1)
            idle = []
            for number in range(_IDLE):
                time.sleep(_PAUSE)
                idle.append(_answered(port, log, customers, f"idle{number}"))
            turns = digesting.turns(house.database)
            at = datetime.now(UTC) + _AHEAD
            making = threading.Thread(target=run, args=(house, at), daemon=True)
            begun = time.monotonic()
            making.start()
            waited = []
            most = _SECONDS * max(1, count // PEOPLE)
            while making.is_alive():
                if time.monotonic() > begun + most:
                    raise TimeoutError(f"the run is not done within {most} s")
                name = f"during{len(waited)}"
                waited.append(_answered(port, log, customers, name))
                making.join(_PAUSE)
            ended = time.monotonic() - begun
    return {
        "run_seconds": ended,
        "idle_median": statistics.median(idle),
        "answers": len(waited),
        "answer_median": statistics.median(waited),
        "answer_slowest": max(waited),
        "longest_turn": max(turns),
    }


def _answered(port: int, log: Log, to: str, name: str) -> float:
    """Post one mail; give the seconds until its owner's copy is in the sink."""
    (mail,) = mails(name, 1, parlour.CUSTOMER, to)
    begun = time.monotonic()
    load(port, [mail], connections=1)
    _await(lambda: log.read() and log.arrivals.get(mail.marker), 0.005)
    return log.arrivals[mail.marker][0] - begun


def measure(
    *, readers: int = READERS, posted: int = POSTS, people: int = PEOPLE
) -> Morning:
    """Measure both parts."""
    return Morning(
        readers=readers,
        posts=posted,
        people=people,
        **posts(readers, posted),  # type: ignore[arg-type]
        **answers(people),  # type: ignore[arg-type]
    )


def lines(found: Morning) -> str:
    """Write the figures."""
    is_alike = (found.readers, found.posts) == (READERS, POSTS)
    beside = f"; Mailman 3.3.10 needed {MAILMAN_SECONDS} s" if is_alike else ""
    return (
        f"{found.posts} posts to {found.readers:,} digest readers: from asking for the "
        f"digests to the last one in the sink **{found.told_seconds:.1f} s** "
        f"({found.told_cpu:.1f} CPU s of all processes{beside}), each its own mail; "
        f"{found.missing} missing, {found.doubled} doubled. Before that "
        f"{found.kept_seconds:.1f} s until every post was decided for every reader "
        f"({found.kept_cpu:.1f} CPU s). SMTP alone, as many mails "
        f"to the same sink: {found.bare_seconds:.1f} s, ratio of the digests "
        f"{found.told_seconds / found.bare_seconds:.1f}.\n\n"
        f"A customer who writes while {found.people:,} digests are made and sent "
        f"({found.run_seconds:.0f} s): from their mail to its copy in the owner's "
        f"mailbox median **{found.answer_median:.2f} s**, slowest of {found.answers} "
        f"{found.answer_slowest:.2f} s; before the run, when nothing else was to do, "
        f"median {found.idle_median:.2f} s; the run keeps others from writing for at "
        f"most {found.longest_turn:.2f} s at a time."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a morning.")
    parser.add_argument("--readers", type=int, default=READERS)
    parser.add_argument("--posts", type=int, default=POSTS)
    parser.add_argument("--people", type=int, default=PEOPLE)
    given = parser.parse_args()
    found = measure(readers=given.readers, posted=given.posts, people=given.people)
    print(lines(found))


if __name__ == "__main__":
    main()
