"""Towns for stories: on SQLite where the kind of database does not matter."""

import shutil
from contextlib import ExitStack

import pytest

from tests.town import Town


@pytest.fixture
def make_town(sqlite_template, tmp_path, reader):
    """A function that founds a town on SQLite, with the settings given."""
    with ExitStack() as stack:

        def found(**settings):
            path = tmp_path / "parlour.db"
            shutil.copy(sqlite_template, path)
            url = f"sqlite:///{path}"
            return stack.enter_context(Town(url, tmp_path, reader, **settings))

        yield found


@pytest.fixture
def town(make_town):
    """The usual town, on SQLite."""
    return make_town()


@pytest.fixture
def each_town(database_url, tmp_path, reader):
    """The usual town, on each kind of database in turn."""
    with Town(database_url, tmp_path, reader) as found:
        yield found


@pytest.fixture
def make_each_town(database_url, tmp_path, reader):
    """A function that founds one town with the settings given, on each kind in turn."""
    with ExitStack() as stack:

        def found(**settings):
            return stack.enter_context(Town(database_url, tmp_path, reader, **settings))

        yield found


@pytest.fixture
def proved_town(make_each_town):
    """A town that believes its own mail server, on each kind of database in turn."""
    return make_each_town(trusted=("mx.acme.example",))
