"""Old mail becomes cases: original dates, rebuilt threads, people; nobody is mailed."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from gateway.activities.house import House
from gateway.activities.old_cases import Minded
from gateway.activities.old_mail import Ahead, Fate, Item, OldMail, broken
from gateway.activities.old_rows import Rows
from gateway.activities.old_threads import Batch
from gateway.activities.reading import Reader
from gateway.routing.desk import Desk
from gateway.routing.past import Sides
from parsers.address import key
from storage import activity as activities
from storage import import_run, old_mail, people
from storage.database import Session
from storage.import_run import ImportRun

_log = structlog.get_logger()

BATCH = 200
"""Mails of one transaction; a running site waits for it a tenth of a second."""
_BATCH_OCTETS = 8_000_000
_LEASE = timedelta(seconds=60)

Clock = Callable[[], datetime]


class ImportTakenError(Exception):
    """Another import of this source is at work; the message says what to do."""


def _nothing(_folder: str) -> bool:
    return False


def _unheard(_read: int) -> None:
    return


def _never() -> bool:
    return False


def _all_alive(_node: str) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be imported, and by whom."""

    source: str
    """The name by which the source is known again after a kill."""
    desk: Desk
    node: str
    """Names this process; nobody else has or had this name."""
    ours: tuple[str, ...] = ()
    """Further addresses of ours in the old mail: former colleagues."""
    leaves_out: Callable[[str], bool] = _nothing
    """Says of a folder whether it is not looked at."""
    is_alive: Callable[[str], bool] = _all_alive
    """Says whether the process of this name may still be at work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an import has come to; the fates add up to what was read."""

    source: str
    desk: str
    is_finished: bool
    fates: Mapping[Fate, int]
    cases: int
    people: int
    waiting: int
    """Cases of the desk whose customers wait since an imported mail."""
    first_at: datetime | None
    last_at: datetime | None
    seconds: float

    @property
    def read(self) -> int:
        """How many mails were read."""
        return sum(self.fates.values())

    @property
    def per_second(self) -> float:
        """How many mails a second, over all of it."""
        return self.read / self.seconds if self.seconds else 0.0


