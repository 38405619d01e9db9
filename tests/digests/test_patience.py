"""Whoever never answers what digests ask is asked once, then hears once a week."""

from datetime import timedelta

import pytest

from digests.patience import Patience, after
from storage.activity import Activity
from storage.people import by_address
from storage.person_schedule import PersonSchedule
from tests.activities.people import ANA
from tests.digests.test_digest import (
    MONDAY,
    case_with_mei,
    digests_at,
    reads_digests,
    words,
)

MEIS = "mei@acme.example"


@pytest.mark.parametrize(
    ("in_vain", "said"),
    [(1, ""), (3, ""), (4, "asks"), (5, ""), (7, ""), (8, "changes"), (9, "changes")],
)
def test_what_is_said_after_so_many(in_vain, said):
    assert after(in_vain) == Patience(said)


def asked_each_night(town, nights):
    """Ana asks Mei by name in her quiet hours; gives Mei's digests."""
    got = []
    evening = MONDAY.replace(hour=23) + timedelta(days=town.nights)
    for _ in range(nights):
        town.now = evening
        town.reply(ANA, "Mei, could you look at it?", to=town.anas)
        morning = evening + timedelta(hours=9, minutes=2)
        got += [each for each in digests_at(town, morning) if each.to == MEIS]
        evening += timedelta(days=1)
        town.nights += 1
    return got


@pytest.fixture
def silent(each_town):
    """A town in which nobody bothers Mei at night, and she has all week off."""
    town = each_town
    case_with_mei(town)
    town.anas, town.nights = town.last("ana@acme.example", "message"), 0
    with town.database.transaction() as session:
        session.add(
            PersonSchedule(
                person_id=by_address(session, MEIS).id,
                kind="colleague",
                every="daily",
                minute=480,
                weekdays=list(range(7)),
                changed_at=town.now,
                quiet_from=22 * 60,
                quiet_to=7 * 60,
            )
        )
    return town


def test_only_who_is_asked_is_told_so_of_what_two_read_alike(silent):
    town = silent
    town.reply(ANA, "/invite lee@acme.example you know dates", to=town.anas)
    invitation = town.last("lee@acme.example", "invitation")
    town.reply("Lee Ono <lee@acme.example>", "yes", to=invitation)
    reads_digests(town, "lee@acme.example")
    town.now = MONDAY.replace(hour=23)
    town.reply(ANA, "Mei, could you look at it?", to=town.anas)
    letters = digests_at(town, town.now + timedelta(hours=10))
    subjects = {each.to: str(each.mail["Subject"]) for each in letters}
    assert subjects[MEIS].startswith("1 needs you")
    assert subjects["lee@acme.example"].startswith("1 changed")


def test_four_are_asked_about_and_eight_change_it(silent):
    town = silent
    letters = asked_each_night(town, 8)
    said = ["Would once a week be better" in words(each) for each in letters]
    assert said == [number == 3 for number in range(8)]
    assert "so from now on they come once a week" in words(letters[7])
    assert "Digests come once a week: Monday, 08:00" in words(letters[7])
    assert "Digests come every day: 08:00" in words(letters[6])
    assert len(asked_each_night(town, 7)) == 1
    # They say so themselves, and begin anew.
    town.reply("Mei Tan <mei@acme.example>", "daily", to=town.last(MEIS, "digest"))
    letters = asked_each_night(town, 4)
    assert letters
    assert not any("so from now on" in words(each) for each in letters)


@pytest.mark.parametrize("deed", ["answers", "owns a case"])
def test_not_for_who_answers_or_has_a_case(silent, deed):
    town = silent
    asked_each_night(town, 3)
    if deed == "answers":
        town.reply("Mei Tan <mei@acme.example>", "#1 Yes.", to=town.last(MEIS))
    else:
        with town.database.transaction() as session:
            session.get_one(Activity, 1).owner_id = by_address(session, MEIS).id
    for letter in asked_each_night(town, 2):
        assert "once a week" not in words(letter)
