"""A server answers otherwise than one would hope: no mail is lost or doubled by it."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from gateway.inbound.imap import connection, patience, setbacks
from gateway.inbound.imap import pull as pulling
from gateway.inbound.imap.login import Password
from gateway.inbound.replies import Fault
from tests.cli.served import until
from tests.inbound.imap.conftest import mail
from tests.inbound.imap.scripted import Scripted, numbers_of


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Try again soon, and give a silent server little time."""
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.02)
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 0.5)
    monkeypatch.setattr(setbacks, "REST_SECONDS", 0.3)


def odd(room, server, **changes):
    """Watch a mailbox on a server of a test."""
    values = {
        "host": "127.0.0.1",
        "port": server.port,
        "login": Password("odd", "x"),
        "done_folder": "",
        "poll_seconds": 0.1,
    }
    return room.watch(**{**values, **changes})


def count(server, word):
    """How often a command was given."""
    return sum(each.startswith(word) for each in server.said)


WITHOUT_BODY = {
    "flags": b"* 3 FETCH (UID 3 FLAGS (\\Seen))\r\n",
    "nil": b"* 3 FETCH (UID 3 BODY[] NIL)\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("name", WITHOUT_BODY)
def test_a_mail_without_its_body_is_asked_for_again(room, name):
    mails = {uid: mail(uid) for uid in range(1, 6)}
    hidden = dict(mails)
    del hidden[3]
    silent = [True]

    def answers(tag, command):
        found = re.fullmatch(r"UID FETCH (\S+) \(BODY.*\)", command)
        if not (silent and found and 3 in numbers_of(found[1])):
            return None
        rest = Scripted(mails=hidden)._fetch(tag, found[1], "BODY")
        return WITHOUT_BODY[name] + rest

    with Scripted(mails=mails, answers=answers) as server:
        watch = odd(room, server)
        room.await_kept(4)
        silent.clear()
        room.await_kept(5)
        assert sorted(room.raws()) == sorted(mails.values())
        mails[6] = mail(6)
        room.await_kept(6)
        room.end(watch)


def test_a_mail_that_a_listing_leaves_out_is_asked_for_again(room):
    mails = {uid: mail(uid) for uid in range(1, 6)}
    hidden = dict(mails)
    del hidden[3]
    silent = [True]

    def answers(tag, command):
        found = re.fullmatch(r"UID FETCH (\S+) \(RFC822.*\)", command)
        if not (silent and found):
            return None
        return Scripted(mails=hidden)._fetch(tag, found[1], "RFC822.SIZE")

    with Scripted(mails=mails, answers=answers) as server:
        watch = odd(room, server)
        room.await_kept(4)
        silent.clear()
        room.await_kept(5)
        assert sorted(room.raws()) == sorted(mails.values())
        room.end(watch)


def test_without_uidnext_what_was_there_counts_as_old(room):
    mails = {uid: mail(uid) for uid in range(1, 4)}

    def answers(tag, command):
        if command.startswith(("SELECT", "EXAMINE")):
            return (
                (b"* %d EXISTS\r\n* OK [UIDVALIDITY 7]\r\n" % len(mails))
                + tag
                + b" OK done\r\n"
            )
        if "FETCH" in command:
            said = Scripted(mails=mails)._reply(tag, command)
            old = datetime.now(UTC) - timedelta(days=30)  # noqa: TID251
            return said.replace(b"01-Jan-2099", old.strftime("%d-%b-%Y").encode())
        return None

    with Scripted(mails=mails, answers=answers) as server:
        watch = odd(room, server)
        until(lambda: room.row() and room.row().looked_at)
        assert room.kept() == []
        mails[4] = mail(4)
        room.await_kept(1)
        assert room.raws() == [mails[4]]
        room.end(watch)


def test_numbers_that_go_back_are_told(room):
    """Somebody restored an older copy of the mailbox; nothing is lost in silence."""
    mails = {uid: mail(uid) for uid in range(1, 4)}
    with Scripted(mails=mails) as server, structlog.testing.capture_logs() as log:
        watch = odd(room, server)
        room.await_kept(3)
        until(lambda: room.row().seen_uid == 3)
        del mails[2], mails[3]
        until(lambda: any("went back" in line["event"] for line in log))
        looks = count(server, "SELECT")
        until(lambda: count(server, "SELECT") > looks + 2)
        room.end(watch)
    assert sum("went back" in line["event"] for line in log) == 1


def test_high_numbers_need_few_questions(room):
    mails = {4_000_000_000: mail(1), 4_100_000_000: mail(2)}
    with Scripted(mails=mails) as server:
        watch = odd(room, server)
        room.await_kept(2)
        assert count(server, "UID SEARCH") < 20
        room.end(watch)


def test_a_server_that_marks_nothing_is_not_asked_without_end(room):
    room.most_octets = 300
    mails = {uid: mail(uid, text="x" * 400) for uid in range(1, pulling.BATCH + 2)}

    def answers(tag, command):
        return tag + b" NO read-only\r\n" if "STORE" in command else None

    with Scripted(mails=mails, answers=answers) as server:
        odd(room, server)
        room.await_kept(len(mails))
        until(lambda: room.row().looked_at)
        mails[1000] = mail(1000)
        room.await_kept(len(mails))


def test_a_done_folder_that_somebody_removes_is_made_again(room):
    room.watch()
    room.box.append(mail(1))
    room.await_moved(1)
    with room.box.client() as client:
        client.delete_folder("Done")
    room.box.append(mail(2))
    room.await_moved(1)


def test_who_may_not_expunge_copies_once(room):
    """Without MOVE, in a mailbox where nothing may be removed (RFC 4314)."""
    mails = {1: mail(1)}

    def answers(tag, command):
        if command == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1 UIDPLUS\r\n" + tag + b" OK done\r\n"
        if command.startswith("LIST"):
            return b'* LIST () "/" Done\r\n' + tag + b" OK done\r\n"
        is_refused = "EXPUNGE" in command or "Deleted" in command
        return tag + b" NO [NOPERM] no\r\n" if is_refused else None

    with Scripted(mails=mails, answers=answers) as server:
        watch = odd(room, server, done_folder="Done")
        room.await_kept(1)
        until(lambda: room.todo() == ["nothing"])
        mails[2] = mail(2)
        room.await_kept(2)
        until(lambda: room.todo() == ["nothing"] * 2)
        assert count(server, "UID COPY 1 ") == 1
        room.end(watch)


def test_a_done_folder_that_somebody_makes_at_the_same_moment_is_used(room):
    """RFC 5530: CREATE is refused because the folder is there by now."""
    mails = {1: mail(1)}
    made = []

    def answers(tag, command):
        if command == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1 MOVE\r\n" + tag + b" OK done\r\n"
        if command.startswith("LIST"):
            found = b'* LIST () "/" Done\r\n' if made else b""
            return found + tag + b" OK done\r\n"
        if command.startswith("CREATE"):
            made.append(command)
            return tag + b" NO [ALREADYEXISTS] Mailbox already exists\r\n"
        if command.startswith("UID MOVE"):
            mails.clear()
        return None

    with Scripted(mails=mails, answers=answers) as server:
        watch = odd(room, server, done_folder="Done")
        room.await_kept(1)
        until(lambda: room.todo() == ["nothing"])
        assert count(server, "UID MOVE 1 ") == 1
        room.end(watch)


def idles(reply):
    """A server that offers IDLE, and what it does when asked."""

    def answers(tag, command):
        if command == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1 IDLE\r\n" + tag + b" OK done\r\n"
        return reply(tag) if command == "IDLE" else None

    return answers


def test_a_server_that_refuses_to_idle_is_asked_instead(room):
    mails = {1: mail(1)}
    refuse = idles(lambda tag: tag + b" NO not today\r\n")
    with Scripted(mails=mails, answers=refuse) as server:
        watch = odd(room, server)
        until(lambda: "IDLE" in server.said)
        for number in (2, 3):
            mails[number] = mail(number)
            room.await_kept(number)
        assert server.sessions == 1
        assert count(server, "IDLE") == 1
        assert watch.trouble == ""
        room.end(watch)


def test_a_connection_that_never_lasts_is_tried_ever_later(room):
    with Scripted(mails={}, answers=idles(lambda tag: b"what?\r\n")) as server:
        watch = odd(room, server)
        begun = time.monotonic()
        until(lambda: server.sessions >= 6)
        # 0.02 and doubled each time: 0.02 + 0.04 + 0.08 + 0.16 + 0.32, less a quarter.
        assert time.monotonic() - begun > 0.4
        room.end(watch)


def test_a_name_that_another_node_wrote_is_no_trouble(room, monkeypatch):
    """Its claim was lost while it fetched; the mail is kept by the other."""
    mails = {1: mail(1), 2: mail(2)}
    keep_all, calls = room.journalist.keep_all, []

    def keep(entries):
        calls.append(len(entries))
        answers = keep_all(entries)
        return [Fault("taken"), *answers[1:]] if len(calls) == 1 else answers

    monkeypatch.setattr(room.journalist, "keep_all", keep)
    with Scripted(mails=mails) as server:
        watch = odd(room, server)
        room.await_kept(2)
        until(lambda: room.row().seen_uid == 2)
        assert calls == [2]
        room.end(watch)
