"""The events of an activity, asked for one by one."""

from datetime import UTC, datetime

from parsers.address import Mailbox
from storage import event as events
from storage import people
from storage.activity import Activity, Desk, Lane
from storage.event import Event, Kind

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_the_first_post_stays_the_first_however_many_follow(database):
    with database.transaction() as session:
        person = people.meet(session, Mailbox("", "carla@gomez.example"), now=NOW)
        desk = Desk(address="support@acme.example", name="Acme")
        session.add(desk)
        session.flush()
        case = Activity(
            public_id="A",
            desk_id=desk.id,
            subject="Import",
            customer_id=person.id,
            opened_at=NOW,
        )
        session.add(case)
        session.flush()
        lanes = [Lane.TEAM, *[Lane.EVERYONE] * 1200]
        for number, lane in enumerate(lanes):
            post = Event(
                activity_id=case.id,
                lane=lane,
                kind=Kind.POST,
                actor_id=person.id,
                door="smtp",
                proof="bearer",
                received_at=NOW,
                text=f"post {number}",
            )
            session.add(post)
        session.flush()
        first = events.first_post(session, case.id, Lane.EVERYONE)
        assert first is not None
        assert first.text == "post 1"
