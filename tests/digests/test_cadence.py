"""On which days a desk works, and when they begin and end."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from digests.cadence import due_day, end_of, is_late
from gateway.routing.desk import Hours
from tests.town import ACME

MADRID = ZoneInfo("Europe/Madrid")
DESK = replace(ACME, zone="Europe/Madrid")
EARLY_AND_LATE = Hours(by_weekday={0: (6 * 60 + 30, 14 * 60), 5: (22 * 60, 24 * 60)})


def at(text, zone=MADRID):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("hours", "moment", "day"),
    [
        (None, "2026-11-20T07:59", None),
        (None, "2026-11-20T08:00", date(2026, 11, 20)),
        (None, "2026-11-20T23:59", date(2026, 11, 20)),
        (None, "2026-11-21T08:00", None),  # Saturday
        (None, "2026-11-22T12:00", None),
        (None, "2026-11-23T08:00", date(2026, 11, 23)),
        (EARLY_AND_LATE, "2026-11-23T06:29", None),
        (EARLY_AND_LATE, "2026-11-23T06:30", date(2026, 11, 23)),
        (EARLY_AND_LATE, "2026-11-24T12:00", None),  # a day off
        (EARLY_AND_LATE, "2026-11-21T22:00", date(2026, 11, 21)),
    ],
)
def test_the_letter_is_due_at_the_opening_or_at_eight(hours, moment, day):
    assert due_day(replace(DESK, hours=hours), at(moment)) == day


@pytest.mark.parametrize("zone", ["Europe/Madrid", "America/New_York", "UTC"])
@pytest.mark.parametrize("opens", [0, 90, 150, 8 * 60])
def test_on_the_days_that_change_the_clock_it_is_due_once(zone, opens):
    """R7: a spring gap at 02:30, an autumn fold at 01:30."""
    hours = Hours(by_weekday=dict.fromkeys(range(7), (opens, opens + 60)))
    desk = replace(ACME, zone=zone, hours=hours)
    for begins in (
        datetime(2026, 3, 6, tzinfo=UTC),
        datetime(2026, 10, 23, tzinfo=UTC),
    ):
        ticks = [begins + timedelta(minutes=15 * step) for step in range(96 * 26)]
        days = [due_day(desk, tick) for tick in ticks]
        # Each day begins to be due once, and no day is left out.
        seen = [day for day in days if day]
        first = list(dict.fromkeys(seen))
        assert first == sorted(set(seen))
        assert first == [first[0] + timedelta(days=n) for n in range(len(first))]
        for day in first:
            due = [tick for tick in ticks if due_day(desk, tick) == day]
            # From the first moment on until the day is over, without a hole.
            assert due[-1] - due[0] == timedelta(minutes=15) * (len(due) - 1)
            local = due[0].astimezone(ZoneInfo(zone))
            gap = timedelta(hours=1)
            wanted = datetime.combine(day, datetime.min.time()) + timedelta(
                minutes=opens
            )
            if day != first[0]:
                assert timedelta(0) <= local.replace(tzinfo=None) - wanted <= gap


def test_the_day_ends_where_the_desk_is():
    assert end_of(date(2026, 3, 29), DESK) == at("2026-03-30T00:00")
    assert end_of(date(2026, 3, 28), DESK) == at("2026-03-29T00:00")


def test_a_promise_of_a_day_is_late_when_the_day_is_over():
    promised = at("2026-11-20T10:00")
    assert is_late(promised, at("2026-11-20T10:01"), DESK, by_day=False)
    assert not is_late(promised, at("2026-11-20T23:59"), DESK, by_day=True)
    assert is_late(promised, at("2026-11-21T00:00"), DESK, by_day=True)
