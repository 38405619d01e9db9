"""`parlour schedule run`: all that is due by an instant, once (decisions G56)."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from parsers.address import Mailbox
from storage import acceptance, job, journal, outbox, people
from storage.acceptance import Entry
from storage.address_health import AddressHealth
from storage.blobs import Blobs
from storage.database import Database
from storage.journal import State
from tests.cli.served import Served, parlour, until, write_settings

FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NOTHING = (
    "deadlines set: 0\nmail let go that a wrong clock put off: 0\n"
    "addresses aged: 0\n"
    "teams told of what nobody got: 0\ninvitations reminded of: 0\n"
    "digests: 0\ndigests for who leads a desk: 0\npromises told of: 0\n"
)


@pytest.fixture
def site(tmp_path):
    """A migrated site whose journal holds one newsletter."""
    write_settings(tmp_path)
    assert parlour("migrate", folder=tmp_path).returncode == 0
    with closing(database(tmp_path)) as store:
        entry = Entry(
            received_at=FRIDAY,
            door="smtp",
            peer="192.0.2.1",
            trusted=False,
            sender="news@shop.example",
            recipients=("support@acme.example",),
            raw=b"From: News <news@shop.example>\r\nSubject: Today\r\n\r\nBuy.\r\n",
        )
        (number,) = acceptance.keep(store, Blobs(tmp_path / "data" / "mail"), [entry])
        with store.transaction() as session:
            journal.settle(
                session,
                number,
                State.HELD,
                reason="a list",
                by="machine_at_desk",
                now=FRIDAY,
            )
    return tmp_path


def database(folder):
    return Database(f"sqlite:///{folder / 'data' / 'parlour.db'}")


def run(folder, *arguments):
    return parlour("schedule", "run", *arguments, folder=folder)


def test_it_does_all_that_is_due_by_then_and_twice_is_once(site):
    begun = datetime.now(UTC)  # noqa: TID251
    done = run(site, "--at", "2026-11-23T09:00+01:00")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == NOTHING.replace("set: 0", "set: 1").replace(
        "\ndigests: 0", "\ndigests: 1"
    )
    again = run(site, "--at", "2026-11-23T09:30:00+01:00")
    assert (again.returncode, again.stdout) == (0, NOTHING)
    with closing(database(site)) as store, store.reading() as session:
        [delivery] = outbox.listing(session, None, 10)
        # Due at once in real time, whatever day it is about.
        assert begun <= delivery.due_at <= datetime.now(UTC)  # noqa: TID251


def test_before_it_is_due_nothing_is_sent(site):
    done = run(site, "--at", "2026-11-23T07:59Z", "--json")
    assert json.loads(done.stdout) == {
        "deadlines set": 1,
        "mail let go that a wrong clock put off": 0,
        "addresses aged": 0,
        "teams told of what nobody got": 0,
        "invitations reminded of": 0,
        "digests": 0,
        "digests for who leads a desk": 0,
        "promises told of": 0,
    }


@pytest.mark.parametrize(
    "instant",
    [
        "tomorrow",
        "2026-11-23",
        "2026-11-23T08:00",
        "2026-13-01T08:00Z",
        "",
        "0001-01-01T00:00+14:00",
    ],
)
def test_an_instant_that_is_none_is_wrong_usage(site, instant):
    done = run(site, "--at", instant)
    assert done.returncode == 2
    assert "2026-11-23T08:00+01:00" in done.stderr or "calendars" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_says_when_time_was_looked_after_last(site):
    assert "warning schedule: has never run" in checked(site)
    run(site)
    assert "ok      schedule: ran last at 2" in checked(site)
    with closing(database(site)) as store, store.transaction() as session:
        found = session.get(job.Job, ("tick", ""))
        found.done_at -= timedelta(hours=1)
    assert "warning schedule: ran last at 2" in checked(site)


def test_check_counts_who_waits(site):
    # Before the first tick of this program the mail has no deadline.
    assert "failed  nobody waits unseen: 1 exception of" in checked(site)
    run(site)
    assert "ok      nobody waits unseen: 0 exceptions of 0 customers" in checked(site)


def test_check_says_when_nobody_of_a_team_reads_its_digest(site):
    assert "ok      team's digest: each desk has somebody" in checked(site)
    ana = Mailbox("Ana Ruiz", "ana@acme.example")
    with closing(database(site)) as store, store.transaction() as session:
        people.meet(session, ana, now=FRIDAY)
        session.add(AddressHealth(key=ana.address, refused=["digest"]))
    said = checked(site)
    assert "failed  team's digest: nobody of the team of support@acme.example" in said


def checked(folder):
    return parlour("check", "--no-mail", folder=folder).stdout


def test_the_role_ticks_when_it_is_served(site):
    with Served(site / "parlour.toml", "--only", "schedule") as served:
        served.ready()
        with closing(database(site)) as store:

            def ticked():
                with store.reading() as session:
                    return job.last_done(session, "tick")

            assert until(ticked)
    with closing(database(site)) as store, store.reading() as session:
        # What was missed before is made good.
        assert session.get(job.Job, ("tick", "")).leased_by == ""
