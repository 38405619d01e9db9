"""The header section of a mail alone, read quickly: for whole mailboxes of mail."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import takewhile

from parsers import automatic
from parsers import subject as subjects
from parsers.address import Mailbox, read_mailboxes
from parsers.automatic import Automatic
from parsers.fields import Fields
from parsers.message_id import foreign, read_ids

_MOST_LINES = 5000
_MOST_REFERENCES = 60
_MOST_SUBJECT = 1000
_MOST_RECEIVED = 50
_TRACE = frozenset(("received", "return-path", "delivered-to"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What the header says. Who reads the whole mail takes `parsers.mail`."""

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    """The first, which is the root, and the last few dozen."""
    date: datetime | None
    received: datetime | None
    """When the last server took it, by the topmost Received."""
    sender: Mailbox
    """The first From; empty when there is none."""
    reply_to: tuple[Mailbox, ...]
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    subject: str
    subject_base: str
    automatic: Automatic
    """Without what only the body tells, such as a bounce in words."""
    labels: tuple[str, ...]
    """Gmail's, which stand for folders in what Google Takeout exports."""
    is_expunged: bool
    """Deleted in Thunderbird, and in its file only until that is compacted."""
    is_empty: bool
    """No header field at all was found."""


def read(raw: bytes) -> Heading:
    """Read the header section at the start of a mail; what follows is not looked at.

    Never raises, and takes time in proportion to the octets of the header.
    """
    pairs = _fields(raw)
    head, kept = Fields(pairs), Fields(takewhile(_is_of_storage, pairs))
    subject = head.text("subject")[:_MOST_SUBJECT]
    sender = next(iter(read_mailboxes(head.first("from"))), Mailbox("", ""))
    ids = read_ids(" ".join(head.all("references")[:20]))
    return Heading(
        message_id=foreign(head.first("message-id")),
        in_reply_to=read_ids(head.first("in-reply-to"), 10),
        references=(*ids[:1], *ids[1:][-_MOST_REFERENCES:]),
        date=read_date(head.first("date")),
        received=_received(head),
        sender=sender,
        reply_to=_people(head, "reply-to"),
        to=_people(head, "to"),
        cc=_people(head, "cc"),
        subject=subject,
        subject_base=subjects.base(subject),
        automatic=automatic.judge(head, sender, subject, report=_report(head)),
        labels=_labels(kept),
        is_expunged=_is_expunged(kept),
        is_empty=not head.names,
    )


def read_date(value: str) -> datetime | None:
    """Read a date as mail writes it (RFC 5322 3.3); None when it is none.

    Without a zone it is taken for UTC.
    """
    try:
        at = parsedate_to_datetime(value[:200].strip())
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _is_of_storage(field: tuple[str, str]) -> bool:
    """Say whether a field may be by whoever stores the mail: above what servers put.

    Below that it came along, from a sender who would be overlooked.
    """
    return field[0].strip().lower() not in _TRACE


def _fields(raw: bytes) -> list[tuple[str, str]]:
    """Read the lines up to the first empty one, folded ones joined (RFC 5322 2.2.3)."""
    raw = raw.lstrip(b"\r\n \t\xef\xbb\xbf\x00")
    pairs: list[tuple[str, list[str]]] = []
    start = 0
    for _ in range(_MOST_LINES):
        end = raw.find(b"\n", start)
        line = raw[start : end if end >= 0 else len(raw)].rstrip(b"\r")
        if not line.strip():
            break
        _add(pairs, line.decode("ascii", "surrogateescape"))
        if end < 0:
            break
        start = end + 1
    return [(name, "\n".join(lines)) for name, lines in pairs]


def _add(pairs: list[tuple[str, list[str]]], line: str) -> None:
    if line[0] in " \t":
        if pairs:
            pairs[-1][1].append(line)
        return
    name, colon, value = line.partition(":")
    # A line that is no field is skipped: the one below may be sound.
    if colon and name.strip() and " " not in name.strip():
        pairs.append((name, [value.lstrip(" \t")]))


def _people(head: Fields, name: str) -> tuple[Mailbox, ...]:
    return read_mailboxes(", ".join(head.all(name)[:20]))


def _received(head: Fields) -> datetime | None:
    for value in head.all("received")[:_MOST_RECEIVED]:
        if at := read_date(value.rpartition(";")[2]):
            return at
    return None


def _report(head: Fields) -> str:
    """Give the report-type of a multipart/report (RFC 6522), as the header names it."""
    kind = head.first("content-type").lower()
    if head.word("content-type") != "multipart/report":
        return ""
    found = kind.partition("report-type=")[2].partition(";")[0]
    return found.split("\n")[0].strip(' "\t\r') or "unknown"


def _labels(head: Fields) -> tuple[str, ...]:
    text = head.text("x-gmail-labels")[:4000]
    return tuple(label.strip(' "') for label in text.split(",") if label.strip(' "'))


_EXPUNGED = 0x0008


def _is_expunged(head: Fields) -> bool:
    try:
        return bool(int(head.first("x-mozilla-status")[:8], 16) & _EXPUNGED)
    except ValueError:
        return False
