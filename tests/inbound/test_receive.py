"""The journalist: clean octets, one commit for many, and only the culprit refused."""

import asyncio
import random
import re
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text

from gateway.inbound.receive import Journalist, check, normalised, unstuffed
from gateway.inbound.replies import Fault, HeaderTooLarge, LineTooLong, NoSpace
from gateway.routing.limits import Limits
from storage import acceptance, journal
from storage import database as databases
from storage.blobs import Blobs
from storage.database import Database
from storage.wake import Wake

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SMALL = st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"a", b"\0"])).map(
    b"".join
)


def entry(number=0, sender="ann@customer.example", raw=b"Subject: x\r\n\r\n%d\r\n"):
    return acceptance.Entry(
        received_at=NOW,
        door="smtp",
        peer="192.0.2.1",
        trusted=False,
        sender=sender,
        recipients=("support@acme.example",),
        raw=raw.replace(b"%d", b"%d" % number),
    )


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (b"", b""),
        (b"a\r\nb\r\n", b"a\r\nb\r\n"),
        (b"a\nb\n", b"a\r\nb\r\n"),
        (b"a\rb\r", b"a\r\nb\r\n"),
        (b"a\r\n\nb", b"a\r\n\r\nb"),
        (b"a\r\r\nb", b"a\r\nb"),
        (b"a\r\r\r\nb\r\r\n", b"a\r\nb\r\n"),
        (b"a\r\rb", b"a\r\n\r\nb"),
        (b"a\n\rb", b"a\r\n\r\nb"),
    ],
)
def test_line_ends_become_crlf(said, kept):
    assert normalised(said) == kept


@given(SMALL)
def test_clean_line_ends_stay_clean(raw):
    once = normalised(raw)
    assert normalised(once) == once
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", once)
    assert re.sub(rb"[\r\n]", b"", once) == re.sub(rb"[\r\n]", b"", raw)


@given(SMALL, st.integers(1, 5))
def test_cleaning_in_pieces_is_cleaning_the_whole(raw, piece):
    whole = normalised(raw), unstuffed(b"\r\n" + raw + b"\r\n.\r\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gateway.inbound.receive.PIECE", piece)
        assert normalised(raw) == whole[0]
        assert unstuffed(b"\r\n" + raw + b"\r\n.\r\n") == whole[1]


@given(SMALL)
def test_stuffing_is_undone(raw):
    stuffed = (b"\r\n" + raw).replace(b"\r\n.", b"\r\n..")
    assert unstuffed(stuffed + b"\r\n.\r\n") == raw + b"\r\n"


@pytest.mark.parametrize("unit", [b"\r", b"\n", b"\r\r\n", b"\n\r", b"x\r"])
def test_cleaning_is_linear(unit):
    # Quadratic time would take minutes here, and the test its time limit.
    assert normalised(unit * 2_000_000)


def test_the_header_section_is_measured_to_its_empty_line():
    limits = Limits(header_kb=1)
    header = b"X: " + b"y" * 500 + b"\r\n"
    check(header + b"\r\n" + header * 10, limits)
    check(b"\r\n" + header * 10, limits)
    check(header, limits)
    with pytest.raises(HeaderTooLarge):
        check(header * 2 + b"\r\n", limits)


@given(st.lists(st.integers(0, 30), max_size=12))
def test_lines_are_measured(lengths):
    raw = b"".join(b"x" * length + b"\r\n" for length in lengths)
    limits = Limits(line_octets=20)
    if max(lengths, default=0) > 20:
        with pytest.raises(LineTooLong):
            check(raw, limits)
    else:
        check(raw, limits)


@pytest.fixture
def blobs(tmp_path):
    return Blobs(tmp_path / "blobs")


@pytest.fixture
def journalist(database, blobs):
    found = Journalist(database, blobs)
    yield found
    found.close()


def hold(database):
    """Keep the journalist from writing until the transaction ends."""
    transaction = database.transaction()
    session = transaction.__enter__()
    lock = "SELECT 1" if database.is_sqlite else "LOCK TABLE inbound IN EXCLUSIVE MODE"
    session.execute(text(lock))
    return transaction


def await_taken(journalist):
    """Wait until the thread has taken what was handed over, and nothing more."""
    ends = time.monotonic() + 5
    while not journalist._queue.empty() and time.monotonic() < ends:
        time.sleep(0.01)


async def keep_together(journalist, database, entries):
    """Keep mails that all arrived while one commit was running."""
    transaction = hold(database)
    first = asyncio.ensure_future(journalist.keep(entry(999)))
    await asyncio.sleep(0)
    await asyncio.to_thread(await_taken, journalist)
    others = [asyncio.ensure_future(journalist.keep(one)) for one in entries]
    await asyncio.sleep(0)
    transaction.__exit__(None, None, None)
    await first
    return await asyncio.gather(*others, return_exceptions=True)


