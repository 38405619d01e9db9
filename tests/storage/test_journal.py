"""The journal: kept raw, claimed in order, settled once, never lost."""

import hashlib
import itertools
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import acceptance, journal, pending
from storage.acceptance import Entry
from storage.blobs import Blobs
from storage.journal import MOVES, State

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LEASE = timedelta(seconds=60)
LATER = NOW + LEASE


@pytest.fixture
def blobs(tmp_path):
    return Blobs(tmp_path / "blobs")


def entry(number=0, **changed):
    values = {
        "received_at": NOW + timedelta(seconds=number),
        "door": "smtp",
        "peer": "192.0.2.1",
        "trusted": True,
        "sender": "ann@customer.example",
        "recipients": ("support@acme.example",),
        "raw": b"Subject: %d\r\n\r\nHello\r\n" % number,
    }
    return Entry(**(values | changed))


@pytest.fixture
def keep(database, blobs):
    """A function that keeps so many mails and gives their numbers."""
    return lambda most=1: acceptance.keep(
        database, blobs, [entry(number) for number in range(most)]
    )


def claim(database, *, most=10, node="one", now=NOW, **more):
    with database.transaction() as session:
        found = pending.claim(
            session, node=node, now=now, lease=LEASE, most=most, **more
        )
        return [inbound.id for inbound in found]


def settle(database, number, state, now=NOW):
    with database.transaction() as session:
        journal.settle(session, number, state, reason="why", by="rule", now=now)


def look(database, number):
    with database.reading() as session:
        return journal.by_id(session, number)


def test_what_is_kept_is_what_came(database, blobs):
    sent = entry(
        3,
        sender="",
        trusted=False,
        recipients=("käthe@müller.example", "help@acme.example"),
        raw=bytes(range(256)) * 3,
    )
    (number,) = acceptance.keep(database, blobs, [sent])
    kept = look(database, number)
    assert journal.original(kept, blobs) == sent.raw
    assert kept.sender == ""
    assert kept.recipients == list(sent.recipients)
    assert (kept.door, kept.peer, kept.trusted) == ("smtp", "192.0.2.1", False)
    assert kept.received_at == sent.received_at
    assert kept.size == len(sent.raw)
    assert kept.digest == hashlib.sha256(sent.raw).hexdigest()
    assert (kept.state, kept.attempts, kept.thread_key) == (State.PENDING, 0, None)


@pytest.mark.parametrize(("size", "in_a_file"), [(256_000, False), (256_001, True)])
def test_a_large_mail_lies_in_a_file_before_its_row_is_there(
    database, blobs, size, in_a_file
):
    raw = b"x" * size
    (number,) = acceptance.keep(database, blobs, [entry(raw=raw)])
    kept = look(database, number)
    assert (kept.raw is None) is in_a_file
    assert blobs.has(kept.digest) is in_a_file
    assert journal.octets(kept, blobs) == raw


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(raw=st.binary(max_size=300))
def test_any_octets_come_back(sqlite, tmp_path, raw):
    blobs = Blobs(tmp_path / "blobs")
    (number,) = acceptance.keep(sqlite, blobs, [entry(raw=raw)])
    assert journal.octets(look(sqlite, number), blobs) == raw


def test_numbers_come_in_the_order_of_the_entries(database, blobs):
    entries = [entry(number) for number in range(150)]
    numbers = acceptance.keep(database, blobs, entries)
    assert numbers == sorted(numbers)
    with database.reading() as session:
        for number, sent in zip(numbers, entries, strict=True):
            assert journal.original(journal.by_id(session, number), blobs) == sent.raw


def test_nothing_is_kept_of_nothing(database, blobs):
    assert acceptance.keep(database, blobs, []) == []


def test_the_same_mail_twice_is_two_transactions(database, blobs):
    assert len(set(acceptance.keep(database, blobs, [entry(), entry()]))) == 2


