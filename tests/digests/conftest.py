"""Towns whose time passes, on each kind of database."""

import pytest

from tests.town import Town


@pytest.fixture
def each_town(database_url, tmp_path, reader):
    """The usual town, on each kind of database in turn."""
    with Town(database_url, tmp_path, reader) as found:
        yield found


@pytest.fixture
def found_town(database_url, tmp_path, reader):
    """A function that founds a town with the settings given; one for a test."""
    towns = []

    def found(**settings):
        towns.append(Town(database_url, tmp_path, reader, **settings))
        return towns[-1].__enter__()

    yield found
    for town in towns:
        town.__exit__()


@pytest.fixture
def town_of_one(sqlite, tmp_path, reader):
    """The usual town, on SQLite, where the kind of database does not matter."""
    with Town(f"sqlite:///{tmp_path / 'parlour.db'}", tmp_path, reader) as found:
        yield found
