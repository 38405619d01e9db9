"""A raw mail becomes a frozen value, however broken: the only user of mail-parser.

`read` never raises, takes time and memory in proportion to the octets, and names
in `defects` what it could not read or left out.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from datetime import date as day
from typing import Any

from mailparser import MailParser

from parsers import (
    absence,
    automatic,
    body,
    bounce,
    command,
    complaint,
    fields,
    forwarded,
    history,
    language,
    parts,
    quoting,
    reaction,
    returned,
    spam,
)
from parsers import subject as subjects
from parsers.address import Mailbox, is_address, read_mailboxes
from parsers.attachment import Attachment
from parsers.automatic import Automatic
from parsers.bounce import Bounce, BouncedRecipient
from parsers.command import Command
from parsers.complaint import Complaint
from parsers.fields import Fields
from parsers.forwarded import Forwarded
from parsers.message_id import foreign, read_ids
from parsers.parts import BoundedMessage, Bounds
from parsers.quoting import Folded
from parsers.returned import Returned

__all__ = [
    "Attachment",
    "Automatic",
    "Bounce",
    "BouncedRecipient",
    "Bounds",
    "Command",
    "Folded",
    "Forwarded",
    "Mailbox",
    "ParsedMail",
    "Returned",
    "read",
    "unreadable",
]

_BOUNDS = Bounds()
_MOST_SUBJECT = 1000
logging.getLogger("mailparser").setLevel(logging.CRITICAL + 1)  # it logs header text


MANY_SENDERS = "more than one From"
"""The defect of a mail that names several writers; servers prove one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMail:
    """Everything that the rest of the house asks of a mail."""

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    sender: Mailbox
    """The first From; empty when there is none."""
    reply_to: tuple[Mailbox, ...]
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    bcc: tuple[Mailbox, ...]
    """Only in what lies among somebody's sent mail (RFC 5322 section 3.6.3)."""
    handed_to: tuple[Mailbox, ...]
    """Whom servers on the way, or who sent it on, wrote down as its recipients."""
    subject: str
    subject_base: str
    """Without Re:, Fwd: and their kin."""
    text: str
    """Readable text of the whole body."""
    reply: str
    """The new text alone, its command lines included."""
    prose: str
    """The new text without its leading command lines."""
    folded: tuple[Folded, ...]
    html: str
    """Sanitised; empty when the mail has none."""
    attachments: tuple[Attachment, ...]
    automatic: Automatic
    bounce: Bounce
    returned: Returned
    """Of a delivery report or complaint: the letter that it is about."""
    commands: tuple[Command, ...]
    language: str
    """ISO 639-1, empty when the text does not tell."""
    defects: tuple[str, ...]
    body_hash: str
    """SHA-256, hexadecimal, of the text with white space folded."""
    authentication_results: tuple[str, ...]
    """Raw values, topmost first."""
    arc_seals: tuple[str, ...]
    arc_results: tuple[str, ...]
    """Raw ARC-Authentication-Results, topmost first."""
    loop_marks: tuple[str, ...]
    """Values of X-Parlour-Loop, unchecked."""
    received: int
    header_names: frozenset[str]
    auto_submitted: str
    complaint: Complaint = complaint.NOT_ONE
    """Of a feedback report: who complains of what."""
    forwarded: Forwarded | None = None
    """The mail that this one hands on, attached or as text."""
    back_on: day | None = None
    """When the writer of a vacation note is back, as far as it says so."""
    reaction: str = ""
    """The emoji that is all it says (RFC 9078); "+1" and the like stand for one."""
    spam_mark: str = ""
    """The field by which some filter on its way called it spam, believed or not."""


def read(
    raw: bytes, bounds: Bounds = _BOUNDS, *, envelope_sender: str | None = None
) -> ParsedMail:
    """Read a mail; never raises.

    `envelope_sender` tells the return path where it is known, "" being the null one.
    Should a part of the reading fail in a way that nobody foresaw, that part is empty
    and `defects` says so: the raw mail is safe and a person will look at it.
    """
    try:
        message, defects = parts.read_tree(raw, bounds)
    except Exception:
        # The standard library's parser promises nothing about hostile octets.
        return unreadable(raw, "the structure could not be read")
    try:
        return _read(message, defects, bounds, envelope_sender)
    except Exception:
        # Same promise: a fault of ours must not cost the mail its way.
        return unreadable(raw, "the content could not be read")


