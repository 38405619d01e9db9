"""Reports of failed delivery: RFC 3464 and 6533 first, then the words of servers."""

from collections.abc import Iterable
from dataclasses import dataclass

from parsers import bounce_phrases as phrases
from parsers import bounce_text, delivery_status, parameters, severity
from parsers import fields as header_fields
from parsers.address import Mailbox, is_address, is_role, key, read_mailboxes
from parsers.automatic import is_absence
from parsers.bounce_text import Found
from parsers.fields import Fields
from parsers.header import clean_line
from parsers.parts import Bounds, Part, octets, read_tree
from parsers.severity import classify

__all__ = ["NOT_ONE", "Bounce", "BouncedRecipient", "classify", "read", "report_type"]

_MOST_RECIPIENTS = 200
_LONGEST_DIAGNOSTIC = 500


@dataclass(frozen=True, slots=True)
class BouncedRecipient:
    """One address of a report.

    `class_` is that of mail-rules B1: hard, soft, full, ours (policy), content, note.
    `original` is the address as the sender wrote it, where the report names another.
    """

    address: str
    action: str
    status: str
    diagnostic: str
    class_: str
    original: str = ""


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
    declared = parameters.read(str(message.get("content-type", "")), "report-type")
    return declared.strip().lower() or "unknown"


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
    """Read a bounce: by its report part, else by what mail servers write."""
    report = report_type(message)
    if report in ("feedback-report", "disposition-notification"):
        return NOT_ONE
    found = _of_groups(delivery_status.of_parts(message), text)
    if found:
        return Bounce(is_=True, recipients=found)
    is_report = report == "delivery-status"
    if not is_report and not _looks_like_one(
        fields, sender, subject, text, is_report=bool(report)
    ):
        return NOT_ONE
    found = (
        _of_groups(delivery_status.of_files(message), text)
        or _wrapped(message)
        or _of_words(fields, subject, text)
        or _of_copy(message)
    )
    return Bounce(is_=True, recipients=found)


def _of_groups(groups: list[Fields], text: str) -> tuple[BouncedRecipient, ...]:
    """Read what a report says of each recipient; the last word on each counts."""
    found: dict[str, BouncedRecipient] = {}
    for group in groups[:_MOST_RECIPIENTS]:
        one = _recipient(group, text if len(groups) == 1 else "")
        if one is not None:
            found.setdefault(key(one.address), one)
    return tuple(found.values())


def _recipient(group: Fields, text: str) -> BouncedRecipient | None:
    address, original = delivery_status.who(group)
    if not address:
        return None
    status = severity.code(group.text("status"))
    diagnostic = group.text("diagnostic-code")[:_LONGEST_DIAGNOSTIC]
    status = severity.better(status, diagnostic)
    action = _action(group.word("action"), status)
    said = diagnostic
    if text and (not status or status.endswith(".0.0")) and len(diagnostic) < 20:
        said = f"{diagnostic} {bounce_text.own_words(text)[-severity.LONGEST :]}"
    class_ = classify(action, status, said)
    return BouncedRecipient(address, action, status, diagnostic, class_, original)


def _action(word: str, status: str) -> str:
    """Read the action; where it is missing or strange, the status tells."""
    for begins, action in phrases.ACTIONS.items():
        if word.startswith(begins):
            return action
    return {"2": "delivered", "4": "delayed"}.get(status[:1], "failed")


def _looks_like_one(
    fields: Fields, sender: Mailbox, subject: str, text: str, *, is_report: bool
) -> bool:
    """Ask for a machine as sender and for words: people ask about bounces too.

    A wrong yes loses a mail, so the less the sender says, the more the text must.
    """
    if fields.all("x-failed-recipients"):
        return True
    if bounce_text.is_notification(text):
        return is_role(sender.address) and bool(bounce_text.read(text, frozenset()))
    by_subject = _says(subject.casefold(), phrases.SUBJECTS)
    is_daemon = _is_daemon(fields, sender)
    if is_absence(subject) or not (by_subject or is_daemon):
        return False
    start = " ".join(text[:3000].casefold().split())
    by_text = _says(start, phrases.TEXTS)
    if is_daemon:
        said = _says(start, phrases.CERTAIN) or bounce_text.points(text)
        return is_report or by_subject or (by_text and said)
    if is_role(sender.address):
        return by_subject and by_text and bounce_text.points(text)
    return by_subject and _is_certain(fields, subject, start, text)


def _is_daemon(fields: Fields, sender: Mailbox) -> bool:
    """Say whether the sender is a mail server by name."""
    local = key(sender.address).partition("@")[0].replace("_", "").replace(".", "")
    written = fields.text("from")[:500].lower()
    return (
        local.startswith(phrases.SENDERS)
        or _says(written, phrases.SENDER_NAMES)
        or written.strip() == "<>"
        or fields.first("return-path").strip() in ("<>", "<MAILER-DAEMON>")
    )


