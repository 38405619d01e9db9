"""A note becomes a post for everyone: by `/publish`, after a look at it (E41, E47)."""

from dataclasses import dataclass

from gateway.activities import below, confirming, questions
from gateway.activities.commands import answer_now
from gateway.activities.fanout import Word, author_name, fan_out
from gateway.activities.floor import Floor
from gateway.activities.letterbox import Letterbox
from gateway.activities.letters import addressee
from gateway.activities.place import By, Place
from gateway.activities.posting import change_turn
from gateway.activities.questions import Matter
from gateway.routing.asking import YES, Asking
from gateway.routing.decision import Post
from storage import activity as activities
from storage import event as events
from storage.activity import Lane, Membership, Participant
from storage.event import Event, Kind
from storage.people import Person
from storage.question import Question
from storage.roster import display_name, roster, seated
from templates.asked import Publish
from templates.understood import Understood

_COMMAND = "/publish"


def follow(box: Letterbox, decision: Post) -> None:
    """Show a note as everybody would read it, when the mail just posted asks for it.

    By `/publish`, or because that mail is a note which greets the waiting customer.
    """
    asks = any(each.word == "publish" for each in decision.commands)
    if not (asks or decision.offers):
        return
    place = box.place(decision.activity)
    asker = _asker(box, place)
    if asker is None:
        return
    if asks:
        _asked(box, place, asker)
    elif (note := _just_posted(box, place)) is not None:
        _preview(box, place, asker, note, as_note=True)


def _asker(box: Letterbox, place: Place) -> Participant | None:
    person = box.facts.writer.person
    if person is None:
        return None
    return activities.participant_of(place.session, place.activity.id, person)


def _just_posted(box: Letterbox, place: Place) -> Event | None:
    if box.offered.inbound is None:
        return None
    return events.of_mail(
        place.session, place.activity.id, box.offered.inbound, Lane.TEAM
    )


def _asked(box: Letterbox, place: Place, asker: Participant) -> None:
    note = _meant(box, place) if asker.in_team_lane else None
    if note is None:
        _say(box, place, asker, Understood(command=_COMMAND, outcome="publish_what"))
    elif note.is_taken_back:
        name = display_name(place.session, note.values["taken_back"]["by"])
        said = Understood(command=_COMMAND, outcome="redacted_before", names=(name,))
        _say(box, place, asker, said)
    elif before := _published(place, note):
        _say(box, place, asker, _published_by(place, before))
    else:
        _preview(box, place, asker, note, as_note=False)


def _meant(box: Letterbox, place: Place) -> Event | None:
    """Give the note that a mail answers; the newest, if it answers none."""
    number = box.facts.answers_post
    answered = place.session.get(Event, number) if number else None
    if answered is not None and answered.lane is Lane.TEAM:
        return answered
    return events.newest_note(place.session, place.activity.family)


def _published(place: Place, note: Event) -> Event | None:
    family = place.activity.family
    later = events.posts_since(place.session, family, Lane.EVERYONE, note.id)
    found = (post for post in later if post.values.get("published_from") == note.id)
    return next(found, None)


def _published_by(place: Place, post: Event) -> Understood:
    name = display_name(place.session, post.values["published_by"])
    return Understood(command=_COMMAND, outcome="published_before", names=(name,))


def _say(box: Letterbox, place: Place, to: Participant, said: Understood) -> None:
    person = place.session.get_one(Person, to.person_id)
    floor = Floor(place=place, participant=to, by=box.by(person, box.facts.proof))
    answer_now(floor, [said], posted=box.facts.has_text)


def _preview(
    box: Letterbox, place: Place, asker: Participant, note: Event, *, as_note: bool
) -> None:
    session = place.session
    seats = roster(session, place.activity.id)
    seat = seated(seats, asker.person_id)
    by_asker = note.actor_id in {None, asker.person_id}
    linked = [each["name"] for each in note.values.get("linked", ())]
    values = Publish(
        text=note.text,
        author="" if by_asker else author_name(session, seats, note),
        readers=confirming.would_read(
            place, seats, asker.person_id if by_asker else note.actor_id
        ),
        subject=place.activity.subject,
        customer=display_name(session, place.activity.customer_id),
        as_note=as_note,
        below=below.parts_of(note),
        linked=tuple(linked),
        left_out=tuple(
            name for name in note.values.get("attachments", ()) if name not in linked
        ),
    )
    sheet = questions.sheet_of(place, seat, box.offered.received_at)
    matter = Matter(asking=Asking.PUBLISH, event=note.id)
    questions.ask(session, place.house, sheet, matter, values, [addressee(seat)])


def settle(box: Letterbox, question: Question, answer: str) -> None:
    """Publish the note that was shown, if the answer is yes; else it stays a note.

    Raises LookupError when the activity is gone.
    """
    if answer != YES or question.activity_id is None or question.event_id is None:
        return
    place = box.place(question.activity_id)
    due = publication(place, question)
    if due is None:
        return
    if before := _published(place, due.note):
        _say(box, place, due.publisher, _published_by(place, before))
        return
    by = box.by(place.session.get_one(Person, due.author), box.facts.proof)
    event = _record(place, due.note, by, due.publisher.person_id)
    turned = change_turn(place, due.answers_as, by, due.note.text)
    # Somebody looked at it and said yes: that is never too fast (decisions E46).
    word = Word(event=event, takes=turned.takes, reopened=turned.reopened)
    fan_out(place, word)


@dataclass(frozen=True, slots=True)
class Publication:
    """A note that a yes makes a post for everyone."""

    note: Event
    author: int
    """In whose name; who publishes stands in for a writer whom nobody knows."""
    answers_as: Participant | None
    """Whose answer it counts as."""
    publisher: Participant
    is_done: bool
    """It stands for everyone already."""


def publication(place: Place, question: Question) -> Publication | None:
    """Give what a yes to a question publishes; None for somebody who has no seat."""
    publisher = activities.participant_of(
        place.session, place.activity.id, question.person_id
    )
    note = place.session.get(Event, question.event_id or 0)
    if publisher is None or note is None:
        return None
    author = note.actor_id or publisher.person_id
    return Publication(
        note=note,
        author=author,
        answers_as=_seat(place, author, publisher),
        publisher=publisher,
        is_done=_published(place, note) is not None,
    )


def _seat(place: Place, author: int, publisher: Participant) -> Participant | None:
    """Whose answer it counts as: whoever left the case does not get it back by this."""
    found = activities.participant_of(place.session, place.activity.id, author)
    if found is None or not found.in_team_lane:
        return found
    return publisher if found.membership is Membership.LEFT else found


def _record(place: Place, note: Event, by: By, publisher: int) -> Event:
    kept: dict[str, object] = {
        name: note.values[name] for name in ("linked", "below") if name in note.values
    }
    return events.record(
        place.session,
        Event(
            activity_id=place.activity.id,
            lane=Lane.EVERYONE,
            kind=Kind.POST,
            actor_id=by.person.id,
            door=by.door,
            proof=by.proof,
            received_at=by.at,
            inbound_id=by.inbound,
            text=note.text,
            values={**kept, "published_from": note.id, "published_by": publisher},
        ),
    )
