"""People are met once, whoever meets them in the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from sqlalchemy import func, select

import storage.journal  # noqa: F401 (a table that others refer to)
from parsers.address import Mailbox
from storage import people
from storage.activity import Activity  # noqa: F401 (a table that people refer to)
from storage.event import Event  # noqa: F401 (a table that letters refer to)
from storage.people import Person

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MEETERS = 6


def test_whom_several_meet_at_once_is_one_person(database):
    """The first mail to a desk is read while the first digests are looked for."""
    begin = Barrier(MEETERS)

    def meet(name):
        begin.wait()
        with database.transaction() as session:
            box = Mailbox(name, "ana@acme.example")
            return people.meet(session, box, now=NOON).id

    with ThreadPoolExecutor(MEETERS) as several:
        found = set(several.map(meet, ["", "Ana Ruiz"] * (MEETERS // 2)))
    assert len(found) == 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1
        assert people.by_address(session, "ANA@acme.example").name == "Ana Ruiz"