def test_a_file_that_cannot_be_written_keeps_nothing(database, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    blobs = Blobs(tmp_path / "file")
    with pytest.raises(OSError):
        acceptance.keep(database, blobs, [entry(), entry(raw=b"x" * 300_000)])
    with database.reading() as session:
        assert journal.counts(session)[State.PENDING] == 0


def test_the_oldest_are_claimed_first_and_once(database, keep):
    numbers = keep(5)
    assert claim(database, most=2) == numbers[:2]
    assert claim(database, most=2, node="two") == numbers[2:4]
    assert claim(database) == numbers[4:]
    assert claim(database) == []


def test_nodes_that_claim_at_once_share_the_work(database, keep):
    numbers = keep(40)
    found = {}

    def work(node):
        mine = []
        while got := claim(database, most=3, node=node):
            mine += got
        found[node] = mine

    threads = [threading.Thread(target=work, args=(str(node),)) for node in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(itertools.chain(*found.values())) == numbers


def test_a_node_that_died_is_replaced_when_its_lease_ends(database, keep):
    (number,) = keep()
    claim(database)
    assert claim(database, node="two", now=LATER - timedelta(seconds=1)) == []
    assert claim(database, node="two", now=LATER) == [number]
    assert look(database, number).attempts == 2


def test_a_zombie_holds_no_lease(database, keep):
    (number,) = keep()
    claim(database)
    with database.transaction() as session:
        assert pending.holds_lease(session, number, "one", NOW)
        assert not pending.holds_lease(session, number, "two", NOW)
        assert not pending.holds_lease(session, number, "one", LATER)
    claim(database, node="two", now=LATER)
    with database.transaction() as session:
        assert not pending.holds_lease(session, number, "one", LATER)
        assert pending.holds_lease(session, number, "two", LATER)
    settle(database, number, State.DONE)
    with database.transaction() as session:
        assert not pending.holds_lease(session, number, "two", LATER)


def exhausted(database, now):
    with database.reading() as session:
        found = pending.exhausted(session, now=now, most_attempts=3)
        return [inbound.id for inbound in found]


def set_aside(database, number, now=NOW):
    with database.transaction() as session:
        return pending.set_aside(session, number, node="one", reason="it died", now=now)


def test_a_mail_that_kills_its_readers_is_set_aside_once(database, keep):
    poison, good = keep(2)
    at = NOW
    for _ in range(3):
        assert exhausted(database, at) == []
        assert poison in claim(database, now=at, most=1)
        at += LEASE
    assert claim(database, now=at) == [good]
    assert exhausted(database, at) == [poison]
    assert set_aside(database, poison, at)
    assert not set_aside(database, poison, at), "whoever comes second tells nobody"
    assert exhausted(database, at) == []
    kept = look(database, poison)
    assert (kept.state, kept.attempts) == (State.FAILED, 3)
    assert kept.settled_at == at
    assert "died" in kept.reason


def test_a_fault_is_tried_again(database, keep):
    (number,) = keep()
    for attempt in (1, 2, 3):
        assert claim(database) == [number]
        with database.transaction() as session:
            pending.give_back(session, number, node="one", reason="ValueError")
        kept = look(database, number)
        assert kept.attempts == attempt
        assert kept.leased_until is None
        assert kept.reason == "ValueError"
    assert claim(database) == []


def test_what_is_settled_is_not_given_back(database, keep):
    (number,) = keep()
    settle(database, number, State.DONE)
    with database.transaction() as session:
        pending.give_back(session, number, node="one", reason="ValueError")
    assert look(database, number).reason == "why"
    assert not set_aside(database, number)


def test_the_neighbours_of_a_poisonous_mail_do_not_pay(database, keep):
    numbers = keep(5)
    poison, at = numbers[2], NOW
    settled = set()
    for _ in range(3):
        # A life of a worker: it ends in the middle of that one mail.
        while poison not in (claimed := claim(database, now=at)):
            for number in claimed:
                settle(database, number, State.DONE)
                settled.add(number)
        for number in claimed[: claimed.index(poison)]:
            settle(database, number, State.DONE)
            settled.add(number)
        at += LEASE
    while claimed := claim(database, now=at):
        settled.update(claimed)
        for number in claimed:
            settle(database, number, State.DONE)
    assert settled == {*numbers} - {poison}
    assert set_aside(database, poison, at)
    assert look(database, poison).state is State.FAILED


def test_a_zombie_gives_nothing_back(database, keep):
    (number,) = keep()
    claim(database)
    claim(database, node="two", now=LATER)
    with database.transaction() as session:
        pending.give_back(session, number, node="one", reason="late")
    kept = look(database, number)
    assert (kept.state, kept.reason, kept.leased_by) == (State.PENDING, "", "two")


def test_a_claim_that_was_no_attempt_is_undone(database, keep):
    (number,) = keep()
    for _ in range(5):
        assert claim(database) == [number]
        with database.transaction() as session:
            pending.put_back(session, number)
    assert look(database, number).attempts == 0


def blocked(database, number):
    with database.reading() as session:
        return pending.is_blocked(session, journal.by_id(session, number))


def key(database, keys):
    with database.transaction() as session:
        pending.key_threads(session, keys)


def test_an_older_mail_of_the_same_thread_goes_first(database, keep):
    first, other, second = keep(3)
    key(database, {first: "a:1", other: "a:2", second: "a:1"})
    assert [blocked(database, number) for number in (first, other, second)] == [
        False,
        False,
        True,
    ]
    settle(database, first, State.DONE)
    assert not blocked(database, second)


def test_an_older_mail_that_nobody_has_read_may_be_of_any_thread(database, keep):
    first, second = keep(2)
    key(database, {second: "a:1"})
    assert blocked(database, second)
    assert not blocked(database, first)
    key(database, {first: "s:ann@customer.example"})
    assert not blocked(database, second)


@pytest.mark.parametrize("state", [State.HELD, State.FAILED, State.DISCARDED])
def test_what_is_set_aside_blocks_nothing(database, keep, state):
    first, second = keep(2)
    key(database, {first: "a:1", second: "a:1"})
    settle(database, first, state)
    assert not blocked(database, second)


def place(database, number, state):
    """Bring a fresh mail into a state, by moves that are allowed."""
    if state is not State.PENDING:
        settle(database, number, state)


@pytest.mark.parametrize("old", State)
@pytest.mark.parametrize("new", State)
def test_only_the_moves_of_the_table_are_allowed(sqlite, blobs, old, new):
    (number,) = acceptance.keep(sqlite, blobs, [entry()])
    place(sqlite, number, old)
    if new in MOVES[old]:
        settle(sqlite, number, new)
        assert look(sqlite, number).state is new
    else:
        with pytest.raises(ValueError, match=f"{old} cannot become {new}"):
            settle(sqlite, number, new)
        assert look(sqlite, number).state is old


def test_settling_says_why_by_whom_and_when(database, keep):
    (number,) = keep()
    claim(database)
    settle(database, number, State.HELD, now=LATER)
    kept = look(database, number)
    assert (kept.reason, kept.settled_by, kept.settled_at) == ("why", "rule", LATER)
    assert (kept.leased_by, kept.leased_until) == ("", None)


def test_what_is_released_is_read_anew(database, keep):
    (number,) = keep()
    claim(database)
    settle(database, number, State.HELD)
    settle(database, number, State.PENDING)
    kept = look(database, number)
    assert (kept.attempts, kept.settled_at) == (0, None)
    assert claim(database) == [number]


def test_lists_counts_and_the_oldest(database, keep):
    first, second, third = keep(3)
    settle(database, first, State.HELD)
    with database.reading() as session:
        assert [one.id for one in journal.listing(session)] == [third, second, first]
        assert [one.id for one in journal.listing(session, State.HELD)] == [first]
        assert [one.id for one in journal.listing(session, None, 1)] == [third]
        assert journal.counts(session) == {
            State.PENDING: 2,
            State.DONE: 0,
            State.HELD: 1,
            State.DISCARDED: 0,
            State.FAILED: 0,
        }
        assert journal.oldest_pending(session) == NOW + timedelta(seconds=1)
        assert journal.by_id(session, third + 1) is None


def test_an_empty_journal_has_no_oldest(database):
    with database.reading() as session:
        assert journal.oldest_pending(session) is None
