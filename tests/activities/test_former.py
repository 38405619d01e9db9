"""Who is removed from a desk's `team` neither hears nor speaks there (decision 58)."""

import re
from dataclasses import replace

from storage import outbox
from storage.outbox import Progress
from tests.activities.people import ANA, BO, CARLA, DESK, MAX, open_case
from tests.activities.test_r16 import ROBOT
from tests.town import ACME, gist

HERS, BOS, ANAS = "carla@gomez.example", "bo@acme.example", "ana@acme.example"
NOTE = "She threatened to cancel."
WITHOUT_BO, WITHOUT_ANA = ACME.team[:1], ACME.team[1:]


def to(letters, address):
    return [each for each in letters if each.to == address]


def owned_by_bo(town, ana="/who"):
    """Bo answers and has the case; Ana writes a note and a command, then Carla."""
    open_case(town)
    own = town.last(BOS, "message")
    town.reply(BO, "Which row is it?", to=own)
    town.reply(ANA, f"/note\n{NOTE}", to=town.last(ANAS, "message"))
    note = town.last(BOS, "note")
    town.reply(ANA, ana, to=town.last(ANAS, "message"))
    letters = town.reply(CARLA, "Row 7 it is.", to=town.last(HERS, "message"))
    assert to(letters, BOS)
    return own, note


def test_a_removed_one_hears_nothing_and_speaks_for_nobody(each_town):
    town = each_town
    own, note = owned_by_bo(town)
    letters = town.reply(MAX, "Let me in.", to=town.last(HERS, "message"))
    (asked,) = to(letters, BOS)
    town.write("no-reply@shop.example", DESK, "News", "Buy.", headers=[ROBOT])
    town.pass_time(days=3)
    digest = next(each for each in to(town.tick(), BOS) if each.kind == "digest")
    [number] = re.findall(r"#(\d+)[^#]*?News", digest.text)
    town.change_desk(team=WITHOUT_BO)
    town.settle()
    assert town.unseen() == [], "his case is the team's now"
    before = len(town.letters)
    letters = town.reply(ANA, "/note\nA secret.", to=town.last(ANAS, "message"))
    assert not to(letters, BOS)
    letters = town.reply(CARLA, "And row 8.", to=town.last(HERS, "message"))
    assert gist(letters) == [("message", ANAS)]
    for letter, text in (
        (own, "/note\nMe again."),
        (own, "Hello Carla, me again."),
        (note, "Me again."),
        (own, "/join"),
        (note, "/join"),
        (own, "/resolve"),
        (note, "/invite eve@evil.example"),
        (asked, "admit"),
        (digest, f"#{number} open"),
    ):
        town.reply(BO, text, to=letter)
        assert town.state() == "held", text
    new = town.letters[before:]
    assert not to(new, BOS), "nor is he told how to come back"
    assert not to(new, HERS)
    assert town.unseen() == []
    # To the desk he writes as anybody does.
    letters = town.write(BO, DESK, "My payslip", "Where is it?")
    assert ("acknowledgement", BOS) in gist(letters)
    assert ("message", ANAS) in gist(letters)
    letters = town.reply(BO, "/note\nNot for me?", to=town.last(BOS))
    assert NOTE not in "".join(each.text for each in to(letters, BOS))


def test_what_he_alone_had_is_told_to_the_others(each_town):
    town = each_town
    owned_by_bo(town, "/mute")
    town.change_desk(team=WITHOUT_BO)
    (told,) = to(town.settle(), ANAS)
    assert "Row 7 it is." in told.text
    # A second start changes nothing.
    town.change_desk(team=WITHOUT_BO)
    assert town.settle() == []


def test_a_whole_new_team_has_the_old_cases(each_town):
    town = each_town
    owned_by_bo(town)
    lea = replace(ACME.team[0], name="Lea Lang", address="lea@acme.example")
    town.change_desk(team=(lea,))
    (told,) = town.settle()
    assert told.to == "lea@acme.example"
    assert "Row 7 it is." in told.text
    letters = town.reply(CARLA, "And row 8.", to=town.last(HERS, "message"))
    assert gist(letters) == [("message", "lea@acme.example")]
    # It was a mistake: who comes back has them again.
    town.change_desk(team=ACME.team)
    assert {each.to for each in town.settle()} <= {ANAS, BOS}
    letters = town.reply(CARLA, "And 9.", to=town.last(HERS, "message"))
    assert {each.to for each in letters} == {ANAS, BOS}


def test_back_in_the_team_they_come_back_by_themselves(each_town):
    town = each_town
    own, _ = owned_by_bo(town)
    town.change_desk(team=WITHOUT_BO)
    town.change_desk(team=ACME.team)
    town.settle()
    letters = town.reply(CARLA, "And row 8.", to=town.last(HERS, "message"))
    assert not to(letters, BOS)
    town.reply(BO, "/join", to=own)
    letters = town.reply(ANA, "/note\nHe is back.", to=town.last(ANAS, "message"))
    assert ("note", BOS) in gist(letters)


def test_what_waits_for_him_is_not_sent(each_town):
    town = each_town
    open_case(town)
    town.reply(BO, "Which row is it?", to=town.last(BOS, "message"))
    with town.database.transaction() as session:
        bos = session.query(outbox.Delivery).filter_by(address=BOS).first()
        bos.state, bos.due_at = Progress.WAITING, town.now.replace(year=2027)
        number = bos.id
    town.change_desk(team=WITHOUT_BO)
    with town.database.reading() as session:
        assert outbox.by_id(session, number).state is Progress.CANCELLED
