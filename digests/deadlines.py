"""Every mail that waits for a human has a deadline, whoever set it aside."""

from datetime import datetime

from gateway.activities.holding import deciding_desk, set_deadline
from gateway.activities.house import House
from storage import held
from storage.journal import State


def set_missing(house: House, _: datetime) -> int:
    """Give a deadline to what has none; returns to how many.

    What a program before this one held counts as told quietly: its notice was not
    written down. What failed was perhaps told to nobody (promises R16).
    """
    with house.database.reading() as session:
        if not held.without_deadline(session):
            return 0
    with house.database.transaction() as session:
        found = held.without_deadline(session)
        for row in found:
            desk = deciding_desk(house, row.recipients)
            expects = row.state is State.FAILED
            set_deadline(session, desk, row.id, row.received_at, expects_notice=expects)
    return len(found)
