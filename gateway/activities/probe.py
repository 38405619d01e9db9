"""A mail of `parlour check` to itself: made, known again, and never acted upon."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from gateway.activities.house import House
from parsers.mail import ParsedMail
from parsers.reply_address import Purpose, Sealer

_BITS = 34
_TEXT = """\
This mail was sent by `parlour check` to find out whether mail to its address comes
back to Parlour. If you read it in a mailbox, it does not: it should have gone there.
Nobody needs to answer.
"""


@dataclass(frozen=True, slots=True)
class Probe:
    """One mail on its way: the same token stands in its address and in its id."""

    number: int
    token: str


def draw(house: House) -> Probe:
    """Make a probe that nobody can guess."""
    number = int.from_bytes(house.chance(8)) % ((1 << _BITS) - 1) + 1
    return Probe(number, house.sealer.seal(Purpose.PROBE, number))


def write(probe: Probe, *, sender: str, to: str, domain: str, now: datetime) -> bytes:
    """Write the mail, without To, which whoever sends it puts in front."""
    mail = EmailMessage(policy=SMTP)
    mail["Date"] = format_datetime(now)
    mail["From"] = f"Parlour check <{sender}>"
    mail["Message-ID"] = f"<{probe.token}@{domain}>"
    mail["Subject"] = f"Does mail to {to.replace(probe.token, '...')} come back?"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply, RN, NRN"
    mail["X-Parlour-Kind"] = "notice"
    mail.set_content(_TEXT)
    return mail.as_bytes()


def in_addresses(house: House, addresses: Iterable[str]) -> int | None:
    """Give the number of the probe that an address of ours names."""
    texts = filter(None, map(house.desks.token_in, addresses))
    return next(filter(None, (_number(house.sealer, text) for text in texts)), None)


def in_mail(house: House, mail: ParsedMail) -> int | None:
    """Give the number of the probe that a mail is, reports on, or answers unasked."""
    ids = [mail.message_id, *mail.returned.ids]
    if mail.automatic.is_:
        ids += mail.in_reply_to
    texts = (each.strip("<>").partition("@")[0] for each in ids)
    return next(filter(None, (_number(house.sealer, text) for text in texts)), None)


def _number(sealer: Sealer, text: str) -> int | None:
    token = sealer.unseal(text)
    return token.number if token and token.purpose is Purpose.PROBE else None
