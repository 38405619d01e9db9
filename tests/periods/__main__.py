"""Thousands of periods: `make periods PERIODS=10000`, on SQLite or on PostgreSQL.

`python -m tests.periods [--periods N] [--seed S] [--database postgresql]` tells stories
of twenty days until so many working days have passed, each with its slots, and judges
them by the mails in the sink alone. It prints what happened in them. A story that ends
badly is made as short as it gets, printed with its steps, and the exit code is 1.
"""

import argparse
import logging
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from gateway.activities.reading import Reader
from gateway.routing.limits import Limits
from storage.database import Database
from storage.schema import migrate
from tests.periods.expected import Broken
from tests.periods.place import Place, PostgresqlStore, SqliteStore, Store
from tests.periods.story import BEGINNINGS, Day, Story, drawn, found
from tests.sink import Sink

DAYS = 20
FOUNDED = datetime(2026, 3, 2, 9, tzinfo=UTC)
SHRINKING_SECONDS = 300


@dataclass
class Long:
    """A long run, and what it counted."""

    place: Place
    seed: int
    counts: Counter[str]
    is_quick: bool = False
    """The first story that breaks is left as it is."""

    def run(self, periods: int) -> Sequence[Day] | None:
        """Tell stories until so many periods passed; gives the one that broke."""
        number = 0
        while self.counts["periods"] < periods:
            days = self._days(number)
            if broken := self._tell(number, days):
                print(f"story {number} of seed {self.seed}: {broken}", flush=True)
                return [] if self.is_quick else self._shortest(number, days)
            number += 1
            if number % 25 == 0:
                print(f"{self.counts['periods']} periods ...", flush=True)
        return None

    def _days(self, number: int) -> list[Day]:
        return list(drawn(random.Random(f"{self.seed} {number}"), DAYS))

    def _tell(self, number: int, days: Sequence[Day]) -> str:
        """Tell one story; gives which promise broke, or nothing."""
        # When things happen is drawn by itself: a shorter story keeps its hours.
        chance = random.Random(f"{self.seed} {number} hours")
        story = Story(self.place, BEGINNINGS[number % len(BEGINNINGS)])
        try:
            for day in days:
                story.day(day, chance)
            story.end()
        except Broken as broken:
            return str(broken)
        self._count(story)
        return ""

    def _count(self, story: Story) -> None:
        expected = story.expected
        self.counts["stories"] += 1
        self.counts["periods"] += story.periods
        self.counts["posts"] += len(expected.posts)
        told = sum(sum(words.values()) for words in expected.got.values())
        self.counts["posts told a reader"] += told
        for letter in self.place.letters[story.begins_at :]:
            self.counts[f"letters: {letter.kind}"] += 1
        self.counts["doubled in the SMTP window"] += expected.doubles
        self.counts.update(self.place.counts)

    def _shortest(self, number: int, days: Sequence[Day]) -> Sequence[Day]:
        """Leave out what the fault does not need, one step after the other."""
        ends = time.monotonic() + SHRINKING_SECONDS
        kept = [list(day) for day in days]
        for at in reversed(range(len(kept))):
            for step in reversed(range(len(kept[at]))):
                fewer = [list(day) for day in kept]
                del fewer[at][step]
                if time.monotonic() < ends and self._tell(number, fewer):
                    kept = fewer
        return kept


@contextmanager
def store_of(kind: str, folder: Path) -> Iterator[Store]:
    """Give a migrated database of a kind."""
    store: Store
    with ExitStack() as stack:
        if kind == "sqlite":
            store = SqliteStore(folder / "parlour.db")
        else:
            # Not for SQLite: it looks for a server.
            from tests.postgresql import (  # noqa: PLC0415
                postgresql_database,
                running_server,
            )

            server = stack.enter_context(running_server())
            url = stack.enter_context(postgresql_database(server))
            store = PostgresqlStore(server, str(url.database))
        database = Database(store.url)
        migrate(database)
        database.close()
        yield store


@contextmanager
def place_of(kind: str, folder: Path) -> Iterator[Place]:
    """Give a place that was founded, on a kind of database."""
    with ExitStack() as stack:
        store = stack.enter_context(store_of(kind, folder))
        reader = Reader(Limits())
        stack.callback(reader.close)
        sink = stack.enter_context(Sink())
        place = stack.enter_context(Place(store, folder, reader, sink, FOUNDED))
        found(place)
        yield place


def main(words: list[str]) -> int:
    """Run, and print what happened."""
    parser = argparse.ArgumentParser(prog="python -m tests.periods")
    parser.add_argument("--periods", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument(
        "--database", choices=["sqlite", "postgresql"], default="sqlite"
    )
    parser.add_argument("--quick", action="store_true", help="do not shorten a story")
    said = parser.parse_args(words)
    quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=quiet)
    with (
        tempfile.TemporaryDirectory(prefix="parlour-periods-") as folder,
        place_of(said.database, Path(folder)) as place,
    ):
        long = Long(place, said.seed, Counter(), is_quick=said.quick)
        begun, busy = time.monotonic(), os.times()
        shortest = long.run(said.periods)
        spent, now = time.monotonic() - begun, os.times()
    print(f"{said.database}, seed {said.seed}, {spent:.0f} s", end="")
    print(f" ({now.user + now.system - busy.user - busy.system:.0f} s of a processor)")
    for name in sorted(long.counts):
        print(f"  {long.counts[name]:7} {name}")
    if shortest is not None:
        print("the shortest story:", *shortest, sep="\n  ")
        return 1
    print("0 missed, 0 doubled outside of the SMTP window")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
