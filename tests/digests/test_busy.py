"""A thread in which everybody writes: who follows is told once, then by digest."""

from datetime import timedelta

from gateway.routing.limits import Limits
from storage.people import by_address
from tests.activities.people import ANA, CARLA
from tests.digests.test_digest import MEI, MONDAY, digests_at
from tests.digests.test_overview import CUSTOMER
from tests.town import gist

GIL = "Gil Roux <gil@elsewhere.example>"


def test_a_busy_thread_tells_each_follower_once(found_town):
    town = found_town(limits=Limits(busy_posts_per_hour=6))
    town.write(CARLA, "support@acme.example", "Import fails", "It stops.")
    first = town.last("ana@acme.example", "message")
    town.reply(ANA, "I look.", to=first)
    for who in ("mei@acme.example you wrote it", "gil@elsewhere.example you know it"):
        town.reply(ANA, f"/invite {who}", to=first)
    town.reply(MEI, "yes", to=town.last("mei@acme.example", "invitation"))
    town.reply(GIL, "yes", to=town.last("gil@elsewhere.example", "invitation"))
    with town.database.transaction() as session:
        by_address(session, "gil@elsewhere.example").language = "de"
    own = {
        who: town.last(address)
        for who, address in ((CARLA, CUSTOMER), (ANA, "ana@acme.example"))
    }
    got = []
    for number in range(10):
        who = (CARLA, ANA)[number % 2]
        got += town.reply(who, f"Line {number} says so.", to=own[who])
        town.pass_time(minutes=2)
    notices = [each for each in got if each.kind == "notice"]
    for address in ("mei@acme.example", "gil@elsewhere.example"):
        [notice] = [each for each in notices if each.to == address]
        copies = [each for each in got if each.to == address and each.kind == "message"]
        assert 0 < len(copies) < 10
        assert "support+r-" in str(notice.mail["Reply-To"])
        if address.startswith("mei"):
            assert "messages within the hour" in notice.text
        else:
            assert "messages within the hour" not in notice.text
    # What waited stands in the next digest.
    found = gist(digests_at(town, MONDAY + timedelta(minutes=1)))
    assert ("digest", "gil@elsewhere.example") in found
    assert ("digest", "mei@acme.example") in found
