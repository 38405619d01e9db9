"""When a promise is reminded of and late: a quarter before, in working hours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.routing.desk import Hours
from gateway.routing.reminding import (
    by_day,
    late_from,
    next_working_day,
    remind_at,
    told_late_at,
)
from tests.routing.build import desk

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours(by_weekday=dict.fromkeys(range(5), (9 * 60, 17 * 60)))
AT_WORK = desk(hours=OFFICE, zone="Europe/Berlin")
WITHOUT_HOURS = desk(hours=None, zone="Europe/Berlin")


def at(written):
    return datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=BERLIN)


def local(moment):
    return f"{moment.astimezone(BERLIN):%a %d %H:%M}" if moment else None


@pytest.mark.parametrize(
    ("made", "due", "reminded"),
    [
        # 2026-03-02 is a Monday: a quarter of eight hours, of four, at least half one.
        ("2026-03-02 09:00", "2026-03-02 17:00", "Mon 02 15:00"),
        ("2026-03-02 11:00", "2026-03-02 15:00", "Mon 02 14:00"),
        ("2026-03-02 13:00", "2026-03-02 14:00", "Mon 02 13:30"),
        # So near that whoever made it still knows.
        ("2026-03-02 13:00", "2026-03-02 13:30", None),
        ("2026-03-02 13:00", "2026-03-02 13:10", None),
        # At night it waits for the opening, or comes at the closing before.
        ("2026-03-02 15:00", "2026-03-03 15:00", "Tue 03 09:00"),
        ("2026-03-02 15:00", "2026-03-03 09:30", "Tue 03 09:00"),
        ("2026-03-02 15:00", "2026-03-03 09:15", "Mon 02 17:00"),
        ("2026-03-06 15:00", "2026-03-09 09:10", "Fri 06 17:00"),
        ("2026-03-06 17:30", "2026-03-09 09:10", None),
        ("2026-03-02 12:00", "2026-03-14 12:00", "Wed 11 12:00"),
        # Over the change of the clock an instant is an instant.
        ("2026-03-27 12:00", "2026-03-30 12:00", "Mon 30 09:00"),
    ],
)
def test_a_quarter_of_the_time_before_in_working_hours(made, due, reminded):
    assert local(remind_at(AT_WORK, at(made), at(due))) == reminded


def test_a_desk_without_hours_is_not_woken_up_at_night():
    found = remind_at(WITHOUT_HOURS, at("2026-03-06 16:20"), at("2026-03-09 16:20"))
    assert local(found) == "Mon 09 08:00"


@pytest.mark.parametrize(
    ("due", "day_only", "late", "told"),
    [
        ("2026-03-02 15:00", False, "Mon 02 15:00", "Mon 02 15:00"),
        ("2026-03-02 20:00", False, "Mon 02 20:00", "Tue 03 09:00"),
        ("2026-03-06 15:00", True, "Sat 07 00:00", "Mon 09 09:00"),
    ],
)
def test_late_is_told_in_working_hours(due, day_only, late, told):
    assert local(late_from(AT_WORK, at(due), day_only=day_only)) == late
    assert local(told_late_at(AT_WORK, at(due), day_only=day_only)) == told


def test_a_day_ends_at_its_closing_and_the_next_one_is_a_working_day():
    friday = at("2026-03-06 12:00")
    assert by_day(AT_WORK, friday.date()) == at("2026-03-06 17:00").astimezone(UTC)
    sunday = friday.date() + timedelta(days=2)
    assert local(by_day(AT_WORK, sunday)) == "Sun 08 18:00"
    assert next_working_day(AT_WORK, friday).isoformat() == "2026-03-09"
