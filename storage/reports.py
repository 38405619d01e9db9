"""Looks over the whole store: whether it can be used and keeps its promises."""

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.database import Database, DatabaseError


def reach(database: Database) -> None:
    """Prove that the database answers and can be written; raise DatabaseError."""
    try:
        with database.transaction() as session:
            session.execute(text("SELECT 1"))
    except DBAPIError as error:
        why = " ".join(str(error.orig).split())
        raise DatabaseError(
            f"database.url: {database.name} cannot be used: {why}; start it, or "
            "correct the URL and its rights"
        ) from error
