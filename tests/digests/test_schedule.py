"""The schedule: a short tick that any number of processes may do at any time (R7)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from digests import digest, schedule
from storage import job
from storage.database import Database
from storage.job import Job
from storage.outbox import Letter
from storage.wake import Wake
from tests.activities.people import CARLA, open_case
from tests.cli.served import until
from tests.digests.test_digest import case_with_mei
from tests.digests.test_team_digest import BOTH, MONDAY, letters_of_the_day
from tests.town import gist

MINUTE = timedelta(minutes=1)


@pytest.fixture
def twins(each_town):
    """The house of a town four times, each with connections of its own."""
    with ExitStack() as stack:
        houses = []
        for _ in range(4):
            database = Database(each_town.database_url)
            stack.callback(database.close)
            wake = Wake(database)
            stack.callback(wake.close)
            houses.append(replace(each_town.house, database=database, wake=wake))
        yield houses


def at_once(act, houses):
    """Let one thread for each house begin in the same moment; gives what each got."""
    start = threading.Barrier(len(houses))

    def begin(number):
        start.wait()
        return act(number, houses[number])

    with ThreadPoolExecutor(len(houses)) as threads:
        return list(threads.map(begin, range(len(houses))))


def test_of_several_schedulers_at_once_one_does_it(each_town, twins):
    town = each_town
    open_case(town)
    town.now = MONDAY

    def run(number, house):
        return schedule.run_due(
            house, MONDAY, node=f"node {number}", clock=lambda: MONDAY
        )

    ran = [each for each in at_once(run, twins) if each is not None]
    assert sum(task.count for each in ran for task in each) == 2
    assert not [task.error for each in ran for task in each if task.error]
    town.settle()
    assert letters_of_the_day(town) == BOTH


def test_even_without_the_lease_nothing_is_done_twice(each_town, twins):
    """A node that slept through its lease wakes in the middle of its work (R8)."""
    town = each_town
    open_case(town)
    town.now = MONDAY
    assert sum(at_once(lambda _, house: digest.run(house, MONDAY), twins)) == 2
    town.settle()
    assert letters_of_the_day(town) == BOTH


def test_of_several_that_make_digests_at_once_each_reader_gets_one(each_town, twins):
    """Without any lease: a slot, a range and what it tells are written once (R7)."""
    town = each_town
    case_with_mei(town)
    town.reply(CARLA, "Row 7 fails.")
    town.now = MONDAY + MINUTE
    made = at_once(lambda _, house: digest.run(house, town.now), twins)
    assert sum(made) == 3
    letters = [each for each in town.settle() if each.kind == "digest"]
    assert gist(letters) == [
        ("digest", "ana@acme.example"),
        ("digest", "bo@acme.example"),
        ("digest", "mei@acme.example"),
    ]


def take(database, node, now):
    with database.transaction() as session:
        return job.lease(session, "tick", node=node, now=now, length=MINUTE)


def test_a_node_that_died_is_replaced_when_its_lease_ends(database):
    assert take(database, "dead", MONDAY)
    assert not take(database, "other", MONDAY + MINUTE / 2)
    assert take(database, "dead", MONDAY + MINUTE / 2), "its own it may take again"
    assert take(database, "other", MONDAY + 2 * MINUTE)
    with database.transaction() as session:
        # Who lost it notes nothing.
        job.give_back(session, "tick", node="dead", now=MONDAY)
        assert job.last_done(session, "tick") is None
        job.give_back(session, "tick", node="other", now=MONDAY)
        assert job.last_done(session, "tick") == MONDAY
    assert take(database, "dead", MONDAY)


def test_a_lease_from_a_clock_that_was_ahead_blocks_nobody(database):
    assert take(database, "dead", MONDAY + timedelta(days=1))
    assert take(database, "other", MONDAY)


def test_a_slot_is_done_once(database):
    with database.transaction() as session:
        assert job.once(session, "letter", "a|2026-11-23", MONDAY)
        assert not job.once(session, "letter", "a|2026-11-23", MONDAY)
        assert job.once(session, "letter", "a|2026-11-24", MONDAY)
    with database.reading() as session:
        assert job.is_done(session, "letter", "a|2026-11-23")
        assert not job.is_done(session, "letter", "a|2026-11-25")
        assert job.newest_slot(session, "letter", "a|") == "a|2026-11-24"
        assert job.newest_slot(session, "letter", "b|") is None


def test_a_task_that_fails_stops_no_other(each_town, monkeypatch):
    town = each_town
    open_case(town)

    def broken(*_):
        raise RuntimeError("no deadlines today")

    tasks = (schedule.Task("broken", broken), *schedule.TASKS)
    monkeypatch.setattr(schedule, "TASKS", tasks)
    town.now = MONDAY
    ran = schedule.run_due(town.house, MONDAY, node="one", clock=lambda: MONDAY)
    assert isinstance(ran[0].error, RuntimeError)
    assert {each.name: each.count for each in ran}["digests"] == 2
    assert gist(town.settle()) == BOTH
    # The lease is given back, and when the tick was is known.
    with town.database.reading() as session:
        assert job.last_done(session, schedule.NAME) == MONDAY


def test_what_it_queues_for_another_time_leaves_at_once(each_town):
    """G56: `--at` says what is due, not when the letters leave."""
    town = each_town
    open_case(town)
    letters = town.tick(at=MONDAY)
    assert gist(letters) == BOTH
    with town.database.reading() as session:
        made = session.scalars(
            select(Letter.made_at).order_by(Letter.id.desc())
        ).first()
    assert made == town.now < MONDAY
    assert town.tick(at=MONDAY) == []
    town.now = MONDAY
    assert town.tick() == []


# The role.


@pytest.fixture
def ticking(town_on_sqlite):
    """A schedule that ticks every few milliseconds, and when it asked for the time."""
    stop, ticks = threading.Event(), []

    def clock():
        ticks.append(datetime.now(UTC))  # noqa: TID251
        return ticks[-1]

    thread = threading.Thread(
        target=schedule.follow,
        args=(town_on_sqlite.house, stop),
        kwargs={"node": "one", "clock": clock, "every": timedelta(milliseconds=20)},
    )
    yield thread, ticks
    stop.set()
    thread.join()


@pytest.fixture
def town_on_sqlite(sqlite, tmp_path, reader):
    from tests.town import Town  # noqa: PLC0415

    with Town(f"sqlite:///{tmp_path / 'parlour.db'}", tmp_path, reader) as found:
        yield found


@pytest.mark.parametrize("step", [-timedelta(days=1), timedelta(days=1)])
def test_a_clock_that_is_set_does_not_stop_the_tick(ticking, step):
    """APScheduler alone would sleep until the old time comes again."""
    thread, ticks = ticking
    thread.start()
    until(lambda: len(ticks) > 10)
    with time_machine.travel(datetime.now(UTC) + step, tick=True):  # noqa: TID251
        before = len(ticks)
        until(lambda: len(ticks) > before + 30)


def test_a_database_that_is_away_is_said_to_whoever_runs_it(town_on_sqlite):
    def away():
        raise RuntimeError("no clock today")

    with pytest.raises(RuntimeError, match="no clock today"):
        schedule.follow(
            town_on_sqlite.house,
            threading.Event(),
            node="one",
            clock=away,
            every=timedelta(milliseconds=20),
        )


def test_it_stops_at_once_when_nothing_is_in_hand(town_on_sqlite):
    stop = threading.Event()
    stop.set()
    schedule.follow(
        town_on_sqlite.house,
        stop,
        node="one",
        clock=lambda: MONDAY,
        every=timedelta(hours=1),
    )
    with town_on_sqlite.database.reading() as session:
        assert len(session.scalars(select(Job)).all()) <= 1
