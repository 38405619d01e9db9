"""Looks at the database: reachable, migrated, and true to its promises."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from digests import schedule
from gateway.activities.house import House
from gateway.cli.doctor.finding import Finding, failed, ok, warning
from gateway.cli.doctor.place import look_at_clock
from gateway.cli.doctor.readers import look_at_readers
from storage import (
    address_health,
    domain_health,
    import_run,
    job,
    journal,
    old_mail,
    outbox,
    reports,
    revision,
    waiting,
)
from storage.address_health import Health
from storage.database import DatabaseError
from storage.journal import State
from storage.outbox import Progress

LATE = timedelta(minutes=5)


def look_at_store(
    house: House, now: datetime, *, auto_migrate: bool
) -> Iterator[Finding]:
    """Say how the database is; the rest only when it can be used."""
    try:
        reports.reach(house.database)
        current = revision.current(house.database)
    except DatabaseError as error:
        yield failed("database", str(error), "")
        return
    newest = revision.newest()
    if current is None and auto_migrate:
        yield warning(
            "database",
            f"{house.database.name} is empty",
            "nothing: `parlour serve` makes what it needs",
        )
        return
    if current != newest:
        yield failed(
            "database",
            f"{house.database.name} has schema {current or 'none'}, not {newest}",
            "run `parlour migrate`, or `parlour serve` unless auto_migrate is false",
        )
        return
    yield ok("database", f"{house.database.name}, schema {newest}")
    yield from look_at_clock(now, reports.clock(house.database))
    yield from _queues(house, now)
    yield from _addresses(house)
    yield from _imports(house, now)
    yield from _schedule(house, now)
    yield from _waiting(house, now)
    yield from look_at_readers(house)
    yield from _promises(house, now)


def _queues(house: House, now: datetime) -> Iterator[Finding]:
    with house.database.reading() as session:
        mails, deliveries = journal.counts(session), outbox.counts(session)
        oldest = journal.oldest_pending(session)
        due = reports.oldest_due(session, now)
    text = ", ".join(f"{count} {state}" for state, count in mails.items())
    if oldest is not None and now - oldest > LATE:
        yield failed(
            "journal",
            f"{text}; the oldest waits since {oldest:%Y-%m-%d %H:%M}",
            "is `parlour serve` running? its log says what stops it",
        )
    else:
        yield ok("journal", text)
    if count := mails[State.HELD]:
        yield warning(
            "held",
            f"{count} mails wait for a human",
            "parlour inbound list --state held",
        )
    if count := mails[State.FAILED]:
        yield failed(
            "failed",
            f"{count} mails broke the program",
            "parlour inbound list --state failed; report it, then replay them",
        )
    text = ", ".join(f"{deliveries.get(state, 0)} {state}" for state in Progress)
    if due is not None and now - due > LATE:
        yield warning(
            "outbox",
            f"{text}; the oldest is due since {due:%Y-%m-%d %H:%M}",
            "see the smarthost above, and `parlour outbox list --state waiting`",
        )
    else:
        yield ok("outbox", text)


def _addresses(house: House) -> Iterator[Finding]:
    """Say to whom mail does not get; silent while it gets to all."""
    with house.database.reading() as session:
        states = address_health.counts(session)
        broken = sorted(domain_health.broken(session))
    lost = [
        f"{states[state]} {state}"
        for state in (Health.PAUSED, Health.PROBING, Health.DEAD)
        if states[state]
    ]
    if lost:
        yield warning(
            "addresses",
            f"mail comes back: {', '.join(lost)}",
            "nothing: owners were told, and who writes again is reached again",
        )
    if broken:
        yield failed(
            "domains",
            f"mail is stopped to {', '.join(broken)}, which refused too much",
            "see the reasons in `parlour outbox list --state waiting`; it is tried "
            "again by itself",
        )


def _imports(house: House, now: datetime) -> Iterator[Finding]:
    with house.database.reading() as session:
        waiting = old_mail.waiting(session)
        stopped = import_run.stopped(session, now)
    if waiting:
        yield warning(
            "imported",
            f"{waiting} customers wait for an answer since mail that was imported",
            "`parlour look` at the same mail names them; answer from the old mailbox",
        )
    for run in stopped:
        yield warning(
            "import",
            f"{run.source} for {run.desk} stopped half-way",
            "give the same command again, and it goes on from there",
        )


def _schedule(house: House, now: datetime) -> Iterator[Finding]:
    """Say when time was looked after last: deadlines, reminders, digests."""
    with house.database.reading() as session:
        last = job.last_done(session, schedule.NAME)
    if last is None:
        yield warning(
            "schedule",
            "has never run, so nobody is reminded of anything",
            "run `parlour serve` with the role schedule, or `parlour schedule run`",
        )
    elif now - last > LATE:
        yield warning(
            "schedule",
            f"ran last at {last:%Y-%m-%d %H:%M} UTC; nobody is reminded since",
            "is `parlour serve` running, with the role schedule? its log says more",
        )
    else:
        yield ok("schedule", f"ran last at {last:%Y-%m-%d %H:%M} UTC")


def _waiting(house: House, now: datetime) -> Iterator[Finding]:
    """Count who waits, and who waits unseen (promises R16)."""
    with house.database.reading() as session:
        unseen = sum(1 for _ in waiting.exceptions(session, now))
        count = waiting.count(session)
    exceptions = "exception" if unseen == 1 else "exceptions"
    customers = "customer" if count == 1 else "customers"
    text = f"{unseen} {exceptions} of {count} {customers} waiting"
    if unseen:
        yield failed("nobody waits unseen", text, "see the lines below")
    else:
        yield ok("nobody waits unseen", text)


def _promises(house: House, now: datetime) -> Iterator[Finding]:
    """Prove the invariants of the store (promises R15, R16)."""
    broken = 0
    with house.database.reading() as session:
        for fault in reports.faults(session, house.blobs, now=now):
            broken += 1
            yield failed("invariant", fault.text, f"{fault.remedy}")
    if not broken:
        yield ok("invariants", f"all {len(reports.INVARIANTS)} hold")
