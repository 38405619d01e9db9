"""Databases for the tests: each gets a fresh one, on SQLite and on PostgreSQL."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import structlog
from sqlalchemy import URL, Engine

from gateway.activities.reading import Reader
from gateway.routing.limits import Limits
from storage.database import Database
from storage.schema import migrate
from tests.imapserver import Server
from tests.imapserver import imap_server as run_imap_server
from tests.postfix import Postfix, free_ports
from tests.postgresql import Reused, postgresql_database, running_server


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[list[Reused]]:
    """Let all databases of one kind share what SQLAlchemy compiled for the first.

    A process of ours opens one database and compiles each statement once; the tests
    open thousands, and would spend a sixth of their time on it. Gives the list of what
    shares connections too.
    """
    first: dict[str, Engine] = {}
    reused: list[Reused] = []

    def share(engine: Engine) -> None:
        known = first.setdefault(engine.dialect.name, engine)
        engine.dialect, engine._compiled_cache = known.dialect, known._compiled_cache

    born = Database.__init__

    def open_one(self: Database, url: str) -> None:
        born(self, url)
        share(self.engine)
        share(self._lax)
        for each in reused:
            each.share(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "__init__", open_one)
        yield reused


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """A PostgreSQL server: from the environment, Debian's, or pgserver (G63)."""
    with running_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server) -> Iterator[str]:
    """The name of a migrated PostgreSQL database to copy."""
    with postgresql_database(postgresql_server) as url:
        database = Database(url.render_as_string(hide_password=False))
        migrate(database)
        database.close()
        yield str(url.database)


@pytest.fixture(scope="session")
def _postgresql_reused(postgresql_server, postgresql_template, _compiled_once):
    with Reused(postgresql_server, postgresql_template) as reused:
        _compiled_once.append(reused)
        yield reused
        _compiled_once.remove(reused)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path) -> Iterator[str]:
    """The URL of a database without any table, on each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = request.getfixturevalue("postgresql_server")
    with postgresql_database(server) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path) -> Iterator[str]:
    """The URL of a fresh migrated database, on each kind in turn."""
    if request.param == "sqlite":
        path = tmp_path / "parlour.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    reused = request.getfixturevalue("_postgresql_reused")
    yield reused.fresh()
    reused.clean()


@pytest.fixture
def database(database_url) -> Iterator[Database]:
    """A fresh migrated database, on each kind in turn."""
    found = Database(database_url)
    yield found
    found.close()


@pytest.fixture
def sqlite(sqlite_template, tmp_path) -> Iterator[Database]:
    """A fresh migrated database on SQLite, where the kind does not matter."""
    path = tmp_path / "parlour.db"
    shutil.copy(sqlite_template, path)
    found = Database(f"sqlite:///{path}")
    yield found
    found.close()


@pytest.fixture
def make_postgresql_database() -> Iterator[Callable[[URL, str], URL]]:
    """A function that makes a database on a server, from a template."""
    with ExitStack() as stack:
        yield lambda server, template: stack.enter_context(
            postgresql_database(server, template)
        )


@pytest.fixture(scope="session")
def imap_server() -> Iterator[Server]:
    """An IMAP server that runs for all tests; `account()` gives a fresh user."""
    with run_imap_server() as server:
        yield server


@pytest.fixture(scope="session")
def postfix() -> Iterator[Postfix]:
    """A real Postfix for all tests; its sink is where `postfix.relay` says."""
    (relay,) = free_ports(1)
    with Postfix(relay=relay) as found:
        yield found


@pytest.fixture
def make_town(tmp_path):
    """A function that gives a town with a real `parlour serve`, by any carrier."""

    def make(carrier, **outbound):
        # Not for every test: it needs much.
        from tests.served_town import ServedTown  # noqa: PLC0415

        url = f"sqlite:///{tmp_path}/parlour.db"
        return ServedTown(url, tmp_path, carrier=carrier, outbound=outbound)

    return make


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder with a name so short that a Unix socket may lie in it."""
    with tempfile.TemporaryDirectory(prefix="parlour-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture(scope="session", autouse=True)
def _plain_log():
    """A traceback in the log must not look into objects of a closed session."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(
                exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )


@pytest.fixture(scope="session")
def reader():
    """The child that reads mail; one for all tests."""
    child = Reader(Limits())
    yield child
    child.close()
