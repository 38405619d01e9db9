"""One digest that cannot be made stops no other, and is tried again later (R7)."""

from datetime import timedelta

from digests import digest, voice
from digests.isolation import AGAIN
from parsers.address import Mailbox
from storage.people import by_address
from tests.digests.test_digest import (
    CARLA,
    DIGEST_TO_MEI,
    MONDAY,
    case_with_mei,
    digests_at,
)
from tests.town import gist


def test_one_failing_digest_stops_no_other(each_town, monkeypatch):
    town = each_town
    case_with_mei(town)
    town.reply(CARLA, "Row 7 fails.")
    with town.database.reading() as session:
        mei = by_address(session, "mei@acme.example").id
    sound = digest._piece

    def broken(made, due, written, asked):
        if due.person == mei:
            raise ValueError("a header that is not sound")
        return sound(made, due, written, asked)

    monkeypatch.setattr("digests.digest._piece", broken)
    team = [("digest", "ana@acme.example"), ("digest", "bo@acme.example")]
    assert gist(digests_at(town, MONDAY)) == team
    # Not at each tick, and not to whoever has theirs; then it fails once more.
    assert digests_at(town, MONDAY + timedelta(minutes=1)) == []
    assert digests_at(town, MONDAY + AGAIN) == []
    monkeypatch.undo()
    assert digests_at(town, MONDAY + AGAIN + timedelta(minutes=1)) == []
    assert gist(digests_at(town, MONDAY + 2 * AGAIN)) == DIGEST_TO_MEI
    assert digests_at(town, MONDAY + 3 * AGAIN) == []


def test_one_failing_lead_stops_no_other(each_town, monkeypatch):
    town = each_town
    leads = [Mailbox("", f"{name}@acme.example") for name in ("lea", "kim")]
    town.change_desk(leads=tuple(leads))
    case_with_mei(town)
    sound = voice._make

    def broken(session, house, due, at):
        lea = by_address(session, "lea@acme.example")
        if lea is not None and due.person == lea.id:
            raise ValueError("a header that is not sound")
        return sound(session, house, due, at)

    monkeypatch.setattr("digests.voice._make", broken)
    assert voice.run(town.house, MONDAY) == 1
    monkeypatch.undo()
    assert voice.run(town.house, MONDAY) == 1
