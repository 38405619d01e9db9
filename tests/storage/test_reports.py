"""The store's promises: a sound one keeps them, each broken one is named."""

from datetime import UTC, datetime, timedelta

import pytest

from storage import acceptance, journal, ledger, outbox, reports
from storage.acceptance import Entry
from storage.activity import (
    Activity,
    Desk,
    Lane,
    Membership,
    Participant,
    Role,
    Turn,
)
from storage.base import Base
from storage.blobs import Blobs
from storage.database import Database, DatabaseError
from storage.event import Event, Kind
from storage.journal import State
from storage.ledger import Outcome
from storage.outbox import Letter, NewDelivery, Progress
from storage.people import Person

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class Town:
    """A customer, an owner, an activity with two posts, all in order."""

    def __init__(self, session):
        self.session = session
        self.carla, self.ana = Person(name="Carla"), Person(name="Ana")
        self.desk = Desk(address="support@acme.example", name="Support")
        session.add_all([self.carla, self.ana, self.desk])
        session.flush()
        self.activity = Activity(
            public_id="ABCDEFGH",
            desk_id=self.desk.id,
            subject="Printer on fire",
            customer_id=self.carla.id,
            opened_at=NOW,
            turn=Turn.OURS,
            waiting_since=NOW,
            promised_at=NOW + timedelta(days=1),
        )
        session.add(self.activity)
        session.flush()
        self.seats = [
            self.seat(self.carla, Role.CUSTOMER),
            self.seat(self.ana, Role.TEAM, in_team_lane=True),
        ]
        self.posts = [self.post(self.carla), self.post(self.carla)]

    def seat(self, person, role, **more):
        seat = Participant(
            activity_id=self.activity.id,
            person_id=person.id,
            role=role,
            membership=Membership.JOINED,
            **more,
        )
        self.session.add(seat)
        self.session.flush()
        return seat

    def post(self, author):
        event = Event(
            activity_id=self.activity.id,
            lane=Lane.EVERYONE,
            kind=Kind.POST,
            actor_id=author.id,
            door="smtp",
            proof="bearer",
            received_at=NOW,
            text="It smokes.",
        )
        self.session.add(event)
        self.session.flush()
        self.copy(event, self.ana)
        self.entry(event, self.carla, Outcome.AUTHOR)
        return event

    def copy(self, event, person, *, listed=True):
        letter = Letter(
            kind="message",
            message_id=f"<p.{event.id}@acme.example>",
            made_at=NOW,
            raw=b"\r\n",
            placeholder="q" * 26,
            return_path="support+{token}@acme.example",
            activity_id=self.activity.id,
            event_id=event.id,
        )
        row = NewDelivery(person.id, "ana@acme.example", NOW)
        (number,) = outbox.queue(self.session, letter, [row])
        if listed:
            self.entry(event, person, Outcome.COPY, number)
        return number

    def entry(self, event, person, outcome, delivery=None):
        row = ledger.Entry(
            event_id=event.id,
            person_id=person.id,
            outcome=outcome,
            reason="team",
            at=NOW,
            delivery_id=delivery,
        )
        ledger.write(self.session, [row])

    def forget(self, event, person):
        self.session.delete(self.session.get_one(ledger.Ledger, (event.id, person.id)))


@pytest.fixture
def blobs(tmp_path):
    return Blobs(tmp_path / "mail")


@pytest.fixture
def number(database, blobs):
    entry = Entry(
        received_at=NOW,
        door="smtp",
        peer="192.0.2.1",
        trusted=False,
        sender="carla@customer.example",
        recipients=("support@acme.example",),
        raw=b"Subject: x\r\n\r\n" + b"x" * 300_000,
    )
    (found,) = acceptance.keep(database, blobs, [entry])
    return found


def texts(session, blobs):
    session.flush()
    return [fault.text for fault in reports.faults(session, blobs, now=NOW)]


def test_a_sound_store_has_no_faults(database, blobs, number):
    with database.transaction() as session:
        Town(session)
        journal.settle(session, number, State.DONE, reason="", by="open", now=NOW)
        assert texts(session, blobs) == []


