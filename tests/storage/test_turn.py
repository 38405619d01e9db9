"""Turns of one SQLite file: doors are in front together, long work steps aside."""

import threading
import time

import pytest

from storage.turn import Turn


@pytest.fixture
def turns(tmp_path):
    """A function that gives the turns as another process has them."""
    return lambda: Turn(tmp_path / "parlour.db", patience=5)


def test_a_door_that_is_never_idle_keeps_no_other_door_waiting(turns):
    came = threading.Event()

    def other():
        with turns().in_front():
            came.set()

    with turns().in_front():
        door = threading.Thread(target=other)
        door.start()
        assert came.wait(2), "the second door waits for the first"
    door.join()


def test_long_work_steps_aside_for_mail(turns):
    work = turns()
    with work.take(aside=True):
        time.sleep(0.05)
    with turns().in_front():
        begun = time.monotonic()
        with work.take(aside=True):
            assert time.monotonic() - begun > 0.2
