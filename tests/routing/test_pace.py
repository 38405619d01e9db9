"""What is faster than people write, row by row of decisions E46 (R4)."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.routing.limits import Limits
from gateway.routing.pace import Pace, Quick, Uttered, is_quick, pace

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
CARLA, GUS = 1, 2


def ago(**span):
    return NOW - timedelta(**span)


def said(author, *minutes):
    return [Uttered(author=author, at=ago(minutes=each)) for each in minutes]


def judged(before, **quick):
    return pace(Uttered(author=CARLA, at=NOW), before, Quick(**quick), Limits())


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param([], Pace.CALM, id="the first"),
        pytest.param(said(CARLA, *range(1, 6)), Pace.CALM, id="the sixth in 10"),
        pytest.param(said(CARLA, *range(1, 7)), Pace.BURST, id="the seventh in 10"),
        pytest.param(said(GUS, *range(1, 9)), Pace.CALM, id="of somebody else"),
        pytest.param(said(CARLA, *range(-9, 0)), Pace.CALM, id="held before them"),
        pytest.param(said(CARLA, *range(10, 16)), Pace.CALM, id="ten minutes ago"),
        pytest.param(
            said(CARLA, *range(2, 59, 3)), Pace.CALM, id="the twentieth in an hour"
        ),
        pytest.param(said(CARLA, *range(2, 60, 3)), Pace.BURST, id="the twenty-first"),
        pytest.param(said(GUS, *[30] * 39), Pace.CALM, id="40 of all in an hour"),
        pytest.param(said(GUS, *[30] * 40), Pace.BUSY, id="41 of all in an hour"),
        pytest.param(said(GUS, *[60] * 90), Pace.CALM, id="all of it an hour ago"),
    ],
)
def test_r4_burst_of_one_person_and_of_all(before, expected):
    assert judged(before) is expected


NOTE = "I am on holiday. Your request {} was received."
ANSWERS = [ago(minutes=each) for each in range(4)]
LETTERS = [each - timedelta(seconds=30) for each in ANSWERS]
ALIKE = [NOTE.format(each) for each in range(4)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, True, id="four alike, each at once"),
        pytest.param({"texts": ALIKE[:3]}, False, id="three"),
        pytest.param({"letters": LETTERS[:3]}, False, id="two answer one letter"),
        pytest.param(
            {"letters": [ago(minutes=each, seconds=70) for each in range(4)]},
            False,
            id="each after seventy seconds",
        ),
        pytest.param(
            {"texts": ["Yes.", "Row 7 of the second file.", "No!", "It works now."]},
            False,
            id="a quick human writes something else each time",
        ),
        pytest.param({"texts": ["", "", "", ""]}, True, id="nothing, four times"),
    ],
)
def test_r4_quick_answers_are_a_robots_only_when_they_are_alike(changes, expected):
    quick = {"texts": ALIKE, "answers": ANSWERS, "letters": LETTERS} | changes
    assert is_quick(Quick(**quick), Limits()) is expected
    assert judged([], **quick) is (Pace.BURST if expected else Pace.CALM)
