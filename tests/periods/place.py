"""A town in which days pass by the thousand: real mails in, real SMTP out, many deaths.

Mails go into the journal as the door keeps them. The schedule and *process* run in this
thread, and so does dispatch: the same `Dispatch` and courier as in `parlour serve`, one
mail after the other, over a real connection to a real sink. So each of them can be
ended at any statement, and the same story is the same each time.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, Self

import psycopg
from psycopg import sql
from sqlalchemy import URL, event

from digests import digest, schedule
from gateway.activities import bounces
from gateway.activities.domains import hold_back
from gateway.activities.house import House
from gateway.activities.letters import may_go
from gateway.activities.process import process_some
from gateway.activities.reading import Reader
from gateway.outbound.courier import Courier
from gateway.outbound.dispatch import Dispatch
from gateway.outbound.smarthost import Smarthost
from gateway.routing.desk import Desks
from gateway.routing.limits import Limits
from parsers.message_id import Ids
from parsers.reply_address import Sealer
from storage import acceptance, journal, outbox
from storage.acceptance import Entry
from storage.blobs import Blobs
from storage.database import Database
from storage.journal import State
from storage.outbox import Letter, Progress
from storage.wake import Wake
from tests.periods.deaths import Death, Deaths, How
from tests.sink import DROP, Kept, Sink
from tests.town import ACME


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as the sink kept it, read as far as it is looked at."""

    to: str
    kind: str
    name: str
    """Its Message-ID."""
    subject: str
    reply_to: str
    text: str
    """The text twin."""


def read_mail(kept: Kept) -> Mail:
    """Read a mail; of so many the standard library's way would be half of all work."""
    parts = message_from_bytes(kept.octets)
    body = next(
        part for part in parts.walk() if part.get_content_type() == "text/plain"
    )
    octets = body.get_payload(decode=True)
    assert isinstance(octets, bytes)
    return Mail(
        kept.rcpt,
        kept.header("X-Parlour-Kind"),
        kept.header("Message-ID"),
        str(make_header(decode_header(kept.header("Subject")))),
        kept.header("Reply-To"),
        octets.decode("utf-8"),
    )


_TIDY = 50
"""After so many stories the pages are tidied of what was deleted from them."""
LEASE_IS_OVER = timedelta(seconds=61)
LIMITS = Limits(
    similar_mails=1000, burst_posts=1000, posts_per_hour=1000, busy_posts_per_hour=1000
)
"""What comes too fast for people goes to the digest; its own tests tell of that."""
_SECRET = "a secret for tests, long enough to be taken"


class Store(Protocol):
    """A database that is as it was founded again for each story."""

    url: str

    def keep(self) -> None:
        """Remember what it holds now."""

    def renew(self) -> None:
        """Hold again what was remembered; nobody is connected."""


@dataclass
class SqliteStore:
    """A file and its copy."""

    path: Path

    @property
    def url(self) -> str:
        """Where it is."""
        return f"sqlite:///{self.path}"

    @property
    def _copy(self) -> Path:
        return self.path.with_suffix(".founded")

    def keep(self) -> None:
        """Remember what it holds now."""
        shutil.copy(self.path, self._copy)

    def renew(self) -> None:
        """Hold again what was remembered."""
        for end in ("-wal", "-shm"):
            self.path.with_name(self.path.name + end).unlink(missing_ok=True)
        shutil.copy(self._copy, self.path)


@dataclass
class PostgresqlStore:
    """A database of a server, with a second schema that keeps what it held.

    To copy a whole database would cost more than most of what a story does.
    """

    server: URL
    name: str
    _renewals: int = 0

    @property
    def url(self) -> str:
        """Where it is."""
        found = self.server.set(database=self.name)
        return found.render_as_string(hide_password=False)

    def keep(self) -> None:
        """Remember what it holds now."""
        with self._connected() as connection:
            tables = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            connection.execute("DROP SCHEMA IF EXISTS founded CASCADE")
            connection.execute("CREATE SCHEMA founded")
            for (table,) in tables:
                connection.execute(
                    sql.SQL("CREATE TABLE founded.{0} AS TABLE public.{0}").format(
                        sql.Identifier(table)
                    )
                )
            self._renewing = self._statements(
                connection, [table for (table,) in tables]
            )

    def renew(self) -> None:
        """Hold again what was remembered; nobody is connected."""
        with self._connected() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("SET session_replication_role = replica")
            connection.execute(self._renewing)
            self._renewals += 1
            if self._renewals % _TIDY == 0:
                connection.execute("VACUUM")

    def _connected(self) -> psycopg.Connection[Any]:
        plain = self.server.set(drivername="postgresql", database=self.name)
        return psycopg.connect(
            plain.render_as_string(hide_password=False), autocommit=True
        )

    @staticmethod
    def _statements(
        connection: psycopg.Connection[Any], tables: Sequence[str]
    ) -> sql.Composed:
        """Give what fills each table again, and says where its numbers stood."""
        found: list[sql.Composable] = []
        for table in tables:
            columns = connection.execute(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND table_name = %s"
                " AND is_generated = 'NEVER' ORDER BY ordinal_position",
                [table],
            ).fetchall()
            found.append(
                sql.SQL(
                    "DELETE FROM public.{0};"
                    " INSERT INTO public.{0} ({1}) OVERRIDING SYSTEM VALUE"
                    " SELECT {1} FROM founded.{0}"
                ).format(
                    sql.Identifier(table),
                    sql.SQL(", ").join(sql.Identifier(name) for (name,) in columns),
                )
            )
        numbers = connection.execute(
            "SELECT sequencename, coalesce(last_value, 1), last_value IS NOT NULL"
            " FROM pg_sequences WHERE schemaname = 'public'"
        ).fetchall()
        found += [
            sql.SQL("SELECT setval({0}, {1}, {2})").format(
                sql.Literal(f'public."{name}"'), sql.Literal(last), sql.Literal(used)
            )
            for name, last, used in numbers
        ]
        return sql.SQL(";").join(found)


