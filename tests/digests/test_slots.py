"""One digest for each local date that exists, whatever the clocks of a country do."""

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from digests.cadence import Slot, instant, is_due, newest, slots
from gateway.routing.timetable import ALL_DAYS, Every, Timetable

DAY = timedelta(days=1)
FIRST, DAYS = date(2025, 11, 20), 2 * 366
WHOLE = bool(os.environ.get("PARLOUR_ALL_ZONES"))
"""Every day of two years; else those around each change, and every 19th."""


def chosen_days(zone):
    """Days to look at in a zone: where its offset changes, and some others."""
    if WHOLE:
        return [FIRST + each * DAY for each in range(DAYS)]
    place, found = ZoneInfo(zone), set(range(0, DAYS, 19))
    noon = [
        datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=UTC) + each * DAY
        for each in range(DAYS + 1)
    ]
    offsets = [at.astimezone(place).utcoffset() for at in noon]
    for number in range(DAYS):
        if offsets[number] != offsets[number + 1]:
            found |= set(range(max(0, number - 2), min(DAYS, number + 3)))
    return [FIRST + each * DAY for each in sorted(found)]


@pytest.mark.parametrize("minute", [90, 150], ids=["01:30", "02:30"])
def test_one_slot_for_each_local_date_in_every_zone(minute):
    for zone in available_timezones():
        table = Timetable(zone=zone, minute=minute, weekdays=ALL_DAYS)
        last = datetime.min.replace(tzinfo=UTC)
        for day in chosen_days(zone):
            [slot] = slots(table, day)
            assert (slot.name, slot.at > last) == (str(day), True), (zone, day)
            local = slot.at.astimezone(ZoneInfo(zone))
            assert local.date() == day, (zone, day)
            # At the time that was asked for, or where there is none, right behind it.
            late = local.hour * 60 + local.minute - minute
            assert 0 <= late <= 120, (zone, day)
            assert newest(table, slot.at) == slot
            assert newest(table, slot.at - timedelta(seconds=1)) != slot
            last = slot.at


@pytest.mark.parametrize(
    ("zone", "day", "minute", "at"),
    [
        ("Europe/Madrid", "2026-03-29", 150, "2026-03-29T01:00"),  # a gap
        ("Europe/Madrid", "2026-10-25", 150, "2026-10-25T00:30"),  # twice: the first
        ("America/Sao_Paulo", "2018-11-04", 15, "2018-11-04T03:00"),  # no midnight
        ("Australia/Lord_Howe", "2026-10-04", 130, "2026-10-03T15:30"),  # half an hour
        ("Pacific/Apia", "2011-12-31", 480, "2011-12-30T18:00"),
    ],
)
def test_a_time_that_is_not_there_or_there_twice(zone, day, minute, at):
    expected = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert instant(zone, date.fromisoformat(day), minute) == expected


def test_a_date_that_a_zone_skipped_has_no_slot():
    table = Timetable(zone="Pacific/Apia", weekdays=ALL_DAYS)
    assert [*slots(table, date(2011, 12, 30))] == []
    hourly = Timetable(zone="Pacific/Apia", every=Every.HOURLY)
    assert [*slots(hourly, date(2011, 12, 30))] == []


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_what_was_missed_is_found_for_a_week():
    table = Timetable(weekdays=frozenset({0}), every=Every.WEEKLY)
    monday = Slot(at("2026-11-23T08:00"), "2026-11-23")
    assert newest(table, at("2026-11-23T08:00")) == monday
    assert newest(table, at("2026-11-29T23:00")) == monday
    assert newest(Timetable(every=Every.OFF), at("2026-11-23T08:00")) is None
    assert newest(Timetable(zone="Nowhere/Land"), at("2026-11-23T08:00")) == monday


def test_weekdays_are_those_of_the_reader():
    """Weekdays taken in UTC is a fault that others had."""
    table = Timetable(zone="Asia/Tokyo", weekdays=frozenset({0}), minute=480)
    assert newest(table, at("2026-11-23T12:00")).at == at("2026-11-22T23:00")


def test_the_team_has_two_and_hours_are_quiet():
    team = Timetable(second=990)
    found = [*slots(team, date(2026, 11, 23))]
    assert [each.name for each in found] == ["2026-11-23", "2026-11-23pm"]
    assert [each.is_second for each in found] == [False, True]
    hourly = Timetable(every=Every.HOURLY, quiet=(22 * 60, 7 * 60))
    names = [each.name for each in slots(hourly, date(2026, 11, 23))]
    assert (names[0], names[-1], len(names)) == (
        "2026-11-23T07",
        "2026-11-23T21",
        15,
    )


@pytest.mark.parametrize(
    ("zone", "after", "is_it"),
    [
        ("Europe/Madrid", "2026-11-24T07:00", True),
        # Flown from New York to Tokyo: 08:00 there is ten hours after 08:00 here.
        ("Asia/Tokyo", "2026-11-23T23:00", False),
        ("Asia/Tokyo", "2026-11-24T23:00", True),
    ],
)
def test_a_traveller_gets_the_next_no_sooner_than_twelve_hours_later(
    zone, after, is_it
):
    last = newest(Timetable(zone="America/New_York"), at("2026-11-23T13:00"))
    slot = newest(Timetable(zone=zone), at(after))
    assert is_due(Timetable(zone=zone), slot, last.at, last.name) is is_it


def test_a_clock_that_is_set_back_makes_nothing_again():
    table = Timetable()
    monday = newest(table, at("2026-11-23T08:00"))
    assert is_due(table, monday, None)
    assert not is_due(table, monday, monday.at, monday.name)
    friday = newest(table, at("2026-11-22T08:00"))
    assert not is_due(table, friday, monday.at, monday.name)
    tuesday = newest(table, at("2026-11-24T08:00"))
    assert is_due(table, tuesday, monday.at, monday.name)
