"""A mailbox is watched: what comes is in the journal, and then out of the way."""

import time
from datetime import timedelta

import pytest
import structlog

from gateway.inbound.imap import patience
from gateway.inbound.imap import watch as watching
from gateway.inbound.receive import normalised
from gateway.inbound.replies import NoSpace
from storage import acceptance
from storage import mailbox as mailboxes
from storage.acceptance import Entry
from storage.mailbox import Fetched, Todo
from tests.cli.served import until
from tests.imapserver import Dovecot, imap_server, say_missing
from tests.inbound.imap.conftest import mail


def test_a_new_mail_is_kept_and_moved(database, make_room):
    room = make_room(database)
    room.watch()
    room.box.append(mail())
    (row,) = room.await_kept(1)
    assert (row.door, row.peer, row.trusted) == ("imap", room.account.name, True)
    assert row.sender == "ann@customer.example"
    assert row.recipients == ["support@acme.example"]
    assert row.values == {}
    assert room.raws() == [mail()]
    room.await_moved(1)
    until(lambda: room.todo() == ["nothing"])


def test_mails_that_wait_are_taken_in_their_order(room):
    room.box.append(*(mail(number) for number in range(250)))
    room.watch()
    room.await_kept(250)
    assert room.raws() == [mail(number) for number in range(250)]
    room.await_moved(250)


def test_a_mailbox_that_idles_wakes_us(room):
    room.watch(poll_seconds=3600)
    until(lambda: room.row() and room.row().looked_at)
    begun = time.monotonic()
    room.box.append(mail())
    room.await_kept(1)
    assert time.monotonic() - begun < 2


def test_without_idle_it_is_asked(sqlite, make_room, lesser_server):
    room = make_room(sqlite, lesser_server("IDLE"))
    room.watch(poll_seconds=0.2)
    until(lambda: room.row() and room.row().looked_at)
    room.box.append(mail())
    room.await_kept(1)


@pytest.fixture
def lesser_server():
    """A function that starts a server without some capabilities."""
    opened = []

    def start(*without):
        opened.append(imap_server(without))
        return opened[-1].__enter__()

    yield start
    for each in opened:
        each.__exit__(None, None, None)


def test_without_move_it_is_copied_and_expunged(sqlite, make_room, lesser_server):
    room = make_room(sqlite, lesser_server("MOVE"))
    room.box.append(mail(1), mail(2))
    with room.box.client() as client:
        client.select_folder("INBOX")
        # Somebody else's business: it is marked as deleted, and must stay.
        client.append("INBOX", mail("other"), msg_time=room.now - timedelta(days=9))
        client.add_flags([3], ["\\Deleted"])
    room.watch()
    room.await_kept(2)
    until(lambda: len(room.box.mails("Done")) == 2)
    until(lambda: [each.uid for each in room.box.mails()] == [3])


def test_without_any_way_to_move_it_is_marked(sqlite, make_room, lesser_server):
    room = make_room(sqlite, lesser_server("MOVE", "UIDPLUS"))
    room.box.append(mail())
    room.watch()
    room.await_kept(1)
    until(lambda: room.todo() == ["nothing"])
    (lying,) = room.box.mails()
    assert lying.flags >= {"\\Seen", "$ParlourFetched"}
    assert room.box.mails("Done") == []


def test_without_a_done_folder_it_is_marked(room):
    room.box.append(mail())
    room.watch(done_folder="")
    room.await_kept(1)
    until(lambda: room.todo() == ["nothing"])
    (lying,) = room.box.mails()
    keeps_keywords = room.box.server.is_dovecot
    assert lying.flags >= {"\\Seen"} | (
        {"$ParlourFetched"} if keeps_keywords else set()
    )
    room.box.append(mail(2))
    room.await_kept(2)


def test_a_mailbox_that_is_only_read_stays_as_it_is(room):
    room.box.append(mail())
    room.watch(only_reads=True)
    room.await_kept(1)
    room.box.append(mail(2))
    room.await_kept(2)
    assert room.todo() == ["nothing", "nothing"]
    flags = {flag for lying in room.box.mails() for flag in lying.flags}
    assert flags <= {"\\Recent"}
    assert room.box.mails("Done") == []


