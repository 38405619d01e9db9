"""A week of a desk as its team reads it: loose ends, silence, what nobody has."""

from datetime import UTC, datetime, timedelta

from storage.activity import Activity, Turn
from tests.activities.people import ANA, BO, CARLA, DESK, taken_case
from tests.activities.test_r16 import bend_case, pause
from tests.digests.test_team_digest import tick_at, words, work_of
from tests.town import gist

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NILS = "Nils Fjord <nils@fjord.example>"


def to(letters, address):
    """The one digest of somebody in which something needs them."""
    [letter] = [each for each in work_of(letters) if each.to == address]
    return letter


def turn(town, number=1):
    with town.database.reading() as session:
        return session.get_one(Activity, number).turn


def test_a_loose_end_comes_up_until_somebody_ties_it(each_town):
    """F51: answered, and nothing was asked or promised."""
    town = each_town
    taken_case(town, answer="It is mended.")
    letter = to(tick_at(town, MONDAY), "ana@acme.example")
    said = words(letter)
    assert (
        "Waiting for you #1 · Import fails · Carla Gomez Answered, and nobody" in said
    )
    assert "Solved: #1 resolve" in said
    assert "It is mended." not in said
    # It comes up every three days since, not each day.
    assert gist(work_of(tick_at(town, MONDAY + DAY))) == [
        ("digest", "ana@acme.example")
    ]
    assert work_of(tick_at(town, MONDAY + 2 * DAY)) == []
    assert work_of(tick_at(town, MONDAY + 3 * DAY)) == []
    again = to(tick_at(town, MONDAY + 4 * DAY), "ana@acme.example")
    town.pass_time(hours=1)
    town.reply(ANA, "#1 resolve", to=again)
    assert turn(town) is Turn.RESOLVED
    town.write(NILS, DESK, "Colours", "Which are there?")
    letter = to(tick_at(town, MONDAY + 7 * DAY), "ana@acme.example")
    assert (
        "Closed since the last digest Import fails · Carla Gomez · solved by you"
        in (words(letter))
    )
    said = words(to(town.letters[-2:], "bo@acme.example"))
    assert "solved by Ana Ruiz" in said


def test_a_silent_customer_is_nudged_by_a_word_and_twice_at_most(each_town):
    town = each_town
    taken_case(town)  # on Friday: "Which row is it?"
    assert work_of(tick_at(town, MONDAY)) == []
    digest = to(tick_at(town, MONDAY + DAY), "ana@acme.example")
    said = words(digest)
    assert (
        "We wait for the customer #1 · Import fails · Carla Gomez Silent for 3" in said
    )
    assert "Ready to send: “Hello Carla, how does it stand?" in said
    letters = town.reply(ANA, "#1 nudge", to=digest)
    [copy] = [each for each in letters if each.to == "carla@gomez.example"]
    assert copy.kind == "message"
    assert words(copy).lstrip("\u2063").startswith("Hello Carla, how does it stand?")
    assert "#1" not in copy.text
    assert turn(town) is Turn.CUSTOMERS
    town.reply(
        ANA, "#1 nudge", to=to(tick_at(town, MONDAY + 4 * DAY), "ana@acme.example")
    )
    letter = to(tick_at(town, MONDAY + 8 * DAY), "ana@acme.example")
    said = words(letter)
    assert "and asked again twice: close it?" in said
    assert "Ready to send" not in said
    # Whatever the customer says begins anew.
    town.reply(CARLA, "It is row 7.", to=town.last("carla@gomez.example", "message"))
    assert "asked again" not in words(
        to(tick_at(town, MONDAY + 9 * DAY), "ana@acme.example")
    )


def test_what_nobody_has_is_taken_from_the_digest(each_town):
    town = each_town
    town.now = MONDAY + timedelta(hours=2)
    town.write(NILS, DESK, "Colours", "Which are there?")
    bend_case(town, promised_at=MONDAY + 5 * DAY)
    letters = tick_at(town, MONDAY + DAY)
    assert gist(work_of(letters)) == [
        ("digest", "ana@acme.example"),
        ("digest", "bo@acme.example"),
    ]
    digest = to(letters, "bo@acme.example")
    assert "New, and nobody has it #1 · Colours · Nils Fjord Nobody has it yet." in (
        words(digest)
    )
    town.reply(BO, "#1 take", to=digest)
    with town.database.reading() as session:
        assert session.get_one(Activity, 1).owner_id is not None
    assert work_of(tick_at(town, MONDAY + 2 * DAY)) == []


def test_what_an_owner_who_is_away_owes_is_their_deputys(each_town):
    town = each_town
    taken_case(town)
    town.reply(CARLA, "Row 7.", to=town.last("carla@gomez.example", "message"))
    pause(town, "carla@gomez.example")
    town.reply(
        ANA, "/pause until 2026-12-01", to=town.last("ana@acme.example", "message")
    )
    letters = work_of(tick_at(town, MONDAY))
    said = words(to(letters, "bo@acme.example"))
    assert "Promised #1 · Import fails · Carla Gomez An answer is promised" in said
    assert "Ana Ruiz has it, and is not there." in said
    assert "Mail comes back Carla Gomez <carla@gomez.example>, the customer of" in said
    assert "ana@acme.example" not in {each.to for each in letters}
