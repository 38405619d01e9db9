"""Those who wait for work hear of it, from this process and from others."""

import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from storage import wake as wakes
from storage.database import Database
from storage.wake import Wake, tell_all

INSERT = "INSERT INTO desk (address, name) VALUES ('a', 'b')"


@pytest.fixture
def wake(database):
    found = Wake(database)
    # The first wait starts the listening and hears whatever was before.
    found.wait(1)
    quiet(found)
    yield found
    found.close()


def quiet(wake):
    """Wait until nothing has been heard for a while."""
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        started = time.monotonic()
        wake.wait(0.3)
        if time.monotonic() - started >= 0.3:
            return
    raise AssertionError("somebody rings all the time")


@contextmanager
def woken(seconds=5.0):
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


def test_waiting_ends_when_its_time_is_up(wake):
    started = time.monotonic()
    wake.wait(0.2)
    assert 0.2 <= time.monotonic() - started < 2


def test_telling_wakes_everybody(wake):
    ended = []

    def wait():
        wake.wait(0)
        wake.wait(30)
        ended.append(time.monotonic())

    threads = [threading.Thread(target=wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    with woken():
        while len(ended) < 3:
            wake.tell()
            time.sleep(0.01)
    for thread in threads:
        thread.join()


def test_a_ring_between_two_waits_is_heard(wake):
    wake.tell()
    with woken():
        wake.wait(30)


def test_another_process_wakes_us(wake, database_url):
    code = (
        "import sys; from storage.database import Database; "
        "from sqlalchemy import text; from storage.wake import tell_all\n"
        "with Database(sys.argv[1]).transaction() as session:\n"
        f"    session.execute(text({INSERT!r}))\n"
        "    tell_all(session)\n"
    )
    other = subprocess.Popen([sys.executable, "-c", code, database_url])
    with woken(20):
        wake.wait(30)
    assert other.wait() == 0


def test_what_is_rolled_back_wakes_nobody(wake, database):
    def fail():
        with database.transaction() as session:
            session.execute(text(INSERT))
            tell_all(session)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    started = time.monotonic()
    wake.wait(0.3)
    assert time.monotonic() - started >= 0.3


def test_a_listener_that_lost_its_connection_listens_again(
    postgresql_server, postgresql_template, make_postgresql_database, monkeypatch
):
    monkeypatch.setattr(wakes, "RETRY_SECONDS", 0.05)
    url = make_postgresql_database(postgresql_server, postgresql_template)
    database = Database(url.render_as_string(hide_password=False))
    wake = Wake(database)
    wake.wait(1)
    quiet(wake)
    with database.transaction() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            )
        )
    quiet(wake)
    with database.transaction() as session:
        wake.tell_all(session)
    with woken():
        wake.wait(30)
    wake.close()
    database.close()


def test_closing_ends_the_waiting(database):
    wake = Wake(database)
    waiting = threading.Thread(target=wake.wait, args=(60,))
    waiting.start()
    wake.close()
    waiting.join(timeout=10)
    assert not waiting.is_alive()
