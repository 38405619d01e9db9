"""A mail program for the demo's people: writes a mail, hands it over by SMTP.

It does what a person's own program would do, and nothing that only we could: a reply
goes to Reply-To, quotes the letter below the new text, and names it in In-Reply-To
and References.
"""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parsedate_to_datetime

from gateway.demo.mailboxes import Mailboxes
from gateway.demo.people import Person, Story
from gateway.demo.shown import Shown
from parsers.address import domain, is_address, read_mailboxes
from parsers.message_id import read_ids

AUTHSERV_ID = "mx.acme.example"
"""Whose word Parlour believes in the demo, as a site believes its own mail server."""
SECONDS = 20


class SendError(Exception):
    """A mail server did not take the mail; the text says what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A mail as it stands in the form."""

    to: str
    cc: str = ""
    subject: str = ""
    text: str = ""
    answers: Shown | None = None
    """The letter that it answers."""
    is_proved: bool = True
    """The sender's provider vouches for them (DMARC)."""


def reply(letter: Shown, text: str, *, is_proved: bool = True) -> Draft:
    """Begin a reply to a letter, as the reply button of a mail program does."""
    subject = letter.subject
    if not subject.lower().startswith("re:"):
        subject = f"Re: {subject}"
    return Draft(
        to=letter.reply_to,
        subject=subject,
        text=text,
        answers=letter,
        is_proved=is_proved,
    )


def reply_all(letter: Shown, text: str = "") -> Draft:
    """Begin a reply to everybody whom the letter names beside its reader."""
    draft = reply(letter, text)
    # A letter of Parlour names one recipient: who reads it.
    return replace(draft, cc=letter.cc)


def forward(letter: Shown) -> Draft:
    """Begin to pass a letter on, as most programs write it."""
    head = (
        "---------- Forwarded message ---------",
        f"From: {letter.sender} <{letter.sender_address}>",
        f"Date: {_when(letter.date)}",
        f"Subject: {letter.subject}",
        f"To: {letter.to}",
    )
    text = "\n".join(("", "", *head, "", letter.text))
    return Draft(to="", subject=f"Fwd: {letter.subject}", text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailProgram:
    """Sends for everybody in the demo."""

    story: Story
    mailboxes: Mailboxes
    desk: str
    parlour: tuple[str, int]
    """Where Parlour takes mail."""
    sink: tuple[str, int]
    """Where everybody else's mail server is."""
    clock: Callable[[], datetime]

    def send(self, person: Person, draft: Draft) -> None:
        """Hand the mail over to the servers of its recipients.

        Raises SendError when it has no recipient or a server does not take it; then
        nothing is kept as sent.
        """
        found = read_mailboxes(f"{draft.to}, {draft.cc}")
        addresses = list(
            dict.fromkeys(each.address for each in found if is_address(each.address))
        )
        if not addresses:
            raise SendError("There is no mail address in To.")
        try:
            raw = compose(person, draft, self.clock())
        except (ValueError, LookupError, AttributeError, MessageError) as error:
            # The library raises any of these for addresses that it cannot write.
            raise SendError("This cannot be written as a mail.") from error
        ours = [one for one in addresses if self.story.is_desk(one, self.desk)]
        if ours:
            proved = vouched(person.address, raw, is_proved=draft.is_proved)
            _submit(self.parlour, person, ours, proved)
        if others := [one for one in addresses if one not in ours]:
            _submit(self.sink, person, others, raw)
        self.mailboxes.keep([person.address], raw, self.clock(), own=True)


def compose(person: Person, draft: Draft, at: datetime) -> bytes:
    """Give the octets of the mail."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = Address(person.name, addr_spec=person.address)
    for name, written in (("To", draft.to), ("Cc", draft.cc)):
        if written.strip():
            mail[name] = " ".join(written.split())
    mail["Subject"] = " ".join(draft.subject.split())
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = make_msgid(domain=domain(person.address))
    text = draft.text.replace("\r\n", "\n").rstrip()
    if draft.answers is None:
        mail.set_content(text)
        return mail.as_bytes()
    mail.set_content(f"{text}\n\n{_quoted(draft.answers)}")
    return _threading(draft.answers) + mail.as_bytes()


def _threading(letter: Shown) -> bytes:
    """Give In-Reply-To and References, one id a line (RFC 5322 section 3.6.4).

    The library would encode an id of 78 characters or more.
    """
    parent = read_ids(letter.message_id)
    chain = "\r\n ".join([*read_ids(letter.references), *parent])
    lines = f"In-Reply-To: {' '.join(parent)}\r\nReferences: {chain}\r\n"
    return lines.encode("ascii", "replace") if parent else b""


def _quoted(letter: Shown) -> str:
    """Quote the letter below a line as most programs write it."""
    lines = letter.text.rstrip().splitlines()
    quoted = [f"> {line}".rstrip() for line in lines]
    writer = f"{letter.sender} <{letter.sender_address}>"
    return "\n".join([f"On {_when(letter.date)}, {writer} wrote:", "", *quoted])


def _when(date: str) -> str:
    try:
        at = parsedate_to_datetime(date)
    except ValueError:
        return date
    return at.astimezone().strftime("%a, %d %b %Y at %H:%M")


def vouched(writer: str, raw: bytes, *, is_proved: bool) -> bytes:
    """Put in front what the receiving site's mail server found (RFC 8601)."""
    found = "pass" if is_proved else "none"
    line = (
        f"Authentication-Results: {AUTHSERV_ID};"
        f" dmarc={found} header.from={domain(writer)}\r\n"
    )
    return line.encode() + raw


def _submit(
    server: tuple[str, int], person: Person, recipients: list[str], raw: bytes
) -> None:
    try:
        with smtplib.SMTP(*server, local_hostname="demo.example", timeout=SECONDS) as s:
            refused = s.sendmail(person.address, recipients, raw)
    except smtplib.SMTPRecipientsRefused as error:
        refused = error.recipients
    except smtplib.SMTPResponseException as error:
        raise SendError(f"{error.smtp_code} {_words(error.smtp_error)}") from error
    except ValueError as error:
        raise SendError("The demo sends from and to ASCII addresses only.") from error
    except (OSError, smtplib.SMTPException) as error:
        raise SendError("The mail server did not answer.") from error
    if refused:
        address, (code, words) = next(iter(refused.items()))
        raise SendError(f"{address}: {code} {_words(words)}")


def _words(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
