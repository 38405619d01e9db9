"""When digests come, in the words of those who get them."""

from dataclasses import replace

import pytest

from gateway.routing.timetable import (
    Every,
    Timetable,
    is_of_quiet_hours,
    is_quiet,
    minutes,
    read,
)

USUAL = Timetable()
SATURDAYS = Timetable(every=Every.WEEKLY, weekdays=frozenset({5}), minute=570)
WORK = frozenset(range(5))


@pytest.mark.parametrize(
    ("now", "words", "every", "minute", "days"),
    [
        (USUAL, "daily 07:30", Every.DAILY, 450, WORK),
        (USUAL, "Daily at 7", Every.DAILY, 420, WORK),
        (USUAL, "weekly", Every.WEEKLY, 480, {0}),
        (USUAL, "weekly friday 16.30", Every.WEEKLY, 990, {4}),
        (USUAL, "every Sunday", Every.WEEKLY, 480, {6}),
        (USUAL, "hourly", Every.HOURLY, 480, WORK),
        (USUAL, "off", Every.OFF, 480, WORK),
        (SATURDAYS, "09:00", Every.WEEKLY, 540, {5}),
        (SATURDAYS, "daily", Every.DAILY, 570, WORK),
        (SATURDAYS, "weekdays 08:00", Every.DAILY, 480, WORK),
    ],
)
def test_words_change_a_timetable(now, words, every, minute, days):
    found = read(words, now)
    assert (found.every, found.minute, found.weekdays) == (every, minute, set(days))


@pytest.mark.parametrize(
    ("words", "every", "quiet"),
    [
        ("quiet 22:00-07:00", Every.DAILY, (1320, 420)),
        ("hourly, quiet hours 22 - 7", Every.HOURLY, (1320, 420)),
        ("quiet off", Every.DAILY, None),
        ("off", Every.OFF, (60, 120)),
    ],
)
def test_words_say_when_nothing_may_interrupt(words, every, quiet):
    found = read(words, replace(USUAL, quiet=(60, 120)))
    assert (found.every, found.quiet) == (every, quiet)


@pytest.mark.parametrize(
    ("words", "is_alone"),
    [
        ("quiet 22:00-07:00", True),
        ("Quiet hours 22 \u2013 7", True),
        ("quiet off", True),
        ("hourly, quiet 22-7", False),
        ("quiet 22-7 off", False),
        ("07:30", False),
    ],
)
def test_words_may_be_of_quiet_hours_alone(words, is_alone):
    assert read(words, USUAL) is not None
    assert is_of_quiet_hours(words) is is_alone


@pytest.mark.parametrize("words", ["quiet", "quiet 22", "quiet 25:00-7"])
def test_unclear_quiet_hours_change_nothing(words):
    assert read(words, USUAL) is None


@pytest.mark.parametrize("words", ["", "soon", "daily 25:00", "08:75", "daily please"])
def test_unclear_words_change_nothing(words):
    assert read(words, USUAL) is None


def test_a_time_of_day():
    said = ["0:00", "23:59", "7h15", "24:00", "x"]
    assert [minutes(each) for each in said] == [0, 1439, 435, None, None]


def test_quiet_hours_may_span_midnight():
    night = (22 * 60, 7 * 60)
    assert [is_quiet(hour * 60, night) for hour in (21, 22, 3, 7)] == [
        False,
        True,
        True,
        False,
    ]
    assert not is_quiet(0, (60, 60))
    assert is_quiet(60, (60, 120))
    assert not is_quiet(60, None)