def _read(
    message: BoundedMessage,
    defects: tuple[str, ...],
    bounds: Bounds,
    envelope_sender: str | None,
    *,
    is_within: bool = False,
) -> ParsedMail:
    head = fields.of(message)
    parsed = _library(message)
    content = body.read(message, bounds)
    subject = head.text("subject")[:_MOST_SUBJECT]
    split = quoting.split(content.lines, is_forward=subjects.is_forward(subject))
    text = "\n".join(line.text for line in content.lines)
    text = text.replace(quoting.MARKER, "").strip("\n")
    sender = next(iter(read_mailboxes(head.first("from"))), Mailbox("", ""))
    commands, prose = command.read_commands(split.reply)
    bounced = bounce.read(message, head, sender, subject, text)
    complains = complaint.read(message)
    verdict = automatic.judge(
        head,
        sender,
        subject,
        report=bounce.report_type(message),
        is_bounce=bounced.is_,
        envelope_sender=envelope_sender,
    )
    files = content.attachments
    named = _identity(head, bounds)
    return ParsedMail(
        **named,
        date=_date(parsed),
        sender=sender,
        subject=subject,
        subject_base=subjects.base(subject),
        text=text,
        reply=split.reply,
        prose=prose,
        folded=split.folded,
        html=content.html,
        attachments=files,
        automatic=verdict,
        bounce=bounced,
        returned=returned.read(message, text)
        if bounced.is_ or complains.is_
        else returned.NOTHING,
        complaint=complains,
        reaction=reaction.of_mail(message, prose, has_files=bool(files)),
        commands=commands,
        language=language.guess(prose or text),
        defects=tuple(
            dict.fromkeys(
                (
                    *defects,
                    *content.defects,
                    *_complaints(parsed),
                    *_strange(head, sender, named),
                    *_missing(head),
                )
            )
        ),
        body_hash=_hash(text, files),
        back_on=_back_on(parsed, text) if verdict.kind == "reply" else None,
        forwarded=None
        if bounced.is_ or is_within
        else _forwarded(content, split, subject, prose, bounds),
    )


def _forwarded(
    content: body.Body, split: quoting.Split, subject: str, prose: str, bounds: Bounds
) -> Forwarded | None:
    """Read the mail that was handed on; what that one hands on itself is its text."""
    files = content.attachments
    if (file := forwarded.attached(files)) is None:
        return forwarded.in_text(content.lines, split, subject, files)
    message, defects = parts.read_tree(file.content, bounds)
    mail = _read(message, defects, bounds, None, is_within=True)
    return Forwarded(
        sender=mail.sender,
        subject=mail.subject_base,
        date=mail.date,
        message_id=mail.message_id,
        text=mail.text,
        words=prose.strip(),
        attachments=mail.attachments,
        body_hash=mail.body_hash,
    )


def _back_on(parsed: MailParser | None, text: str) -> day | None:
    sent = _date(parsed)
    return absence.back_on(text, sent.date()) if sent else None


def in_thread(mail: ParsedMail, held: Sequence[str]) -> ParsedMail:
    """Tell anew what is new in a mail, knowing texts of the thread that it is for.

    See `parsers.history`; the rest of the mail stays as it was read.
    """
    before = quoting.Split(mail.reply, mail.folded)
    split = history.refold(before, held)
    if split is before:
        return mail
    commands, prose = command.read_commands(split.reply)
    return replace(
        mail, reply=split.reply, prose=prose, commands=commands, folded=split.folded
    )


