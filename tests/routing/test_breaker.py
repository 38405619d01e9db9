"""The breaker of a domain (table B2): when it opens, who tries, when it closes."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.routing.breaker import Breaker, Gate, broken, gate, trips
from gateway.routing.limits import Limits

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LIMITS = Limits()


@pytest.mark.parametrize(
    ("hard", "ours", "mails", "opens"),
    [
        (19, 0, 19, False),
        (4, 0, 20, False),
        (5, 0, 20, True),
        (20, 0, 100, False),
        (21, 0, 100, True),
        (0, 1, 20, True),
        (0, 1, 19, False),
        (0, 0, 1000, False),
    ],
)
def test_more_than_20_per_cent_or_any_5_7_of_20_mails(hard, ours, mails, opens):
    assert trips(hard=hard, ours=ours, mails=mails, limits=LIMITS) is opens


def test_nothing_goes_then_one_tries_then_all():
    breaker = broken(Breaker(), NOW, LIMITS)
    assert breaker.again_at == NOW + timedelta(minutes=60)
    assert gate(breaker, NOW + timedelta(minutes=59), LIMITS) == (breaker, Gate.CLOSED)
    at = NOW + timedelta(minutes=60)
    trying, found = gate(breaker, at, LIMITS)
    assert found is Gate.ONE
    assert gate(trying, at, LIMITS) == (trying, Gate.CLOSED)
    assert gate(trying, at + timedelta(minutes=10), LIMITS) == (Breaker(), Gate.FREE)


def test_a_try_that_fails_waits_another_hour_and_late_reports_change_nothing():
    breaker = broken(Breaker(), NOW, LIMITS)
    assert broken(breaker, NOW + timedelta(minutes=5), LIMITS) == breaker
    at = NOW + timedelta(minutes=60)
    trying, _ = gate(breaker, at, LIMITS)
    again = broken(trying, at + timedelta(minutes=1), LIMITS)
    assert again.again_at == at + timedelta(minutes=61)
    assert again.broken_at == NOW
    assert not again.trying