# What was there before.


def test_older_mails_stay_and_are_counted_once(room):
    old = room.now - timedelta(days=3, minutes=5)
    fresh = room.now - timedelta(days=3) + timedelta(minutes=5)
    room.box.append(*(mail(f"old{number}") for number in range(4)), at=old)
    room.box.append(mail("fresh"), at=fresh)
    with structlog.testing.capture_logs() as log:
        watch = room.watch()
        room.await_kept(1)
        until(lambda: len(room.box.mails()) == 4)
        room.end(watch)
        again = room.watch()
        until(lambda: any(line["event"] == "mailbox watched" for line in log[-1:]))
        room.box.append(mail("new"), at=old)
        room.await_kept(2)
        room.end(again)
    said = [line for line in log if "parlour import imap" in line["event"]]
    assert [line["count"] for line in said] == [4]
    assert room.raws() == [mail("fresh"), mail("new")]
    assert len(room.box.mails()) == 4


def test_after_a_pause_everything_newer_is_taken(room):
    watch = room.watch()
    until(lambda: room.row() and room.row().uidvalidity)
    room.end(watch)
    room.box.append(mail("late"), at=room.now - timedelta(days=30))
    room.now += timedelta(days=20)
    room.watch()
    room.await_kept(1)


def test_backlog_days_0_takes_what_comes_alone(room):
    room.box.append(mail("there"), at=room.now - timedelta(hours=1))
    room.watch(backlog=timedelta(0))
    until(lambda: room.row() and room.row().looked_at)
    room.box.append(mail("new"))
    room.await_kept(1)
    assert room.raws() == [mail("new")]


# What must make no second entry.


def fetched_before(room, raw, todo=Todo.MOVE):
    """Write the row of a mail as a life left it that died behind the commit."""
    (uid,) = [lying.uid for lying in room.box.mails()]
    with room.box.client() as client:
        uidvalidity = client.select_folder("INBOX")[b"UIDVALIDITY"]
    with room.database.transaction() as session:
        row = mailboxes.keep(session, room.account.name)
        mailboxes.sight(
            session,
            row.id,
            uidvalidity=uidvalidity,
            first_uid=1,
            taken_from=room.now - timedelta(days=3),
        )
    entry = Entry(
        received_at=room.now,
        door="imap",
        peer=room.account.name,
        trusted=True,
        sender="ann@customer.example",
        recipients=("support@acme.example",),
        raw=raw,
        fetched=Fetched(row.id, uidvalidity, uid, todo),
    )
    acceptance.keep(room.database, room.blobs, [entry])


def test_a_move_that_never_happened_is_made_up_for(database, make_room):
    room = make_room(database)
    room.box.append(mail())
    fetched_before(room, mail())
    room.watch()
    room.await_moved(1)
    until(lambda: room.todo() == ["nothing"])
    assert len(room.kept()) == 1


def test_a_move_that_was_not_noted_is_harmless(room):
    room.box.append(mail())
    fetched_before(room, mail())
    with room.box.client() as client:
        client.create_folder("Done")
        client.select_folder("INBOX")
        client.move(client.search(), "Done")
    room.watch()
    until(lambda: room.todo() == ["nothing"])
    assert len(room.kept()) == 1
    assert len(room.box.mails("Done")) == 1


def test_a_done_folder_that_cannot_be_made_leaves_the_mail_marked(room):
    if not room.box.server.is_dovecot:
        say_missing()
    room.watch(done_folder="INBOX/..")
    room.box.append(mail())
    room.await_kept(1)
    until(lambda: any("\\Seen" in each.flags for each in room.box.mails()))
    room.box.append(mail(2))
    room.await_kept(2)
    assert len(room.box.mails()) == 2
    assert room.todo() == ["move", "move"]


