"""The schema: one for both databases, moved from code alone, by one at a time."""

import json
import subprocess
import sys
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table, inspect, text

from storage import revision, schema, search
from storage.activity import Activity
from storage.database import Database, DatabaseError
from tests.storage.test_search import HERE, NOON, find, post


@pytest.fixture
def empty(empty_url):
    found = Database(empty_url)
    yield found
    found.close()


def revisions():
    scripts = schema.ScriptDirectory.from_config(schema._config())
    return [script.revision for script in scripts.walk_revisions()][::-1]


def _fill(database):
    """Write a case of old with a post, by whatever columns there are."""
    metadata = MetaData()
    with database.transaction() as session:
        connection = session.connection()

        def put(named, /, **values):
            table = Table(named, metadata, autoload_with=connection)
            for column in table.columns:
                if not column.nullable and column.name not in values:
                    values[column.name] = _something(column)
            connection.execute(table.insert().values(**values))

        put("desk", id=1, address=HERE, name="Acme", gone_at=None)
        put("person", id=1, name="Carla")
        put(
            "activity",
            id=1,
            public_id="AAAAAAAA",
            desk_id=1,
            subject="Ancient import",
            customer_id=1,
            opened_at=NOON.replace(tzinfo=None),
            turn="new",
        )
        put(
            "event",
            id=1000,
            activity_id=1,
            lane="everyone",
            kind="post",
            received_at=NOON.replace(tzinfo=None),
            text="Es führt zu nichts.",
            values={"attachments": ["rows.csv"]},
        )


def _something(column):
    kind = str(column.type).upper()
    if "JSON" in kind:
        return json.loads("{}" if column.name == "values" else "[]")
    if "BOOL" in kind:
        return False
    if "INT" in kind:
        return 0
    if "TIME" in kind:
        return NOON.replace(tzinfo=None)
    return ""


def test_an_empty_database_has_no_revision(empty):
    assert revision.current(empty) is None
    assert not revision.is_current(empty)


def test_migrating_makes_what_the_modules_map(empty):
    schema.migrate(empty)
    assert revision.is_current(empty)
    with empty.reading() as session:
        context = MigrationContext.configure(
            session.connection(), opts={"include_name": search.is_mapped}
        )
        assert compare_metadata(context, schema.metadata()) == []


def test_migrating_twice_changes_nothing(empty):
    schema.migrate(empty)
    schema.migrate(empty)
    assert revision.is_current(empty)


@pytest.mark.parametrize("number", revisions())
def test_every_revision_leads_to_the_newest_and_back(empty, number):
    schema.migrate(empty, number)
    _fill(empty)
    schema.migrate(empty)
    assert revision.is_current(empty)
    with empty.transaction() as session:
        # Posts from before there were any words to find are found by them (A12).
        old = ["Ancient import"] if number < "0013" else []
        assert find(session, "fuhrt rows.csv") == old
        post(session, session.get_one(Activity, 1), "quagga")
        assert find(session, "quagga") == ["Ancient import"]
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


@pytest.mark.parametrize("number", ["", "0011"])
def test_no_number_is_given_twice_though_tables_were_altered(tmp_path, number):
    """SQLite gives the highest number again once its row is gone, unless it counts."""
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    if number:
        schema.migrate(database, number)
        _fill(database)
    schema.migrate(database)
    with database.reading() as session:
        known = session.execute(text("SELECT name, sql FROM sqlite_master"))
        counting = {name for name, sql in known if "AUTOINCREMENT" in (sql or "")}
    promised = {
        table.name
        for table in schema.metadata().sorted_tables
        if table.dialect_options["sqlite"]["autoincrement"]
    }
    assert "person" in promised
    assert promised == counting & {
        table.name for table in schema.metadata().sorted_tables
    }
    database.close()


def test_the_newest_revision_is_known_without_alembic():
    scripts = ScriptDirectory(str(schema.MIGRATIONS))
    assert revision.newest() == scripts.get_current_head()
