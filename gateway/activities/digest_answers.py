"""What an answer to a digest says beside its activities: when the next ones come."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from gateway.activities import helping, lists, questions, themes
from gateway.activities.catching_up import hand_over
from gateway.activities.letterbox import Letterbox
from gateway.activities.timetables import set_schedule
from gateway.routing.timetable import Kind, Timetable
from storage.people import Person
from storage.question import Question
from templates.asked import ListAnswered
from templates.digested import Rescheduled


def settle(box: Letterbox, question: Question, answer: str) -> None:
    """Change when digests come, or say that a number means nothing."""
    if answer.startswith("#") and question.values["kind"] == Kind.MANAGER:
        themes.settle(box, question, answer)
        return
    if answer.startswith("#"):
        lists.settle(box, question, answer)
        return
    if answer.casefold() in helping.WORDS:
        done = helping.wish(box, question, answer)
        questions.answer(box, question, ListAnswered(decisions=(done,)))
        return
    person = box.session.get_one(Person, question.person_id)
    kind, at = Kind(question.values["kind"]), box.offered.received_at
    changed = set_schedule(box.session, box.desk, person, kind, answer, at)
    if waits_in_vain(kind, changed):
        hand_over(box.session, box.house, person, at)
    if changed is not None:
        questions.answer(box, question, rescheduled(changed, at))


def waits_in_vain(kind: Kind, changed: Timetable | None) -> bool:
    """Say whether answers to questions of their own wait for digests turned off.

    Those are mailed; of other cases what waits is told once they turn them on again.
    """
    is_off = changed is not None and not changed.is_on
    return is_off and kind is Kind.CUSTOMER


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
