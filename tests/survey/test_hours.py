"""Opening time between two moments."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.routing.desk import Hours
from gateway.survey.hours import day_length, worked

WEEK = Hours(by_weekday=dict.fromkeys(range(5), (9 * 60, 17 * 60)))
MADRID, PLAIN = ZoneInfo("Europe/Madrid"), ZoneInfo("UTC")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=MADRID)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-02T10:00", "2026-11-02T12:30", 2.5),
        ("2026-11-02T16:00", "2026-11-03T10:00", 2),
        ("2026-11-06T16:00", "2026-11-09T10:00", 2),
        ("2026-11-07T10:00", "2026-11-08T10:00", 0),
        ("2026-11-02T10:00", "2026-11-16T10:00", 80),
        ("2026-11-02T20:00", "2026-11-02T22:00", 0),
        # The night in which the clocks go back.
        ("2026-10-23T16:00", "2026-10-26T10:00", 2),
        ("2026-11-02T12:00", "2026-11-02T10:00", 0),
    ],
)
def test_only_opening_time_counts(start, end, hours):
    assert worked(at(start), at(end), WEEK, MADRID) == timedelta(hours=hours)


def test_a_day_is_as_long_as_the_longest():
    assert day_length(WEEK) == timedelta(hours=8)
    assert day_length(Hours(by_weekday={})) == timedelta(days=1)


MOMENTS = st.integers(0, 10 * 365 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(st.lists(MOMENTS, min_size=3, max_size=3).map(sorted))
def test_parts_make_the_whole(moments):
    first, middle, last = moments
    whole = worked(first, last, WEEK, PLAIN)
    assert whole == worked(first, middle, WEEK, PLAIN) + worked(
        middle, last, WEEK, PLAIN
    )
    assert timedelta() <= whole <= last - first
