"""The trace that mail servers leave: when the last of them passed a mail on."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_HEAD_OCTETS = 16_384
_RECEIVED = re.compile(rb"(?i)(?:^|\n)Received:((?:[^\n]|\n[ \t]){1,2000})")


def passed_on(raw: bytes) -> datetime | None:
    """Read the time in the topmost Received field (RFC 5321 4.4); None without one."""
    head = raw[:_HEAD_OCTETS].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    found = _RECEIVED.search(head)
    if found is None:
        return None
    date = found[1].decode("ascii", "replace").rpartition(";")[2]
    try:
        at = parsedate_to_datetime(" ".join(date.split()))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
