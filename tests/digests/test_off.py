"""Who wants no digest any more: nothing waits for one that never comes."""

import re
from datetime import timedelta

from starlette.testclient import TestClient

from gateway.web.app import build
from tests.activities.people import ANA, CARLA, taken_case
from tests.digests.test_digest import MEI, MONDAY, case_with_mei, digests_at
from tests.town import gist

CUSTOMER, COLLEAGUE = "carla@gomez.example", "mei@acme.example"
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
