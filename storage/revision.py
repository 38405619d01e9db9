"""Which schema a database has, and which one this program was written for.

Asked at every start, so it does without alembic, which takes a second to load.
"""

from pathlib import Path

from sqlalchemy import inspect, text

from storage.database import Database

_VERSIONS = Path(__file__).parent / "migrations" / "versions"


def newest() -> str:
    """Give the revision that this program was written for.

    Migrations are files named by number and purpose, `0001_first.py`, and the number
    is the revision.
    """
    return max(path.name.partition("_")[0] for path in _VERSIONS.glob("[0-9]*.py"))


def current(database: Database) -> str | None:
    """Give the revision that the database has; None when it has no schema."""
    with database.reading() as session:
        if not inspect(session.connection()).has_table("alembic_version"):
            return None
        revision: str | None = session.scalar(
            text("SELECT version_num FROM alembic_version")
        )
        return revision


def is_current(database: Database) -> bool:
    """Say whether the database has the schema that this program was written for."""
    return current(database) == newest()
