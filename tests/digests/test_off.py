"""Who wants no digest any more: nothing waits for one that never comes."""

import re
from datetime import timedelta

from starlette.testclient import TestClient

from gateway.activities.timetables import set_schedule, timetable
from gateway.routing.timetable import WORKDAYS, Every, Kind
from gateway.web.app import build
from storage import untold
from storage.activity import Hearing, participant_of
from storage.people import by_address
from tests.activities.people import ANA, CARLA, DESK, taken_case
from tests.digests.test_digest import (
    MEI,
    MONDAY,
    case_with_mei,
    digests_at,
    reads_digests,
)
from tests.town import gist

CUSTOMER, COLLEAGUE = "carla@gomez.example", "mei@acme.example"
OWNER = "ana@acme.example"
DAY = timedelta(days=1)


def words(letter):
    return " ".join(letter.text.split())


def test_digest_off_in_a_case_lets_it_come_at_once_again(each_town):
    town = each_town
    case_with_mei(town)
    town.reply(CARLA, "Row 7 fails.")
    own = town.last(COLLEAGUE, "confirmation")
    [letter] = town.reply(MEI, "/digest off", to=own)
    said = words(letter)
    assert "no longer comes to you in a digest" in said
    assert "Undo: /digest" in said
    # What was said from now on is not asked to wait for any.
    assert (("message", COLLEAGUE)) in gist(
        town.reply(ANA, "Which parser?", to=town.last("ana@acme.example", "message"))
    )
    # What waited already comes in one last one, and no further one comes.
    [letter] = [each for each in digests_at(town, MONDAY) if each.to == COLLEAGUE]
    assert "Row 7 fails." in letter.text
    assert "Which parser?" not in letter.text
    town.reply(CARLA, "Row 8 too.", to=town.last(CUSTOMER, "message"))
    assert COLLEAGUE not in {each.to for each in digests_at(town, MONDAY + DAY)}
    # It says nothing of a case that comes at once anyway.
    assert "does not come to you in a digest" in words(
        town.reply(MEI, "/digest off", to=own)[0]
    )


def reads_own_by_digest(town):
    """Carla reads her own case by digest; gives the first digest, one answer told."""
    taken_case(town)
    town.reply(CARLA, "/digest daily", to=town.last(CUSTOMER, "message"))
    town.reply(ANA, "It is row 7.", to=town.last("ana@acme.example", "message"))
    return next(each for each in digests_at(town, MONDAY) if each.to == CUSTOMER)


def test_an_answer_to_ones_own_question_waits_for_no_digest_that_never_comes(each_town):
    town = each_town
    digest = reads_own_by_digest(town)
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, "And row 8.", to=anas)
    path = re.search(r"http://127\.0\.0\.1:8080(/u/d-\S+)", digest.text)[1]
    web = TestClient(build(town.house, clock=lambda: town.now), "http://127.0.0.1:8080")
    before = len(town.letters)
    for _ in range(2):
        web.post(path, data={"List-Unsubscribe": "One-Click"})
        town.settle()
    # What waited is mailed once, and what follows comes at once.
    [letter] = town.letters[before:]
    assert letter.to == CUSTOMER
    assert "here is what was still waiting for one" in words(letter)
    assert "And row 8." in letter.text
    assert "It is row 7." not in letter.text
    assert ("message", CUSTOMER) in gist(town.reply(ANA, "And row 9.", to=anas))
    # Whoever wants them after all gets them again, with nothing told twice.
    own = town.last(CUSTOMER, "message")
    assert "in a digest" in words(town.reply(CARLA, "/digest", to=own)[0])
    assert ("message", CUSTOMER) not in gist(town.reply(ANA, "Row 10.", to=anas))
    [letter] = [each for each in digests_at(town, MONDAY + DAY) if each.to == CUSTOMER]
    assert "Row 10." in letter.text
    assert "And row 8." not in letter.text
    # Without digests `/each` mails what waits; with them it had come in the next one.
    town.reply(ANA, "Row 11.", to=anas)
    town.reply(CARLA, "off", to=digest)
    assert "Row 11." in town.last(CUSTOMER, "notice").text


EIGHT, HALF_PAST_SEVEN, NINE = 8 * 60, 7 * 60 + 30, 9 * 60
NIGHT = (22 * 60, 7 * 60)
USUAL, FRIDAY = (Every.DAILY, EIGHT, WORKDAYS), (Every.WEEKLY, NINE, frozenset({4}))
EARLY, NEVER = (Every.DAILY, HALF_PAST_SEVEN, WORKDAYS), (Every.OFF, EIGHT, WORKDAYS)
AT_ONCE_AGAIN = "This case no longer comes to you in a digest"
NOT_BEFORE = "Nothing was changed: this case does not come to you in a digest"
BY_DIGEST = "What is said in this case comes to you in a digest"
SAID = (
    # The case comes by digest, and digests come daily at 08:00.
    (True, "off", AT_ONCE_AGAIN, USUAL, None, Hearing.EACH),
    (True, "no", AT_ONCE_AGAIN, USUAL, None, Hearing.EACH),
    (True, "soon", "was not clear", USUAL, None, Hearing.DIGEST),
    (True, "07:30", f"{BY_DIGEST}, 07:30,", EARLY, None, Hearing.DIGEST),
    (True, "weekly friday 09:00", BY_DIGEST, FRIDAY, None, Hearing.DIGEST),
    (True, "quiet 22:00-07:00", BY_DIGEST, USUAL, NIGHT, Hearing.DIGEST),
    (True, "on", f"{BY_DIGEST};", USUAL, None, Hearing.DIGEST),
    # Each message comes, and no digest.
    (False, "off", NOT_BEFORE, NEVER, None, Hearing.EACH),
    (False, "no", NOT_BEFORE, NEVER, None, Hearing.EACH),
    (False, "soon", "was not clear", NEVER, None, Hearing.EACH),
    (False, "07:30", f"{BY_DIGEST}, 07:30,", EARLY, None, Hearing.DIGEST),
    (False, "weekly friday 09:00", BY_DIGEST, FRIDAY, None, Hearing.DIGEST),
    (
        False,
        "quiet 22:00-07:00",
        "Kept: quiet 22:00-07:00. You get no digests now",
        NEVER,
        NIGHT,
        Hearing.EACH,
    ),
    (False, "on", f"{BY_DIGEST};", USUAL, None, Hearing.DIGEST),
)


