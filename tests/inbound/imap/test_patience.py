"""How long a mailbox that failed is left alone."""

import pytest

from gateway.inbound.imap.patience import pause


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 1), (1, 1), (2, 2), (9, 256), (10, 300), (999, 300)]
)
def test_a_fault_is_tried_again_soon_then_ever_later(failures, seconds):
    assert pause(failures, 0) == seconds
    assert pause(failures, 1) == seconds * 0.75


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 300), (2, 600), (4, 2400), (5, 3600), (999, 3600)]
)
def test_a_refused_log_in_rests_for_long(failures, seconds):
    assert pause(failures, 0, refused=True) == seconds
