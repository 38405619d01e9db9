"""The two ways into the database, on both kinds."""

import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.activity import Desk
from storage.database import Database, DatabaseError, is_full
from tests.postgresql import postgresql_database


def names(database):
    with database.reading() as session:
        return sorted(session.scalars(text("SELECT name FROM desk")))


def add(session, name):
    session.add(Desk(address=f"{name}@acme.example", name=name))


def test_a_transaction_commits_at_its_end(database):
    with database.transaction() as session:
        add(session, "support")
    assert names(database) == ["support"]


def test_a_lax_transaction_commits_too(database):
    with database.transaction(lax=True) as session:
        add(session, "support")
    assert names(database) == ["support"]


def test_an_exception_rolls_back(database):
    def fail():
        with database.transaction() as session:
            add(session, "support")
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert names(database) == []


def test_what_is_written_while_reading_is_undone(database):
    with database.reading() as session:
        add(session, "support")
        session.flush()
    assert names(database) == []
    # The connection that goes back to the pool carries nothing over.
    with database.transaction() as session:
        add(session, "help")
    assert names(database) == ["help"]


def test_writers_take_turns(database):
    def write(number):
        for turn in range(5):
            with database.transaction() as session:
                session.execute(text("SELECT count(*) FROM desk"))
                add(session, f"{number}-{turn}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(database)) == 30


def test_a_reader_does_not_wait_for_a_writer(database):
    with database.transaction() as session:
        add(session, "support")
        session.flush()
        started = time.monotonic()
        assert names(database) == []
        assert time.monotonic() - started < 5


def test_commits_are_on_stable_storage(sqlite):
    with sqlite.reading() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        # 2 is FULL: WAL with NORMAL would not sync each commit.
        assert session.scalar(text("PRAGMA synchronous")) == 2


def test_commits_of_postgresql_wait_for_the_disk(
    postgresql_server, postgresql_template, make_postgresql_database
):
    url = make_postgresql_database(postgresql_server, postgresql_template)
    # The driver need not be named.
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    database = Database(plain)
    with database.transaction() as session:
        assert session.scalar(text("SHOW synchronous_commit")) == "on"
    with database.transaction(lax=True) as session:
        assert session.scalar(text("SHOW synchronous_commit")) == "off"
    database.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "database.url"),
        ("mysql://root@host/name", "mysql is not supported"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_a_url_that_is_none_of_ours_says_so(url, said):
    with pytest.raises(DatabaseError, match=said):
        Database(url)


def test_the_name_for_people_has_no_password():
    database = Database("postgresql://ann:hunter2@host.example/name")
    assert "hunter2" not in database.name
    assert "host.example" in database.name


def test_a_missing_folder_is_made(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'a' / 'b' / 'c.db'}")
    with database.reading() as session:
        assert session.scalar(text("SELECT 1")) == 1
    database.close()


def test_a_full_disk_is_told_from_other_faults():
    assert is_full(OSError(28, "No space left on device"))
    assert is_full(OSError(122, "Disk quota exceeded"))
    assert not is_full(OSError(5, "Input/output error"))
    assert not is_full(ValueError("full"))


def test_a_halted_process_does_not_keep_its_locks(
    postgresql_server, postgresql_template, monkeypatch
):
    monkeypatch.setattr("storage.database.HALTED_SECONDS", 1)
    with postgresql_database(postgresql_server, postgresql_template) as url:
        halted, other = (
            Database(url.render_as_string(hide_password=False)) for _ in range(2)
        )
        with halted.transaction() as session:
            add(session, "support")
        rename = text("UPDATE desk SET name = :name")
        lost = pytest.raises(DBAPIError)
        with lost, halted.transaction() as session:
            session.execute(rename, {"name": "too late"})
            # The row is locked, and its holder says nothing: until the server ends it.
            with other.transaction() as next_one:
                next_one.execute(rename, {"name": "in time"})
            session.execute(rename, {"name": "too late"})
        assert names(other) == ["in time"]
        halted.close()
        other.close()
