"""`parlour import` as its users run it: killed, stopped, twice, beside a site."""

import json
import os
import pty
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from bench.mailbox import write_mbox
from gateway.app import clock
from storage import import_run, reports
from storage.blobs import Blobs
from storage.database import Database
from storage.import_run import ImportRun
from tests.cli.served import (
    SECONDS,
    Served,
    environment,
    parlour,
    send,
    until,
    write_settings,
)
from tests.oldmail import cases_of

DESK = "support@acme.example"
COUNT = 800
COMMAND = ("import", "mbox", "old.mbox", "--desk", DESK)


@pytest.fixture(scope="session")
def made_mbox(tmp_path_factory):
    """A mailbox of some years, as the bench makes it."""
    path = tmp_path_factory.mktemp("mbox") / "old.mbox"
    write_mbox(path, COUNT, seed=7)
    return path


@pytest.fixture
def site(tmp_path, database_url, made_mbox):
    """A folder with settings, a database and an old mailbox."""
    (tmp_path / "old.mbox").symlink_to(made_mbox)
    write_settings(tmp_path, database_url)
    return tmp_path


def started(folder, *more):
    return subprocess.Popen(
        [sys.executable, "-m", "gateway.cli", *COMMAND, *more],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read_so_far(database):
    with database.reading() as session:
        run = import_run.of(session, _source(session), DESK)
        if run is None:
            return 0
        names = ("posts", "repeats", "machine")
        return sum(run.counts.get(name, 0) for name in names)


def _source(session):
    return session.scalar(select(ImportRun.source)) or ""


def report(folder, *more):
    found = parlour(*COMMAND, "--json", *more, folder=folder)
    assert found.returncode == 0, found.stderr
    said = json.loads(found.stdout)
    assert said["read"] == sum(
        said[name]
        for name in (
            "posts", "repeats", "machine", "no_sender", "internal", "unreadable",
            "faulty", "left_out",
        )
    )  # fmt: skip
    return {key: value for key, value in said.items() if "second" not in key}


def is_sound(folder, database):
    blobs = Blobs(folder / "data" / "mail")
    with database.reading() as session:
        assert list(reports.faults(session, blobs, now=clock())) == []


@pytest.fixture(scope="session")
def whole(tmp_path_factory, sqlite_template, made_mbox):
    """The report and the cases of an import that nobody disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "old.mbox").symlink_to(made_mbox)
    (folder / "parlour.db").write_bytes(sqlite_template.read_bytes())
    url = f"sqlite:///{folder / 'parlour.db'}"
    write_settings(folder, url)
    said = report(folder)
    assert said["read"] == COUNT
    database = Database(url)
    found = cases_of(database)
    database.close()
    assert len(found) == said["cases"]
    assert sum(len(case.posts) for case in found) == said["posts"]
    return said, found


@pytest.mark.timeout(600)
def test_killed_at_any_moment_it_ends_with_the_same(site, database_url, whole):
    seed = int(os.environ.get("PARLOUR_IMPORT_SEED", random.randrange(10**6)))
    chance = random.Random(seed)
    database = Database(database_url)
    moments = sorted(chance.sample(range(COUNT - 200), 3))
    for moment in moments:
        running = started(site)
        try:
            while running.poll() is None and read_so_far(database) < moment:
                time.sleep(0.005)
            # Somewhere in the batch that follows.
            time.sleep(chance.uniform(0, 0.15))
        finally:
            running.kill()
            running.communicate()
    said, found = whole
    again = report(site)
    same = {key: value for key, value in again.items() if key != "source"}
    print(f"\nseed {seed}: killed after {moments}")
    assert same == {key: value for key, value in said.items() if key != "source"}
    assert cases_of(database) == found
    is_sound(site, database)
    database.close()


def test_it_stops_when_told_and_goes_on(tmp_path, sqlite, made_mbox, whole):
    (tmp_path / "old.mbox").symlink_to(made_mbox)
    write_settings(tmp_path, f"sqlite:///{tmp_path / 'parlour.db'}")
    running = started(tmp_path)
    until(lambda: read_so_far(sqlite))
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=SECONDS)
    assert running.returncode == 1, err
    assert (
        err.splitlines()[-1] == "parlour: stopped; the same command goes on from here"
    )
    assert "mails of mbox" in out
    assert "Traceback" not in err
    gone_on = parlour(*COMMAND, folder=tmp_path)
    assert "parlour: going on after" in gone_on.stderr
    assert f"{COUNT:>9,} mails of mbox" in gone_on.stdout
    assert cases_of(sqlite) == whole[1]


def test_again_all_of_it_is_a_repeat(tmp_path, sqlite, made_mbox, whole):
    (tmp_path / "old.mbox").symlink_to(made_mbox)
    write_settings(tmp_path, f"sqlite:///{tmp_path / 'parlour.db'}")
    said = report(tmp_path)
    assert said["posts"] == whole[0]["posts"]
    again = report(tmp_path, "--again")
    assert (again["read"], again["repeats"], again["cases"]) == (COUNT, COUNT, 0)
    assert cases_of(sqlite) == whole[1]


def test_a_terminal_sees_how_far_it_is_and_how_long_it_takes(
    tmp_path, sqlite, made_mbox
):
    (tmp_path / "old.mbox").symlink_to(made_mbox)
    write_settings(tmp_path, f"sqlite:///{tmp_path / 'parlour.db'}")
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "gateway.cli", *COMMAND],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(ours, 4096):
            seen += part
    except OSError:
        # The other end is closed.
        pass
    running.communicate(timeout=SECONDS)
    assert running.returncode == 0
    assert f"of {COUNT:,} mails, ".encode() in seen
    assert b" a second, " in seen
    assert b" left" in seen


def test_the_door_stays_open_beside_an_import(tmp_path, sqlite, made_mbox):
    (tmp_path / "old.mbox").symlink_to(made_mbox)
    settings = write_settings(tmp_path, f"sqlite:///{tmp_path / 'parlour.db'}")
    with Served(settings) as served:
        port = served.ready()["smtp"]
        running = started(tmp_path)
        until(lambda: read_so_far(sqlite))
        number = 0
        while running.poll() is None:
            assert send(port, subject=f"Fresh {number}") == 250
            number += 1
            time.sleep(0.1)
        running.communicate()
        assert running.returncode == 0
        assert number
        served.logged("decided")
    is_sound(tmp_path, sqlite)


def test_a_mailbox_at_a_server_is_brought_with_what_was_sent(
    tmp_path, sqlite, imap_server
):
    box = imap_server.account()
    head = "From: {}\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: {}\r\n"
    asked = head.format("carla@customer.example", DESK, "It stops", "<1@x>")
    told = head.format(DESK, "carla@customer.example", "Re: It stops", "<2@x>")
    box.append(f"{asked}\r\nHelp!\r\n".encode(), at=clock() - timedelta(days=3))
    box.append(
        f"{told}In-Reply-To: <1@x>\r\n\r\nWhat does?\r\n".encode(),
        folder="Sent",
        at=clock() - timedelta(days=2),
    )
    write_settings(tmp_path, f"sqlite:///{tmp_path / 'parlour.db'}")
    where = f"imap://{box.name}@{imap_server.host}:{imap_server.port}/"
    found = parlour(
        *("import", "imap", where, "--desk", DESK, "--json"),
        folder=tmp_path,
        PARLOUR_IMAP_PASSWORD=imap_server.password,
    )
    assert found.returncode == 0, found.stderr
    said = json.loads(found.stdout)
    assert (said["posts"], said["cases"], said["waiting"]) == (2, 1, 0)
    (case,) = cases_of(sqlite)
    assert [text for _, _, text in case.posts] == ["Help!", "What does?"]
    assert case.turn == "customers"
    assert not any("\\Seen" in mail.flags for mail in box.mails())


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["mbox", "old.mbox"], 2, "--desk"),
        (["mbox", "old.mbox", "--desk", "x@y.example"], 2, "x@y.example is no desk"),
        (["mbox", "none.mbox", "--desk", DESK], 1, "none.mbox: cannot be read"),
        (["mbox", "parlour.toml", "--desk", DESK], 1, "is no mbox file"),
        (["maildir", "old.mbox", "--desk", DESK], 1, "old.mbox"),
        (["tarball", "old.mbox", "--desk", DESK], 2, "tarball"),
    ],
)
def test_a_mistake_is_a_line_that_says_what_to_do(
    tmp_path, sqlite, made_mbox, arguments, status, says
):
    (tmp_path / "old.mbox").symlink_to(made_mbox)
    write_settings(tmp_path, f"sqlite:///{tmp_path / 'parlour.db'}")
    found = parlour("import", *arguments, folder=tmp_path)
    assert found.returncode == status
    assert says in found.stderr
    assert len(found.stderr.splitlines()) <= 2
    assert "Traceback" not in found.stderr


def test_imported_mail_is_not_read_again_as_if_it_came_today(tmp_path, sqlite):
    at = clock() - timedelta(days=2)
    (tmp_path / "old.mbox").write_text(
        f"From news@vendor.example {at:%a %b %d %H:%M:%S %Y}\n"
        f"From: news@vendor.example\nList-Id: <news.example>\n\nNews.\n\n"
        f"From carla@customer.example {at:%a %b %d %H:%M:%S %Y}\n"
        f"From: carla@customer.example\nTo: {DESK}\nSubject: It stops\n\nHelp!\n"
    )
    write_settings(tmp_path, f"sqlite:///{tmp_path / 'parlour.db'}")
    said = report(tmp_path)
    assert (said["posts"], said["machine"], said["waiting"]) == (1, 1, 1)
    replayed = parlour("inbound", "replay", "2", folder=tmp_path)
    assert (replayed.returncode, "was imported" in replayed.stderr) == (1, True)
    # Who waits since then is promised nothing, and is not forgotten.
    checked = parlour("check", "--no-mail", folder=tmp_path).stdout
    assert "1 customers wait for an answer since mail that was imported" in checked
    assert "invariants: all" in checked
