"""Row numbers that are known before their rows are written.

With the numbers known beforehand an insert of many rows needs no RETURNING, which would
cost twice as much for each row, and rows of several tables that name each other are one
statement for each table.
"""

from functools import lru_cache

from sqlalchemy import Select, column, func, select, text
from sqlalchemy import table as plain_table
from sqlalchemy.orm import Session

from storage.base import Base


def reserve(session: Session, table: str, count: int) -> list[int]:
    """Reserve so many row numbers of a table, rising.

    Only inside a transaction that writes, and whose rows have them.
    """
    if session.get_bind().dialect.name == "sqlite":
        # Writing transactions begin immediate: nobody else takes one meanwhile.
        found = session.execute(_last_sqlite(table)).one()
        last = max(each or 0 for each in found)
        return list(range(last + 1, last + 1 + count))
    return list(session.scalars(_NEXT_POSTGRESQL, {"table": table, "count": count}))


@lru_cache
def _last_sqlite(table: str) -> Select[tuple[int | None, int | None]]:
    # Both: a table that a migration rebuilt has lost its place in the sequence.
    used = select(_SEQUENCE.c.seq).where(_SEQUENCE.c.name == table).scalar_subquery()
    left = select(func.max(Base.metadata.tables[table].c.id)).scalar_subquery()
    return select(used, left)


_SEQUENCE = plain_table("sqlite_sequence", column("name"), column("seq"))
_NEXT_POSTGRESQL = text(
    "SELECT nextval(pg_get_serial_sequence(:table, 'id'))"
    " FROM generate_series(1, :count)"
)