def test_new_numbers_make_no_second_entry(database, make_room):
    room = make_room(database)
    watch = room.watch(done_folder="")
    room.box.append(mail(1), mail(2))
    room.await_kept(2)
    until(lambda: room.todo() == ["nothing"] * 2)
    room.end(watch)
    room.box.renumber()
    room.box.append(mail(3))
    room.watch(done_folder="")
    room.await_kept(3)
    assert room.raws() == [mail(1), mail(2), mail(3)]
    until(lambda: sorted(room.todo()) == ["nothing"] * 5)
    assert len(room.kept()) == 3


def test_new_numbers_while_a_move_was_left_undone(room):
    room.box.append(mail(1))
    fetched_before(room, mail(1))
    room.box.renumber()
    room.watch()
    room.await_moved(1)
    assert len(room.kept()) == 1


def test_two_nodes_keep_each_mail_once(database, make_room, monkeypatch):
    monkeypatch.setattr(watching, "OTHERS_SECONDS", 0.1)
    room = make_room(database)
    first, second = room.watch(), room.watch()
    for number in range(20):
        room.box.append(mail(number))
    room.await_kept(20)
    room.await_moved(20)
    # One of them goes; the other takes over.
    room.end(first)
    room.box.append(mail("more"))
    room.await_kept(21)
    assert second.trouble == ""


def test_a_name_is_written_once_whatever_the_claim_says(database, make_room):
    room = make_room(database)
    room.box.append(mail())
    fetched_before(room, mail(), Todo.NOTHING)
    (row,) = room.kept()
    (uid,) = [lying.uid for lying in room.box.mails()]
    fetched = Fetched(room.row().id, room.row().uidvalidity, uid)
    again = Entry(
        received_at=room.now,
        door="imap",
        peer="",
        trusted=True,
        sender="",
        recipients=(),
        raw=mail(),
        fetched=fetched,
    )
    (other,) = [Entry(**{**as_dict(again), "fetched": None, "raw": mail("other")})]
    answers = room.journalist.keep_all([again, other])
    assert isinstance(answers[0], Exception)
    assert isinstance(answers[1], int)
    assert [each.id for each in room.kept()] == [row.id, answers[1]]


def as_dict(entry):
    return {name: getattr(entry, name) for name in Entry.__dataclass_fields__}


# What is too large.


def test_a_mail_that_is_too_large_is_told_and_stays(room):
    room.most_octets = 5000
    large = mail("large", text="x" * 20_000)
    room.box.append(large, mail("small"))
    room.watch()
    rows = room.await_kept(2)
    assert [row.values for row in rows] == [{"oversize": len(large)}, {}]
    stub = room.raws()[0]
    assert stub == large.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    until(lambda: room.todo() == ["nothing"] * 2)
    (lying,) = room.box.mails()
    assert "\\Flagged" in lying.flags
    assert "\\Seen" not in lying.flags
    room.box.append(mail("next"))
    room.await_kept(3)


# What the journal cannot take.


def test_a_refused_mail_stays_and_is_tried_again(room, monkeypatch):
    room.box.append(mail())
    spaces = iter([False, False])
    monkeypatch.setattr(room.journalist, "has_space", lambda: next(spaces, True))
    watch = room.watch()
    until(lambda: "less free disk" in watch.trouble)
    assert len(room.box.mails()) == 1
    room.await_kept(1)
    until(lambda: watch.trouble == "")
    room.await_moved(1)


def test_a_commit_that_fails_leaves_the_mail_where_it_is(room, monkeypatch):
    room.box.append(mail(1), mail(2))
    keep_all, calls = room.journalist.keep_all, []

    def keep(entries):
        calls.append(len(entries))
        if len(calls) == 1:
            return [NoSpace("the disk is full")] * len(entries)
        return keep_all(entries)

    monkeypatch.setattr(room.journalist, "keep_all", keep)
    room.watch()
    room.await_kept(2)
    room.await_moved(2)
    assert calls == [2, 2]


# Neighbours and bad days.


def test_it_comes_back_when_the_server_does(sqlite, make_room, monkeypatch):
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.05)
    with imap_server() as server:
        if not isinstance(server, Dovecot):
            say_missing()
        room = make_room(sqlite, server)
        watch = room.watch()
        room.box.append(mail(1))
        room.await_kept(1)
        server.stop()
        until(lambda: watch.trouble)
        until(lambda: room.row().trouble)
        server.start()
        room.box.append(mail(2))
        room.await_kept(2)
        until(lambda: watch.trouble == "" and not room.row().trouble)
        room.end(watch)


