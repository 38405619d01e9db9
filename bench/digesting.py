"""Digests at scale: who is due and what of, claimed; then the whole run with letters.

    python -m bench.digesting --people 100000 --letters 5000

Makes a SQLite file with so many people who read digests, five to a case, and as many
events; prints wall and processor seconds and the peak of memory. `--letters` says for
how many of them letters are written too (0: all).
"""

import argparse
import os
import resource
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from digests.digest import PAGE, Run, claim, desks_of, run
from gateway.activities.house import House
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


def fill(database: Database, count: int) -> None:
    """Write people, cases of five readers, five posts in each, and what waits."""
    cases = count // READERS
    at = SLOT - timedelta(hours=20)
    with database.transaction(lax=True) as session:
        session.add(activity.Desk(address="support@acme.example", name="Acme Support"))
        session.flush()
        many = lambda table, rows: session.execute(insert(table), rows)  # noqa: E731
        for begin in range(0, count, 10_000):
            numbers = range(begin + 1, min(begin + 10_000, count) + 1)
            many(
                people.Person,
                [
                    {
                        "id": n,
                        "name": f"Reader {n}",
                        "language": "",
                        "zone": "",
                        "is_staff": False,
                        "organisation": "",
                        "title": "",
                        "never_invite": False,
                    }
                    for n in numbers
                ],
            )
            many(
                people.PersonAddress,
                [
                    {
                        "person_id": n,
                        "key": f"reader{n}@example.org",
                        "written": f"reader{n}@example.org",
                        "is_primary": True,
                    }
                    for n in numbers
                ],
            )
        many(people.Person, [{"id": count + 1, "name": "Carla Gomez", "language": "",
             "zone": "", "is_staff": False, "organisation": "", "title": "",
             "never_invite": False}])  # fmt: skip
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
                        "promised_day_only": False,
                        "repeats": 0,
                        "merged": [],
                    }
                    for n in numbers
                ],
            )
            seats, posts, rows = [], [], []
            for n in numbers:
                readers = range((n - 1) * READERS + 1, n * READERS + 1)
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
                    for who in readers
                ]
                for each in range(READERS):
                    number = (n - 1) * READERS + each + 1
                    posts.append(
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
                        for who in readers
                    ]
            many(activity.Participant, seats)
            many(event.Event, posts)
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
    with house.database.reading() as session:
        made = Run(house, SLOT, desks_of(session, house))
        while who := untold.people_waiting(session, after, PAGE):
            begun, _ = claim(session, made, who)
            session.expunge_all()
            count, after = count + len(begun), who[-1]
    return count


def memory() -> int:
    """Give the peak of memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Measure, and print a line for each part."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=100_000)
    asked.add_argument("--letters", type=int, default=5_000)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        letters = given.letters or given.people
        for part, count in (("claim", given.people), ("run", letters)):
            database = Database(f"sqlite:///{folder / part}.db")
            migrate(database)
            fill(database, count)
            house = house_of(database, folder)
            before = memory()
            wall, cpu = time.monotonic(), time.process_time()
            done = claim_all(house) if part == "claim" else run(house, SLOT)
            wall, cpu = time.monotonic() - wall, time.process_time() - cpu
            print(
                f"{part}: {done} digests, {wall:.1f} s, {cpu:.1f} s of processor time,"
                f" {done / cpu:.0f} a processor second; {before} MB before,"
                f" {memory()} MB at the peak",
                flush=True,
            )
            house.wake.close()
            database.close()


if __name__ == "__main__":
    main()
