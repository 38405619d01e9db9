"""Digests at scale: who is due and what of, claimed; then the whole run with letters.

    python -m bench.digesting --people 100000 --letters 20000

Makes a SQLite file with so many people who read digests, five to a case, and as many
events; prints wall and processor seconds and the peak of memory. `--letters` says for
how many of them letters are written too (0: all).
"""

import argparse
import os
import resource
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.event import listen

from digests.digest import PAGE, claim, run
from digests.due import Run, desks_of
from gateway.activities.house import House
from gateway.app import garbage
from gateway.routing.desk import Desk, Desks
from gateway.routing.limits import Limits
from parsers.address import Mailbox
from parsers.message_id import Ids
from parsers.reply_address import ReplyAddress, Sealer
from storage import activity, event, ledger, people, untold
from storage.activity import Hearing, Lane, Membership, Role, Turn
from storage.blobs import Blobs
from storage.database import Database
from storage.event import Kind
from storage.ledger import Outcome
from storage.schema import migrate
from storage.wake import Wake

SLOT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
READERS = 5
POST = (
    "The import stops at row {0} since the update, and it says that the date is bad. "
)


def person(number: int, name: str) -> dict[str, Any]:
    """Give the row of somebody."""
    return {
        "id": number,
        "name": name,
        "language": "",
        "zone": "",
        "is_staff": False,
        "organisation": "",
        "title": "",
        "never_invite": False,
    }


def address(number: int) -> dict[str, Any]:
    """Give the row of their address."""
    written = f"reader{number}@example.org"
    return {
        "person_id": number,
        "key": written,
        "written": written,
        "is_primary": True,
    }


def fill(
    database: Database,
    count: int,
    at: datetime = SLOT - timedelta(hours=20),
    *,
    readers: int = READERS,
    posts: int = READERS,
) -> None:
    """Write people, cases of so many readers, so many posts in each, and what waits."""
    cases = count // readers
    with database.transaction(lax=True) as session:
        session.add(activity.Desk(address="support@acme.example", name="Acme Support"))
        session.flush()
        many = lambda table, rows: session.execute(insert(table), rows)  # noqa: E731
        for begin in range(0, count, 10_000):
            numbers = range(begin + 1, min(begin + 10_000, count) + 1)
            many(people.Person, [person(n, f"Reader {n}") for n in numbers])
            many(people.PersonAddress, [address(n) for n in numbers])
        many(people.Person, [person(count + 1, "Carla Gomez")])
        for begin in range(0, cases, 2_000):
            numbers = range(begin + 1, min(begin + 2_000, cases) + 1)
            many(
                activity.Activity,
                [
                    {
                        "id": n,
                        "public_id": f"{n:08}",
                        "desk_id": 1,
                        "subject": f"Import fails, case {n}",
                        "customer_id": count + 1,
                        "opened_at": at,
                        "turn": Turn.OURS,
                        "waiting_since": at,
                        "promised_at": SLOT + timedelta(days=9),
                        "promised_day_only": False,
                        "repeats": 0,
                        "merged": [],
                    }
                    for n in numbers
                ],
            )
            seats, events, rows = [], [], []
            for n in numbers:
                here = range((n - 1) * readers + 1, n * readers + 1)
                seats += [
                    {
                        "activity_id": n,
                        "person_id": who,
                        "role": Role.COLLEAGUE,
                        "membership": Membership.JOINED,
                        "in_team_lane": False,
                        "hearing": Hearing.DIGEST,
                        "generation": 0,
                        "reason": "",
                        "since_event_id": 0,
                        "unsaid": [],
                    }
                    for who in here
                ]
                for each in range(posts):
                    number = (n - 1) * posts + each + 1
                    events.append(
                        {
                            "id": number,
                            "activity_id": n,
                            "lane": Lane.EVERYONE,
                            "kind": Kind.POST,
                            "actor_id": count + 1,
                            "door": "smtp",
                            "proof": "verified",
                            "received_at": at,
                            "text": POST.format(number) * 2,
                            "values": {},
                        }
                    )
                    rows += [
                        {
                            "event_id": number,
                            "person_id": who,
                            "outcome": Outcome.DIGEST,
                            "reason": "reads the digest",
                            "at": at,
                        }
                        for who in here
                    ]
            many(activity.Participant, seats)
            many(event.Event, events)
            many(ledger.Ledger, rows)


