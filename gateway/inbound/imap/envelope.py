"""The envelope of a mail that came without one: read from what the provider added.

A mailbox keeps mails, not SMTP transactions. What the last server noted on top of a
mail tells whom it was for; what stands further down anybody may have written. Pure.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from gateway.inbound.recipients import Recipients
from parsers import head
from parsers.address import Mailbox, is_address, key, read_mailboxes
from parsers.fields import Fields

MARKED = "header"
"""The mark of a mail whose recipients are those of To and Cc (R1 row 8)."""
MOST_RECIPIENTS = 100


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sent a mail and for whom of us it came, as far as can be told."""

    sender: str | None
    """Empty is the null sender; None is nobody that could be read."""
    recipients: tuple[str, ...]
    marked: str = ""


def envelope(
    raw: bytes, trusted: Sequence[str], recipients: Recipients, desk: str
) -> Envelope:
    """Read the envelope from the header section of `raw`, which has CRLF line ends.

    Of the `trusted` headers, in their order, the topmost field of each kind is asked;
    the first that names an address of ours is the envelope. Without one, our tokens in
    To and Cc are taken and marked (mail-rules R1 row 8), else the desk is meant. Reads
    a bounded piece in linear time and never raises.
    """
    found = head.fields(raw)
    sender = _sender(found)
    for name in trusted:
        topmost = read_mailboxes(found.first(name.lower()))
        if ours := _first_ones(topmost, lambda one: recipients(one) is None):
            return Envelope(sender, ours)
    if tokens := _first_ones(_shown(found), recipients.is_token):
        return Envelope(sender, tokens, MARKED)
    return Envelope(sender, (desk,))


def sender_of(raw: bytes) -> str | None:
    """Read the envelope sender alone."""
    return _sender(head.fields(raw))


def _sender(found: Fields) -> str | None:
    """The topmost Return-Path (RFC 5321 section 4.4), without one the From."""
    for name in ("return-path", "from"):
        value = found.first(name)
        if name == "return-path" and "<>" in value.replace(" ", ""):
            return ""
        for mailbox in read_mailboxes(value)[:1]:
            if is_address(mailbox.address):
                return mailbox.address
    return None


def _shown(found: Fields) -> Iterator[Mailbox]:
    for name in ("to", "cc"):
        for value in found.all(name)[:10]:
            yield from read_mailboxes(value)


def _first_ones(
    mailboxes: Iterable[Mailbox], wanted: Callable[[str], bool]
) -> tuple[str, ...]:
    """Give the wanted addresses once each, in their order, not too many."""
    found: dict[str, str] = {}
    for mailbox in mailboxes:
        address = mailbox.address
        if is_address(address) and wanted(address):
            found.setdefault(key(address), address)
        if len(found) == MOST_RECIPIENTS:
            break
    return tuple(found.values())