class Office(Dispatch):
    """Dispatch without threads of its own, which may die behind the smarthost's 250."""

    dies_unsaid = False

    def work(self) -> None:
        """Send all that is due by now."""
        courier = Courier(self.smarthost)
        try:
            while self._claim():
                while one := self._hand.take(0):
                    self._deliver(courier, one)
        finally:
            courier.close()
            self._receipts.close()

    def _note_sent(self, *given: Any) -> None:
        if self.dies_unsaid:
            self.dies_unsaid = False
            raise Death("killed behind the 250")
        super()._note_sent(*given)


@dataclass
class Place:
    """Parlour, its people's letters, and who ends when; a context manager."""

    store: Store
    folder: Path
    reader: Reader
    sink: Sink
    now: datetime
    deaths: Deaths = field(default_factory=Deaths)
    letters: list[Mail] = field(default_factory=list)
    """All that the smarthost took, in order."""
    at: list[datetime] = field(default_factory=list)
    """When each of them was seen."""
    counts: Counter[str] = field(default_factory=Counter)
    """What happened in this story."""
    windows: int = 0
    """How often the sender ended between the smarthost's 250 and its own note (R3)."""
    _offered: bool = False
    """A mail came that *process* has not seen."""
    _mails: int = 0
    _offices: int = 0

    def __enter__(self) -> Self:
        count = iter(range(1 << 62))
        sealer = Sealer(_SECRET)
        database = self._open()
        self.house = House(
            database=database,
            blobs=Blobs(self.folder / "blobs"),
            wake=Wake(database),
            desks=Desks((ACME,)),
            sealer=sealer,
            ids=Ids(sealer),
            base_url="http://127.0.0.1:8080",
            limits=LIMITS,
            chance=lambda octets: sha256(str(next(count)).encode()).digest()[:octets],
        )
        self._office = self._new_office()
        return self

    def __exit__(self, *_: object) -> None:
        self.house.wake.close()
        self.house.database.close()

    def _open(self, *, watched: bool = True) -> Database:
        database = Database(self.store.url)
        if database.is_sqlite:
            # Nothing here outlives the test: do not wait for the disk.
            for engine in (database.engine, database._lax):
                event.listen(engine, "connect", _careless)
        if watched:
            self.deaths.watch(database)
        return database

    def keep(self) -> None:
        """Let each story begin with what there is now."""
        self.house.database.close()
        self.store.keep()
        self._founded = list(self.letters), self.now

    def renew(self) -> None:
        """Begin a story."""
        self.house.database.close()
        self.store.renew()
        letters, self.now = self._founded
        self.letters, self.at = list(letters), [self.now] * len(letters)
        self.windows = 0
        self.counts.clear()
        self.sink.forget()
        self.sink.say_nothing_special()
        self.deaths.how = None
        self._office = self._new_office()

    # Who works.

    @contextmanager
    def another(self) -> Iterator[House]:
        """Give the house of another process on the same database."""
        database = self._open(watched=False)
        wake = Wake(database)
        try:
            yield replace(self.house, database=database, wake=wake)
        finally:
            wake.close()
            database.close()

    def tick(self, house: House | None = None, node: str = "one") -> bool:
        """Do what the schedule does; False while another has the lease."""
        ran = schedule.run_due(
            house or self.house, self.now, node=node, clock=lambda: self.now
        )
        for task in ran or ():
            if task.error is not None and not self.deaths.happened:
                raise task.error
        return ran is not None

    def run(self, house: House | None = None) -> None:
        """Make the digests as whoever slept through their lease."""
        digest.run(house or self.house, self.now)

    def dying(self, act: Callable[[], object], left: int, how: How) -> bool:
        """Let somebody work until their nth statement; says whether they got there."""
        before = self.deaths.happened
        self.deaths.at(left, how)
        try:
            with self.deaths.at_work():
                act()
        except Death:
            pass
        except Exception:
            if self.deaths.happened == before:
                raise
        died = self.deaths.happened > before
        self.deaths.happened = 0
        if died:
            # Connections that broke are not asked once more.
            self.house.database.close()
        return died

    def killed(self, act: Callable[[House], object], left: int) -> bool:
        """Let a process of its own work until the system ends it; says whether it did.

        The nth statement of it is the one that it does not come to.
        """
        return self.ended(self.child(act, left))

    def child(self, act: Callable[[House], object], left: int) -> int:
        """Let a process of its own work; 0 statements: to its end. Gives its number."""
        self.house.database.close()
        child = os.fork()
        if not child:
            _live_and_die(self, act, left)
        return child

    def ended(self, child: int) -> bool:
        """Wait for a process to end; says whether the system ended it."""
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        assert code in {0, 9}, f"the child ended with {code}"
        return code == 9

    def settle(self) -> None:
        """Let *process* and dispatch work until nothing is left that is due."""
        while True:
            while self._offered and self._pending():
                process_some(
                    self.house, self.reader, node="work", clock=lambda: self.now
                )
            self._offered = False
            before = len(self.sink.mails)
            self.send()
            if len(self.sink.mails) == before:
                break
        self._look()

    def send(self) -> None:
        """Send what is due; who dies of it is replaced when the leases are over."""
        try:
            self._office.work()
        except Death:
            self.windows += 1
            self.counts["senders killed behind the 250"] += 1
            self._renew_office()
        else:
            if self._office.smarthost_failures:
                # The pause is real time: a new office has not begun it.
                self._office = self._new_office()

    def _renew_office(self) -> None:
        self._office = self._new_office()
        self.now += LEASE_IS_OVER

    def dies_unsaid(self) -> None:
        """Let the next mail be the last of its sender, who does not come to say so."""
        self._office.dies_unsaid = True

    def loses(self, stage: str, reply: str) -> None:
        """Let the smarthost end the next mail at a stage, with this or DROP."""
        self.windows += (stage, reply) == ("END", DROP)
        self.sink.say(stage, reply, times=1)  # type: ignore[arg-type]

    def _new_office(self) -> Office:
        self._offices += 1
        return Office(
            database=self.house.database,
            wake=self.house.wake,
            sealer=self.house.sealer,
            smarthost=Smarthost(
                host=self.sink.host, port=self.sink.port, connections=1
            ),
            node="office",
            clock=lambda: self.now,
            on_refusal=lambda number, **said: bounces.refused(
                self.house, number, **said
            ),
            may_go=lambda to, octets: may_go(self.house, to, octets),
            hold_back=lambda *claimed: hold_back(self.house.limits, *claimed),
            # Unlike any other, as the chance of each process is.
            chance=lambda number=self._offices: number / 2**48,
        )

    def _pending(self) -> bool:
        with self.house.database.reading() as session:
            return bool(journal.listing(session, State.PENDING, 1))

    def given_up(self) -> frozenset[str]:
        """Give the Message-IDs of the digests that were given up."""
        with self.house.database.reading() as session:
            lost = outbox.listing(session, Progress.GIVEN_UP, 1_000)
            found = [session.get_one(Letter, each.letter_id) for each in lost]
            return frozenset(one.message_id for one in found if one.kind == "digest")

    def _look(self) -> None:
        for kept in self.sink.mails[len(self.letters) - self._before :]:
            self.letters.append(read_mail(kept))
            self.at.append(self.now)

    @property
    def _before(self) -> int:
        """How many letters came before this story."""
        return len(self._founded[0]) if hasattr(self, "_founded") else 0

    # What people do.

    def write(
        self,
        sender: str,
        to: str,
        subject: str,
        text: str,
        *,
        house: House | None = None,
    ) -> None:
        """Write a mail; what it causes waits for `settle`."""
        self._mails += 1
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Date"] = self.now
        mail["Message-ID"] = f"<{self._mails}.mail@people.example>"
        mail.set_content(text)
        octets = mail.as_bytes(policy=policy.SMTP)
        self._keep(house or self.house, octets, sender, [parseaddr(to)[1]])

    def _keep(
        self, house: House, octets: bytes, sender: str, recipients: Sequence[str]
    ) -> None:
        entry = Entry(
            received_at=self.now,
            door="smtp",
            peer="127.0.0.1",
            trusted=True,
            sender=parseaddr(sender)[1],
            recipients=tuple(recipients),
            raw=octets,
        )
        acceptance.keep(house.database, house.blobs, [entry])
        self._offered = True

    def last(self, address: str, kind: str, subject: str = "") -> Mail:
        """The newest letter to somebody, of a kind, about a matter."""
        found = [
            letter
            for letter in self.letters
            if letter.to == address
            and letter.kind == kind
            and subject in letter.subject
        ]
        assert found, f"no {kind} ever reached {address}"
        return found[-1]


def _careless(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _live_and_die(place: Place, act: Callable[[House], object], left: int) -> None:
    """Work in a child, and never come back."""
    code = 1
    try:
        deaths = Deaths()
        database = Database(place.store.url)
        deaths.watch(database)
        if left:
            deaths.at(left, How.EXIT)
        house = replace(place.house, database=database, wake=Wake(database))
        with deaths.at_work():
            act(house)
        code = 0
    finally:
        os._exit(code)
