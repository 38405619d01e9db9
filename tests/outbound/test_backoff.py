"""How long deferred mail and an absent smarthost are left alone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.outbound import backoff

FIVE_DAYS, HALF_A_DAY = timedelta(days=5), timedelta(hours=12)
chances = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 5), (3, 30), (4, 60), (5, 60), (100, 60)]
)
def test_waits_grow_to_an_hour(attempts, minutes):
    assert backoff.wait(attempts, FIVE_DAYS, 0.5) == timedelta(minutes=minutes)


@pytest.mark.parametrize("patience", [FIVE_DAYS, HALF_A_DAY])
def test_tries_end_when_patience_does(patience):
    waits = []
    while (wait := backoff.wait(len(waits) + 1, patience, 0.5)) is not None:
        waits.append(wait)
    assert patience - timedelta(hours=1) < sum(waits, timedelta()) <= patience


@given(attempts=st.integers(1, 200), chance=chances)
def test_chance_moves_a_wait_by_a_tenth_at_most(attempts, chance):
    middle = backoff.wait(attempts, timedelta(days=30), 0.5)
    wait = backoff.wait(attempts, timedelta(days=30), chance)
    assert wait is not None
    assert middle is not None
    assert 0.9 * middle <= wait <= 1.1 * middle


@given(failures=st.integers(1, 100_000), chance=chances)
def test_a_smarthost_is_tried_at_least_once_a_minute(failures, chance):
    assert timedelta(seconds=1) <= backoff.pause(failures, chance)
    assert backoff.pause(failures, chance) <= timedelta(minutes=1)


def test_pauses_grow_from_seconds():
    pauses = [backoff.pause(n, 0).total_seconds() for n in range(1, 8)]
    assert pauses == [2, 4, 8, 16, 32, 60, 60]
