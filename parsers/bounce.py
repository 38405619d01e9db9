"""Reports of failed delivery: RFC 3464, and a few shapes that are older."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from email.message import Message

from parsers import bounce_phrases as phrases
from parsers import fields as header_fields
from parsers.address import Mailbox, is_address, is_role, key, read_mailboxes
from parsers.fields import Fields
from parsers.parts import Part, octets

_MOST_RECIPIENTS = 200


@dataclass(frozen=True, slots=True)
class BouncedRecipient:
    """One address of a report.

    `class_` is that of mail-rules B1: hard, soft, full, ours (policy), content, note.
    """

    address: str
    action: str
    status: str
    diagnostic: str
    class_: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """Whether a mail reports on a delivery, and for whom."""

    is_: bool
    recipients: tuple[BouncedRecipient, ...]


NOT_ONE = Bounce(is_=False, recipients=())


def report_type(message: Part) -> str:
    """Say what a multipart/report reports, empty when it is none (RFC 6522)."""
    kinds = {part.get_content_type() for part in message.walk()}
    for kind, report in _REPORTS.items():
        if kind in kinds:
            return report
    if message.get_content_type() != "multipart/report":
        return ""
    declared = message.get_param("report-type", "")
    name = declared[2] if isinstance(declared, tuple) else str(declared or "")
    return name.strip().lower() or "unknown"


_REPORTS = {
    "message/feedback-report": "feedback-report",
    "message/disposition-notification": "disposition-notification",
    "message/delivery-status": "delivery-status",
    "message/global-delivery-status": "delivery-status",
    "message/global-disposition-notification": "disposition-notification",
}


def read(
    message: Part, fields: Fields, sender: Mailbox, subject: str, text: str
) -> Bounce:
    """Read a bounce: by its report part, else by what old mail servers write."""
    report = report_type(message)
    if report == "delivery-status":
        recipients = _status(message)
        if recipients:
            return Bounce(is_=True, recipients=recipients)
    elif report in ("feedback-report", "disposition-notification"):
        return NOT_ONE
    if report != "delivery-status" and not _looks_like_one(
        fields, sender, subject, text, is_report=bool(report)
    ):
        return NOT_ONE
    return _words(text, fields)


def _status(message: Part) -> tuple[BouncedRecipient, ...]:
    """Read the blocks of each delivery-status part (RFC 3464 2.3)."""
    found: dict[str, BouncedRecipient] = {}
    for part in message.walk():
        if part.get_content_type() not in _STATUS_PARTS:
            continue
        for block in _blocks(part):
            one = _recipient(block)
            if one is not None and len(found) < _MOST_RECIPIENTS:
                found.setdefault(key(one.address), one)
    return tuple(found.values())


_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")


def _blocks(part: Part) -> Iterable[Fields]:
    if part.is_multipart():
        children = part.get_payload()
        return [header_fields.of(one) for one in children if isinstance(one, Message)]
    text = octets(part).decode("utf_8", "replace").replace("\r\n", "\n")
    return [_lines(block) for block in text.split("\n\n")]


def _lines(block: str) -> Fields:
    """Read a block of fields that reached us encoded, so no parser took it apart."""
    pairs: list[tuple[str, str]] = []
    for line in block.split("\n"):
        if line[:1] in (" ", "\t") and pairs:
            pairs[-1] = pairs[-1][0], pairs[-1][1][:2000] + line
        elif ":" in line:
            name, _, value = line.partition(":")
            pairs.append((name, value))
    return Fields(pairs)


def _recipient(block: Fields) -> BouncedRecipient | None:
    address = ""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        address = address or _address(block.text(name))
    if not address:
        return None
    action = block.word("action")
    status = _code(block.text("status"))
    diagnostic = block.text("diagnostic-code")[:500]
    status = _better(status, diagnostic)
    return BouncedRecipient(
        address, action, status, diagnostic, classify(action, status, diagnostic)
    )


def _better(status: str, diagnostic: str) -> str:
    """Take the remote server's code where the report gives only x.0.0."""
    if status and not status.endswith(".0.0"):
        return status
    return _code(diagnostic) or status


def _address(value: str) -> str:
    """Read `rfc822; <ana@x.example>` (RFC 3464 2.3.2)."""
    text = value.partition(";")[2] if ";" in value else value
    words = text.replace("<", " ").replace(">", " ").replace('"', " ").split()
    found = [word.strip(",;:()") for word in words[:50] if "@" in word]
    return found[0] if found and is_address(found[0]) else ""


def _code(text: str) -> str:
    """Find an enhanced status code (RFC 3463) in some words."""
    for word in text.replace("#", " ").replace("(", " ").split()[:60]:
        code = word.strip(".,;:)-[]'\"")
        if _CODE.fullmatch(code):
            return code
    return ""


_CODE = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")


