"""A sick mailbox harms nobody but itself: wrong words, silence, poison, garbage."""

import itertools
import time
from dataclasses import replace

import pytest
import structlog

from gateway.inbound.imap import connection, patience, setbacks
from gateway.inbound.imap.login import Password
from gateway.inbound.imap.setbacks import Setbacks
from gateway.inbound.imap.watch import Watch, end
from tests.cli.served import until
from tests.inbound.imap.conftest import mail
from tests.inbound.imap.scripted import Scripted


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Try again soon, and give a silent server little time."""
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.02)
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 0.5)
    monkeypatch.setattr(setbacks, "REST_SECONDS", 0.5)


def beside(room, server, **changes):
    """Watch a sick mailbox beside a sound one."""
    return room.watch(
        host="127.0.0.1",
        port=server.port,
        username="sick@acme.example",
        login=Password("sick", "x"),
        done_folder="",
        poll_seconds=0.2,
        **changes,
    )


def sound(room):
    """A mailbox that works takes a mail at once."""
    begun = time.monotonic()
    count = len(room.kept())
    room.box.append(mail(time.monotonic()))
    room.await_kept(count + 1)
    assert time.monotonic() - begun < 5


GARBAGE = {
    "no IMAP at all": lambda tag, command: b"HTTP/1.1 400 Bad Request\r\n\r\n" * 100,
    "an endless line": lambda tag, command: b"* " + b"x" * 1_100_000 + b"\r\n",
    "a literal of 4 GB": lambda tag, command: b"* 1 FETCH (BODY[] {4000000000}\r\nx",
    "another tag": lambda tag, command: b"zzz OK\r\n",
    "octets": lambda tag, command: bytes(range(256)) + b"\r\n",
    "no validity": lambda tag, command: (
        b"* 1 EXISTS\r\n" + tag + b" OK done\r\n"
        if command.startswith("SELECT")
        else None
    ),
    "no numbers": lambda tag, command: (
        b"* SEARCH one two\r\n" + tag + b" OK done\r\n" if "SEARCH" in command else None
    ),
    "parts of a list": lambda tag, command: (
        b"* 1 FETCH (UID (((\r\n" + tag + b" OK done\r\n"
        if "FETCH" in command
        else None
    ),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_said_in_plain_words(room, name):
    with Scripted(mails={1: mail()}, answers=GARBAGE[name]) as server:
        room.watch()
        sick = beside(room, server)
        until(lambda: sick.trouble and server.sessions > 1)
        assert "Matter" not in sick.trouble
        assert "\n" not in sick.trouble
        sound(room)
        room.end(sick)


def test_a_wrong_password_is_one_line_with_a_remedy(room):
    with structlog.testing.capture_logs() as log:
        wrong = room.watch(login=Password(room.box.name, "not the password"))
        until(lambda: wrong.trouble)
        room.end(wrong)
    assert "password" in wrong.trouble
    assert "not the password" not in str(log)
    assert log[0]["log_level"] == "error"


def test_a_server_that_never_greets_is_left_alone(room):
    with Scripted(greets=False) as server:
        room.watch()
        sick = beside(room, server)
        until(lambda: "does not answer in time" in sick.trouble)
        sound(room)
        room.end(sick)


def test_a_server_that_stops_talking_can_be_left(room):
    def silent(tag, command):
        return b"" if "SEARCH" in command else None

    with Scripted(mails={1: mail()}, answers=silent) as server:
        room.watch()
        sick = beside(room, server)
        until(lambda: any("SEARCH" in each for each in server.said))
        sound(room)
        begun = time.monotonic()
        assert end([sick], 5) == []
        assert time.monotonic() - begun < 5


def test_many_mailboxes_that_hang_are_left_in_the_time_of_one(room, monkeypatch):
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 3)
    with Scripted(greets=False) as server:
        account = replace(room.account, host="127.0.0.1", port=server.port)
        watches = [Watch(room.office(), account) for _ in range(30)]
        # Each has a mailbox of its own, as only one of a name is watched.
        for number, watch in enumerate(watches):
            watch.account = replace(account, username=f"user{number}")
            watch.start()
        until(lambda: server.sessions == len(watches))
        begun = time.monotonic()
        left = end(watches, 0.5)
        assert time.monotonic() - begun < 2
        assert set(left) <= set(watches)
    assert all(watch.join(5) for watch in watches)


@pytest.mark.parametrize("way", ["in the middle", "before", "together"])
def test_news_that_are_told_at_an_odd_time_are_heard(room, way):
    """A server says once that a mail came, and an IDLE may begin behind that."""
    mails = {1: mail(1)}

    def comes(tag, command):
        if len(mails) == 2 or not room.kept():
            return None
        if way == "in the middle" and "SEARCH" in command:
            mails[2] = mail(2)
            return b"* SEARCH 1\r\n* 2 EXISTS\r\n" + tag + b" OK done\r\n"
        if way != "in the middle" and command == "IDLE":
            mails[2] = mail(2)
            said = [b"* 2 EXISTS\r\n", b"+ idling\r\n"]
            return b"".join(said if way == "before" else reversed(said))
        return None

    with Scripted(mails=mails, answers=comes, offers="IMAP4rev1 IDLE") as server:
        found = beside(room, server)
        room.await_kept(2)
        room.end(found)


def test_a_server_that_speaks_idly_is_not_heeded_all_the_time(room):
    def speaks(tag, command):
        return b"+ idling\r\n* OK still here\r\n" if command == "IDLE" else None

    with Scripted(answers=speaks, offers="IMAP4rev1 IDLE") as server:
        found = beside(room, server)
        until(lambda: server.said.count("IDLE") > 3)
        time.sleep(1)
        assert server.said.count("IDLE") < 8
        room.end(found)


def test_a_mail_that_the_server_cannot_give_stops_no_other(room):
    mails = {uid: mail(uid) for uid in range(1, 6)}
    with Scripted(mails=mails, refused={3}) as server:
        sick = beside(room, server)
        room.await_kept(4)
        assert room.raws() == [mails[1], mails[2], mails[4], mails[5]]
        mails[6] = mail(6)
        room.await_kept(5)
        server.refused.clear()
        room.await_kept(6)
        room.end(sick)


def test_a_mail_that_ends_the_connection_stops_no_other(room):
    mails = {uid: mail(uid) for uid in range(1, 6)}
    with Scripted(mails=mails, deadly={3}) as server:
        sick = beside(room, server)
        room.await_kept(4)
        mails[6] = mail(6)
        room.await_kept(5)
        server.deadly.clear()
        room.await_kept(6)
        until(lambda: sick.trouble == "")
        room.end(sick)


def test_pauses_double_up_to_five_minutes(monkeypatch):
    monkeypatch.setattr(patience, "FIRST_SECONDS", 1.0)
    assert [patience.pause(n, 0) for n in (0, 1, 2, 3)] == [1, 1, 2, 4]
    assert patience.pause(10**9, 0) == 300
    for number, chance in itertools.product(range(1, 12), (0, 0.5, 1)):
        longest = patience.pause(number, 0)
        assert 0.75 * longest <= patience.pause(number, chance) <= longest


def test_the_culprit_is_found_among_those_in_hand(monkeypatch):
    monkeypatch.setattr(setbacks, "REST_SECONDS", 60)
    found = Setbacks()

    def fails(*uids):
        with pytest.raises(OSError, match="gone"), found.in_hand(uids):
            raise OSError("gone")

    fails(1, 2, 3)
    assert all(found.is_alone(uid) and found.may_try(uid) for uid in (1, 2, 3))
    with found.in_hand([1]):
        pass
    assert not found.is_alone(1)
    for _ in range(setbacks.TRIES):
        assert found.may_try(2)
        fails(2)
    assert not found.may_try(2)
    assert set(found.all()) == {2, 3}
    found.keep_only([3])
    assert set(found.all()) == {3}