def test_answers_by_hand_are_read_and_left_alone(room):
    old = room.now - timedelta(days=9)
    room.box.append(mail("before"), folder="Sent", at=old)
    room.watch(sent_folder="Sent", poll_seconds=0.3)
    until(lambda: room.row("Sent") and room.row("Sent").looked_at)
    room.box.append(mail("answer"), folder="Sent")
    (row,) = room.await_kept(1)
    assert row.values == {"by_hand": True}
    assert (row.door, row.peer) == ("imap", room.account.name)
    assert row.recipients == ["support@acme.example"]
    room.box.append(mail("question"))
    room.await_kept(2)
    assert len(room.box.mails("Sent")) == 2
    assert not {f for each in room.box.mails("Sent") for f in each.flags} - {"\\Recent"}


def test_a_draft_among_the_sent_mails_answers_nobody(room):
    room.box.append(mail("first"), folder="Sent")
    with room.box.client() as client:
        client.append("Sent", mail("draft"), flags=["\\Draft", "\\Seen"])
        client.append("Sent", mail("answer"), flags=["\\Seen"])
    room.watch(sent_folder="Sent", backlog=timedelta(days=1))
    room.await_kept(2)
    assert room.raws() == [mail("first"), mail("answer")]


def test_a_draft_in_the_inbox_is_a_mail(room):
    with room.box.client() as client:
        client.append("INBOX", mail("draft"), flags=["\\Draft"])
    room.watch()
    room.await_kept(1)


def test_folders_may_be_called_anything(room):
    room.watch(done_folder='Erledigt "ä" & Söhne\\日本 %*')
    room.box.append(mail())
    room.await_kept(1)
    until(lambda: room.todo() == ["nothing"] and not room.box.mails())


def test_a_sent_folder_that_is_missing_hurts_nobody(room):
    watch = room.watch(sent_folder="Gone", poll_seconds=0.2)
    room.box.append(mail())
    room.await_kept(1)
    until(lambda: "SELECT" in watch.trouble or "EXAMINE" in watch.trouble)
    room.box.append(mail("answer"), folder="Gone")
    until(lambda: watch.trouble == "")


# Mails that are none.

GARBAGE = {
    "empty": b"",
    "one line": b"x",
    "no header": b"\r\nHello\r\n",
    "no body": b"Subject: x",
    "bare ends": b"From: a@b.example\nSubject: x\n\nline\rline\n",
    "latin": "From: Jürgen <j@b.example>\r\nTo: ü\r\n\r\nGrüße\r\n".encode("latin-1"),
    "eight bits": b"From: \xff\xfe <\x80@\x81>\r\nSubject: \xf0(\r\n\r\n\0\1\r\n",
    "no colon": b"what is this\r\n: nothing\r\n\r\n",
    "long line": b"Subject: " + b"x" * 200_000 + b"\r\n\r\nx\r\n",
    "many": b"To: a@b.example\r\n" * 5000 + b"\r\n",
}


def test_no_mail_is_too_broken_to_be_kept(room):
    if not room.box.server.is_dovecot:
        say_missing()
    for raw in (mail("first"), *GARBAGE.values(), mail("last")):
        room.box.drop(raw)
    room.watch()
    rows = room.await_kept(len(GARBAGE) + 2)
    room.await_moved(len(GARBAGE) + 2)
    # NUL cannot travel in IMAP (RFC 3501 section 4.3.1); Dovecot makes it 0x80.
    sent = [raw.replace(b"\0", b"\x80") for raw in GARBAGE.values()]
    given = sorted(normalised(raw) for raw in sent)
    assert sorted(room.raws()) == sorted([*given, mail("first"), mail("last")])
    assert {row.sender for row in rows} >= {"", "j@b.example", "a@b.example"}
    assert all(row.recipients == ["support@acme.example"] for row in room.kept())
