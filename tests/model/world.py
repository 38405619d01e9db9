"""Where stories happen: Parlour, mails into it, letters out of it, and its deaths.

Two worlds with the same face. `Straight` puts mails into the journal and takes letters
out of the outbox by itself, without a socket or a thread: for thousands of stories.
`ByTheDoor` is a whole town: SMTP in, SMTP out. Both are emptied between stories.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, Self

from sqlalchemy import event, select, text

from digests import schedule
from gateway.activities import bounces, optin
from gateway.activities.house import House
from gateway.activities.letters import may_go
from gateway.activities.process import process_some
from gateway.activities.reading import Reader
from gateway.outbound.copies import Copies
from gateway.routing.desk import Desk, Desks
from gateway.routing.limits import Limits
from parsers.message_id import Ids
from parsers.reply_address import Sealer
from storage import acceptance, journal, lease, reports, waiting
from storage.acceptance import Entry
from storage.base import Base
from storage.blobs import Blobs
from storage.database import Database
from storage.event import Event, Kind
from storage.journal import State
from storage.ledger import Ledger
from storage.people import PersonAddress
from storage.wake import Wake
from tests.model.kills import Death, Fault, Kills
from tests.sink import Kept
from tests.town import ACME, Letter, Town, read_letter

SERVER = "mx.acme.example"
"""Whose Authentication-Results are believed."""
REFUSED = "550 5.1.1 no such mailbox"
BEGINS = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)
_LEASE_IS_OVER = timedelta(seconds=61)
LIMITS = Limits(similar_mails=1000)
"""New matters have like subjects here: which of them are a loop, its tests tell."""
_NODE = "model"
_PENDING = text(
    "SELECT EXISTS (SELECT 1 FROM inbound WHERE state = 'pending')"  # as State.PENDING
)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mail, as Parlour's own tables have it."""

    state: State
    reason: str
    rule: str
    heard: dict[str, str]
    """Of the post that it made: each participant's address and outcome."""
    posts: int
    """How many events bear its text."""


class World(Protocol):
    """What a story asks of the place where it happens."""

    house: House
    now: datetime
    kills: Kills

    def clear(self) -> None:
        """Begin anew, with nothing."""

    def offer(self, octets: bytes, sender: str, recipients: Sequence[str]) -> int:
        """Bring a mail; gives its number in the journal."""

    def work(self) -> list[Letter]:
        """Let Parlour do all that there is to do; gives the new letters."""

    def close_mailbox(self, address: str) -> None:
        """Let the smarthost refuse a recipient from now on."""

    def open_mailbox(self, address: str) -> None:
        """Let the smarthost take mail for a recipient again."""


def fate(world: World, number: int) -> Fate:
    """Look up what became of a mail."""
    with world.house.database.reading() as session:
        row = journal.by_id(session, number)
        posts = session.scalars(
            select(Event.id).where(
                Event.inbound_id == number, Event.kind == Kind.POST, Event.text != ""
            )
        ).all()
        heard = session.execute(
            select(PersonAddress.key, Ledger.outcome)
            .join(Ledger, Ledger.person_id == PersonAddress.person_id)
            .where(Ledger.event_id.in_(posts))
        )
        told = {address: str(outcome) for address, outcome in heard}
        return Fate(row.state, row.reason, row.settled_by, told, len(posts))


def unsettled(world: World) -> list[str]:
    """Give the mails that are accounted for by nothing: pending, or failed unsaid."""
    with world.house.database.reading() as session:
        return [
            f"mail {row.id} is {row.state} ({row.reason})"
            for row in journal.listing(session, State.PENDING)
        ]


def unseen(world: World) -> list[str]:
    """Give who waits unseen, which is the costly half of that check."""
    with world.house.database.reading() as session:
        return [each.text for each in waiting.exceptions(session, world.now)]


def faults(world: World) -> list[str]:
    """Give what Parlour's own check of its store finds."""
    with world.house.database.reading() as session:
        found = reports.faults(session, world.house.blobs, now=world.now)
        return [each.text for each in found]


def release(world: World, number: int, said: str) -> None:
    """Let the operator release a held or failed mail."""
    with world.house.database.transaction() as session:
        journal.release(session, number, {"released": said}, by="cli", now=world.now)


def tick(world: World) -> None:
    """Let the schedule do all that is due by now."""
    ran = schedule.run_due(world.house, world.now, node="tick", clock=lambda: world.now)
    for task in ran or ():
        if task.error is not None:
            raise task.error


def press(world: World, token: str, choice: str) -> None:
    """Press a button on the page of an invitation."""
    choices = optin.Choice(choice)
    assert optin.answer(world.house, token, choices, door="web", now=world.now)


def _empty(database: Database) -> None:
    with database.transaction(lax=True) as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())


def _hurry(database: Database) -> None:
    """Nothing here outlives the test: do not wait for the disk."""
    if database.is_sqlite:

        def careless(connection: Any, _: object) -> None:
            connection.execute("PRAGMA synchronous=OFF")

        for engine in (database.engine, database._lax):
            event.listen(engine, "connect", careless)


def _counted() -> Callable[[int], bytes]:
    """Chance for stories: never the same twice, and nothing like a text."""
    count = iter(range(1 << 62))
    return lambda octets: sha256(str(next(count)).encode()).digest()[:octets]


