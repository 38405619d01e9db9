"""An office with an empty outbox, on each kind of database or on SQLite alone."""

from collections.abc import Iterator

import pytest

from tests.outbound.office import Office


@pytest.fixture
def office(database) -> Iterator[Office]:
    """Where the kind of database matters."""
    made = Office(database)
    yield made
    made.wake.close()


@pytest.fixture
def small_office(sqlite) -> Iterator[Office]:
    """Where it does not."""
    made = Office(sqlite)
    yield made
    made.wake.close()
