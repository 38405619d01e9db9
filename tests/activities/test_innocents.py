"""A mail that breaks us breaks no other mail that was taken with it (T27)."""

from gateway.activities import process
from gateway.activities.process import process_some
from storage import acceptance, journal
from storage.acceptance import Entry
from tests.activities.people import DESK


class Killed(BaseException):
    """Stands for the end of the whole process."""


def keep(town, *texts, size=0):
    """Put mails of different people into the journal at once."""
    return acceptance.keep(
        town.database,
        town.house.blobs,
        [_entry(town, number, text, size) for number, text in enumerate(texts)],
    )


def _entry(town, number, text, size):
    sender = f"p{number}@people.example"
    raw = f"From: {sender}\r\nTo: {DESK}\r\nSubject: Matter {number}\r\n\r\n{text}\r\n"
    return Entry(
        received_at=town.now,
        door="smtp",
        peer="192.0.2.1",
        trusted=True,
        sender=sender,
        recipients=(DESK,),
        raw=raw.encode() + b"x" * size,
    )


def states(town):
    with town.database.reading() as session:
        rows = reversed(journal.listing(session))
        return [(str(row.state), row.attempts) for row in rows]


class Reads:
    """A reader that does something before it reads."""

    def __init__(self, town, before):
        self.town, self.before = town, before

    def read(self, raw):
        self.before(raw)
        return self.town.reader.read(raw)


def test_a_mail_that_kills_us_costs_no_other_its_attempts(each_town):
    town = each_town
    keep(town, "One fine day.", "KILL", "Three fine days.")

    def deadly(raw):
        if b"KILL" in raw:
            raise Killed

    for turn in range(8):
        try:
            process_some(
                town.house,
                Reads(town, deadly),
                node=f"node {turn}",
                clock=lambda: town.now,
            )
        except Killed:
            town.pass_time(seconds=61)
    assert [state for state, _ in states(town)] == ["done", "failed", "done"]
    town.settle()


def test_a_mail_whose_thread_cannot_be_told_stops_no_other(each_town, monkeypatch):
    town = each_town
    sound = process.find_routes

    def broken(session, house, recipients, mail, **said):
        if "BREAK" in mail.text:
            raise RuntimeError("no such thing")
        return sound(session, house, recipients, mail, **said)

    monkeypatch.setattr(process, "find_routes", broken)
    keep(town, "One fine day.", "BREAK", "Three fine days.")
    for _ in range(8):
        process_some(town.house, town.reader, node="node", clock=lambda: town.now)
    assert [state for state, _ in states(town)] == ["done", "failed", "done"]
    town.settle()


def test_slow_mails_cost_those_behind_them_no_lease(town):
    keep(town, *(f"This takes a while: {number}." for number in range(20)))
    slow = Reads(town, lambda _: town.pass_time(seconds=7))
    for _ in range(6):
        process_some(town.house, slow, node="node", clock=lambda: town.now)
    assert states(town) == [("done", 1)] * 20
    town.settle()


def test_only_so_much_is_read_ahead(town):
    read = []
    keep(town, *(f"A large one: {number}." for number in range(6)), size=3_000_000)
    process_some(
        town.house,
        Reads(town, read.append),
        node="node",
        clock=lambda: town.now,
    )
    assert len(read) == 2
    assert states(town)[2:] == [("pending", 0)] * 4
    town.settle()