def _identity(head: Fields, bounds: Bounds) -> dict[str, Any]:
    """Give what the header says by itself."""
    return {
        "message_id": foreign(head.first("message-id")),
        "in_reply_to": read_ids(head.first("in-reply-to"), bounds.references),
        "references": read_ids(
            " ".join(head.all("references")[:20]), bounds.references
        ),
        "reply_to": _people(head, "reply-to"),
        "to": _people(head, "to"),
        "cc": _people(head, "cc"),
        "bcc": _people(head, "bcc"),
        "handed_to": tuple(box for name in _HANDED for box in _people(head, name)),
        "authentication_results": head.readable("authentication-results"),
        "arc_seals": head.readable("arc-seal"),
        "arc_results": head.readable("arc-authentication-results"),
        "loop_marks": tuple(one.strip() for one in head.readable("x-parlour-loop")),
        "received": len(head.all("received")),
        "header_names": head.names,
        "auto_submitted": head.word("auto-submitted"),
        "spam_mark": spam.verdict(head),
    }


_RESENT = ("resent-to", "resent-cc")
_HANDED = ("delivered-to", "x-original-to", "envelope-to", "x-forwarded-to", *_RESENT)


def _people(head: Fields, name: str) -> tuple[Mailbox, ...]:
    return read_mailboxes(", ".join(head.all(name)[:20]))


def _library(message: BoundedMessage) -> MailParser | None:
    """Let mail-parser read the date, of every make, and what is wrong with it.

    It gets nothing else. The body we walk ourselves: the library would join the
    texts of attached mails to it and keep two more copies of each file. Addresses are
    read once, by our own reader.
    """
    heading = BoundedMessage.alone()
    for name, value in message.raw_items():
        if name.lower() == "date":
            heading.set_raw(name, str(value))
    try:
        return MailParser(heading)
    except Exception:
        # It may raise on hostile headers; the mail then has no date.
        return None


def _date(parsed: MailParser | None) -> datetime | None:
    found = parsed.date if parsed is not None else None
    if not isinstance(found, datetime):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _complaints(parsed: MailParser | None) -> tuple[str, ...]:
    """Say in plain words what the library stumbled over."""
    if parsed is None:
        return ("the header could not be read",)
    is_broken = "DateHeaderDefect" in parsed.defects_categories
    return ("a broken date",) if is_broken else ()


def _strange(
    head: Fields, sender: Mailbox, named: Mapping[str, Any]
) -> tuple[str, ...]:
    """Say whether somebody is named with what is no address; an empty group is none."""
    writer = (sender,) if sender.address else ()
    for name, boxes in (
        ("from", writer),
        ("to", named["to"]),
        ("cc", named["cc"]),
        ("reply-to", named["reply_to"]),
    ):
        written = head.first(name).strip()
        nobody = bool(written) and not boxes and not written.endswith(";")
        if nobody or any(not is_address(box.address) for box in boxes):
            return ("a broken address",)
    return ()


def _missing(head: Fields) -> tuple[str, ...]:
    wanted = {"from": "no From", "date": "no Date", "message-id": "no Message-ID"}
    missing = [said for name, said in wanted.items() if not head.first(name).strip()]
    if len(head.all("from")) > 1 or len(read_mailboxes(head.first("from"))) > 1:
        missing.append(MANY_SENDERS)
    return tuple(missing)


def _hash(text: str, files: tuple[Attachment, ...]) -> str:
    """Hash what was said, so that a repeat is known by another road (decisions C27)."""
    digest = hashlib.sha256(" ".join(text.split()).encode("utf_8", "replace"))
    if not text.strip():
        for one in files:
            digest.update(hashlib.sha256(one.content).digest())
    return digest.hexdigest()


def unreadable(raw: bytes, defect: str) -> ParsedMail:
    """Give what stands for a mail that could not be read, naming why."""
    return ParsedMail(
        **_identity(Fields(()), _BOUNDS),
        date=None,
        sender=Mailbox("", ""),
        subject="",
        subject_base="",
        text="",
        reply="",
        prose="",
        folded=(),
        html="",
        attachments=(),
        automatic=Automatic(is_=False, kind="", reason=""),
        bounce=bounce.NOT_ONE,
        returned=returned.NOTHING,
        commands=(),
        language="",
        defects=(defect,),
        body_hash=hashlib.sha256(raw).hexdigest(),
    )
