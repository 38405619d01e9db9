"""Explains a mail that somebody gives as octets, without taking it in."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from gateway.activities.explain import Explained, explain, happened
from gateway.activities.house import House
from gateway.activities.offered import Offered
from gateway.activities.reading import bounds_of
from gateway.activities.receipts import Happened
from gateway.inbound.imap.envelope import Envelope, envelope
from gateway.inbound.receive import normalised
from gateway.inbound.recipients import Recipients
from gateway.settings.mailbox import ENVELOPE_HEADERS
from parsers import claims
from parsers.mail import ParsedMail, read


class NoDeskError(Exception):
    """The mail names no address of a desk, so nobody can say for which one it came."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What would happen to a mail, and what did if it is here already."""

    mail: ParsedMail
    sender: str
    """Of the envelope; empty is the null sender."""
    recipients: tuple[str, ...]
    routes: list[Explained]
    before: tuple[Happened, ...]


def explain_octets(
    house: House,
    octets: bytes,
    *,
    at: datetime,
    sender: str | None = None,
    recipients: tuple[str, ...] = (),
    trusted: bool = True,
) -> Explanation:
    """Follow a mail through the rules as things stand; writes and sends nothing.

    Without `sender` and `recipients` the envelope is taken from the mail, as the IMAP
    door does: Return-Path or From, and what the last server noted; else what of To and
    Cc is an address of ours. An empty `sender` is the null sender. `trusted` says that
    a peer brought it whose word about its proof counts. Raises NoDeskError.
    """
    raw = normalised(octets)
    mail = read(raw if trusted else claims.without(raw), bounds_of(house.limits))
    found = _envelope(house, raw, mail, recipients)
    offered = Offered(
        inbound=None,
        sender=found.sender or "" if sender is None else sender,
        senderless=found.sender is None and sender is None,
        recipients=found.recipients,
        marked=found.marked,
        trusted=trusted,
        digest=sha256(raw).hexdigest(),
        door="explain",
        received_at=at,
    )
    return Explanation(
        mail,
        offered.sender,
        offered.recipients,
        explain(house, offered, mail),
        happened(house, offered, mail),
    )


def _envelope(
    house: House, raw: bytes, mail: ParsedMail, given: tuple[str, ...]
) -> Envelope:
    recipients = Recipients(house.desks, house.sealer)
    found = envelope(raw, ENVELOPE_HEADERS, recipients, "")
    if given:
        return Envelope(found.sender, given)
    if any(found.recipients):
        return found
    shown = [mailbox.address for mailbox in (*mail.to, *mail.cc)]
    ours = [address for address in shown if house.desks.by_address(address)]
    if not ours:
        raise NoDeskError
    return Envelope(found.sender, tuple(dict.fromkeys(ours)))
