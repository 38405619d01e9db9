"""Whether two mails are about one matter: the same customer, subject and days."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.routing.limits import Limits
from parsers.address import Mailbox, key
from parsers.mail import ParsedMail
from storage import activity as activities
from storage import alias, pace, people
from storage.activity import Activity, Role, Turn
from storage.database import Session

_REPEAT_HOURS = 72
# Subjects that say nothing: two mails under one of them are two matters.
_GENERIC = frozenset({"", "help", "question", "hello", "hi", "problem", "support"})
_DIGITS = re.compile(r"\d+")
_NUMBERED = re.compile(r"[\[({<][^\])}>]*\d[^\])}>]*[\])}>]|#\s*\w*\d\w*")
"""`[Ticket #12]`, `(case 7)`, `#12`: what ticket systems write into a subject."""
_TELLING_LETTERS = 8


def written_to(mail: ParsedMail) -> tuple[Mailbox, ...]:
    """Give all to whom a mail went, as far as it tells."""
    return (*mail.to, *mail.cc, *mail.bcc)


def same_matter(
    session: Session, desk_address: str, mail: ParsedMail, at: datetime
) -> Activity | None:
    """Find the open case of a desk that a sent mail without any id belongs to.

    One of those it was written to opened it within 72 hours under the same subject,
    and no other case could be meant.
    """
    if mail.in_reply_to or mail.references:
        return None
    subject = mail.subject_base.casefold()
    if subject in _GENERIC:
        return None
    desk = activities.desk_named(session, desk_address)
    found = {
        activity.id: activity
        for activity in _opened_by(session, written_to(mail), at)
        if desk is not None
        and activity.desk_id == desk.id
        and activity.turn is not Turn.RESOLVED
        and activity.subject.casefold() == subject
    }
    return found.popitem()[1] if len(found) == 1 else None


def _opened_by(
    session: Session, boxes: Iterable[Mailbox], at: datetime
) -> Iterable[Activity]:
    since = at - timedelta(hours=_REPEAT_HOURS)
    for box in boxes:
        person = people.by_address(session, box.address)
        if person is not None:
            yield from activities.opened_since(session, person.id, since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What this sender opened lately, for the rules against loops and repeats."""

    similar: int = 0
    first_similar: int | None = None
    looping: int | None = None
    same_body: int | None = None
    repeat: int | None = None

    def leads_to(self, limits: Limits) -> int | None:
        """Give the activity that a mail to a desk is posted to, if to any."""
        if self.similar >= limits.similar_mails:
            return self.first_similar
        return self.looping or self.repeat


def past(
    session: Session,
    limits: Limits,
    now: datetime,
    mail: ParsedMail,
    who: tuple[int | None, Mailbox],
) -> Past:
    """Look up what a sender opened lately."""
    person, sender = who
    if person is None:
        return Past()
    opened = activities.opened_since(
        session, person, now - timedelta(hours=_REPEAT_HOURS)
    )
    window = now - timedelta(minutes=limits.similar_minutes)
    core = _core(mail.subject_base)
    similar = [
        each.id
        for each in opened
        if each.opened_at >= window and _is_alike(core, _core(each.subject))
    ]
    return Past(
        similar=len(similar),
        first_similar=similar[0] if similar else None,
        looping=_looping(session, limits, now, person, core),
        same_body=_same_body(
            session,
            sender,
            mail,
            now - timedelta(minutes=limits.same_body_minutes),
        ),
        repeat=_repeat(session, opened, mail),
    )


def _looping(
    session: Session, limits: Limits, now: datetime, person: int, core: str
) -> int | None:
    """The activity where like mails of this person collapsed lately."""
    since = now - timedelta(hours=limits.loop_silence_hours)
    for event in pace.held_of(session, person, since):
        if event.values.get("cause") != "loop":
            continue
        activity = activities.find(session, event.activity_id)
        if activity is not None and _is_alike(core, _core(activity.subject)):
            return activity.id
    return None


def _same_body(
    session: Session, sender: Mailbox, mail: ParsedMail, since: datetime
) -> int | None:
    """The activity where the same was said lately under the same subject.

    Files and a bare subject can be news under the same text: "please find attached".
    """
    if mail.attachments or not mail.text.strip():
        return None
    found = alias.opened_with(session, key(sender.address), mail.body_hash, since)
    activity = activities.find(session, found) if found else None
    if activity is None or is_other(mail, activity):
        return None
    return activity.id


def _repeat(session: Session, opened: list[Activity], mail: ParsedMail) -> int | None:
    subject = mail.subject_base.casefold()
    if subject in _GENERIC:
        return None
    for activity in reversed(opened):
        if activity.turn is Turn.RESOLVED or activity.subject.casefold() != subject:
            continue
        if not activities.has_role(session, activity.id, {Role.GUEST, Role.COLLEAGUE}):
            return activity.id
    return None


def _core(subject: str) -> str:
    """Give what stays of a subject when robots number it, again and again.

    A ticket system that answers another makes `[#3] Re: [#2] Re: Rows` of `Rows`
    (freescout#2445).
    """
    words = _NUMBERED.sub(" ", subject).casefold().split()
    plain = [_DIGITS.sub("", word) for word in words if not word.endswith(":")]
    return " ".join(word for word in plain if word.strip("-.,:;#|"))


def _is_alike(one: str, other: str) -> bool:
    """Say whether two cores are the same, or one grew in front or behind."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    grown = long.startswith(f"{short} ") or long.endswith(f" {short}")
    return len(short) >= _TELLING_LETTERS and grown


def _shape(subject: str) -> str:
    return _DIGITS.sub("", subject).casefold().strip()


def is_other(mail: ParsedMail, activity: Activity | None) -> bool:
    """Whether a mail names another matter than the activity that it leads to."""
    shape = _shape(mail.subject_base)
    return activity is not None and shape not in {"", _shape(activity.subject)}
