"""Two people turn out to be one: `parlour person merge` in the midst of cases."""

import pytest

from storage import people, same_person
from tests.activities.people import ANA, CARLA, MEI, open_case, taken_case
from tests.town import gist

MEI_AT_HOME = "Mei Tan <mei@home.example>"


def merge(town, first, second):
    with town.database.transaction() as session:
        one = people.by_address(session, first)
        return same_person.merge(session, one, people.by_address(session, second))


def test_who_sat_twice_in_a_case_gets_one_copy_and_both_addresses_answer(each_town):
    town = each_town
    taken_case(town)
    ana = town.last("ana@acme.example")
    town.reply(ANA, "/invite mei@elsewhere.example\n/invite mei@home.example", to=ana)
    for who, address in (
        (MEI, "mei@elsewhere.example"),
        (MEI_AT_HOME, "mei@home.example"),
    ):
        town.reply(who, "yes", to=town.last(address, "invitation"))
    copies = town.reply(CARLA, "Which of you?", to=town.last("carla@gomez.example"))
    assert {"mei@elsewhere.example", "mei@home.example"} <= {each.to for each in copies}
    old = town.last("mei@home.example", "message")
    assert merge(town, "mei@elsewhere.example", "mei@home.example") == 1
    copies = town.reply(CARLA, "Anybody?", to=town.last("carla@gomez.example"))
    assert gist(copies) == [
        ("message", "ana@acme.example"),
        ("message", "mei@elsewhere.example"),
    ]
    # An answer to the letter that the other got, from either address, is hers.
    for sender, text in ((MEI_AT_HOME, "I am at home."), (MEI, "I am at work.")):
        answers = town.reply(sender, text, to=old)
        assert town.state() == "done"
        assert gist(answers) == [
            ("message", "ana@acme.example"),
            ("message", "carla@gomez.example"),
        ]
    assert "mei@" not in town.last("carla@gomez.example").text


def test_the_cases_of_the_other_come_along(each_town):
    town = each_town
    open_case(town)
    home = "Carla Gomez <carla@home.example>"
    town.write(home, "support@acme.example", "Something else", "How is this done?")
    old = town.last("carla@home.example")
    assert merge(town, "carla@gomez.example", "carla@home.example") == 1
    town.reply(home, "Is nobody there?", to=old)
    assert town.state() == "done"
    answers = town.reply(ANA, "Like this.", to=town.last("ana@acme.example", "message"))
    assert ("message", "carla@gomez.example") in gist(answers)


def test_the_customer_of_a_case_is_nobody_of_its_team(town):
    open_case(town)
    with pytest.raises(ValueError, match="customer of a case, the other of its team"):
        merge(town, "ana@acme.example", "carla@gomez.example")


def test_whom_the_other_ignored_comes_along(each_town):
    town = each_town
    taken_case(town)
    ana = town.last("ana@acme.example")
    town.reply(ANA, "/invite mei@elsewhere.example\n/invite mei@home.example", to=ana)
    for who, address in (
        (MEI, "mei@elsewhere.example"),
        (MEI_AT_HOME, "mei@home.example"),
    ):
        town.reply(who, "yes", to=town.last(address, "invitation"))
    town.reply(MEI_AT_HOME, "/ignore Carla", to=town.last("mei@home.example"))
    merge(town, "mei@elsewhere.example", "mei@home.example")
    copies = town.reply(CARLA, "Which of you?", to=town.last("carla@gomez.example"))
    assert {each.to for each in copies} == {"ana@acme.example"}
