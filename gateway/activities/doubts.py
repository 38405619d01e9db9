"""Whose a held mail is: those are asked who can tell, and their answer is done.

The questions are B18, B20, B21, B22 and two of the tables R1 and R2. Every answer
ends in one of three ways: the mail goes on with a word that the rules know
(`Facts.released`), it is discarded by the person's name, or it is left to the house.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gateway.activities import door, inviting, membership, questions
from gateway.activities.letterbox import Letterbox
from gateway.activities.letters import Addressee, Sheet, language_of, zone_of
from gateway.activities.place import Place
from gateway.activities.questions import Matter
from gateway.activities.references import root_id
from gateway.routing.asking import NO, Asking
from gateway.routing.decision import Hold
from gateway.routing.proof import Proof
from parsers.address import Mailbox, key
from storage import activity as activities
from storage import event as events
from storage import journal, people
from storage.activity import Lane, Membership, Participant, Role
from storage.journal import State
from storage.people import Person
from storage.question import Question
from templates.asked import Doubt

_WORDS: Mapping[Asking, tuple[str, ...]] = {
    Asking.IS_IT_YOU: ("yes", "no"),
    Asking.LET_IN: ("yes", "no"),
    Asking.CONFIRM_COMMAND: ("yes", "no"),
    Asking.WHICH_CASE: ("open", "solved"),
    Asking.WHO_WROTE: ("mine", "refuse"),
    Asking.FORM: ("form", "open", "refuse", "spam"),
}
_FORM_OR_OURS = ("form", "mine", "refuse", "spam")
"""Nobody's case can be opened for an address of ours; somebody wrote from there."""
_ABOUT_A_PERSON = frozenset({Asking.IS_IT_YOU, Asking.LET_IN})
"""Asked beside the house, which is told of the mail all the same."""
OF_THE_HOUSE = frozenset({Asking.WHICH_CASE, Asking.WHO_WROTE, Asking.FORM})
"""Asked of those who would else be told that a mail is held."""


def ask(
    box: Letterbox, decision: Hold, place: Place | None, told: Sequence[Addressee]
) -> None:
    """Ask whom the decision names; `told` are those who hear of the mail anyway."""
    asking = decision.asks
    if asking is None or box.offered.inbound is None:
        return
    to = _whom(box, decision, asking, told)
    matter = Matter(
        asking=asking,
        inbound=box.offered.inbound,
        values={
            "key": key(box.facts.sender.address),
            "address": box.facts.sender.address,
            "name": box.facts.sender.name,
            "answers": list(_words(box, asking)),
        },
    )
    sheet = _sheet(box, place, asking, to)
    values = _doubt(box, asking, place)
    if asking not in _ABOUT_A_PERSON:
        # In place of the notice that a mail is held (promises R16).
        sheet = replace(sheet, tells_of=(box.offered.inbound,))
        at = box.offered.received_at
        door.note_told(box.session, [box.offered.inbound], at)
    questions.ask(box.session, box.house, sheet, matter, values, to)


def _whom(
    box: Letterbox, decision: Hold, asking: Asking, told: Sequence[Addressee]
) -> list[Addressee]:
    if asking in OF_THE_HOUSE:
        return list(told)
    if decision.asks_whom is None:
        sender, now = box.facts.sender, box.offered.received_at
        person = people.meet(box.session, sender, now=now)
        return [Addressee(person=person.id, address=sender.address, token=None)]
    whom = decision.asks_whom
    address = people.primary_addresses(box.session, [whom])[whom]
    return [Addressee(person=whom, address=address, token=None)]


def _words(box: Letterbox, asking: Asking) -> tuple[str, ...]:
    if asking is Asking.FORM and box.facts.from_own_address:
        return _FORM_OR_OURS
    return _WORDS[asking]


def _doubt(box: Letterbox, asking: Asking, place: Place | None) -> Doubt:
    facts = box.facts
    other = ""
    if asking is Asking.WHICH_CASE and facts.elsewhere is not None:
        other = box.place(facts.elsewhere.thread.activity).activity.subject
    elif asking is Asking.FORM:
        other = box.mail.reply_to[0].address
    elif asking is Asking.CONFIRM_COMMAND:
        other = facts.commands[0].line
    # Outsiders read nothing of what a stranger wrote (T8).
    is_inside = asking in OF_THE_HOUSE or asking is Asking.CONFIRM_COMMAND
    return Doubt(
        about=str(asking),
        # A name may say anything, and nobody vouches for this one.
        name="" if asking is Asking.IS_IT_YOU else facts.sender.name,
        address=facts.sender.address,
        words=_words(box, asking),
        subject=place.activity.subject if place else box.mail.subject_base,
        other=other,
        text=box.mail.reply if is_inside else "",
        at=box.offered.received_at,
    )


