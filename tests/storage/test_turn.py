"""Writers of one SQLite file take turns, and whoever keeps mail goes first."""

import subprocess
import sys
import threading
import time

import pytest

from storage.turn import TurnError, WriteTurn

HOLDS = """
import sys, time
from pathlib import Path
from storage.turn import WriteTurn
with WriteTurn(Path(sys.argv[1]), 5).take():
    print("mine", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "parlour.db"


def test_threads_write_one_after_the_other(file):
    turns, inside, most = WriteTurn(file, 5), [], []

    def write():
        for _ in range(20):
            with turns.take():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 80
    assert set(most) == {1}


def test_a_turn_that_does_not_end_is_an_error_and_a_killed_holder_holds_nothing(file):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(file)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "mine\n"
        impatient = WriteTurn(file, 0.05)
        with pytest.raises(TurnError, match="another writer"), impatient.take():
            pytest.fail("two hold the turn")
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    with WriteTurn(file, 5).take():
        pass


def test_a_turn_is_given_back_when_its_work_fails(file):
    turns = WriteTurn(file, 0.05)
    with pytest.raises(ValueError, match="broken"), turns.take():
        raise ValueError("broken")
    with turns.take():
        pass


def test_long_work_steps_aside_while_mail_is_kept_but_not_for_ever(file):
    door, work = WriteTurn(file, 5), WriteTurn(file, 5)
    with work.take(aside=True):
        time.sleep(0.02)
    with door.in_front():
        begun = time.monotonic()
        # Eight times its last turn at the most, and then it goes on.
        with work.take(aside=True):
            waited = time.monotonic() - begun
        # What is short asks nobody.
        with door.take():
            pass
    assert waited >= 8 * 0.02


def test_mail_is_kept_although_nobody_can_be_asked_to_step_aside(tmp_path):
    with WriteTurn(tmp_path / "gone" / "parlour.db", 5).in_front():
        pass


def test_a_door_that_is_never_idle_keeps_no_other_door_waiting(file):
    came = threading.Event()

    def other():
        with WriteTurn(file, 5).in_front():
            came.set()

    with WriteTurn(file, 5).in_front():
        door = threading.Thread(target=other)
        door.start()
        assert came.wait(2), "the second door waits for the first"
    door.join()
