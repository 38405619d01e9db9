"""A promise is reminded of, kept, late or broken: each is said and counted once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from digests import promises
from gateway.routing.desk import Hours
from storage.event import Event, Kind
from tests.activities.people import ANA, BO, CARLA, open_case
from tests.activities.test_by_hand import case
from tests.digests.test_schedule import at_once, twins  # noqa: F401 (a fixture)
from tests.town import ACME, gist

OFFICE = Hours(by_weekday=dict.fromkeys(range(5), (9 * 60, 17 * 60)))
FRIDAY = datetime(2026, 11, 20, tzinfo=UTC)
DUE = FRIDAY + timedelta(hours=15)
REMINDED = FRIDAY + timedelta(hours=13, minutes=34)
ENDS = {Kind.KEPT, Kind.KEPT_LATE, Kind.BROKEN, Kind.PROMISED}
TO_ANA, TO_BO = ("reminder", "ana@acme.example"), ("reminder", "bo@acme.example")


@pytest.fixture
def town(found_town):
    """The usual town with office hours, where Ana has promised a word by 15:00."""
    found = found_town(desks=(replace(ACME, hours=OFFICE),))
    open_case(found)
    found.tick()  # what the morning tells
    letter = found.last("ana@acme.example", "message")
    said = found.reply(ANA, "/promise 15:00\n\nWe look into it.", to=letter)
    [to_her] = [each for each in said if each.to == "carla@gomez.example"]
    assert "by Friday 20 November, 15:00 (UTC)" in " ".join(to_her.text.split())
    return found


@pytest.fixture
def each_town(town):
    """What the twins of the schedule's tests are twins of."""
    return town


def tick(town, at):
    town.now = at
    return [each for each in town.tick() if each.kind == "reminder"]


def history(town):
    with town.database.reading() as session:
        events = session.scalars(
            select(Event).where(Event.kind.in_(ENDS)).order_by(Event.id)
        )
        return [(str(each.kind), each.values["moves"]) for each in events]


def answer(town, text="It is mended.", *, who=ANA):
    town.reply(who, text, to=town.first("ana@acme.example", "message"))


def test_its_owner_is_reminded_once_and_the_team_told_once_that_it_is_late(town):
    assert tick(town, REMINDED - timedelta(minutes=5)) == []
    [letter] = tick(town, REMINDED)
    assert (letter.kind, letter.to) == TO_ANA
    words = " ".join(letter.text.split())
    assert "Carla Gomez hears from us in “Import fails” by" in words
    assert "Ana Ruiz promised it. " in words
    # Tomorrow is a Saturday.
    assert "Promise Monday: /promise monday" in words
    assert tick(town, REMINDED + timedelta(minutes=1)) == []
    late = tick(town, DUE + timedelta(minutes=1))
    assert gist(late) == [TO_ANA, TO_BO]
    assert str(late[0].mail["Subject"]).startswith("Team: ") is False
    assert all("and has none yet." in " ".join(each.text.split()) for each in late)
    assert tick(town, DUE + timedelta(hours=1)) == []
    answer(town)
    assert history(town)[-1] == ("kept late", 0)
    assert case(town).promised_at is None
    assert town.unseen() == []


def test_on_several_nodes_without_any_lease_it_is_said_once(town, twins):  # noqa: F811
    town.now = REMINDED
    assert sum(at_once(lambda _, house: promises.run(house, REMINDED), twins)) == 1
    assert gist(town.settle()) == [TO_ANA]
    town.now = DUE + timedelta(minutes=1)
    assert sum(at_once(lambda _, house: promises.run(house, town.now), twins)) == 1
    assert gist(town.settle()) == [TO_ANA, TO_BO]


def test_only_a_human_message_of_the_team_to_the_customer_keeps_it(town):
    ana = town.first("ana@acme.example", "message")
    robot = [("Auto-Submitted", "auto-replied")]
    town.reply(ANA, "I am out of office.", to=ana, headers=robot)
    answer(town, "/note\n\nShe called.")
    town.reply(CARLA, "Any news?", to=town.last("carla@gomez.example", "message"))
    assert case(town).promised_at == DUE
    # Nor does a new date, which moves it: Carla waits for an answer still.
    answer(town, "/promise monday 10:00")
    assert case(town).waiting_since is not None
    assert town.unseen() == []
    assert history(town) == [("kept", 0), ("promised", 0), ("promised", 1)]
    town.now += timedelta(days=3)
    answer(town)
    assert history(town)[-1] == ("kept", 1)


def test_a_case_that_is_closed_late_and_without_a_word_broke_its_promise(town):
    answer(town, "/resolve")
    assert len(history(town)) == 2  # in time, and nobody was left waiting
    answer(town, "/reopen\n/promise 16:00")
    town.now = DUE + timedelta(hours=2)
    answer(town, "/resolve")
    assert history(town)[-1] == ("broken", 0)


@pytest.mark.parametrize("wish", ["/mute", "/pause 3 days"])
def test_who_muted_or_paused_is_never_reminded_but_the_team_is(town, wish):
    answer(town, wish)
    assert gist(tick(town, REMINDED)) == [TO_BO]
    assert gist(tick(town, DUE + timedelta(minutes=1))) == [TO_BO]


@pytest.mark.parametrize(
    ("quiet", "reminded"),
    [("10:00-14:30", DUE - timedelta(minutes=30)), ("10:00-16:00", REMINDED)],
)
def test_in_quiet_hours_it_waits_unless_it_is_due_before_they_end(
    town, quiet, reminded
):
    answer(town, f"/digest quiet {quiet}")
    before = reminded - timedelta(minutes=2)
    assert before < REMINDED or tick(town, REMINDED) == tick(town, before) == []
    assert gist(tick(town, reminded)) == [TO_ANA]


def test_what_nobody_has_is_the_teams_to_keep(found_town):
    town = found_town(desks=(replace(ACME, hours=OFFICE, next_contact="4 hours"),))
    town.tick()
    open_case(town)  # promised for 13:12, by the desk
    assert gist(tick(town, FRIDAY + timedelta(hours=12, minutes=13))) == [TO_ANA, TO_BO]
    town.reply(BO, "Mended.", to=town.last("bo@acme.example", "reminder"))
    assert case(town).promised_at is not None, "only the team got that"
    town.reply(BO, "Mended.", to=town.last("bo@acme.example", "message"))
    assert history(town) == [("kept", 0)]


def test_what_a_letter_said_lately_is_not_said_again(found_town):
    town = found_town(desks=(replace(ACME, hours=OFFICE),))
    town.now = FRIDAY + timedelta(hours=16)
    open_case(town)
    town.now = monday = FRIDAY + timedelta(days=3, hours=9)
    # The digest of the morning tells of it; no reminder beside it.
    assert gist(town.tick()) == [("digest", to) for _, to in (TO_ANA, TO_BO)]
    assert tick(town, monday + timedelta(hours=4)) == []
