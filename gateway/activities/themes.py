"""What becomes of what many customers asked for, told once to each of them.

Moved by mail, in answer to the digest of who leads the desk: the words are theirs, they
see to whom these go, and a yes sends them (support.md section 6).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.activities import cases, questions, tags
from gateway.activities.fanout import Word, fan_out
from gateway.activities.letterbox import Letterbox
from gateway.activities.letters import Addressee, Sheet, language_of, zone_of
from gateway.activities.place import By, Place
from gateway.activities.questions import Matter
from gateway.routing.asking import YES, Asking
from gateway.routing.desk import Desk
from parsers.address import key
from parsers.tag import normalised
from parsers.theme import Said, read_said
from storage import activity as activities
from storage import blocked, digest_content, people, theme
from storage import event as events
from storage.activity import Activity, Hearing, Lane, Membership
from storage.database import Session
from storage.event import Event, Kind
from storage.people import Person
from storage.question import Question
from storage.theme import Status, Theme
from templates.themes import ThemeAnswered, ThemeDraft, ThemeSaid

MOST = 200
"""Customers told by one yes: it is one transaction."""
_NAMES = 10
_HERE = frozenset({Membership.JOINED, Membership.TOLD})


def settle(box: Letterbox, question: Question, answer: str) -> None:
    """Do what each part of an answer says; what would be told is shown first."""
    lines = [
        said
        for each in read_said(answer)
        if (said := _settle_one(box, question, each)) is not None
    ]
    if lines:
        questions.answer(box, question, ThemeAnswered(lines=tuple(lines)))


def _settle_one(box: Letterbox, question: Question, said: Said) -> ThemeSaid | None:
    """Do what is said of one theme; None when a letter of its own asks."""
    # A digest from before there were groups has none.
    group = question.values.get("groups", {}).get(said.number)
    if group is not None:
        return _tag(box, question, said, group)
    word = question.values["themes"].get(said.number)
    if word is None:
        return ThemeSaid(said=said.line, outcome="no_such_item")
    if said.word in {"", "tag"}:
        return ThemeSaid(said=said.line, outcome="which_word")
    if said.word == "mine":
        found = _theme(box, word)
        found.owner_id = question.person_id
        return ThemeSaid(said=said.line, outcome="mine", theme=word)
    if not said.text:
        return ThemeSaid(said=said.line, outcome="which_text")
    _show(box, question, word, Status(said.word), said.text)
    return None


def _tag(
    box: Letterbox, question: Question, said: Said, group: Sequence[int]
) -> ThemeSaid:
    """Give the cases of a group one tag, those that are still the desk's."""
    word = normalised(said.text)
    if said.word != "tag" or not word:
        return ThemeSaid(said=said.line, outcome="which_tag")
    by = box.by(box.session.get_one(Person, question.person_id), box.facts.proof)
    desk = _desk_row(box)
    found = {
        present.id
        for activity in group
        if (present := activities.find(box.session, activity)) is not None
        and present.desk_id == desk
    }
    count = sum(
        tags.add_to(box.place(activity), by, word) for activity in sorted(found)
    )
    return ThemeSaid(said=said.line, outcome="tagged", theme=word, count=count)


def _desk_row(box: Letterbox) -> int:
    row = activities.desk_named(box.session, key(box.desk.address))
    assert row is not None
    return row.id


