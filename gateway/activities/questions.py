"""Asks people, one by one, what a program cannot know; a word in answer settles it.

Each reader gets a question of their own, whose `c-` address takes the answer
(gateway.routing.asking has the words). The first answer decides for all who were asked
about the same mail or post; whoever answers later is told what was decided.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from gateway.activities.house import House
from gateway.activities.letterbox import Letterbox
from gateway.activities.letters import (
    Addressee,
    Sheet,
    language_of,
    send,
    zone_of,
)
from gateway.activities.place import Place
from gateway.activities.references import root_id
from gateway.routing.asking import ANSWERS, Asking, decides
from parsers.reply_address import number
from storage import journal, people
from storage import question as questions
from storage.activity import Lane
from storage.database import Session
from storage.journal import Inbound, State
from storage.question import Question
from storage.roster import Seat, display_name
from templates.asked import Decided, Unclear
from templates.values import Values

_EXAMPLES = {Asking.LIST: ("#1 open", "#1 refuse", "#1 spam")}
"""What an answer may look like where it is more than one word."""
_MOST_EXPLAINED = 3
"""So often a question explains itself; then a person has to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a question is about."""

    asking: Asking
    inbound: int | None = None
    """The mail that is held until the answer comes."""
    event: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


def ask(
    session: Session,
    house: House,
    sheet: Sheet,
    matter: Matter,
    values: Values,
    to: Sequence[Addressee],
) -> list[Question]:
    """Ask each of some readers by a letter of their own; gives their questions.

    The bearing of `values` must lead replies to the question's address.
    """
    asked = []
    for reader in to:
        question = Question(
            asking=matter.asking,
            person_id=reader.person,
            asked_at=sheet.at,
            inbound_id=matter.inbound,
            activity_id=sheet.activity.id if sheet.activity else None,
            event_id=matter.event,
            values=dict(matter.values),
        )
        session.add(question)
        session.flush()
        _send(session, house, sheet, values, question, reader.address)
        asked.append(question)
    return asked


def sheet_of(place: Place, seat: Seat, at: datetime, *, by_mail: bool = True) -> Sheet:
    """Give the head of a question to one of the team about their activity.

    `by_mail` says that a mail of theirs made us ask.
    """
    return Sheet(
        desk=place.desk,
        activity=place.activity,
        at=at,
        reason="asked",
        lane=Lane.TEAM,
        references=(root_id(place, Lane.TEAM),),
        language=language_of(seat.person, place.desk),
        zone=zone_of(seat.person, place.desk),
        by_mail=by_mail,
    )


def explain(box: Letterbox, number_: int, subject: str) -> None:
    """Tell somebody whose answer is none which words are."""
    question = box.session.get_one(Question, number_)
    times = int(question.values.get("explained", 0))
    if times >= _MOST_EXPLAINED:
        return
    question.values = {**question.values, "explained": times + 1}
    asking = Asking(question.asking)
    offered = question.values.get("answers") or ANSWERS.get(asking, frozenset({"post"}))
    if asking is Asking.DIGEST:
        words = _in_digest(question)
    else:
        words = _EXAMPLES.get(asking) or tuple(sorted(offered or ()))
    values = Unclear(words=words, subject=subject, text=box.facts.prose)
    answer(box, question, values)


def _in_digest(question: Question) -> tuple[str, ...]:
    """Give examples of what a digest's numbers take: those that it has."""
    if question.values.get("cases"):
        return "#1 …", "#1 mute"
    offers = question.values.get("offers")
    if offers and not question.values.get("items"):
        number_ = min(offers, key=int)
        return f"#{number_} yes", f"#{number_} no"
    return _EXAMPLES[Asking.LIST]


def tell_decided(box: Letterbox, question: Question, subject: str) -> None:
    """Tell somebody who answers late what was decided, and by whom."""
    decided = _decided(box.session, question)
    by = display_name(box.session, decided.person_id) if decided else ""
    values = Decided(
        answer=decided.answer if decided else "",
        by=by,
        by_reader=decided is not None and decided.person_id == question.person_id,
        subject=subject,
    )
    answer(box, question, values)


def waiting(session: Session, question: Question) -> Inbound | None:
    """Give the mail that waits for an answer; None when it waits no more."""
    if question.inbound_id is None:
        return None
    found = journal.by_id(session, question.inbound_id)
    return found if found is not None and found.state is State.HELD else None


def release(box: Letterbox, question: Question, said: dict[str, object]) -> None:
    """Let the held mail go on as somebody meant it; nothing if it waits no more.

    `said` is added to what the journal keeps beside it ("released", "meant").
    """
    if found := waiting(box.session, question):
        journal.release(
            box.session,
            found.id,
            said,
            by=f"person {question.person_id}",
            now=box.offered.received_at,
        )


def dismiss(box: Letterbox, question: Question, reason: str) -> None:
    """Discard the held mail, by the person who was asked (promises R16)."""
    if found := waiting(box.session, question):
        journal.settle(
            box.session,
            found.id,
            State.DISCARDED,
            reason=reason,
            by=f"person {question.person_id}",
            now=box.offered.received_at,
        )


def _decided(session: Session, question: Question) -> Question | None:
    """Give the question whose answer decided, among those about the same thing."""
    if question.answer or question.inbound_id is None:
        return question if question.answer else None
    same = questions.of_inbound(session, question.inbound_id)
    return next(
        (each for each in same if decides(Asking(each.asking), each.answer)), None
    )


def answer(box: Letterbox, question: Question, values: Values) -> None:
    """Answer whoever answered a question of ours, by a letter of that question."""
    place = box.place(question.activity_id) if question.activity_id else None
    addresses = people.primary_addresses(box.session, [question.person_id])
    sheet = Sheet(
        desk=box.desk,
        activity=place.activity if place else None,
        at=box.offered.received_at,
        reason="asked",
        subject=box.mail.subject_base,
        by_mail=True,
    )
    address = addresses.get(question.person_id, box.facts.sender.address)
    _send(box.session, box.house, sheet, values, question, address)


def _send(
    session: Session,
    house: House,
    sheet: Sheet,
    values: Values,
    question: Question,
    address: str,
) -> None:
    to = Addressee(
        person=question.person_id, address=address, token=number(question.id)
    )
    # By its own id the answer finds back where there are no token addresses.
    own_id = house.ids.write("c", question.id, sheet.desk.reply.domain)
    send(session, house, replace(sheet, message_id=own_id), values, [to])
