"""A real mailbox that people go on using: read along, answered by hand, untouched."""

import threading
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime

import pytest

from gateway.inbound.imap.account import Account
from gateway.inbound.imap.login import Password
from gateway.inbound.imap.office import Office
from gateway.inbound.imap.watch import Watch
from gateway.inbound.recipients import Recipients
from storage import activity as activities
from storage import event as events
from storage import journal
from storage.activity import Lane, Turn
from tests.cli.served import until
from tests.town import Town, gist

CARLA = "Carla Gomez <carla@gomez.example>"
SHARED = "Ana Ruiz <support@acme.example>"
DESK = "support@acme.example"


@pytest.fixture
def town(database_url, tmp_path, reader):
    with Town(database_url, tmp_path, reader) as found:
        found.change_desk(mode="listen")
        yield found


@contextmanager
def watched(town, box):
    """Let the desk listen to a mailbox."""
    office = Office(
        database=town.database,
        journalist=town._journalist,
        recipients=Recipients(town.house.desks, town.house.sealer),
        clock=lambda: town.now,
        most_octets=1_000_000,
        head_octets=20_000,
        large=threading.BoundedSemaphore(2),
    )
    account = Account(
        desk=DESK,
        host=box.server.host,
        port=box.server.port,
        tls="none",
        username=box.name,
        login=Password(box.name, box.server.password),
        sent_folder="Sent",
        poll_seconds=1,
        only_reads=True,
    )
    watch = Watch(office, account)
    watch.start()
    try:
        yield
    finally:
        watch.stop()
        assert watch.join(20)


def mail(town, sender, to, text, *, name, answers="", subject="Import fails"):
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\n"
        f"Date: {format_datetime(town.now)}\r\nMessage-ID: <{name}>\r\n"
        + (f"In-Reply-To: <{answers}>\r\nReferences: <{answers}>\r\n" * bool(answers))
        + f"\r\n{text}\r\n"
    ).encode()


def kept(town, count):
    def look():
        with town.database.reading() as session:
            return len(journal.listing(session)) >= count

    until(look)
    return town.settle()


def case(town):
    with town.database.reading() as session:
        return activities.find(session, 1)


def texts(town):
    with town.database.reading() as session:
        return [post.text for post in events.posts(session, [1], {Lane.EVERYONE})]


def test_a_mailbox_is_read_along_and_nobody_outside_can_tell(town, imap_server):
    box = imap_server.account()
    # There before us: one question that was answered, by hand.
    town.pass_time(hours=-20)
    asked = mail(town, CARLA, DESK, "It stops.", name="1@gomez.example")
    box.append(asked, at=town.now)
    town.pass_time(hours=1)
    answer = mail(
        town,
        SHARED,
        CARLA,
        "Which row?",
        name="2@acme.example",
        answers="1@gomez.example",
    )
    box.append(answer, folder="Sent", at=town.now)
    town.pass_time(hours=19)
    before = box.mails() + box.mails("Sent")
    with watched(town, box):
        letters = kept(town, 2)
        assert gist(letters) == [
            ("message", "ana@acme.example"),
            ("message", "bo@acme.example"),
            ("message", "bo@acme.example"),
        ]
        assert (case(town).turn, case(town).waiting_since) == (Turn.CUSTOMERS, None)
        # Then as it comes.
        town.pass_time(minutes=5)
        more = mail(
            town, CARLA, DESK, "5.", name="3@gomez.example", answers="2@acme.example"
        )
        box.append(more)
        assert gist(kept(town, 3)) == [("message", "ana@acme.example")]
        assert case(town).waiting_since == town.now
        town.pass_time(minutes=5)
        last = mail(
            town,
            SHARED,
            CARLA,
            "Use commas.",
            name="4@acme.example",
            answers="3@gomez.example",
        )
        box.append(last, folder="Sent")
        assert kept(town, 4) == []
    assert texts(town) == ["It stops.", "Which row?", "5.", "Use commas."]
    assert case(town).waiting_since is None
    assert {letter.to for letter in town.letters} == {
        "ana@acme.example",
        "bo@acme.example",
    }
    after = box.mails() + box.mails("Sent")
    assert [each for each in after if each in before] == before
    assert not any("Seen" in flag for each in after for flag in each.flags)
    assert len(after) == 4


def test_only_so_much_of_the_past_is_read(town, imap_server):
    box = imap_server.account()
    now = town.now
    town.pass_time(days=-30)
    old = mail(town, CARLA, DESK, "Old.", name="1@gomez.example")
    box.append(old, at=town.now)
    town.pass_time(days=30)
    box.append(
        mail(town, CARLA, DESK, "New.", name="2@gomez.example"),
        at=now - timedelta(days=1),
    )
    with watched(town, box):
        kept(town, 1)
    assert texts(town) == ["New."]
