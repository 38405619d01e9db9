"""Feedback reports: somebody pressed "this is spam" (RFC 5965)."""

from dataclasses import dataclass

from parsers import delivery_status
from parsers import fields as header_fields
from parsers.address import key
from parsers.fields import Fields
from parsers.parts import Bounds, Part, octets, read_tree

_TYPE = "message/feedback-report"
# A sender is praised (RFC 6430), or its own signature failed (RFC 6591).
_NO_COMPLAINTS = frozenset({"not-spam", "auth-failure"})
_COPIES = frozenset({"message/rfc822", "message/global", "text/rfc822-headers"})
_MOST_OCTETS = 100_000


@dataclass(frozen=True, slots=True)
class Complaint:
    """Whether a mail complains of a letter, and of which."""

    is_: bool
    type: str = ""
    """The Feedback-Type: abuse, fraud, virus, other."""
    return_paths: tuple[str, ...] = ()
    """The envelope sender of the letter, as the report or the letter in it says."""
    recipients: tuple[str, ...] = ()
    """To whom the letter went; many providers leave it out."""


NOT_ONE = Complaint(is_=False)


def read(message: Part) -> Complaint:
    """Read a feedback report; what praises, or is about signatures, is no complaint."""
    part = next(
        (one for one in message.walk() if one.get_content_type() == _TYPE), None
    )
    if part is None:
        return NOT_ONE
    fields = Fields(_pairs(delivery_status.source(part)))
    kind = fields.word("feedback-type")
    if not kind or kind in _NO_COMPLAINTS:
        return NOT_ONE
    letter = _letter(message)
    senders = (*fields.all("original-mail-from"), *letter.all("return-path"))
    return Complaint(
        is_=True,
        type=kind[:40],
        return_paths=_addresses(senders),
        recipients=_addresses(fields.all("original-rcpt-to")),
    )


def _pairs(text: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for line in text.splitlines()[:1000]:
        if line[:1] in (" ", "\t") and pairs:
            pairs[-1] = pairs[-1][0], (pairs[-1][1] + line)[:2000]
            continue
        name, colon, value = line.partition(":")
        if colon and name.strip():
            pairs.append((name.strip(), value[:2000]))
    return pairs


def _letter(message: Part) -> Fields:
    """Give the header of the letter that the report encloses."""
    for part in message.walk():
        if part.get_content_type() in _COPIES and not part.is_multipart():
            head = octets(part)[:_MOST_OCTETS].partition(b"\n\n")[0]
            return header_fields.of(read_tree(head, Bounds(depth=1, parts=1))[0])
    return Fields(())


def _addresses(values: tuple[str, ...]) -> tuple[str, ...]:
    found = (delivery_status.address(value) for value in values[:20])
    return tuple(dict.fromkeys(key(one) for one in found if one))
