"""A mail on its way to everyone that waits for `send` or `note` (E40, E42)."""

from gateway.activities import door, holding, questions
from gateway.activities.fanout import author_name
from gateway.activities.letterbox import Letterbox
from gateway.activities.letters import Sheet, addressee
from gateway.activities.place import Place
from gateway.activities.questions import Matter
from gateway.activities.telling import owners
from gateway.routing.asking import Asking
from gateway.routing.decision import Confirm
from storage import question as asked
from storage.event import Event
from storage.journal import Inbound
from storage.question import Question
from storage.roster import Seat, display_name, roster, seat_of
from templates.asked import Collision, TeamText
from templates.posted import Said
from templates.values import Values

_MOST_LINES = 10
_MOST_LETTERS = 300


def ask(box: Letterbox, decision: Confirm) -> None:
    """Ask whether a held mail shall go to everyone, or stay with the team.

    The writer is asked, if they are of the team; else the owner, and the writer learns
    nothing. What is asked already is not asked again. Raises ValueError for a mail
    that is not in the journal.
    """
    if box.offered.inbound is None:
        raise ValueError("only a mail of the journal can be asked about")
    place = box.place(decision.activity)
    if _is_asked(box, place, decision.asking):
        return
    seats = roster(place.session, place.activity.id)
    writer = seat_of(seats, box.facts.writer.person)
    if decision.of_writer and writer is not None:
        readers = [writer]
    else:
        readers, writer = owners(place.activity, seats, box.offered.received_at), None
        holding.note_at_door(box, place, "team_text")
        door.note_told(box.session, [box.offered.inbound], box.offered.received_at)
    if decision.asking is Asking.COLLISION:
        values: Values = _collision(box, place, seats)
    else:
        values = _team_text(box, place, seats, of_writer=writer is not None)
    matter = Matter(asking=decision.asking, inbound=box.offered.inbound)
    for seat in readers:
        sheet = _sheet(box, place, seat)
        questions.ask(box.session, box.house, sheet, matter, values, [addressee(seat)])


def _is_asked(box: Letterbox, place: Place, asking: Asking) -> bool:
    inbound = box.offered.inbound
    return inbound is not None and any(
        each.asking == asking
        for number in place.activity.family
        for each in asked.open_about(box.session, inbound, number)
    )


def _sheet(box: Letterbox, place: Place, seat: Seat) -> Sheet:
    sheet = questions.sheet_of(place, seat, box.offered.received_at)
    return holding.as_notice(box, sheet)


def _team_text(
    box: Letterbox, place: Place, seats: list[Seat], *, of_writer: bool
) -> TeamText:
    sender = box.facts.sender
    return TeamText(
        lines=tuple(line[:_MOST_LETTERS] for line in box.facts.team_text[:_MOST_LINES]),
        readers=would_read(place, seats, box.facts.writer.person),
        subject=place.activity.subject,
        text=box.mail.reply,
        author="" if of_writer else sender.name or sender.address,
    )


def _collision(box: Letterbox, place: Place, seats: list[Seat]) -> Collision:
    answers = [
        place.session.get_one(Event, number) for number in box.facts.newer_answers
    ]
    return Collision(
        answers=tuple(
            Said(
                author=author_name(place.session, seats, post) or place.desk.name,
                at=post.received_at,
                text=post.text,
            )
            for post in answers
        ),
        customer=display_name(place.session, place.activity.customer_id),
        readers=would_read(place, seats, box.facts.writer.person),
        subject=place.activity.subject,
        text=box.mail.reply,
    )


def would_read(place: Place, seats: list[Seat], writer: int | None) -> tuple[str, ...]:
    """Give the names of those who get a post for everyone by somebody."""
    customer = place.activity.customer_id
    return tuple(
        seat.name
        for seat in seats
        if seat.person.id != writer
        and (seat.person.id == customer or seat.participant.membership == "joined")
    )


def let_through(held: Inbound) -> dict[str, object]:
    """Give what the operator's release says of a mail that waits for `send` or `note`.

    Released, it goes as it is; of any other held mail this says nothing.
    """
    kind, _, number = (held.thread_key or "").partition(":")
    if kind != "a" or held.settled_by not in _HELD_BY:
        return {}
    said = [str(_HELD_BY[held.settled_by]), int(number)]
    return {"passed": [*held.values.get("passed", []), said]}


_HELD_BY = {"team_text": Asking.TEAM_TEXT, "collision": Asking.COLLISION}


def settle(box: Letterbox, question: Question, answer: str) -> None:
    """Let the held mail go on as somebody meant it: to everyone, or to the team.

    The word counts for the activity that was asked about, and for no other that the
    same mail went to.
    """
    waiting = questions.waiting(box.session, question)
    if waiting is None:
        return
    if answer == "send":
        before = waiting.values.get("passed", [])
        said: dict[str, object] = {
            "passed": [*before, [question.asking, question.activity_id]]
        }
    else:
        said = {"notes": [*waiting.values.get("notes", []), question.activity_id]}
    questions.release(box, question, said)
