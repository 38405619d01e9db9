"""Whether two mails are about one matter: the same customer, subject and days."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from parsers.mail import Mailbox, ParsedMail
from storage import activity as activities
from storage import people
from storage.activity import Activity, Turn
from storage.database import Session

REPEAT_HOURS = 72
# Subjects that say nothing: two mails under one of them are two matters.
GENERIC = frozenset({"", "help", "question", "hello", "hi", "problem", "support"})


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
    if subject in GENERIC:
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
    since = at - timedelta(hours=REPEAT_HOURS)
    for box in boxes:
        person = people.by_address(session, box.address)
        if person is not None:
            yield from activities.opened_since(session, person.id, since)
