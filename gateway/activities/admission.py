"""The answer to the question about a held mail: in, in once, a case, or out (E48)."""

from gateway.activities import door, questions
from gateway.activities.letterbox import Letterbox
from gateway.routing.door import ADMIT, ONCE, OPEN, REFUSE, SPAM
from parsers.address import key
from storage import blocked
from storage.people import Person
from storage.question import Question


def decide(box: Letterbox, question: Question, answer: str) -> None:
    """Do what one of those who were asked says; what waits no more is left alone.

    Raises ValueError for an answer that the door does not know.
    """
    if questions.waiting(box.session, question) is None:
        return
    if question.activity_id is None:
        _of_no_activity(box, question, answer)
        return
    place = box.place(question.activity_id)
    by = box.by(box.session.get_one(Person, question.person_id), box.facts.proof)
    # Of a case that was merged since, the door is where the mail came to.
    at_door = door.callers(box.session, question.activity_id)
    all_ = door.together(at_door, question.inbound_id or 0)
    if not all_:
        return
    if answer == ADMIT:
        door.admit(place, by, all_)
    elif answer == ONCE:
        [asked] = [each for each in all_ if each.inbound == question.inbound_id]
        door.admit_once(place, by, asked)
    elif answer == OPEN:
        questions.release(box, question, {"released": OPEN})
    elif answer in {REFUSE, SPAM}:
        door.refuse(place, by, all_, block=answer == SPAM)
    else:
        raise ValueError(f"no answer at the door: {answer}")


def _of_no_activity(box: Letterbox, question: Question, answer: str) -> None:
    if answer == OPEN:
        questions.release(box, question, {"released": OPEN})
        return
    questions.dismiss(box, question, "refused")
    if answer == SPAM:
        blocked.block(
            box.session,
            key(question.values["address"]),
            by=question.person_id,
            at=box.offered.received_at,
        )