def _sheet(
    box: Letterbox, place: Place | None, asking: Asking, to: Sequence[Addressee]
) -> Sheet:
    is_inside = asking in OF_THE_HOUSE or asking is Asking.CONFIRM_COMMAND
    lane = Lane.TEAM if is_inside else Lane.EVERYONE
    reader = box.session.get_one(Person, to[0].person) if len(to) == 1 else None
    return Sheet(
        desk=box.desk,
        activity=place.activity if place else None,
        at=box.offered.received_at,
        reason="asked" if asking is Asking.CONFIRM_COMMAND else "owner",
        lane=lane,
        references=(root_id(place, lane),) if place else (),
        subject=box.mail.subject_base,
        language=language_of(reader, box.desk) if reader else "",
        zone=zone_of(reader, box.desk) if reader else "",
        by_mail=asking is Asking.CONFIRM_COMMAND,
    )


def confirmed(box: Letterbox, question: Question, answer: str) -> None:
    """Do the command that somebody of the team says is theirs, or drop it (B18)."""
    if answer == NO:
        questions.dismiss(box, question, "whose address it names did not write it")
    else:
        questions.release(box, question, {"released": "yes"})


def same_person(box: Letterbox, question: Question) -> bool:
    """Add an address to who says that it is theirs, and post what waits (B20).

    False for one that is somebody else's by now: it stays theirs.
    """
    address, at = question.values["address"], box.offered.received_at
    if not people.add_address(box.session, question.person_id, address, now=at):
        return False
    _release_all(box, question)
    questions.release(box, question, {"released": "yes"})
    return True


def _release_all(box: Letterbox, question: Question) -> None:
    """Let in what else this address wrote to this person's token meanwhile.

    Not what its own domain disowns (decisions B19): whoever says "that is me" was not
    asked about that one, and anybody may have written it.
    """
    if question.activity_id is None:
        return
    for event in events.held(box.session, question.activity_id):
        is_same = (
            event.values.get("from") == question.values["key"]
            and event.values.get("bearer") == question.person_id
            and event.values.get("cause") != "failed_proof"
        )
        row = event.inbound_id and journal.by_id(box.session, event.inbound_id)
        if not is_same or not row or row.id == question.inbound_id:
            continue
        if row.state is State.HELD:
            by = f"person {question.person_id}"
            at = box.offered.received_at
            journal.release(box.session, row.id, {"released": "yes"}, by=by, now=at)


def let_in(box: Letterbox, question: Question) -> bool:
    """Seat the stranger whom a participant had in Cc; they post as themselves (R2).

    False when no more guests fit: the mail waits for the house (decisions D31).
    """
    if question.activity_id is None or not questions.waiting(box.session, question):
        return True
    place = box.place(question.activity_id)
    who = Mailbox(question.values["name"], question.values["address"])
    person = people.meet(box.session, who, now=box.offered.received_at)
    seat = activities.participant_of(box.session, place.activity.id, person.id)
    if seat is None and not inviting.has_room(
        box.session, box.house, place.activity.id
    ):
        return False
    if seat is None:
        seat = Participant(
            activity_id=place.activity.id,
            person_id=person.id,
            role=Role.GUEST,
            membership=Membership.INVITED,
            invited_by_id=question.person_id,
            changed_at=box.offered.received_at,
        )
        box.session.add(seat)
        box.session.flush()
    if seat.membership is Membership.INVITED:
        by = box.by(person, Proof.VERIFIED)
        membership.join(place, seat, by, posted=True)
    questions.release(box, question, {"released": "yes"})
    return True


def which_case(box: Letterbox, question: Question, answer: str) -> None:
    """Post it where one of the house says that it belongs (R1 row 5)."""
    where = "there" if answer == "open" else "here"
    questions.release(box, question, {"released": where})


def who_wrote(box: Letterbox, question: Question, answer: str) -> None:
    """Post it as whoever says that it is theirs, or drop it (B21)."""
    if answer == "mine":
        said = {"released": "mine", "author": question.person_id}
        questions.release(box, question, said)
    else:
        questions.dismiss(box, question, "refused")


def form(box: Letterbox, question: Question, answer: str) -> None:
    """Take it as a form's, as its sender's own or the reader's, or drop it (B22).

    Even as spam its sender is not blocked: that would be every visitor of the site.
    """
    if answer == "mine":
        who_wrote(box, question, answer)
    elif answer in {"form", "open"}:
        questions.release(box, question, {"released": answer})
    else:
        questions.dismiss(box, question, answer)
