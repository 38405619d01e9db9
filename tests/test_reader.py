"""The child that reads mail: what becomes of a mail when it dies."""

import os
import signal

import pytest

from gateway.activities.gather import TOO_SLOW
from gateway.activities.reading import Reader
from gateway.routing.limits import Limits
from tests.cli.served import children, is_alive, until

SMALL = b"From: ann@customer.example\r\nSubject: hello\r\n\r\nHow are you?\r\n"
LARGE = SMALL + b"And you?\r\n" * 30_000
"""More than the pipe to the child takes at once."""


@pytest.mark.parametrize("raw", [SMALL, LARGE], ids=["small", "large"])
def test_a_child_that_is_killed_from_outside_costs_no_mail(raw):
    others = set(children(os.getpid()))
    reader = Reader(Limits())
    reader.start()
    try:
        (child,) = set(children(os.getpid())) - others
        os.kill(child, signal.SIGKILL)
        until(lambda: not is_alive(child))
        mail = reader.read(raw)
    finally:
        reader.close()
    assert mail.text.startswith("How are you?")
    assert TOO_SLOW not in mail.defects
