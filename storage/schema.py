"""The schema: where it stands and how it moves; the one user of alembic.

Nothing is read from disk but the migrations beside this module, so that an installed
wheel migrates as a checkout does.
"""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text

import storage
from storage.base import Base
from storage.database import Database, DatabaseError

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x7061726C6F7572
"""Number of the PostgreSQL advisory lock that one migration at a time holds."""


def migrate(database: Database, revision: str = "head") -> None:
    """Bring the schema to `revision`; two that try at once take turns.

    All of it is one transaction: it is done or it never began.
    Raises DatabaseError when the database was written by a newer program.
    """
    with database.engine.connect() as connection:
        if database.is_sqlite:
            # Rebuilding a table must not run into its own references; the pragma
            # does nothing inside a transaction, so the driver gets it directly.
            _drive(connection, "PRAGMA foreign_keys=OFF")
        try:
            connection.info["begin"] = "BEGIN IMMEDIATE"
            with connection.begin():
                if not database.is_sqlite:
                    connection.execute(
                        text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK}
                    )
                _move(connection, revision)
                _check_references(database, connection)
        finally:
            if database.is_sqlite:
                _drive(connection, "PRAGMA foreign_keys=ON")


def metadata() -> MetaData:
    """Give the tables of every module of storage, to compare a database with."""
    for module in iter_modules(storage.__path__):
        if module.name not in {"migrations", "schema"}:
            import_module(f"storage.{module.name}")
    return Base.metadata


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    # A percent sign in a path is no interpolation.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _move(connection: Connection, revision: str) -> None:
    scripts = ScriptDirectory.from_config(_config())
    newest_first = [script.revision for script in scripts.walk_revisions()]
    found = _revision(connection)
    if found is None:
        command.upgrade(_config(connection), revision)
        return
    if found not in newest_first:
        raise DatabaseError(
            f"the database has the schema {found}, which this program does not know; "
            "run the newer program, or restore a backup made before it"
        )
    target = newest_first[0] if revision == "head" else revision
    if newest_first.index(target) > newest_first.index(found):
        command.downgrade(_config(connection), target)
    else:
        command.upgrade(_config(connection), target)


def _check_references(database: Database, connection: Connection) -> None:
    if not database.is_sqlite:
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise DatabaseError(f"the migration broke a reference of table {broken[0]}")


def _drive(connection: Connection, statement: str) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(statement)
