"""Nobody is told after they left, nor twice; nobody loses the answer they asked for."""

import threading
import time

from gateway.activities import bounces, optin, preferences
from gateway.activities.process import process_some
from parsers.reply_address import Purpose
from storage import activity as activities
from storage.outbox import Delivery
from tests.activities.people import ANA, MEI, taken_case
from tests.activities.test_held_again import seat
from tests.town import gist


def invite_mei(town):
    """Ana takes a case and invites Mei; gives the token of the invitation."""
    taken_case(town)
    case = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite mei@elsewhere.example", to=case)
    return town.last("mei@elsewhere.example", "invitation").link("i")


def test_who_left_does_not_hear_that_their_invitation_comes_back(town):
    invite_mei(town)
    town.reply(ANA, "/leave", to=town.last("ana@acme.example", "message"))
    with town.database.reading() as session:
        [sent] = session.query(Delivery).filter_by(address="mei@elsewhere.example")
    bounces.refused(
        town.house, sent.id, status="5.1.1", text="no such user", now=town.now
    )
    assert gist(town.settle()) == [("notice", "bo@acme.example")]


def test_who_wants_nothing_at_all_still_gets_the_answer_they_asked_for(town):
    """Mail-rules B2: answers to their own questions still go."""
    taken_case(town)
    address = seat(town, "carla@gomez.example", 1, Purpose.UNSUBSCRIBE)
    token = address.removeprefix("support+").partition("@")[0]
    preferences.unsubscribe(
        town.house, token, preferences.Scope.ALL, door="web", now=town.now
    )
    case = town.last("ana@acme.example", "message")
    letters = town.reply(ANA, "The comma in row 7.", to=case)
    assert gist(letters) == [("message", "carla@gomez.example")]


def test_a_button_pressed_twice_joins_once(each_town):
    town = each_town
    token = invite_mei(town)

    def press():
        optin.answer(town.house, token, optin.Choice.JOIN, door="web", now=town.now)

    presses = [threading.Thread(target=press) for _ in range(2)]
    _meet_at_the_door(town, presses)
    assert gist(town.settle()) == [("confirmation", "mei@elsewhere.example")]


def test_a_button_and_a_reply_join_once(each_town):
    town = each_town
    token = invite_mei(town)

    def press():
        optin.answer(town.house, token, optin.Choice.JOIN, door="web", now=town.now)

    def process():
        process_some(town.house, town.reader, node="town", clock=lambda: town.now)

    town.settle, settle = list, town.settle
    town.reply(MEI, "yes", to=town.last("mei@elsewhere.example", "invitation"))
    town.settle = settle
    both = [threading.Thread(target=press), threading.Thread(target=process)]
    _meet_at_the_door(town, both)
    # Whoever came first: Mei catches up once.
    assert gist(town.settle()).count(("confirmation", "mei@elsewhere.example")) == 1


def _meet_at_the_door(town, threads):
    with town.database.transaction() as session:
        activities.find(session, 1, lock=True)
        for each in threads:
            each.start()
        # Long enough for both to stand at the lock; if not, the test is only milder.
        time.sleep(0.7)
    for each in threads:
        each.join()
