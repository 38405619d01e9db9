"""What every table shares: the declarative base and the column types."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    DateTime,
    Dialect,
    Enum,
    Integer,
    MetaData,
    TypeDecorator,
    bindparam,
)
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass

# Names given by rule, so that a migration can find a constraint on any database.
CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

#: Row numbers: SQLite wants INTEGER for a rowid, PostgreSQL gets 64 bits.
Number = BigInteger().with_variant(Integer(), "sqlite")


class Moment(TypeDecorator[datetime]):
    """A time with a zone, kept as UTC; SQLite itself knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Turn a time into UTC; a naive one is a fault of the caller.

        Raises ValueError for a time without a zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Give the zone back."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.replace(tzinfo=UTC)


def word(kind: type[StrEnum]) -> Enum:
    """Give the column type for an enum kept by value in a VARCHAR(24)."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The base of every mapped noun: a dataclass whose defaults hold at once."""

    metadata = MetaData(naming_convention=CONVENTION)
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        datetime: Moment(),
        dict[str, Any]: JSON(),
        list[int]: JSON(),
        list[str]: JSON(),
        list[int]: JSON(),
        list[dict[str, Any]]: JSON(),
    }


def among(name: str) -> BindParameter[Any]:
    """Give the place of many values in a statement that is built once.

    To build it costs as much as to run it, for statements of a few rows.
    """
    return bindparam(name, expanding=True)


def never_reused() -> dict[str, bool]:
    """Give the table arguments that keep row numbers from being used twice.

    Numbers are sealed into tokens and Message-IDs, so a deleted row's number must
    not come back (SQLite reuses the highest one unless told otherwise).
    """
    return {"sqlite_autoincrement": True}
