"""The answer of who closed a case: what it was about, or that it is open after all."""

from gateway.activities import commands, tags
from gateway.activities.floor import Floor
from gateway.activities.letterbox import Letterbox
from gateway.routing.asking import NO
from parsers.mail import Command
from storage import activity as activities
from storage.people import Person
from storage.question import Question


def settle(box: Letterbox, question: Question, answer: str) -> None:
    """Keep the tag that was chosen, by its number or as a word, and say so.

    Raises LookupError when the activity is gone.
    """
    if answer == NO or question.activity_id is None:
        return
    place = box.place(question.activity_id)
    person = box.session.get_one(Person, question.person_id)
    seat = activities.participant_of(place.session, place.activity.id, person.id)
    if seat is None or not seat.in_team_lane:
        return
    floor = Floor(place=place, participant=seat, by=box.by(person, box.facts.proof))
    if answer.startswith("/"):
        word = answer.removeprefix("/")
        said = commands.obey(floor, Command(word=word, argument="", line=answer))
    else:
        named = dict(
            zip(question.values["answers"], question.values["words"], strict=True)
        )
        words = [named.get(each, each) for each in answer.split(", ")]
        line = ", ".join(words)
        said = tags.tag(floor, Command(word="tag", argument=line, line=f"/tag {line}"))
    if said is not None:
        commands.answer_now(floor, [said])
