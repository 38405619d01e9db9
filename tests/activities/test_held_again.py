"""A held mail goes on as its writer says, once, whatever happened meanwhile (E39)."""

import pytest

from parsers.reply_address import Purpose, number
from storage import activity, journal, people
from storage import event as events
from storage.activity import Lane, Turn
from storage.journal import State
from tests.activities.people import ANA, BO, CARLA, DESK, MEI, taken_case
from tests.town import gist


def newest(town, address, kind="message"):
    return town.last(address, kind)


def posts(town, number=1):
    with town.database.reading() as session:
        return [
            (str(post.lane), post.text)
            for post in events.posts(session, [number], {Lane.EVERYONE, Lane.TEAM})
        ]


@pytest.mark.parametrize(
    ("slip", "command", "turn"),
    [("/reslove", "/resolve", Turn.RESOLVED), ("/tkae", "/take", Turn.CUSTOMERS)],
)
def test_a_slip_may_mean_any_command_of_the_team(town, slip, command, turn):
    taken_case(town)
    town.reply(BO, slip, to=newest(town, "bo@acme.example"))
    town.reply(BO, command, to=newest(town, "bo@acme.example", "confirmation"))
    assert town.rules[-2:] == ["answer_to_question", "token"]
    with town.database.reading() as session:
        case = session.get(activity.Activity, 1)
        bo = people.by_address(session, "bo@acme.example")
        assert (case.turn, case.owner_id == bo.id) == (turn, command == "/take")


def test_of_several_commands_only_the_wrong_one_is_mended(town):
    taken_case(town)
    mail = "/invite mei@elsewhere.example\n/ntoe They pay late."
    town.reply(BO, mail, to=newest(town, "bo@acme.example"))
    letters = town.reply(
        BO, "/note", to=newest(town, "bo@acme.example", "confirmation")
    )
    assert ("invitation", "mei@elsewhere.example") in gist(letters)
    assert town.state() == "done"


def test_two_slips_are_cleared_up_one_after_the_other(town):
    taken_case(town)
    town.reply(BO, "/tkae\n/ntoe\nThey pay late.", to=newest(town, "bo@acme.example"))
    town.reply(BO, "/take", to=newest(town, "bo@acme.example", "confirmation"))
    letters = town.reply(
        BO, "/note", to=newest(town, "bo@acme.example", "confirmation")
    )
    assert ("note", "ana@acme.example") in gist(letters)
    assert posts(town)[-1] == ("team", "They pay late.")


def test_a_guests_answer_is_no_command_of_the_team(town):
    """What a guest meant for the team alone goes nowhere by another slip."""
    taken_case(town)
    town.reply(CARLA, "/note Between us.", to=newest(town, "carla@gomez.example"))
    asked = newest(town, "carla@gomez.example", "confirmation")
    letters = town.reply(CARLA, "/nota", to=asked)
    assert gist(letters) == [
        ("confirmation", "carla@gomez.example"),
        ("notice", "ana@acme.example"),
        ("notice", "bo@acme.example"),
    ]
    hers = town.last("carla@gomez.example", "confirmation")
    assert "One word is enough" in hers.mail["Subject"]
    assert "Between us" not in "".join(letter.text for letter in letters)
    assert town.rules[-1] == "answer_to_question"
    assert town.state() == "held"


@pytest.mark.parametrize("meanwhile", [State.DISCARDED, State.DONE])
def test_an_answer_that_comes_too_late_changes_nothing(town, meanwhile):
    taken_case(town)
    town.reply(ANA, "/ntoe They pay late.", to=newest(town, "ana@acme.example"))
    with town.database.transaction() as session:
        [held] = journal.listing(session, State.HELD)
        journal.settle(session, held.id, meanwhile, reason="no", by="cli", now=town.now)
    asked = newest(town, "ana@acme.example", "confirmation")
    assert town.reply(ANA, "/note", to=asked) == []
    assert town.inbound(held.id).state is meanwhile
    assert town.state() == "done"


@pytest.mark.parametrize("program", ["", "Message-ID"])
def test_what_was_posted_before_it_was_held_elsewhere_is_not_posted_again(
    town, program
):
    """Table R3: two activities, each decided by itself; only one of them held it."""
    taken_case(town)
    town.write(MEI, DESK, "Another matter", "The printer burns.")
    mine, theirs = (
        seat(town, "carla@gomez.example", 1),
        seat(town, "mei@elsewhere.example", 2),
    )
    mail = f"From: {CARLA}\r\nTo: {mine}\r\nSubject: Both\r\n"
    if not program:
        mail += "Message-ID: <both@gomez.example>\r\n"
    mail += "\r\nThe same to both of you.\r\n"
    town.deliver(mail.encode(), "carla@gomez.example", [mine, theirs])
    assert town.state() == "held"
    said = ("everyone", "The same to both of you.")
    assert posts(town).count(said) == 1
    town.release("admit")
    assert (posts(town, 1).count(said), posts(town, 2).count(said)) == (1, 1)
    assert town.state() == "done"


def seat(town, address, case, purpose=Purpose.EVERYONE):
    """The address of somebody's token in a case."""
    with town.database.reading() as session:
        person = people.by_address(session, address)
        found = activity.participant_of(session, case, person.id)
        sealed = town.house.sealer.seal(purpose, number(found.id, found.generation))
    return f"support+{sealed}@acme.example"
