"""The month before, in the first digest of a month, and what became of promises."""

from datetime import UTC, datetime, timedelta

import pytest

from digests.month import months, promised
from storage.promise_record import Record
from templates.themes import Promised
from tests.digests.test_voice import MONDAY, case, led, weekly, words

__all__ = ["led"]


@pytest.mark.parametrize(
    ("at", "zone", "before", "this"),
    [
        ("2026-12-07T06:30", "Europe/Madrid", "2026-11-01", "2026-12-01"),
        ("2027-01-01T00:30", "Asia/Tokyo", "2026-12-01", "2027-01-01"),
        ("2026-12-31T23:30", "Asia/Tokyo", "2026-12-01", "2027-01-01"),
        ("2027-03-29T06:30", "Pacific/Apia", "2027-02-01", "2027-03-01"),
    ],
)
def test_the_month_before_is_that_of_the_readers_calendar(at, zone, before, this):
    found = months(datetime.fromisoformat(at).replace(tzinfo=UTC), zone)
    assert tuple(f"{each:%Y-%m-%d}" for each in found) == (before, this)
    assert {f"{each:%H:%M}" for each in found} == {"00:00"}


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (Record(0, 0, 0), None),
        (Record(3, 1, 0), Promised(kept=3, late=1, broken=0, share=None)),
        (Record(19, 1, 0), Promised(kept=19, late=1, broken=0, share=95)),
    ],
)
def test_few_promises_have_no_share(record, said):
    assert promised(record) == said


def test_the_first_letter_of_a_month_tells_of_the_month_before(led):
    town = led
    case(town, "carla")
    [letter] = weekly(town)
    assert "The month before" not in words(letter)
    town.now = MONDAY + timedelta(days=16)
    case(town, "kim")
    case(town, "max", tag="prices")
    [letter] = weekly(town, MONDAY + timedelta(days=21))
    # Nobody told them what was in November before there was a first letter.
    assert "The month before" not in words(letter)
    town.now = MONDAY + timedelta(days=44)
    case(town, "noor")
    [letter] = weekly(town, MONDAY + timedelta(days=49))
    said = words(letter)
    for part in (
        "Promises 1 promise kept, 0 kept late, 0 broken.",
        "The month before From 1 Dec 2026 to 31 Dec 2026: 2 customers who wrote,",
        "2 closed cases. Most customers asked for: bad date (1), prices (1).",
        "prices (1). 2 promises kept, 0 kept late, 0 broken.",
    ):
        assert part in said, said
    town.now = MONDAY + timedelta(days=50)
    case(town, "carla")
    [letter] = weekly(town, MONDAY + timedelta(days=56))
    assert "The month before" not in words(letter)
