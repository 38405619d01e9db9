"""The schema: one for both databases, moved from code alone, by one at a time."""

import subprocess
import sys
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from storage import revision, schema
from storage.database import Database, DatabaseError


@pytest.fixture
def empty(empty_url):
    found = Database(empty_url)
    yield found
    found.close()


def revisions():
    scripts = schema.ScriptDirectory.from_config(schema._config())
    return [script.revision for script in scripts.walk_revisions()][::-1]


def test_an_empty_database_has_no_revision(empty):
    assert revision.current(empty) is None
    assert not revision.is_current(empty)


def test_migrating_makes_what_the_modules_map(empty):
    schema.migrate(empty)
    assert revision.is_current(empty)
    with empty.reading() as session:
        context = MigrationContext.configure(session.connection())
        assert compare_metadata(context, schema.metadata()) == []


def test_migrating_twice_changes_nothing(empty):
    schema.migrate(empty)
    schema.migrate(empty)
    assert revision.is_current(empty)


@pytest.mark.parametrize("number", revisions())
def test_every_revision_leads_to_the_newest_and_back(empty, number):
    schema.migrate(empty, number)
    schema.migrate(empty)
    assert revision.is_current(empty)
    schema.migrate(empty, number)
    assert revision.current(empty) == number


def test_two_that_migrate_at_once_take_turns(empty):
    faults = []

    def migrate():
        try:
            schema.migrate(empty)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert revision.is_current(empty)


def test_two_processes_that_migrate_at_once_take_turns(empty, empty_url):
    code = (
        "import sys; from storage.database import Database; "
        "from storage.schema import migrate; migrate(Database(sys.argv[1]))"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, empty_url]) for _ in range(2)
    ]
    assert [process.wait() for process in running] == [0, 0]
    assert revision.is_current(empty)


def test_a_migration_that_breaks_never_began(empty, monkeypatch):
    def broken(*_):
        raise RuntimeError("a table too many")

    monkeypatch.setattr(schema, "_check_references", broken)
    with pytest.raises(RuntimeError):
        schema.migrate(empty)
    assert inspect(empty.engine).get_table_names() == []


def test_a_database_of_a_newer_program_is_left_alone(empty):
    schema.migrate(empty)
    with empty.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match=r"9999.*newer program"):
        schema.migrate(empty)
    assert not revision.is_current(empty)


def test_references_are_watched_again_after_a_migration(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    schema.migrate(database)
    with database.reading() as session:
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
    database.close()


def test_the_newest_revision_is_known_without_alembic():
    scripts = ScriptDirectory(str(schema.MIGRATIONS))
    assert revision.newest() == scripts.get_current_head()
