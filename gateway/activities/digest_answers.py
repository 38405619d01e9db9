"""What an answer to a digest says beside its activities: when the next ones come."""

from datetime import UTC, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from gateway.activities import helping, lists, questions, themes
from gateway.activities.catching_up import hand_over
from gateway.activities.house import House
from gateway.activities.letterbox import Letterbox
from gateway.activities.timetables import set_schedule
from gateway.routing.desk import Desk
from gateway.routing.helping import wish
from gateway.routing.timetable import Kind, Timetable
from storage.database import Session
from storage.people import Person
from storage.question import Question
from templates.asked import ListAnswered
from templates.digested import Rescheduled


class Subscription(NamedTuple):
    """One kind of digest, as somebody gets it from a desk."""

    desk: Desk
    person: Person
    kind: Kind


def settle(box: Letterbox, question: Question, answer: str) -> None:
    """Change when digests come, or say that a number means nothing."""
    if answer.startswith("#") and question.values["kind"] == Kind.MANAGER:
        themes.settle(box, question, answer)
        return
    if answer.startswith("#"):
        lists.settle(box, question, answer)
        return
    if (wanted := wish(answer)) is not None:
        done = helping.say(box, question, answer, wanted=wanted)
        questions.answer(box, question, ListAnswered(decisions=(done,)))
        return
    person = box.session.get_one(Person, question.person_id)
    own = Subscription(box.desk, person, Kind(question.values["kind"]))
    at = box.offered.received_at
    changed = change(box.session, box.house, own, answer, at)
    if changed is not None:
        questions.answer(box, question, rescheduled(changed, at))


def change(
    session: Session, house: House, own: Subscription, words: str, at: datetime
) -> Timetable | None:
    """Change when somebody's digests come, as they say (timetables.set_schedule).

    Answers to questions of their own wait for no digests that are off: they are mailed
    (decision 40). Of other cases what waits is told once digests are on again.
    """
    desk, person, kind = own
    changed = set_schedule(session, desk, person, kind, words, at)
    if changed is not None and not changed.is_on and kind is Kind.CUSTOMER:
        hand_over(session, house, person, at)
    return changed


def rescheduled(changed: Timetable, at: datetime) -> Rescheduled:
    """Give what a timetable says, as the letter needs it."""
    zone = ZoneInfo(changed.zone)
    day = at.astimezone(zone).date()
    clock = time(changed.minute // 60, changed.minute % 60)
    return Rescheduled(
        every=str(changed.every),
        at=datetime.combine(day, clock, zone).astimezone(UTC),
        weekdays=tuple(sorted(changed.weekdays)),
        zone=changed.zone,
    )