def begins_with(town, *, is_on):
    """Carla reads her case by digest at 08:00, or gets each message and no digest."""
    with town.database.transaction() as session:
        desk, carla = town.house.desks.by_address(DESK), by_address(session, CUSTOMER)
        for said in ("daily 08:00 quiet off", *(() if is_on else ("off",))):
            set_schedule(session, desk, carla, Kind.CUSTOMER, said, town.now)
        seat = participant_of(session, 1, carla.id)
        seat.hearing = Hearing.DIGEST if is_on else Hearing.EACH


def what_holds(town):
    """When Carla's digests come, and how the case does."""
    with town.database.reading() as session:
        desk, carla = town.house.desks.by_address(DESK), by_address(session, CUSTOMER)
        now = timetable(session, desk, carla, Kind.CUSTOMER)
        hearing = participant_of(session, 1, carla.id).hearing
        return (now.every, now.minute, now.weekdays), now.quiet, hearing


def test_what_is_said_of_digests_in_a_case_is_what_holds(town_of_one):
    town = town_of_one
    taken_case(town)
    own = town.last(CUSTOMER, "message")
    for is_on, said, told, times, quiet, hearing in SAID:
        town.pass_time(minutes=20)  # a robot's letters are limited by the hour
        begins_with(town, is_on=is_on)
        [letter] = town.reply(CARLA, f"/digest {said}", to=own)
        assert told in words(letter), (is_on, said)
        assert what_holds(town) == (times, quiet, hearing), (is_on, said)


def untold_of(town, who):
    """The posts that wait for a digest of somebody's own cases."""
    with town.database.reading() as session:
        return untold.waiting_for(session, [by_address(session, who).id])


def test_all_that_waited_in_many_cases_is_told_when_digests_are_turned_off(each_town):
    town = each_town
    asked = []
    for number in range(1, 13):
        town.write(CARLA, DESK, f"Case {number}", f"Row {number} fails.")
        asked.append(town.last(OWNER, "message"))
        town.pass_time(minutes=7)
    reads_digests(town, CUSTOMER)
    town.reply(ANA, "We look.", to=asked[0])
    digest = next(each for each in digests_at(town, MONDAY) if each.to == CUSTOMER)
    for number in range(7):
        town.reply(ANA, f"Step {number}.", to=asked[0])
    for number, case in enumerate(asked, 1):
        town.pass_time(minutes=7)
        town.reply(ANA, f"The answer is {number}{number}.", to=case)
    town.reply(CARLA, "off", to=digest)
    letter = town.last(CUSTOMER, "notice")
    said = words(letter)
    assert untold_of(town, CUSTOMER) == []
    # The ten newest in full.
    for number in range(3, 13):
        assert f"The answer is {number}{number}." in said
    # The others are counted, with the way to their pages.
    pages = re.findall(r"http://127\.0\.0\.1:8080(/a/\S+)", letter.text)
    assert "Case 2 · One message." in said
    assert "Case 1 · 8 messages." in said
    with TestClient(
        build(town.house, clock=lambda: town.now), "http://127.0.0.1:8080"
    ) as web:
        assert "The answer is 22." in web.get(pages[-2]).text
        assert "Step 0." in web.get(pages[-1]).text
    assert len(pages) == 2


def test_whom_they_ignore_is_only_counted_when_digests_are_turned_off(each_town):
    town = each_town
    case_with_mei(town)
    hers = town.last(COLLEAGUE, "confirmation")
    town.reply(CARLA, "/digest daily", to=town.last(CUSTOMER, "message"))
    town.reply(CARLA, "/ignore Mei", to=town.last(CUSTOMER, "message"))
    town.reply(ANA, "It is row 7.", to=town.last(OWNER, "message"))
    digest = next(each for each in digests_at(town, MONDAY) if each.to == CUSTOMER)
    town.reply(MEI, "It is the parser.", to=hers)
    town.reply(ANA, "And row 8.", to=town.last(OWNER, "message"))
    town.reply(CARLA, "off", to=digest)
    said = words(town.last(CUSTOMER, "notice"))
    assert "And row 8." in said
    assert "It is the parser." not in said
    assert "1 message of people you ignore." in said
    assert untold_of(town, CUSTOMER) == []
    # For nothing but that no letter comes.
    town.reply(CARLA, "daily", to=digest)
    town.reply(CARLA, "/digest", to=town.last(CUSTOMER, "message"))
    town.reply(MEI, "It is the parser, I say.", to=hers)
    before = town.last(CUSTOMER, "notice")
    town.reply(CARLA, "off", to=digest)
    assert town.last(CUSTOMER, "notice") is before
