"""The outbox and its leases on both databases: who sends what, and who may settle."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

import storage.journal  # noqa: F401 (a table that others refer to)
from parsers.address import Mailbox
from parsers.reply_address import number
from storage import lease as leases
from storage import outbox, people
from storage.activity import Activity, Desk
from storage.event import Event  # noqa: F401 (a table that letters refer to)
from storage.outbox import Letter, NewDelivery, Priority, Progress

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def activity(database) -> int:
    with database.transaction() as session:
        customer = people.meet(session, Mailbox("", "c@customer.example"), now=NOON)
        desk = Desk(address="support@acme.example", name="Acme")
        session.add(desk)
        session.flush()
        made = Activity(
            public_id="ABCDEFGH",
            desk_id=desk.id,
            subject="printer",
            customer_id=customer.id,
            opened_at=NOON,
        )
        session.add(made)
        session.flush()
        return made.id


def letter(activity: int | None = None) -> Letter:
    return Letter(
        kind="message",
        message_id="<p.1.mac@acme.example>",
        made_at=NOON,
        raw=b"Subject: hello\r\n\r\nhello\r\n",
        placeholder="a" * 26,
        return_path="support+{token}@acme.example",
        activity_id=activity,
    )


def queue(database, *names: str, activity: int | None = None, **more) -> list[int]:
    with database.transaction() as session:
        rows = []
        for name in names:
            mailbox = Mailbox("", f"{name}@customer.example")
            person = people.meet(session, mailbox, now=NOON)
            given = {"due_at": NOON} | more
            rows.append(NewDelivery(person.id, mailbox.address, **given))
        return outbox.queue(session, letter(activity), rows)


def claim(database, node="one", now=NOON, most=50, before=None) -> list[int]:
    with database.transaction() as session:
        found = leases.claim(
            session, node=node, now=now, lease=MINUTE, most=most, before=before
        )
    return [one.id for one in found]


def settle(database, function, delivery: int, **more) -> bool:
    given = {"node": "one", "reply": "250 kept"} | more
    if "due_at" not in given:
        given["now"] = NOON
    with database.transaction() as session:
        return function(session, delivery, **given)


def state(database, delivery: int) -> Progress:
    with database.reading() as session:
        found = outbox.by_id(session, delivery)
        assert found is not None
        return found.state


def test_a_letter_with_many_recipients_is_queued_at_once(database):
    people_ = [f"p{n}" for n in range(500)]
    first = queue(database, *people_, token_number=7, priority=Priority.NOTIFICATION)
    second = queue(database, "ann")
    assert first == sorted(first)
    assert first[-1] < second[0]
    with database.reading() as session:
        [one] = outbox.listing(session, None, 1)
        assert one.id == second[0]
        last = outbox.by_id(session, first[499])
        assert last is not None
        assert last.address == "p499@customer.example"
        assert (last.token_number, last.priority) == (7, Priority.NOTIFICATION)
        assert (last.state, last.attempts, last.last_reply) == (Progress.WAITING, 0, "")


def test_a_delivery_that_would_not_fit_a_token_is_refused(database, monkeypatch):
    number(outbox._MOST_ID)
    monkeypatch.setattr(outbox, "_MOST_ID", 3)
    queue(database, "ann", "bo", "cy")
    with pytest.raises(ValueError, match="token"):
        queue(database, "dee")


def test_who_goes_first(database):
    late = queue(database, "a", due_at=NOON - MINUTE)
    digest = queue(database, "b", due_at=NOON - 9 * MINUTE, priority=Priority.DIGEST)
    early = queue(database, "c", due_at=NOON - 2 * MINUTE)
    same = queue(database, "d", due_at=NOON - MINUTE)
    not_yet = queue(database, "e", due_at=NOON + MINUTE)
    assert claim(database) == [*early, *late, *same, *digest]
    assert claim(database, now=NOON + MINUTE / 2) == []
    assert claim(database, now=NOON + MINUTE) == not_yet


def test_one_person_in_one_activity_gets_one_at_a_time(database, activity):
    [first] = queue(database, "ann", activity=activity)
    [second] = queue(database, "ann", activity=activity)
    # Outside of the activity nothing waits, not even for itself.
    free = [*queue(database, "ann"), *queue(database, "ann")]
    [other] = queue(database, "bo", activity=activity)
    assert claim(database) == [first, *free, other]
    assert settle(database, leases.settle_sent, first)
    assert claim(database) == [second]


@pytest.mark.parametrize("end", ["sent", "given up", "cancelled"])
def test_what_is_settled_blocks_nothing(database, activity, end):
    [first] = queue(database, "ann", activity=activity)
    [second] = queue(database, "ann", activity=activity)
    if end == "cancelled":
        with database.transaction() as session:
            outbox.cancel(session, first, now=NOON)
    else:
        claim(database, most=1)
        settle(
            database,
            leases.settle_sent if end == "sent" else leases.give_up,
            first,
        )
    assert claim(database) == [second]


def test_what_is_deferred_keeps_its_place(database, activity):
    [first] = queue(database, "ann", activity=activity)
    [second] = queue(database, "ann", activity=activity)
    claim(database)
    due = NOON + 5 * MINUTE
    assert settle(database, leases.defer, first, due_at=due, reply="450 busy")
    assert claim(database, now=NOON + MINUTE) == []
    assert claim(database, now=due) == [first]
    with database.reading() as session:
        found = outbox.by_id(session, first)
        assert found is not None
        assert (found.attempts, found.last_reply) == (1, "450 busy")
    settle(database, leases.settle_sent, first)
    assert claim(database, now=due) == [second]


def test_a_batch_takes_no_more_than_was_asked(database):
    queue(database, *(f"p{n}" for n in range(20)))
    assert len(claim(database, most=7)) == 7
    assert len(claim(database, most=50)) == 13


def test_what_goes_before_a_priority_can_be_claimed_alone(database):
    queue(database, "ann", priority=Priority.DIGEST)
    [answer] = queue(database, "bo")
    with database.reading() as session:
        asked = {"node": "one", "now": NOON}
        assert leases.is_due(session, before=Priority.DIGEST, **asked)
        assert not leases.is_due(session, before=Priority.CONVERSATION, **asked)
    assert claim(database, before=Priority.DIGEST) == [answer]


def test_asking_whether_anything_is_due_changes_nothing(database):
    def is_due(now=NOON, node="one") -> bool:
        with database.reading() as session:
            return leases.is_due(session, node=node, now=now)

    assert not is_due()
    queue(database, "ann")
    assert not is_due(NOON - MINUTE)
    assert is_due()
    assert is_due()
    claim(database)
    assert not is_due()
    assert is_due(NOON + MINUTE, node="two")


def test_a_lease_that_is_over_is_taken_over_and_its_node_can_settle_nothing(database):
    [only] = queue(database, "ann")
    claim(database, node="zombie")
    assert claim(database, node="two") == []
    assert claim(database, node="zombie", now=NOON + MINUTE) == []
    assert claim(database, node="two", now=NOON + MINUTE) == [only]
    with database.transaction() as session:
        ids = [only]
        assert leases.renew(session, ids, node="zombie", until=NOON) == set()
        leases.give_back(session, ids, node="zombie")
    for function in (leases.settle_sent, leases.give_up):
        assert not settle(database, function, only, node="zombie")
    assert not settle(database, leases.defer, only, node="zombie", due_at=NOON)
    assert state(database, only) == Progress.LEASED
    assert settle(database, leases.settle_sent, only, node="two")


def test_a_lease_of_a_clock_that_was_ahead_is_taken_over(database):
    [only] = queue(database, "ann")
    assert claim(database, node="ahead", now=NOON + timedelta(days=40)) == [only]
    assert claim(database, node="two", now=NOON + MINUTE) == [only]
    assert not settle(database, leases.settle_sent, only, node="ahead")


def test_what_waits_for_longer_than_anything_does_is_let_go(database):
    ids = queue(database, "ann", "bo", due_at=NOON + timedelta(days=40))
    [soon] = queue(database, "carla", due_at=NOON + MINUTE)
    [done] = queue(database, "dan", due_at=NOON + timedelta(days=40))
    beyond = NOON + timedelta(hours=3)
    with database.transaction() as session:
        outbox.cancel(session, done, now=NOON)
        assert leases.is_put_off(session, beyond=beyond)
        assert leases.let_go(session, beyond=beyond, now=NOON) == 2
        assert not leases.is_put_off(session, beyond=beyond)
    assert claim(database) == ids
    assert claim(database, node="two", now=NOON + MINUTE / 2) == []
    assert claim(database, node="two", now=NOON + MINUTE) == [*ids, soon]


def test_a_renewed_lease_is_not_taken_over(database):
    ids = queue(database, "ann", "bo")
    claim(database)
    with database.transaction() as session:
        until = NOON + 2 * MINUTE
        assert leases.renew(session, ids, node="one", until=until) == set(ids)
    assert claim(database, node="two", now=NOON + MINUTE) == []
    assert claim(database, node="two", now=NOON + 2 * MINUTE) == ids


def test_what_is_given_back_is_due_as_before(database):
    ids = queue(database, "ann", "bo")
    claim(database)
    with database.transaction() as session:
        leases.give_back(session, ids, node="one")
    assert claim(database, node="two") == ids


def test_two_nodes_at_once_share_without_overlap(database):
    ids = queue(database, *(f"p{n}" for n in range(120)))
    taken: dict[str, list[int]] = {"one": [], "two": [], "three": []}

    def work(node: str) -> None:
        while got := claim(database, node=node, most=5):
            taken[node] += got

    threads = [threading.Thread(target=work, args=(node,)) for node in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one for got in taken.values() for one in got) == ids


def test_a_person_tries_again_or_cancels(database):
    ann, bo, cy = queue(database, "ann", "bo", "cy")
    claim(database, most=2)
    settle(database, leases.give_up, ann, reply="550 no")
    settle(database, leases.settle_sent, bo)
    with database.transaction() as session:
        outbox.cancel(session, cy, now=NOON)
    assert state(database, cy) == Progress.CANCELLED
    for again in (ann, cy):
        with database.transaction() as session:
            outbox.retry(session, again, now=NOON)
    with database.reading() as session:
        found = outbox.by_id(session, ann)
        assert found is not None
        assert (found.attempts, found.settled_at) == (0, None)
    assert claim(database) == [ann, cy]


def test_retry_of_what_waits_makes_it_due(database):
    [only] = queue(database, "ann", due_at=NOON + 60 * MINUTE)
    with database.transaction() as session:
        outbox.retry(session, only, now=NOON)
    assert claim(database) == [only]


@pytest.mark.parametrize("settled", [True, False])
def test_what_is_sent_or_in_hand_can_neither_be_tried_nor_cancelled(database, settled):
    [only] = queue(database, "ann")
    claim(database)
    if settled:
        settle(database, leases.settle_sent, only)
    for function in (outbox.retry, outbox.cancel):
        with pytest.raises(ValueError, match="delivery"), database.transaction() as one:
            function(one, only, now=NOON)


def test_a_delivery_that_there_is_not(database):
    for function in (outbox.retry, outbox.cancel):
        with pytest.raises(LookupError), database.transaction() as session:
            function(session, 404, now=NOON)
    with database.reading() as session:
        assert outbox.by_id(session, 404) is None


def test_what_an_operator_sees(database):
    queue(database, "ann", "bo", "cy")
    [sent, refused, _] = claim(database)
    settle(database, leases.settle_sent, sent)
    settle(database, leases.give_up, refused)
    with database.reading() as session:
        assert outbox.counts(session) == {
            Progress.WAITING: 0,
            Progress.LEASED: 1,
            Progress.SENT: 1,
            Progress.GIVEN_UP: 1,
            Progress.CANCELLED: 0,
        }
        assert [d.id for d in outbox.listing(session, Progress.SENT, 9)] == [sent]
        assert len(outbox.listing(session, None, 2)) == 2
        assert outbox.oldest_waiting(session) == NOON
    settle(database, leases.settle_sent, 3)
    with database.reading() as session:
        assert outbox.oldest_waiting(session) is None


def test_large_letters_are_left_out_when_asked(database):
    [delivery] = queue(database, "ann")
    with database.reading() as session:
        found = outbox.by_id(session, delivery)
        assert found is not None
        ids = [found.letter_id]
        size = len(letter().raw)
        [kept] = outbox.letters(session, ids, largest=size)
        assert (kept.raw, kept.return_path) == (letter().raw, letter().return_path)
        assert outbox.letters(session, ids, largest=size - 1) == []


def test_a_receipt_is_kept_by_the_one_who_has_the_lease(database):
    first, second = queue(database, "ann", "bo")
    claim(database)
    receipts = leases.Receipts(database)
    try:
        for node, ours in (("zombie", False), ("one", True), ("one", False)):
            kept = receipts.keep(first, node=node, reply="250 kept", now=NOON)
            assert kept is ours
        # A connection that went bad is replaced at the next try.
        receipts._own.connection.close()
        with pytest.raises(Exception, match="closed"):
            receipts.keep(second, node="one", reply="250 kept", now=NOON)
        assert receipts.keep(second, node="one", reply="250 kept", now=NOON)
    finally:
        receipts.close()
    with database.reading() as session:
        one, two = outbox.by_id(session, first), outbox.by_id(session, second)
        assert one is not None
        assert two is not None
        assert (one.state, one.settled_at, one.last_reply, one.leased_by) == (
            (Progress.SENT, NOON, "250 kept", "")
        )
        assert (two.state, two.leased_until) == (Progress.SENT, None)
