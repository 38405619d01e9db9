"""What went wrong with a digest, or with the clock, is made good by the next one."""

from datetime import timedelta

import pytest

from storage import outbox
from storage.outbox import Progress
from tests.activities.people import ANA, CARLA, DESK
from tests.digests import test_overview
from tests.digests.test_digest import MONDAY, case_with_mei, digests_at

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def to_mei(letters):
    return [
        each
        for each in letters
        if (each.kind, each.to) == ("digest", "mei@acme.example")
    ]


def says(town, text):
    town.reply(CARLA, text, to=town.first("carla@gomez.example", "message"))


def lost_digest(town, at, to="mei@acme.example"):
    """Nobody takes somebody's digest for half a day, and so it is given up."""
    town.sink.say("RCPT", "451 4.2.0 not now", to=to)
    assert to not in {each.to for each in digests_at(town, at)}
    # The pauses between two tries are a little longer or shorter by chance.
    for half in range(40):
        town.now = at + half * HOUR / 2
        town.settle()
    town.sink.say_nothing_special()


def test_a_digest_that_was_given_up_comes_with_the_next_slot_and_nothing_else(
    each_town,
):
    """Nothing new has to come for what was lost to be told."""
    town = each_town
    case_with_mei(town)
    says(town, "Row 7 fails.")
    lost_digest(town, MONDAY)
    with town.database.transaction() as session:
        # To send it all the same would tell it twice.
        [lost] = outbox.listing(session, Progress.GIVEN_UP, 9)
        with pytest.raises(ValueError, match="the next digest tells"):
            outbox.retry(session, lost.id, now=town.now)
    [letter] = to_mei(digests_at(town, MONDAY + DAY))
    assert "Row 7 fails." in letter.text
    # Its range goes on from there, and that of the lost one stands in no way.
    for day in (2, 3):
        says(town, f"And row {day}0.")
        [letter] = to_mei(digests_at(town, MONDAY + day * DAY))
        assert f"And row {day}0." in letter.text
        assert "Row 7" not in letter.text


def test_two_that_were_given_up_are_one_in_the_end(each_town):
    town = each_town
    case_with_mei(town)
    says(town, "Row 7 fails.")
    lost_digest(town, MONDAY)
    lost_digest(town, MONDAY + DAY)
    [letter] = to_mei(digests_at(town, MONDAY + 2 * DAY))
    assert "Row 7 fails." in letter.text


def test_a_customers_lost_digest_takes_nothing_that_was_closed_with_it(each_town):
    """What was closed in its week is no post of the ledger: the next one tells it."""
    town = each_town
    test_overview.three_requests(town)
    test_overview.asks(town)
    monday = test_overview.MONDAY
    lost_digest(town, monday, to=test_overview.CUSTOMER)
    week = timedelta(days=7)
    [letter] = test_overview.weekly(town, monday + week)
    assert "Colours · solved" in test_overview.words(letter)
    [letter] = test_overview.weekly(town, monday + 2 * week)
    assert "Colours" not in test_overview.words(letter)


def test_what_was_closed_is_told_the_team_though_a_digest_was_lost(each_town):
    town = each_town
    case_with_mei(town)
    town.reply(ANA, "/resolve\n\nDone.", to=town.last("ana@acme.example", "message"))
    lost_digest(town, MONDAY, to="bo@acme.example")
    town.write(CARLA, DESK, "Invoice", "Where is the invoice of October?")
    letters = digests_at(town, MONDAY + DAY)
    [letter] = [each for each in letters if each.to == "bo@acme.example"]
    assert "Closed since the last digest" in letter.text


@pytest.mark.parametrize("ahead", [timedelta(days=3), timedelta(days=365)])
def test_a_clock_that_was_ahead_for_a_while_makes_nobody_wait(each_town, ahead):
    """What was written and what was sent in that time is as old as it can be."""
    town = each_town
    case_with_mei(town)
    town.now = MONDAY + ahead
    says(town, "Row 7 fails.")
    town.now += DAY
    early = to_mei(digests_at(town, town.now))
    says(town, "And row 8.")
    says_after = MONDAY + HOUR
    town.now = says_after
    says(town, "And row 9.")
    later = [
        letter
        for day in (1, 2)
        for letter in to_mei(digests_at(town, MONDAY + day * DAY))
    ]
    told = " ".join(letter.text for letter in early + later)
    for text in ("Row 7 fails.", "And row 8.", "And row 9."):
        assert told.count(text) == 1, text


def test_a_digest_that_was_put_off_while_the_clock_was_ahead_goes_at_once(each_town):
    """Its next try would be due in forty days, with all of that case behind it."""
    town = each_town
    case_with_mei(town)
    says(town, "Row 7 fails.")
    town.sink.say("RCPT", "451 4.2.0 not now", to="mei@acme.example", times=1)
    assert to_mei(digests_at(town, MONDAY + timedelta(days=40))) == []
    town.now = MONDAY
    assert to_mei(town.settle()) == []
    [letter] = to_mei(town.tick())
    assert "Row 7 fails." in letter.text
    assert to_mei(digests_at(town, MONDAY + HOUR)) == []