def _is_certain(fields: Fields, subject: str, start: str, text: str) -> bool:
    """Know a report that no machine signed.

    Its first words say it, and nothing of a person's mail program is there.
    """
    opening = start[:300]
    return (
        fields.names.isdisjoint(_OF_PEOPLE)
        and subject.casefold().partition(":")[0] not in _FORWARDS
        and (
            _says(opening, phrases.BANNERS)
            or (_says(opening, phrases.CERTAIN) and bounce_text.points(text))
        )
    )


_OF_PEOPLE = frozenset(
    ("user-agent", "thread-index", "x-originating-ip", "in-reply-to", "references")
)
_FORWARDS = frozenset(("fwd", "fw", "wg", "tr", "rv", "i", "enc", "doorst"))


def _of_words(fields: Fields, subject: str, text: str) -> tuple[BouncedRecipient, ...]:
    """Read a report without a report part."""
    ours = frozenset(
        key(one.address)
        for name in ("to", "from", "delivered-to")
        for one in read_mailboxes(fields.first(name))
    )
    named = bounce_text.read(text, ours)
    failed = _failed_field(fields)
    if failed:
        said = {key(one.address): one for one in named}
        named = [said.get(key(one), Found(one, "")) for one in failed]
    own = " ".join(f"{subject} {bounce_text.own_words(text)}".casefold().split())
    found: dict[str, BouncedRecipient] = {}
    for one in named[:_MOST_RECIPIENTS]:
        found.setdefault(key(one.address), _plainly(one, own, is_only=len(named) == 1))
    return tuple(found.values())


def _failed_field(fields: Fields) -> list[str]:
    """Read X-Failed-Recipients, as Exim and Gmail write it."""
    value = " ".join(fields.all("x-failed-recipients")[:20])
    words = clean_line(value).replace(",", " ").split()[:_MOST_RECIPIENTS]
    return [word.strip("<>") for word in words if is_address(word.strip("<>"))]


def _plainly(one: Found, own: str, *, is_only: bool) -> BouncedRecipient:
    """Judge by words alone: soft unless they are strongly hard (mail-rules B1).

    Where one address is named, what is said anywhere is said of it.
    """
    status = severity.code(one.reason) or (severity.code(own) if is_only else "")
    is_late = _says(own, phrases.DELAYS) and not _says(own, phrases.GIVEN_UP)
    is_later = (status[:1] or severity.reply_code(one.reason)) == "4"
    action = "delayed" if is_late or status.startswith("4.") else "failed"
    if _says(own, phrases.SUCCESS) and not _says(own, phrases.GIVEN_UP):
        action = "delivered"
    judged = "delayed" if is_later else action
    class_ = classify(judged, status, one.reason)
    if is_only and class_ == "soft" and judged == "failed":
        class_ = classify(judged, status, own)
    said = one.reason or own
    return BouncedRecipient(
        one.address, action, status, said[:_LONGEST_DIAGNOSTIC], class_
    )


def _says(words: str, said: Iterable[str]) -> bool:
    return any(phrase in words for phrase in said)


def _wrapped(message: Part) -> tuple[BouncedRecipient, ...]:
    """Look into a report that a gateway packed into a mail of its own."""
    for part in message.walk():
        if part.get_content_type() in _COPIES and not part.is_multipart():
            data = octets(part)[:_LARGEST_WRAPPED]
            if _REPORT_MARK in data[:20_000].lower():
                inner, _ = read_tree(data, Bounds(depth=6, parts=20))
                return _of_groups(delivery_status.of_parts(inner), "")
            return ()
    return ()


_COPIES = ("message/rfc822", "message/global")
_LARGEST_WRAPPED = 200_000
_REPORT_MARK = b"delivery-status"


def _of_copy(message: Part) -> tuple[BouncedRecipient, ...]:
    """Take the one person to whom the returned mail was written, for want of more.

    Not so when it came by a list: its To is the list's address.
    """
    for part in message.walk():
        if part.get_content_type() not in (*_COPIES, *_HEADERS) or part.is_multipart():
            continue
        head, _, _ = octets(part)[:_LARGEST_WRAPPED].partition(b"\n\n")
        copy = header_fields.of(read_tree(head[:50_000], Bounds(depth=1, parts=1))[0])
        people = read_mailboxes(copy.first("to"))
        if len(people) == 1 and copy.names.isdisjoint(_OF_LISTS):
            one = people[0].address
            return (BouncedRecipient(one, "failed", "", "", "soft"),)
        return ()
    return ()


_HEADERS = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers")
_OF_LISTS = frozenset(("list-id", "list-post", "newsgroups", "mailing-list"))
