"""A case that nobody has: who may know it, and what else its customer has."""

import pytest

from digests.suggesting import by_customer, who_may_know
from storage.people import by_address
from tests.activities.people import CARLA, DESK
from tests.digests.test_team_digest import BOTH, MONDAY, tick_at, words
from tests.town import gist

LEA = "Lea <lea@lager.example>"
SKILLS = {1: ["importer", "dates"], 2: ["date column", "PDF"], 3: ["AI"]}


@pytest.mark.parametrize(
    ("text", "load", "found"),
    [
        ("The importer stops", {}, (1, "importer")),
        ("It is the DATE column of the importer", {}, (2, "date column")),
        ("The column of the date", {}, (2, "date column")),
        ("PDF of dates", {1: 1}, (2, "PDF")),
        ("PDF of dates", {2: 1}, (1, "dates")),
        ("An important update", {}, None),
        ("AI", {}, None),
        ("", {}, None),
    ],
)
def test_who_may_know_says_which_word_it_was(text, load, found):
    said = who_may_know(text, SKILLS, load)
    assert (said and (said.person, said.skill)) == found


def test_the_newest_cases_of_one_customer():
    cases = {1: 7, 2: 8, 3: 7, 4: 7, 5: 7}
    assert by_customer(cases) == {7: (5, 4, 3)}


def test_the_team_is_told_who_may_know_and_what_may_be_the_same(each_town):
    town = each_town
    town.write(CARLA, DESK, "Import fails", "Since the update it stops: ERR_4711.")
    town.write(CARLA, DESK, "Rows twice", "The importer writes each row twice.")
    town.write(LEA, DESK, "No orders", "None since Monday. It says err_4711, twice.")
    town.write(LEA, DESK, "Colours", "They say “ERR 9000” now, and Bo knows why.")
    with town.database.transaction() as session:
        by_address(session, "bo@acme.example").skills = ["importer", "invoices"]
    letters = tick_at(town, MONDAY)
    assert gist(letters) == BOTH
    for letter in letters:
        first, _, second = words(letter).partition("#2 ·")
        second, _, third = second.partition("#3 ·")
        assert "May know" not in first
        assert "From the same customer: “Rows twice”." in first
        assert "May know: Bo Berg (importer)." in second
        assert "From the same customer: “Import fails”." in second
        assert "Perhaps the same: “No orders” (“ERR_4711” in both)." in first
        assert "Perhaps the same" not in second
        third, _, fourth = third.partition("#4 ·")
        assert "Perhaps the same: “Import fails” (“err_4711” in both)." in third
        assert "Perhaps the same" not in fourth
