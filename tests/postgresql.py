"""A PostgreSQL server for the tests, and databases on it.

The server is the one from the environment, Debian's, or pgserver (G63).
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, Pool, event, make_url

from storage.database import Database

#: Speed instead of safety: nothing in a throw-away cluster outlives the tests.
QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "jit": "off",
}


_USES = 40
"""So often a database is used again; what was deleted from it stays on its pages."""
_PATIENCE = "2s"


@dataclass
class Reused:
    """One database that each test finds as new; a context manager.

    To copy and to drop one takes twice the time of a short story. So what a test wrote
    is deleted instead, and those of this process keep their connections, which have
    planned the statements already. A database that is not as it was in the end (it has
    another shape, a connection is still at work, somebody holds a lock) is dropped.
    """

    server: URL
    template: str
    uses: int = 0
    url: str = ""
    _life: ExitStack = field(default_factory=ExitStack)
    _pools: dict[str, Pool] = field(default_factory=dict)
    _ours: set[int] = field(default_factory=set)
    """The numbers of the server's processes behind the connections that are kept."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._drop()

    def fresh(self) -> str:
        """Give the URL of a database as the template is."""
        if not self.url:
            name = postgresql_database(self.server, self.template)
            found = self._life.enter_context(name)
            self.url = found.render_as_string(hide_password=False)
            plain = found.set(drivername="postgresql")
            self._own = self._life.enter_context(
                psycopg.connect(
                    plain.render_as_string(hide_password=False), autocommit=True
                )
            )
            self._own.execute(f"SET lock_timeout = '{_PATIENCE}'")
            self._own.execute("SET session_replication_role = replica")
            self._shape, self._emptying = self._look(), self._statement()
            self.uses = 0
        self.uses += 1
        return self.url

    def share(self, database: Database) -> None:
        """Let a database that was just opened use the connections that are kept."""
        if not self.url or database.url != make_url(self.url):
            return
        for name, engine in (("full", database.engine), ("lax", database._lax)):
            if name not in self._pools:
                event.listen(engine.pool, "connect", self._connected)
                event.listen(engine.pool, "detach", self._detached)
                self._pools[name] = engine.pool
            engine.pool = self._pools[name]
            # Who closes the database leaves the connections to the next test.
            engine.dispose = lambda: None  # type: ignore[method-assign]

    def _connected(self, connection: Any, _: object) -> None:
        self._ours.add(connection.info.backend_pid)

    def _detached(self, connection: Any, _: object) -> None:
        self._ours.discard(connection.info.backend_pid)

    def clean(self) -> None:
        """Take away what a test has written, or all of the database."""
        try:
            busy = any(pool.checkedout() for pool in self._pools.values())
            if busy or self.uses >= _USES or self._look() != self._shape:
                self._drop()
                return
            self._end_others()
            self._own.execute(self._emptying)
        except psycopg.Error:
            self._drop()

    def _end_others(self) -> None:
        """End what processes of a test, or its threads, have left connected."""
        self._own.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND NOT pid = ANY(%s)",
            [list(self._ours)],
        )

    def _look(self) -> object:
        """Count tables, columns, indexes and constraints."""
        return self._own.execute(
            "SELECT (SELECT count(*) FROM pg_class),"
            " (SELECT count(*) FROM pg_attribute),"
            " (SELECT count(*) FROM pg_constraint)"
        ).fetchone()

    def _statement(self) -> str:
        """Give what empties each table and lets its numbers begin again."""
        tables = self._own.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename <> 'alembic_version'"
        ).fetchall()
        for (table,) in tables:
            filled = self._own.execute(f"SELECT EXISTS (SELECT FROM {table})")
            assert filled.fetchone() == (False,), f"{table} has rows from the start"
        numbers = self._own.execute(
            "SELECT format('%I.%I', schemaname, sequencename)::regclass::text"
            " FROM pg_sequences"
        ).fetchall()
        return ";".join(
            [f"DELETE FROM {table}" for (table,) in tables]
            + [f"SELECT setval('{number}', 1, false)" for (number,) in numbers]
        )

    def _drop(self) -> None:
        for pool in self._pools.values():
            pool.dispose()
        self._pools.clear()
        self._ours.clear()
        self._life.close()
        self.url = ""


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
def running_server() -> Iterator[URL]:
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