BREAKS = {
    "an unknown state": (
        lambda town, row: _write(town, "inbound", state="lost", settled_at=NOW),
        "in no state that is known",
    ),
    "settled by nobody": (
        lambda town, row: _set(row, state=State.DONE, settled_at=NOW),
        "but not when or by what",
    ),
    "held for no reason": (
        lambda town, row: _set(
            row, state=State.HELD, settled_at=NOW, settled_by="rule"
        ),
        "without a reason",
    ),
    "a post that nobody heard": (
        lambda town, row: [
            town.forget(town.posts[1], person) for person in (town.ana, town.carla)
        ],
        "stands in the ledger for nobody",
    ),
    "a reader who was left out": (
        lambda town, row: town.forget(town.posts[1], town.ana),
        "has no ledger row for person",
    ),
    "a copy that was never queued": (
        lambda town, row: _set(
            town.session.get_one(ledger.Ledger, (town.posts[0].id, town.ana.id)),
            delivery_id=None,
        ),
        "is not in the outbox",
    ),
    "a copy of another post": (
        lambda town, row: _set(
            town.session.get_one(ledger.Ledger, (town.posts[0].id, town.ana.id)),
            delivery_id=town.session.get_one(
                ledger.Ledger, (town.posts[1].id, town.ana.id)
            ).delivery_id,
        ),
        "is not in the outbox",
    ),
    "two copies of one post": (
        lambda town, row: town.copy(town.posts[0], town.ana, listed=False),
        "more than one delivery",
    ),
    "a customer in the team lane": (
        lambda town, row: _set(town.seats[0], in_team_lane=True),
        "reads the team lane",
    ),
    "mail that was left behind": (
        lambda town, row: _set(row, leased_until=NOW - timedelta(hours=1)),
        "left behind by its worker",
    ),
    "a letter that was left behind": (
        lambda town, row: _set(
            outbox.listing(town.session, None, 1)[0],
            state=Progress.LEASED,
            leased_until=NOW - timedelta(hours=1),
        ),
        "left behind by its worker",
    ),
    "a customer without a promise": (
        lambda town, row: _set(town.activity, promised_at=None),
        "waits without a promise",
    ),
}


def _set(row, **values):
    for name, value in values.items():
        setattr(row, name, value)


def _write(town, table, **values):
    """Write what the mapped classes would not."""
    found = Base.metadata.tables[table]
    plain = {"state": values.pop("state")}
    town.session.connection().exec_driver_sql(
        f"UPDATE {table} SET state = '{plain['state']}', settled_by = 'x'"
    )
    town.session.execute(found.update().values(**values))


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_promise_is_named(database, blobs, number, name):
    break_it, says = BREAKS[name]
    with database.transaction() as session:
        town = Town(session)
        break_it(town, session.get_one(journal.Inbound, number))
        found = texts(session, blobs)
    assert any(says in text for text in found), found


def test_a_large_mail_whose_file_is_gone(database, blobs, number):
    with database.reading() as session:
        digest = journal.by_id(session, number).digest
        blobs._path(digest).unlink()
        (fault,) = reports.faults(session, blobs, now=NOW)
    assert f"the file of mail {number} is missing" in fault.text
    assert "backup" in fault.remedy


def test_since_when_a_delivery_is_due(database):
    with database.transaction() as session:
        Town(session)
        assert reports.oldest_due(session, NOW) == NOW
        assert reports.oldest_due(session, NOW - timedelta(days=1)) is None


def test_former_desks(database):
    with database.transaction() as session:
        session.add(Desk(address="old@acme.example", name="Old", gone_at=NOW))
        session.add(Desk(address="new@acme.example", name="New"))
        assert reports.former_desks(session) == ["old@acme.example"]


def test_the_clock_of_another_machine(database):
    there = reports.clock(database)
    assert (there is None) == database.is_sqlite
    if there is not None:
        assert there.utcoffset() == timedelta(0)


def test_a_database_out_of_reach():
    database = Database("postgresql+psycopg://nobody:hunter2@127.0.0.1:1/parlour")
    with pytest.raises(DatabaseError, match="cannot be used") as error:
        reports.reach(database)
    assert "hunter2" not in str(error.value)
    database.close()
