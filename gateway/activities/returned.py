"""Which delivery a report is about where return paths have no tokens: told by ids.

The letter's Message-ID carries a MAC and proves that the letter is ours; the recipient
is the one of a row of ours, found by an address that the report names (mail-rules B1).
"""

from gateway.activities import answering
from gateway.activities.house import House
from parsers.address import key
from parsers.mail import ParsedMail
from parsers.message_id import OwnId
from parsers.reply_address import Purpose, ReplyAddress
from storage import outbox
from storage.database import Session
from storage.event import Event
from storage.outbox import Delivery, Letter
from storage.question import Question


def complained(session: Session, house: House, report: ParsedMail) -> Delivery | None:
    """Find the delivery that a complaint is about by the return path it names.

    Providers report to one address of the operator, and blot out the recipient; the
    envelope sender of the letter has our seal (threat T11).
    """
    for address in report.complaint.return_paths:
        text = house.desks.token_in(address)
        token = house.sealer.unseal(text) if text else None
        if token is not None and token.purpose is Purpose.RETURN:
            return outbox.by_id(session, token.row)
    return None


def delivery(session: Session, house: House, report: ParsedMail) -> Delivery | None:
    """Find the delivery that came back.

    None for a letter that is not ours, one that nobody of the report ever got, and one
    whose own return path would have told.
    """
    wanted = {
        *map(key, report.returned.to),
        *(key(each.address) for each in report.bounce.recipients),
        *report.complaint.recipients,
    }
    # Some servers answer the letter instead of enclosing it.
    named = answering.read(session, (*report.returned.ids, *report.in_reply_to))
    for message_id in named.ids:
        own = house.ids.read(message_id)
        letters = _letters(session, own, message_id) if own else []
        plain = [each.id for each in letters if ReplyAddress(each.return_path).is_plain]
        for found in outbox.of_letters(session, plain):
            if key(found.address) in wanted:
                return found
    return None


def _letters(session: Session, own: OwnId, message_id: str) -> list[Letter]:
    """Give the letters that bore an id: a post has one for each variant."""
    match own.kind:
        case "l":
            letter = session.get(Letter, own.number)
            return [letter] if letter else []
        case "p":
            post = session.get(Event, own.number)
            if post is None:
                return []
            return outbox.bearing(session, message_id, activity=post.activity_id)
        case "c":
            question = session.get(Question, own.number)
            if question is None:
                return []
            return outbox.bearing(session, message_id, made_at=question.asked_at)
        case _:
            # Roots are no letters.
            return []
