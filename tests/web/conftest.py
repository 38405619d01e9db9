"""A small site with one case in it, behind its real pages."""

import hashlib
import itertools
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from gateway.activities.house import House
from gateway.routing.desk import Desk, Desks
from gateway.routing.limits import Limits
from gateway.web.app import build
from parsers.address import Mailbox, key
from parsers.message_id import Ids
from parsers.reply_address import Purpose, ReplyAddress, Sealer, number
from storage import people
from storage.activity import Activity, Lane, Membership, Participant, Role, Turn
from storage.activity import Desk as DeskRow
from storage.base import Base
from storage.blobs import Blobs
from storage.event import Event, Kind
from storage.wake import Wake

NOW = datetime(2026, 11, 21, 9, 12, tzinfo=UTC)
DESK = Desk(
    name="Acme Support",
    address="support@acme.example",
    reply=ReplyAddress("support+{token}@acme.example"),
    team=(Mailbox("Ana Ruiz", "ana@acme.example"),),
    staff_domains=("acme.example",),
    zone="Europe/Madrid",
)


def counted_chance():
    """Octets that are never the same twice, and the same in each run."""
    drawn = itertools.count()
    return lambda octets: hashlib.shake_128(b"%d" % next(drawn)).digest(octets)


@pytest.fixture
def house(sqlite, tmp_path):
    sealer = Sealer("a secret for tests, long enough for all of them")
    wake = Wake(sqlite)
    yield House(
        database=sqlite,
        blobs=Blobs(tmp_path / "mail"),
        wake=wake,
        desks=Desks([DESK]),
        sealer=sealer,
        ids=Ids(sealer),
        base_url="https://support.acme.example",
        limits=Limits(),
        chance=counted_chance(),
    )
    wake.close()


@dataclass
class Case:
    """Carla's case: Ana has it, Mei was invited, Bo's note is for the team."""

    house: House
    activity: int
    seats: dict[str, int]
    """Participant numbers by first name."""

    def token(self, purpose, name, generation=0):
        return self.house.sealer.seal(purpose, number(self.seats[name], generation))

    def turn_token(self, name):
        with self.house.database.transaction() as session:
            session.get_one(Participant, self.seats[name]).generation += 1

    def send_away(self, name):
        with self.house.database.transaction() as session:
            session.get_one(Participant, self.seats[name]).membership = Membership.LEFT

    def seat(self, name):
        with self.house.database.reading() as session:
            seat = session.get_one(Participant, self.seats[name])
            session.expunge(seat)
            return seat

    def everything(self):
        """Every row of every table: what a GET must not move."""
        with self.house.database.reading() as session:
            return {
                table.name: session.execute(table.select()).all()
                for table in Base.metadata.sorted_tables
            }

    def count(self, table):
        return len(self.everything()[table])


@pytest.fixture
def case(house):
    with house.database.transaction() as session:
        row = DeskRow(address=key(DESK.address), name=DESK.name)
        session.add(row)
        carla = people.meet(
            session, Mailbox("Carla Gomez", "carla@gomez-logistics.example"), now=NOW
        )
        ana = people.meet(session, Mailbox("Ana Ruiz", "ana@acme.example"), now=NOW)
        mei = people.meet(session, Mailbox("Mei Tan", "mei@acme.example"), now=NOW)
        session.flush()
        activity = Activity(
            public_id="K3M9X2AB",
            desk_id=row.id,
            subject='Import fails with "bad date"',
            customer_id=carla.id,
            opened_at=NOW,
            turn=Turn.OURS,
            owner_id=ana.id,
        )
        session.add(activity)
        session.flush()
        seats = {
            "carla": _seat(activity, carla, Role.CUSTOMER, Membership.JOINED),
            "ana": _seat(activity, ana, Role.TEAM, Membership.JOINED, team=True),
            "mei": _seat(activity, mei, Role.COLLEAGUE, Membership.INVITED),
        }
        seats["mei"].invited_by_id = ana.id
        seats["mei"].reason = "you wrote the importer"
        session.add_all(seats.values())
        _post(session, activity, carla, "The import stops.\n\n<script>x</script>")
        _post(session, activity, ana, "She may cancel.", lane=Lane.TEAM)
        _post(session, activity, ana, "One row, please.")
        session.flush()
        return Case(house, activity.id, {name: seats[name].id for name in seats})


def _seat(activity, person, role, membership, *, team=False):
    return Participant(
        activity_id=activity.id,
        person_id=person.id,
        role=role,
        membership=membership,
        in_team_lane=team,
    )


def _post(session, activity, person, text, *, lane=Lane.EVERYONE):
    session.add(
        Event(
            activity_id=activity.id,
            lane=lane,
            kind=Kind.POST,
            actor_id=person.id,
            door="smtp",
            proof="verified",
            received_at=NOW,
            text=text,
        )
    )
    session.flush()


@pytest.fixture
def web(house):
    with TestClient(build(house, clock=lambda: NOW), follow_redirects=False) as client:
        yield client


@pytest.fixture
def invitation(case):
    return f"/i/{case.token(Purpose.INVITATION, 'mei')}"


@pytest.fixture
def stop(case):
    return f"/u/{case.token(Purpose.UNSUBSCRIBE, 'carla')}"


@pytest.fixture
def view(case):
    return f"/a/{case.token(Purpose.VIEW, 'carla')}"
