"""Databases for the tests: each gets a fresh one, on SQLite and on PostgreSQL."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
import structlog
from psycopg import sql
from sqlalchemy import URL, Engine, make_url

from gateway.activities.reading import Reader
from gateway.routing.limits import Limits
from storage.database import Database
from storage.schema import migrate
from tests.imapserver import Server
from tests.imapserver import imap_server as run_imap_server
from tests.postfix import Postfix, free_ports

#: Speed instead of safety: nothing in a throw-away cluster outlives the tests.
QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "jit": "off",
}


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Let all databases of one kind share what SQLAlchemy compiled for the first.

    A process of ours opens one database and compiles each statement once; the tests
    open thousands, and would spend a sixth of their time on it.
    """
    first: dict[str, Engine] = {}

    def share(engine: Engine) -> None:
        known = first.setdefault(engine.dialect.name, engine)
        engine.dialect, engine._compiled_cache = known.dialect, known._compiled_cache

    born = Database.__init__

    def open_one(self: Database, url: str) -> None:
        born(self, url)
        share(self.engine)
        share(self._lax)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "__init__", open_one)
        yield


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
    with _postgresql_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server) -> Iterator[str]:
    """The name of a migrated PostgreSQL database to copy."""
    with postgresql_database(postgresql_server) as url:
        database = Database(url.render_as_string(hide_password=False))
        migrate(database)
        database.close()
        yield str(url.database)


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
    server = request.getfixturevalue("postgresql_server")
    template = request.getfixturevalue("postgresql_template")
    with postgresql_database(server, template) as url:
        yield url.render_as_string(hide_password=False)


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


@contextmanager
def postgresql_database(server: URL, template: str = "template0") -> Iterator[URL]:
    """Make a database on a server, and drop it at the end."""
    name = f"parlour_{uuid.uuid4().hex}"
    # Files are copied in a tenth of the time that the log takes, the default since 15.
    create = "CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' STRATEGY FILE_COPY"
    _command(
        server,
        sql.SQL(create).format(sql.Identifier(name), sql.Identifier(template)),
    )
    try:
        yield server.set(database=name)
    finally:
        _command(
            server,
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)),
        )


def _command(server: URL, statement: sql.Composed) -> None:
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement)


@contextmanager
def _postgresql_server() -> Iterator[URL]:
    if given := os.environ.get("PARLOUR_TEST_POSTGRES"):
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    if programs := _debian_programs():
        with _debian_server(programs) as url:
            yield url
        return
    if sys.version_info < (3, 13):
        with _pgserver() as url:
            yield url
        return
    pytest.skip(
        "no PostgreSQL: set PARLOUR_TEST_POSTGRES or install Debian's postgresql"
    )


def _debian_programs() -> Path | None:
    """Find the newest initdb that is not a wrapper."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[4]),
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def _debian_server(programs: Path) -> Iterator[URL]:
    """Start a throw-away cluster on a free port of the loopback."""
    # A short path in the system's own folder: another user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="parlour-pg-", dir="/tmp"))
    other = _other_user()
    try:
        if other:
            shutil.chown(folder, *other)
        as_other = _as_user(*other) if other else {}
        subprocess.run(
            [
                programs / "initdb",
                *("-D", folder / "data", "-U", "parlour", "-A", "trust"),
                *("-E", "UTF8", "--locale=C", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            cwd="/",
            **as_other,
        )
        port = _free_port()
        options = [f"-c{key}={value}" for key, value in QUICK.items()]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [
                    *_dies_with_us(),
                    programs / "postgres",
                    *("-D", folder / "data", "-p", str(port), "-k", ""),
                    *("-h", "127.0.0.1", *options),
                ],
                stdout=log,
                stderr=log,
                cwd="/",
                **as_other,
            )
        url = URL.create(
            "postgresql+psycopg",
            username="parlour",
            host="127.0.0.1",
            port=port,
            database="postgres",
        )
        try:
            _await_server(url, server, folder / "log")
            yield url
        finally:
            # Fast shutdown: ends the sessions that are still open.
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _dies_with_us() -> list[str]:
    """Give what ends the server even when the tests are killed, where there is it."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT"] if setpriv else []


def _other_user() -> tuple[int, int] | None:
    """Give whom the server runs as: it refuses to be root."""
    if os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415 (there is none on other systems)

    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return user.pw_uid, user.pw_gid
    return None


def _as_user(user: int, group: int) -> dict[str, object]:
    return {"user": user, "group": group, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_server(url: URL, server: subprocess.Popen[bytes], log: Path) -> None:
    plain = url.set(drivername="postgresql").render_as_string()
    ends = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(plain, connect_timeout=2).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(log.read_text()) from None
            time.sleep(0.05)
        else:
            return


@contextmanager
def _pgserver() -> Iterator[URL]:
    import pgserver  # noqa: PLC0415 (exists below Python 3.13 alone)

    # In a folder of its own: it widens the rights of the folders above its data.
    folder = Path(tempfile.mkdtemp(prefix="parlour-pg-"))
    server = pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


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