def house_of(database: Database, folder: Path) -> House:
    """Build what deeds use."""
    sealer = Sealer("a secret for a bench, long enough to be taken")
    desk = Desk(
        name="Acme Support",
        address="support@acme.example",
        reply=ReplyAddress("support+{token}@acme.example"),
        team=(Mailbox("Ana Ruiz", "ana@acme.example"),),
    )
    return House(
        database=database,
        blobs=Blobs(folder / "blobs"),
        wake=Wake(database),
        desks=Desks([desk]),
        sealer=sealer,
        ids=Ids(sealer),
        base_url="http://127.0.0.1:8080",
        limits=Limits(),
        chance=os.urandom,
    )


def claim_all(house: House) -> int:
    """Select and claim everything that is due, and undo it; gives how many digests."""
    count, after = 0, 0
    with house.database.trial() as session:
        made = Run(house, SLOT, desks_of(session, house))
        while who := untold.people_waiting(session, after, PAGE):
            begun, _ = claim(session, made, who)
            session.expunge_all()
            count, after = count + len(begun), who[-1]
    return count


def turns(database: Database) -> list[float]:
    """Give a list to which the seconds of each transaction that writes are added."""
    found, began = [], {}

    def begun(connection: Any) -> None:
        began[connection.connection.dbapi_connection] = time.monotonic()

    def ended(connection: Any) -> None:
        at = began.get(connection.connection.dbapi_connection)
        if at is not None:
            found.append(time.monotonic() - at)

    listen(database.engine, "begin", begun)
    listen(database.engine, "commit", ended)
    return found


def memory() -> int:
    """Give the peak of memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one part did."""

    name: str
    digests: int
    wall: float
    cpu: float
    before_mb: int
    peak_mb: int
    longest_turn: float


def measure(part: str, count: int) -> Part:
    """Measure `claim` or `run` for so many people."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / part}.db")
        migrate(database)
        fill(database, count)
        house = house_of(database, folder)
        held = turns(database)
        garbage.leave_alone()  # as `parlour serve` does
        before = memory()
        wall, cpu = time.monotonic(), time.process_time()
        done = claim_all(house) if part == "claim" else run(house, SLOT)
        wall, cpu = time.monotonic() - wall, time.process_time() - cpu
        house.wake.close()
        database.close()
    return Part(
        name=part,
        digests=done,
        wall=wall,
        cpu=cpu,
        before_mb=before,
        peak_mb=memory(),
        longest_turn=max(held, default=0.0),
    )


def line(found: Part) -> str:
    """Write the figures of one part."""
    return (
        f"{found.name}: {found.digests} digests, {found.wall:.1f} s, {found.cpu:.1f} s "
        f"of processor time, {found.digests / found.cpu:.0f} a processor second; "
        f"{found.before_mb} MB before, {found.peak_mb} MB at the peak; longest "
        f"transaction {found.longest_turn:.2f} s"
    )


def lines(claimed: Part, whole: Part) -> str:
    """Write the figures for the report."""
    return (
        f"Digests of {claimed.digests:,} people, as many events, on SQLite: selected "
        f"and claimed in **{claimed.cpu:.1f} CPU s** ({claimed.wall:.1f} s); "
        f"{whole.digests:,} of them whole (claimed, rendered, MIME, outbox) "
        f"**{whole.digests / whole.cpu:.0f} a CPU second**, memory "
        f"{whole.before_mb} MB before and {whole.peak_mb} MB at the peak, longest "
        f"transaction {whole.longest_turn:.2f} s (five readers and posts a case)."
    )


def main() -> None:
    """Measure, and print a line for each part."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=100_000)
    asked.add_argument("--letters", type=int, default=20_000)
    given = asked.parse_args()
    for part, count in (
        ("claim", given.people),
        ("run", given.letters or given.people),
    ):
        print(line(measure(part, count)), flush=True)


if __name__ == "__main__":
    main()
