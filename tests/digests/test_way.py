"""What a run of digests lets pass before it writes again, on both databases."""

import threading
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from digests import way
from parsers.address import Mailbox
from storage import acceptance, ahead, journal, outbox, people
from storage.acceptance import Entry
from storage.blobs import Blobs
from storage.journal import State
from storage.outbox import Letter, NewDelivery, Priority, Progress

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def mail(database, tmp_path) -> int:
    """A mail that nobody has read yet."""
    entry = Entry(
        received_at=NOON,
        door="smtp",
        peer="192.0.2.1",
        trusted=True,
        sender="carla@customer.example",
        recipients=("support@acme.example",),
        raw=b"Subject: Printer\r\n\r\nIt stops.\r\n",
    )
    [number] = acceptance.keep(database, Blobs(tmp_path / "blobs"), [entry])
    return number


def settle(database, mail) -> None:
    with database.transaction() as session:
        journal.settle(session, mail, State.DONE, reason="", by="rule", now=NOON)


def queue(database, priority, *, due_at=NOON, state=Progress.WAITING) -> int:
    letter = Letter(
        kind="message",
        message_id="<p.1.mac@acme.example>",
        made_at=NOON,
        raw=b"Subject: hello\r\n\r\nhello\r\n",
        placeholder="a" * 26,
        return_path="support+{token}@acme.example",
    )
    with database.transaction() as session:
        person = people.meet(session, Mailbox("", "ana@acme.example"), now=NOON)
        row = NewDelivery(person.id, "ana@acme.example", due_at, priority=priority)
        [number] = outbox.queue(session, letter, [row])
        outbox.by_id(session, number).state = state
    return number


def test_what_is_ahead_of_digests(database, mail):
    def found() -> tuple[int, int]:
        with database.reading() as session:
            return ahead.newest(session, NOON)

    assert found() == (mail, 0)
    settle(database, mail)
    queue(database, Priority.DIGEST)
    queue(database, Priority.CONVERSATION, due_at=LATER)
    queue(database, Priority.CONVERSATION, state=Progress.SENT)
    assert found() == (0, 0)
    notice = queue(database, Priority.NOTIFICATION)
    assert found() == (0, notice)
    in_hand = queue(database, Priority.CONVERSATION, state=Progress.LEASED)
    assert found() == (0, in_hand)


def test_a_run_lets_mail_pass_that_is_not_settled_yet(database, mail, monkeypatch):
    monkeypatch.setattr(way, "_MOST_SECONDS", 60)
    run = way.Way(database, NOON)
    run.held = 60
    seen, looks = [], threading.Event()
    free = run._is_free
    monkeypatch.setattr(run, "_is_free", lambda *given: looks.set() or free(*given))

    def write() -> None:
        with run.transaction() as session:
            seen.append(journal.by_id(session, mail).state)

    writer = threading.Thread(target=write)
    writer.start()
    assert looks.wait(30)
    settle(database, mail)
    writer.join(30)
    assert seen == [State.DONE]


def test_nothing_is_waited_for_longer_than_its_share_nor_twice(
    database, mail, monkeypatch
):
    """Its clock goes only while it waits: how long that is can be counted."""
    clock = [monotonic()]
    monkeypatch.setattr(way, "monotonic", lambda: clock[0])

    def pause(seconds: float) -> None:
        clock[0] += seconds

    monkeypatch.setattr(way, "sleep", pause)
    run = way.Way(database, NOON)

    def waits(seconds: float) -> float:
        """Give how long it waits after a transaction that took so long."""
        run.held, before = seconds, clock[0]
        with run.transaction() as session:
            assert journal.by_id(session, mail).state is State.PENDING
            begun = clock[0]
            clock[0] += 0.25
        assert run.held == pytest.approx(0.25)
        return begun - before

    # Nothing was held yet, and so nothing is owed.
    assert waits(0) == 0
    # What it passed once it does not wait for again, however long it held.
    assert waits(1e9) == 0
    for held, share in ((0.05, 0.4), (0.1, 0.8), (1e9, 1.0)):
        queue(database, Priority.CONVERSATION, due_at=NOON - timedelta(hours=1))
        assert waits(held) == pytest.approx(share, abs=2 * way._LOOK_SECONDS)
        assert waits(held) == 0