def kept(database, blobs):
    with database.reading() as session:
        return {
            journal.octets(journal.by_id(session, row.id), blobs): row.id
            for row in journal.listing(session, None, 1000)
        }


def test_mails_that_arrive_meanwhile_share_one_commit(journalist, database, blobs):
    commits = []
    event.listen(database.engine, "commit", commits.append)
    entries = [entry(number) for number in range(20)]
    numbers = asyncio.run(keep_together(journalist, database, entries))
    # The one that held the others up, the first mail, and all the rest.
    assert len(commits) == 3
    found = kept(database, blobs)
    assert [found[one.raw] for one in entries] == numbers


def test_only_the_culprit_of_a_group_is_refused(journalist, database, blobs):
    entries = [entry(number) for number in range(5)]
    # No database takes half a character; the door lets none in.
    entries[2] = entry(2, sender="\udcff@customer.example")
    answers = asyncio.run(keep_together(journalist, database, entries))
    assert isinstance(answers[2], Fault)
    assert answers[2].public.startswith("451")
    found = kept(database, blobs)
    assert [found.get(one.raw) for one in entries] == [*answers[:2], None, *answers[3:]]


def test_a_group_that_takes_too_long_alone_is_given_up(
    journalist, database, monkeypatch
):
    monkeypatch.setattr("gateway.inbound.receive.ALONE_SECONDS", -1)
    entries = [entry(0), entry(1, sender="\udcff@customer.example")]
    answers = asyncio.run(keep_together(journalist, database, entries))
    assert [type(answer) for answer in answers] == [Fault, Fault]


def test_a_locked_database_is_a_fault_and_passes(sqlite, blobs, monkeypatch):
    monkeypatch.setattr(databases, "BUSY_SECONDS", 0.1)
    hurried = Database(str(sqlite.url))
    journalist = Journalist(hurried, blobs)
    transaction = hold(sqlite)
    with pytest.raises(Fault):
        asyncio.run(journalist.keep(entry(1)))
    transaction.__exit__(None, None, None)
    assert asyncio.run(journalist.keep(entry(1)))
    journalist.close()
    hurried.close()


def test_a_database_that_goes_and_comes_back(
    postgresql_server, postgresql_template, blobs, make_postgresql_database
):
    url = make_postgresql_database(postgresql_server, postgresql_template)
    database = Database(url.render_as_string(hide_password=False))
    outside = Database(postgresql_server.render_as_string(hide_password=False))
    journalist = Journalist(database, blobs)
    assert asyncio.run(journalist.keep(entry(1)))

    def say(statement):
        with outside.transaction() as session:
            session.execute(text(statement), {"name": url.database})

    say(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS false')
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
    say(end)
    with pytest.raises(Fault):
        asyncio.run(journalist.keep(entry(2)))
    say(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS true')
    assert asyncio.run(journalist.keep(entry(2)))
    # A connection that died while idle costs no mail.
    say(end)
    assert asyncio.run(journalist.keep(entry(3)))
    journalist.close()
    database.close()
    outside.close()


def test_a_blob_folder_that_cannot_be_made_refuses_large_mails_alone(sqlite, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    journalist = Journalist(sqlite, Blobs(tmp_path / "file" / "blobs"))
    with pytest.raises(Fault):
        asyncio.run(journalist.keep(entry(raw=b"x" * 300_000)))
    assert asyncio.run(journalist.keep(entry(1)))
    journalist.close()


def test_a_full_database_is_no_space(sqlite, blobs):
    journalist = Journalist(sqlite, blobs)

    def shrink(connection, *_):
        connection.execute("PRAGMA max_page_count = 1")

    event.listen(sqlite.engine, "checkout", shrink)
    # Octets that compressing makes no smaller.
    raw = random.Random(1).randbytes(200_000)
    with pytest.raises(NoSpace):
        asyncio.run(journalist.keep(entry(raw=raw)))
    journalist.close()


def test_closing_keeps_what_was_handed_over(database, blobs):
    journalist = Journalist(database, blobs)

    async def hand_over():
        mails = (entry(1), entry(raw=b"x" * 300_000), entry(2))
        keeping = [asyncio.ensure_future(journalist.keep(one)) for one in mails]
        await asyncio.sleep(0)
        assert len(keeping) == 3

    # Whoever waits is cancelled with the loop; the mails are kept.
    asyncio.run(hand_over())
    journalist.close()
    assert len(kept(database, blobs)) == 3


def test_a_commit_wakes_those_who_wait(database, blobs):
    wake = Wake(database)
    wake.wait(0)
    journalist = Journalist(database, blobs, wake=wake)
    asyncio.run(journalist.keep(entry(1)))
    wake.wait(30)
    journalist.close()
    wake.close()
