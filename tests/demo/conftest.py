"""A sink with mailboxes, started for each test."""

from datetime import UTC, datetime

import pytest

from gateway.demo.mailboxes import Mailboxes
from gateway.demo.people import read_story
from gateway.demo.program import MailProgram
from gateway.demo.sink import Sink

NOW = datetime(2026, 11, 21, 9, 12, tzinfo=UTC)


@pytest.fixture
def mailboxes():
    return Mailboxes()


@pytest.fixture
def sink(mailboxes):
    sink = Sink(mailboxes, lambda: NOW)
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture
def program(mailboxes, sink):
    """Everybody's mail program; mail to the desk lands in the sink as well."""
    return MailProgram(
        story=read_story(),
        mailboxes=mailboxes,
        desk="support@acme.example",
        parlour=("127.0.0.1", sink.port),
        sink=("127.0.0.1", sink.port),
        clock=lambda: NOW,
    )
