"""Where a visitor may go in time."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.app.build import Clock
from gateway.demo.clock import jumps

MADRID = "Europe/Madrid"


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        (
            "2026-11-25T09:12+01:00",
            [
                ("hour", "2026-11-25T10:12+01:00"),
                ("tomorrow", "2026-11-26T08:00+01:00"),
                ("friday", "2026-11-27T15:00+01:00"),
                ("monday", "2026-11-30T08:00+01:00"),
            ],
        ),
        # On a Friday the next one is meant, on a Sunday tomorrow is Monday.
        (
            "2026-11-27T08:00+01:00",
            [
                ("hour", "2026-11-27T09:00+01:00"),
                ("tomorrow", "2026-11-28T08:00+01:00"),
                ("monday", "2026-11-30T08:00+01:00"),
                ("friday", "2026-12-04T15:00+01:00"),
            ],
        ),
        (
            "2026-11-22T07:30+01:00",
            [
                ("hour", "2026-11-22T08:30+01:00"),
                ("tomorrow", "2026-11-23T08:00+01:00"),
                ("friday", "2026-11-27T15:00+01:00"),
            ],
        ),
        # Over the night in which summer time begins, 08:00 is 08:00.
        (
            "2026-03-28T12:00+01:00",
            [
                ("hour", "2026-03-28T13:00+01:00"),
                ("tomorrow", "2026-03-29T08:00+02:00"),
                ("monday", "2026-03-30T08:00+02:00"),
                ("friday", "2026-04-03T15:00+02:00"),
            ],
        ),
    ],
)
def test_the_moments_that_are_offered(now, offered):
    assert [(jump.name, jump.at) for jump in jumps(at(now), MADRID)] == [
        (name, at(moment)) for name, moment in offered
    ]


def test_the_clock_goes_ahead_and_never_back():
    clock = Clock()
    ahead = clock() + timedelta(days=5)
    clock.advance(ahead)
    assert clock() >= ahead
    clock.advance(ahead - timedelta(days=3))
    assert clock() >= ahead
