"""Killed at random between fetch, commit and move: nothing is lost or doubled (R14).

`make kills` lays the siege that is promised and prints what the kills met; the suite
lays a short one. The moments come from a seed that is printed too; PARLOUR_KILLS_SEED
gives one back.
"""

import os
import random
import re
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from storage import journal
from storage.database import Database
from storage.journal import Inbound, State
from storage.mailbox import Fetch, Todo
from tests.cli.served import SECRET, Served, until
from tests.imapserver import Account
from tests.siege import LONG
from tests.sink import Sink

DESK, ANA = "support@acme.example", "ana@acme.example"
SUBJECT = re.compile(rb"^Subject: (Matter \d+)\r$", re.MULTILINE)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("kills", [40 if LONG else 8])
def test_killed_between_fetch_and_move_on_sqlite(tmp_path, imap_server, kills):
    url = f"sqlite:///{tmp_path}/parlour.db"
    siege(tmp_path, imap_server, url, kills)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("kills", [10 if LONG else 4])
def test_killed_between_fetch_and_move_on_postgresql(
    tmp_path, imap_server, database_url, kills
):
    siege(tmp_path, imap_server, database_url, kills)


def siege(folder, imap_server, url, kills):
    seed = int(os.environ.get("PARLOUR_KILLS_SEED", random.randrange(10**6)))
    chance = random.Random(seed)
    with Sink() as sink, Mailbox(imap_server.account()) as box:
        settings = write_settings(folder, url, sink, box.account)
        met = Counter()
        database = Database(url)
        begun = time.monotonic()
        for _ in range(kills):
            met[one_life(settings, box, database, chance)] += 1
        spent = time.monotonic() - begun
        with Served(settings) as served:
            served.ready()
            until(lambda: not box.account.mails())
            until(lambda: is_done(database, box.brought))
            until(lambda: len(team_letters(sink)) >= box.brought)
        nothing_lost_or_doubled(folder, database, sink, box)
        database.close()
    print(
        f"\n{url.partition(':')[0]}, seed {seed}: {kills} kills in {spent:.0f} s, "
        f"{box.brought} mails; the kills met {dict(met)}"
    )


def one_life(settings, box, database, chance):
    """Let Parlour fetch, and kill it; gives what the kill has left behind."""
    before = chance.randrange(8)
    box.bring(before, chance)
    with Served(settings, "--only", "imap") as served:
        if chance.random() < 0.9:
            served.logged("mailbox watched")
            box.bring(chance.randrange(3), chance)
            time.sleep(chance.uniform(0, 0.12) if before else chance.uniform(0.3, 0.7))
        else:
            time.sleep(chance.uniform(0, 1))
    # Leaving the life kills it.
    if not has_tables(database):
        return "nothing yet"
    with database.reading() as session:
        undone = session.scalars(
            select(Fetch.uid).where(Fetch.todo != Todo.NOTHING)
        ).all()
        fetched = len(session.scalars(select(Fetch.uid)).all())
    lying = {each.uid for each in box.account.mails()}
    if set(undone) & lying:
        return "commit and no move"
    if undone:
        return "a move that was not noted"
    return "mail not fetched" if fetched < box.brought else "rest"


def has_tables(database):
    from sqlalchemy import inspect  # noqa: PLC0415 (asked before there is a schema)

    with database.reading() as session:
        return inspect(session.connection()).has_table("fetched")


@dataclass
class Mailbox:
    """The mailbox, and how many mails were ever put into it."""

    account: Account
    brought: int = 0
    stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self):
        self.client = self.stack.enter_context(self.account.client())
        return self

    def __exit__(self, *_):
        self.stack.close()

    def bring(self, count, chance):
        for _ in range(count):
            size = chance.choice((100, 1000, 50_000, 400_000))
            self.client.append("INBOX", written(self.brought, size))
            self.brought += 1


def written(number, size):
    return (
        f"Return-Path: <carla{number}@customer{number}.example>\r\n"
        f"Delivered-To: {DESK}\r\n"
        f"From: Carla <carla{number}@customer{number}.example>\r\nTo: {DESK}\r\n"
        f"Subject: Matter {number}\r\nMessage-ID: <{number}@customer.example>\r\n\r\n"
        f"This is matter {number}.\r\n" + ("x" * 70 + "\r\n") * (size // 72)
    ).encode()


def write_settings(folder, url, sink, account):
    path = Path(folder) / "parlour.toml"
    path.write_text(
        f"""
secret = "{SECRET}"
[database]
url = "{url}"
[smtp]
listen = "127.0.0.1:0"
[web]
listen = "127.0.0.1:0"
[outbound]
host = "{sink.host}"
port = {sink.port}
[limits]
free_disk_mb = 0
[[desk]]
address = "{DESK}"
team = ["Ana Ruiz <{ANA}>"]
acknowledge = "off"
[[desk.mailbox]]
host = "{account.server.host}"
port = {account.server.port}
tls = "none"
username = "{account.name}"
password = "{account.server.password}"
done_folder = "Done"
poll_seconds = 1
"""
    )
    return path


def is_done(database, brought):
    with database.reading() as session:
        counts = journal.counts(session)
    return counts[State.DONE] == brought and not counts[State.PENDING]


def team_letters(sink):
    return [each for each in list(sink.mails) if each.rcpt == ANA]


def nothing_lost_or_doubled(folder, database, sink, box):
    each_once = {f"Matter {number}": 1 for number in range(box.brought)}
    lying = box.account.mails("INBOX") + box.account.mails("Done")
    assert Counter(SUBJECT.search(each.raw)[1].decode() for each in lying) == each_once
    with database.reading() as session:
        rows = session.scalars(select(Inbound)).all()
    states = Counter(row.state for row in rows)
    # Not even a repeat that was found out later.
    assert states == {State.DONE: box.brought}
    letters = Counter(
        re.search(r"Matter \d+", each.header("Subject"))[0]
        for each in team_letters(sink)
        if each.header("X-Parlour-Kind") == "message"
    )
    assert letters == each_once