_CONTENT_CODES = ("5.3.4", "5.2.3", "4.3.4", "5.6.0", "5.6.1")
_FULL_CODES = ("5.2.2", "4.2.2")
_DEAD_CODES = ("5.1.1", "5.1.10", "5.1.2", "5.1.6", "5.2.1", "5.1.0", "5.1.3", "5.4.4")


def classify(action: str, status: str, diagnostic: str) -> str:
    """Give the class of mail-rules B1 for what a server said."""
    words = diagnostic.casefold()
    if action in ("delivered", "relayed", "expanded"):
        return "note"
    return _by_code(action, status, words)


def _by_code(action: str, status: str, words: str) -> str:
    for class_, codes, said in (
        ("full", _FULL_CODES, phrases.FULL),
        ("content", _CONTENT_CODES, phrases.SIZE),
    ):
        if status in codes or any(phrase in words for phrase in said):
            return class_
    if action == "delayed" or status.startswith("4."):
        return "soft"
    if status.startswith("5.7."):
        return "ours"
    if status in _DEAD_CODES or any(phrase in words for phrase in phrases.DEAD):
        return "hard"
    if any(phrase in words for phrase in phrases.POLICY):
        return "ours"
    return "hard" if action == "failed" and status.startswith("5.") else "soft"


def _looks_like_one(
    fields: Fields, sender: Mailbox, subject: str, text: str, *, is_report: bool
) -> bool:
    """Ask for a machine as sender and for words: people ask about bounces too."""
    local = key(sender.address).partition("@")[0].replace("_", "")
    written = fields.text("from").lower()
    is_machine = (
        local.startswith(phrases.SENDERS)
        or is_role(sender.address)
        or "mail delivery" in written
        or "mailer-daemon" in written
        or fields.first("return-path").strip() == "<>"
        or bool(fields.all("x-failed-recipients"))
    )
    start = text[:3000].casefold()
    return is_machine and (
        is_report
        or bool(fields.all("x-failed-recipients"))
        or any(phrase in subject.casefold() for phrase in phrases.SUBJECTS)
        or any(phrase in start for phrase in phrases.TEXTS)
    )


def _words(text: str, fields: Fields) -> Bounce:
    """Read qmail, exim and their kin: addresses at the start of a line, or in <>.

    The address that the report was sent to is the sender of the mail, not one of
    its recipients; nor is the postmaster whom one may ask.
    """
    lines = _before_copy(text.split("\n")[:400])
    failed = _addresses(fields.text("x-failed-recipients"))
    named = failed or _found(lines, _named) or _found(lines, _anywhere)[:1]
    ours = {
        key(one.address)
        for name in ("to", "from", "delivered-to")
        for one in read_mailboxes(fields.first(name))
    }
    if not failed:
        named = [
            pair
            for pair in named
            if key(pair[0]) not in ours and not key(pair[0]).startswith("postmaster@")
        ]
    found: dict[str, BouncedRecipient] = {}
    for address, at in named[:_MOST_RECIPIENTS]:
        around = " ".join(one.strip() for one in lines[at : at + 6])
        found.setdefault(key(address), _plainly(address, around[:1500]))
    return Bounce(is_=True, recipients=tuple(found.values()))


def _found(
    lines: Sequence[str], look: Callable[[str], list[str]]
) -> list[tuple[str, int]]:
    return [
        (address, at)
        for at, line in enumerate(lines)
        if "@" in line and len(line) <= 400
        for address in look(line.strip())
    ]


def _anywhere(line: str) -> list[str]:
    words = [word.strip("<>:;,()'\"*") for word in line.replace("=", " ").split()]
    return [word for word in words if is_address(word)]


def _before_copy(lines: Sequence[str]) -> Sequence[str]:
    for position, line in enumerate(lines):
        if position and line.strip().casefold().startswith(phrases.ENDS):
            return lines[:position]
    return lines


def _named(line: str) -> list[str]:
    """Give the addresses that a line is about: in <>, or its first word."""
    if "<" in line and ">" in line:
        inner = [piece.partition(">")[0] for piece in line.split("<")[1:20]]
        return [one.strip() for one in inner if is_address(one.strip()) and "@" in one]
    first = line.split(maxsplit=1)[0].strip("<>:;,()'\"")
    return [first] if is_address(first) else []


def _addresses(text: str) -> list[tuple[str, int]]:
    words = text.replace(",", " ").split()[:_MOST_RECIPIENTS]
    return [(word.strip("<>"), 0) for word in words if is_address(word.strip("<>"))]


def _plainly(address: str, words: str) -> BouncedRecipient:
    """Judge by words alone: soft unless they are strongly hard (mail-rules B1)."""
    status = _code(words)
    late = any(
        one in words.casefold() for one in ("delayed", "still trying", "will retry")
    )
    action = "delayed" if late or status.startswith("4.") else "failed"
    class_ = classify(action, status, words)
    return BouncedRecipient(address, action, status, words[:500], class_)
