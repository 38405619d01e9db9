"""Binds the jobs that time asks for to one short tick; the one user of APScheduler.

A tick does all that is due by now and knows nothing of the last one: what was missed is
made good, and what was done is noted with its slot (storage.job). So it matters neither
how often it comes, nor when, nor from how many processes.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from digests import deadlines, digest, invitations, promises, voice
from gateway.activities import domains, health, unheard
from gateway.activities.house import House
from storage import job

TICK = timedelta(seconds=30)
NAME = "tick"
"""Under which the lease of the tick, and when it was done last, are kept."""

_log = structlog.get_logger()

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Task:
    """One job: does what is due by an instant, and gives how much that was.

    It is safe to run at any time, twice, and while another process runs it too.
    """

    name: str
    run: Callable[[House, datetime], int]


TASKS: tuple[Task, ...] = (
    Task("deadlines set", deadlines.set_missing),
    Task("mail let go that a wrong clock put off", domains.let_go),
    Task("addresses aged", health.age_addresses),
    Task("teams told of what nobody got", unheard.tell_all),
    Task("invitations reminded of", invitations.run),
    Task("digests", digest.run),
    Task("digests for who leads a desk", voice.run),
    # After what a letter or a digest says, which is not said again.
    Task("promises told of", promises.run),
)
"""In this order: what a task mends the next one need not report."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of one task."""

    name: str
    count: int
    error: Exception | None = None


def run_due(house: House, at: datetime, *, node: str, clock: Clock) -> list[Ran] | None:
    """Do all that is due by an instant; None while another node does it.

    What it queues leaves at once, whatever the instant. A task that fails stops no
    other; it is tried again by the next tick.
    """
    now = clock()
    with house.database.transaction() as session:
        if not job.lease(session, NAME, node=node, now=now, length=house.lease):
            return None
    try:
        return [_run(task, replace(house, sends_at=now), at) for task in TASKS]
    finally:
        with house.database.transaction() as session:
            job.give_back(session, NAME, node=node, now=clock())


def _run(task: Task, house: House, at: datetime) -> Ran:
    try:
        count = task.run(house, at)
    except Exception as error:
        return Ran(task.name, 0, error)
    if count:
        house.wake.tell()
    return Ran(task.name, count)


def _log_what(ran: Ran) -> None:
    if ran.error is not None:
        _log.error("a task of the schedule failed", task=ran.name, exc_info=ran.error)
    elif ran.count:
        _log.info("time has come", task=ran.name, count=ran.count)


def follow(
    house: House, stop: threading.Event, *, node: str, clock: Clock, every: timedelta
) -> None:
    """Tick until stopped; returns when the tick in hand is done.

    Raises what broke a tick as a whole, such as a database that is away.
    """
    broken: list[Exception] = []

    def tick() -> None:
        try:
            for ran in run_due(house, clock(), node=node, clock=clock) or ():
                _log_what(ran)
        except Exception as error:
            broken.append(error)

    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(1)},
        # Late is better than never, and once is enough; the default drops a run that
        # is a second late.
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    bound = scheduler.add_job(tick, "interval", seconds=every.total_seconds())
    scheduler.start()
    try:
        bound.modify(next_run_time=datetime.now(UTC))  # noqa: TID251 (its own clock)
        while not stop.wait(every.total_seconds()) and not broken:
            ahead = bound.next_run_time - datetime.now(UTC)  # noqa: TID251
            if ahead > 2 * every:
                # The clock was set back: APScheduler would sleep until the old time.
                bound.modify(next_run_time=datetime.now(UTC))  # noqa: TID251
    finally:
        scheduler.shutdown(wait=True)
    if broken:
        raise broken[0]