class Import:
    """One import at work. Use it from one thread.

    Each batch is one transaction, together with how far it has come: a kill at any
    moment loses nothing and repeats nothing.
    """

    def __init__(self, house: House, order: Order, clock: Clock) -> None:
        """Prepare; nothing is looked up yet."""
        self._house = house
        self._order = order
        self._clock = clock
        self._sides = Sides(house.desks, order.desk, order.ours)
        self._minded = Minded()
        self._run = 0
        self._desk_id = 0
        self._team: tuple[int, ...] = ()
        self._counts: dict[str, Any] = {}
        self._since = 0.0
        self.position = ""
        """Behind which mail of the source it goes on."""

    @property
    def read(self) -> int:
        """How many mails were read so far, in earlier runs too."""
        return sum(self._counts.get(fate, 0) for fate in Fate)

    def begin(self, *, anew: bool = False) -> None:
        """Take the import up where it stopped, or begin it.

        One that was finished begins anew, as does every one with `anew`; what is here
        already are repeats then. Raises ImportTakenError.
        """
        now, order = self._clock(), self._order
        with self._house.database.transaction() as session:
            run = import_run.of(session, order.source, key(order.desk.address))
            if run is None:
                run = ImportRun(
                    source=order.source, desk=key(order.desk.address), begun_at=now
                )
                session.add(run)
            elif (left := import_run.lease_ends(run, now)) and self._is_alive(run):
                raise ImportTakenError(
                    f"{order.source} is being imported by {run.leased_by}; wait for "
                    f"it; if it is gone, try again in {left.total_seconds():.0f} s"
                )
            if run.finished_at is not None or anew:
                run.position, run.counts, run.finished_at = "", {}, None
                run.begun_at = now
            run.leased_by, run.leased_until = order.node, now + _LEASE
            counts = dict(run.counts)
            self._desk_id = _desk_row(session, order.desk)
            self._team, made = _meet_team(session, order.desk, now)
            counts["people"] = counts.get("people", 0) + made
            run.counts = counts
            session.flush()
            self._run, self.position, self._counts = run.id, run.position, counts
        self._since = time.monotonic()

    def _is_alive(self, run: ImportRun) -> bool:
        return run.leased_by != self._order.node and self._order.is_alive(run.leased_by)

    def take_in(self, mails: Sequence[OldMail]) -> None:
        """Take mails in, all or none; one that breaks this is kept by itself.

        Raises ImportTakenError, and whatever the database raises.
        """
        try:
            self._take_in(mails)
        except ImportTakenError:
            raise
        except Exception as error:
            self._minded.forget()
            if len(mails) == 1:
                _log.exception("an old mail cannot be taken in")
                self._take_in([broken(mails[0], error)])
                return
            _log.warning("a batch failed, its mails come one by one", mails=len(mails))
            for mail in mails:
                self.take_in([mail])

    def _take_in(self, mails: Sequence[OldMail]) -> None:
        now, house = self._clock(), self._house
        with house.database.transaction(aside=True) as session:
            batch = Batch(session, house, self._sides, self._desk_id, self._minded)
            batch.sort(mails)
            rows = Rows(session, house, self._desk_id, self._team, now)
            rows.write(batch)
            counts = self._added(rows.counts, mails)
            if not import_run.advance(
                session,
                self._run,
                node=self._order.node,
                position=mails[-1].position,
                counts=counts,
                leased_until=now + _LEASE,
            ):
                raise ImportTakenError(
                    f"another import of {self._order.source} has taken over; this one "
                    "stops, and nothing is doubled"
                )
        self._minded.keep(batch.cases)
        self.position, self._counts = mails[-1].position, counts
        self._since = time.monotonic()

    def _added(
        self, made: Mapping[str, int], mails: Sequence[OldMail]
    ) -> dict[str, Any]:
        counts = dict(self._counts)
        for name, number in made.items():
            counts[str(name)] = counts.get(name, 0) + number
        if self.read + len(mails) != sum(counts.get(fate, 0) for fate in Fate):
            raise AssertionError("the fates of the mails do not add up")
        times = sorted(mail.at.isoformat() for mail in mails if mail.row)
        if times:
            counts["first_at"] = min(times[0], counts.get("first_at") or times[0])
            counts["last_at"] = max(times[-1], counts.get("last_at") or times[-1])
        spent = time.monotonic() - self._since
        counts["seconds"] = counts.get("seconds", 0.0) + spent
        return counts

    def end(self, *, is_finished: bool) -> Report:
        """Let go of the import; say what it has come to."""
        with self._house.database.transaction() as session:
            run = session.get_one(ImportRun, self._run)
            if run.leased_by == self._order.node:
                run.leased_by, run.leased_until = "", None
                run.finished_at = self._clock() if is_finished else None
            waiting = old_mail.waiting(session, key(self._order.desk.address))
        return self._report(waiting, is_finished=is_finished)

    def take_all(
        self,
        items: Iterable[Item],
        readers: Sequence[Reader],
        *,
        tell: Callable[[int], None] = _unheard,
        stopping: Callable[[], bool] = _never,
    ) -> Report:
        """Take in all mails of a source that lie behind `position`, after `begin`.

        As many mails are read at once as there are `readers`. `tell` hears after each
        batch how many were read. When `stopping` says so, the batch in hand is the
        last. Raises ImportTakenError, and whatever the database or the source raises;
        what was taken in stays.
        """
        is_finished = False
        try:
            with Ahead(
                self._house,
                self._order.desk,
                self._order.source,
                now=self._clock(),
                leaves_out=self._order.leaves_out,
                readers=readers,
            ) as ahead:
                for mails in batches(ahead.read(items)):
                    self.take_in(mails)
                    tell(self.read)
                    if stopping():
                        break
                else:
                    is_finished = True
        finally:
            report = self.end(is_finished=is_finished)
        return report

    def _report(self, waiting: int, *, is_finished: bool) -> Report:
        counts = self._counts
        return Report(
            source=self._order.source,
            desk=self._order.desk.address,
            is_finished=is_finished,
            fates={fate: counts.get(fate, 0) for fate in Fate},
            cases=counts.get("cases", 0) - counts.get("merged", 0),
            people=counts.get("people", 0),
            waiting=waiting,
            first_at=_moment(counts.get("first_at")),
            last_at=_moment(counts.get("last_at")),
            seconds=counts.get("seconds", 0.0),
        )


def batches(mails: Iterable[OldMail]) -> Iterator[list[OldMail]]:
    """Group mails into what one transaction takes in."""
    batch: list[OldMail] = []
    octets = 0
    for mail in mails:
        batch.append(mail)
        octets += int(mail.row.get("size", 0))
        if len(batch) >= BATCH or octets >= _BATCH_OCTETS:
            yield batch
            batch, octets = [], 0
    if batch:
        yield batch


def _desk_row(session: Session, desk: Desk) -> int:
    row = activities.desk_named(session, key(desk.address))
    if row is None:
        row = activities.Desk(address=key(desk.address), name=desk.name)
        session.add(row)
        session.flush()
    return row.id


def _meet_team(
    session: Session, desk: Desk, now: datetime
) -> tuple[tuple[int, ...], int]:
    """Give the people of the desk's team, and how many of them are new."""
    known = old_mail.people(session, {key(member.address) for member in desk.team})
    met = [
        people.meet(session, member, now=now, language=desk.language).id
        for member in desk.team
    ]
    return tuple(dict.fromkeys(met)), len(set(met) - {one.id for one in known.values()})


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