@dataclass
class Straight:
    """Parlour without its doors; a context manager."""

    database_url: str
    folder: Path
    reader: Reader
    desks: Sequence[Desk] = (ACME,)
    now: datetime = BEGINS
    kills: Kills = field(default_factory=Kills)
    _closed: set[str] = field(default_factory=set)

    def __enter__(self) -> Self:
        database = Database(self.database_url)
        _hurry(database)
        self.kills.watch(database)
        sealer = Sealer("a secret for tests, long enough to be taken")
        self.house = House(
            database=database,
            blobs=Blobs(self.folder / "blobs"),
            wake=Wake(database),
            desks=Desks(self.desks),
            sealer=sealer,
            ids=Ids(sealer),
            base_url="http://127.0.0.1:8080",
            limits=LIMITS,
            chance=_counted(),
            authserv_ids=(SERVER,),
        )
        self._copies = Copies(database, sealer)
        return self

    def __exit__(self, *_: object) -> None:
        self.house.wake.close()
        self.house.database.close()

    def clear(self) -> None:
        """Begin anew, with nothing."""
        _empty(self.house.database)
        self.now = BEGINS
        self.kills.plan.clear()
        self._closed.clear()

    def offer(self, octets: bytes, sender: str, recipients: Sequence[str]) -> int:
        """Put a mail into the journal as the door does."""
        entry = Entry(
            received_at=self.now,
            door="smtp",
            peer="127.0.0.1",
            trusted=True,
            sender=sender,
            recipients=tuple(recipients),
            raw=octets,
        )
        [number] = acceptance.keep(self.house.database, self.house.blobs, [entry])
        return number

    def work(self) -> list[Letter]:
        """Let *process* and dispatch work until nothing is left."""
        letters: list[Letter] = []
        while True:
            self._process()
            new = self._dispatch()
            letters += new
            if not new:
                self.kills.plan.clear()
                return letters

    def close_mailbox(self, address: str) -> None:
        """Let the smarthost refuse a recipient from now on."""
        self._closed.add(address)

    def open_mailbox(self, address: str) -> None:
        """Let the smarthost take mail for a recipient again."""
        self._closed.discard(address)

    def _pending(self) -> bool:
        # As plain text: it is asked several times in each step.
        with self.house.database.engine.connect() as connection:
            connection.info["begin"] = "BEGIN"
            return bool(connection.execute(_PENDING).scalar())

    def _process(self) -> None:
        while self._pending():
            try:
                with self.kills.at_work():
                    process_some(
                        self.house, self.reader, node=_NODE, clock=lambda: self.now
                    )
            except (Fault, Death):
                # Nobody gave the lease back: the next worker waits until it is over.
                self.now += _LEASE_IS_OVER

    def _dispatch(self) -> list[Letter]:
        letters = []
        database = self.house.database
        with database.transaction(lax=True) as session:
            claimed = lease.claim(
                session, node=_NODE, now=self.now, lease=_LEASE_IS_OVER, most=100
            )
        for one in claimed:
            parcel = self._copies.parcel(one)
            assert may_go(self.house, parcel.recipient, parcel.octets)
            if parcel.recipient in self._closed:
                bounces.refused(
                    self.house, one.id, status="5.1.1", text=REFUSED, now=self.now
                )
                continue
            kept = Kept(
                mail_from=parcel.return_path,
                rcpt=parcel.recipient,
                octets=parcel.octets,
                at=0,
                session=1,
                mail_options=(),
                rcpt_options=(),
                tls=False,
                login="",
            )
            letters.append(read_letter(kept))
        with database.transaction(lax=True) as session:
            for one in claimed:
                settle = lease.settle_sent
                if one.address in self._closed:
                    settle = lease.give_up
                settle(session, one.id, node=_NODE, reply="250", now=self.now)
        return letters


class _Town(Town):
    """A town whose *process* may die at work."""

    def __enter__(self):
        self.kills = Kills()
        super().__enter__()
        _hurry(self.house.database)
        self.kills.watch(self.house.database)
        return self

    def _process(self) -> bool:
        before = self.kills.done
        try:
            with self.kills.at_work():
                found = super()._process()
        except (Fault, Death):
            self.now += _LEASE_IS_OVER
            return True
        return found or self.kills.done > before


@dataclass
class ByTheDoor:
    """The whole of Parlour, between real SMTP; a context manager."""

    database_url: str
    folder: Path
    reader: Reader

    def __enter__(self) -> Self:
        self.town = _Town(
            self.database_url,
            self.folder,
            self.reader,
            desks=(ACME,),
            limits=LIMITS,
            trusted=(SERVER,),
        )
        self.town.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.town.__exit__(*error)

    @property
    def house(self) -> House:
        """The parts of Parlour."""
        return self.town.house

    @property
    def kills(self) -> Kills:
        """What breaks *process*."""
        return self.town.kills

    @property
    def now(self) -> datetime:
        """The time, which stands still."""
        return self.town.now

    @now.setter
    def now(self, now: datetime) -> None:
        self.town.now = now

    def clear(self) -> None:
        """Begin anew, with nothing."""
        _empty(self.house.database)
        self.town.now = BEGINS
        self.town.sink.forget()
        self.town.sink.say_nothing_special()
        self.town.letters.clear()
        self.kills.plan.clear()

    def offer(self, octets: bytes, sender: str, recipients: Sequence[str]) -> int:
        """Bring a mail to the door."""
        refused = self.town.carrier.bring(octets, sender, recipients)
        assert not refused, refused
        with self.house.database.reading() as session:
            return journal.newest(session)

    def work(self) -> list[Letter]:
        """Let Parlour do all that there is to do."""
        letters = self.town.settle()
        self.kills.plan.clear()
        return letters

    def close_mailbox(self, address: str) -> None:
        """Let the smarthost refuse a recipient from now on."""
        self.town.sink.say("RCPT", REFUSED, to=address)

    def open_mailbox(self, address: str) -> None:
        """Let the smarthost take mail for everybody again: it forgets names."""
        self.town.sink.say_nothing_special()