def _theme(box: Letterbox, word: str) -> Theme:
    return theme.meet(box.session, _desk_row(box), word)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asked for a theme, and how far they can be told."""

    to: Sequence[tuple[int, int]]
    """Activity and customer."""
    told: int
    left_out: int
    later: int


def _asked(session: Session, desk: Desk, found: Theme, status: Status) -> _Asked:
    """Find who asked for a theme and was not told of a status yet.

    Each in the newest of their cases in which they still take part.
    """
    told = theme.told(session, found.id, status)
    rows = [
        (present.id, customer)
        for activity, customer in theme.asked(session, found.desk_id, found.word)
        if (present := activities.find(session, activity)) is not None
    ]
    everybody = {customer for _, customer in rows}
    waiting = sorted(everybody - told)
    readers = digest_content.readers(session, waiting)
    seats = digest_content.seats(session, waiting, sorted({case for case, _ in rows}))
    to: dict[int, int] = {}
    for activity, customer in rows:
        seat, reader = seats.get((activity, customer)), readers.get(customer)
        if customer in to or seat is None or reader is None or desk.listens:
            continue
        hears = seat.membership in _HERE and seat.hearing is not Hearing.MUTED
        reads = reader.is_reached and "message" not in reader.refused
        if hears and reads and not blocked.is_blocked(session, key(reader.address)):
            to[customer] = activity
    # In one order, so that two who tell at once wait for each other and no more.
    chosen = sorted((activity, customer) for customer, activity in to.items())
    return _Asked(
        to=chosen[:MOST],
        told=len(everybody & told),
        left_out=len(waiting) - len(chosen),
        later=max(0, len(chosen) - MOST),
    )


def _show(
    box: Letterbox, question: Question, word: str, status: Status, text: str
) -> None:
    """Show whoever leads the desk what would go to whom, and ask them."""
    session, desk = box.session, box.desk
    asked = _asked(session, desk, _theme(box, word), status)
    first = [customer for _, customer in asked.to[:_NAMES]]
    names = digest_content.names(session, first)
    person = session.get_one(Person, question.person_id)
    values = ThemeDraft(
        desk=desk.name,
        theme=word,
        status=str(status),
        text=text,
        readers=tuple(names[each][0] for each in first),
        more=len(asked.to) - len(first),
        told=asked.told,
        left_out=asked.left_out,
        later=asked.later,
    )
    sheet = Sheet(
        desk=desk,
        activity=None,
        at=box.offered.received_at,
        reason="asked",
        subject=word,
        language=language_of(person, desk),
        zone=zone_of(person, desk),
        by_mail=True,
    )
    address = people.primary_addresses(session, [person.id])[person.id]
    kept = {"desk": desk.address, "theme": word, "status": str(status), "text": text}
    matter = Matter(asking=Asking.THEME, values=kept)
    to = Addressee(person=person.id, address=address, token=None)
    questions.ask(session, box.house, sheet, matter, values, [to])


def decide(box: Letterbox, question: Question, answer: str) -> None:
    """Tell everyone who asked, if the answer is yes; else nobody is told anything."""
    if answer != YES:
        return
    session, values = box.session, question.values
    status, text = Status(values["status"]), values["text"]
    found = theme.locked(session, _theme(box, values["theme"]))
    asked = _asked(session, box.desk, found, status)
    author = session.get_one(Person, question.person_id)
    by = box.by(author, box.facts.proof)
    for activity, customer in asked.to:
        event = _post(box.place(activity), by, found, status, text)
        theme.note_told(session, found.id, status, customer, event.id)
    found.status, found.answer = status, text
    found.changed_at = by.at
    found.owner_id = found.owner_id or author.id
    outcome = "told" if asked.to else "kept"
    said = ThemeSaid(
        said=answer, outcome=outcome, theme=found.word, count=len(asked.to)
    )
    questions.answer(box, question, ThemeAnswered(lines=(said,)))


def would_reach(session: Session, desk: Desk, question: Question) -> list[Activity]:
    """Give the cases in which a yes to a draft would be told; writes nothing."""
    row = activities.desk_named(session, key(desk.address))
    found = row and theme.find(session, row.id, question.values["theme"])
    if not found:
        return []
    asked = _asked(session, desk, found, Status(question.values["status"]))
    rows = (activities.find(session, activity) for activity, _ in asked.to)
    return [each for each in rows if each is not None]


def _post(place: Place, by: By, found: Theme, status: Status, text: str) -> Event:
    """Post it in the thread of somebody who asked, in the name of who approved it.

    Nobody's turn changes: whoever waits for an answer to their own matter still waits.
    """
    _seat(place, by)
    event = events.record(
        place.session,
        Event(
            activity_id=place.activity.id,
            lane=Lane.EVERYONE,
            kind=Kind.POST,
            actor_id=by.person.id,
            door=by.door,
            proof=by.proof,
            received_at=by.at,
            text=text,
            values={"theme": found.word, "status": str(status)},
        ),
    )
    fan_out(place, Word(event=event))
    return event


def _seat(place: Place, by: By) -> None:
    """Let who approved it be of the house in that case too, and hear nothing of it."""
    session, activity = place.session, place.activity
    if activities.participant_of(session, activity.id, by.person.id) is None:
        seat = cases.seat(place, by.person, by.at)
        activities.move(seat, Membership.LEFT, by.at)
