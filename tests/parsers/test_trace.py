"""When the last server passed a mail on: the topmost Received field."""

from datetime import UTC, datetime

import pytest

from parsers.trace import passed_on

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
FIELD = "Received: from a.example by b.example; {}\n"


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 2 Nov 2026 10:00:00 +0100",
        "Mon, 2 Nov 2026\n 10:00:00 +0100 (CET)",
        "2 Nov 2026 09:00:00",
    ],
)
def test_the_topmost_field_tells(date):
    older = FIELD.format("Mon, 2 Nov 2020 10:00:00 +0100")
    raw = FIELD.format(date) + older + "Subject: x\n\nbody\n"
    assert passed_on(raw.encode()) == AT
    assert passed_on(raw.replace("\n", "\r\n").encode()) == AT


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: x\n\nReceived: by b; Mon, 2 Nov 2026 10:00:00 +0100\n",
        b"Received: by b.example\n\n",
        b"Received: by b; Mon, 99 Nov 2026 10:00:00 +0100\n\n",
        b"Received: by b; Fri, 31 Dec 9999 23:00:00 -1200\n\n",
        b"Received: " + b";" * 100_000,
        b"Received:\xff\xfe; \xff\n\n",
    ],
)
def test_without_a_date_there_is_none(raw):
    assert passed_on(raw) is None
