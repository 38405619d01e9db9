"""Each outcome of the rules and its deed; one arm for each, and nothing else."""

from typing import assert_never

from gateway.activities import (
    answers,
    aside,
    asking_outside,
    at_desk,
    bounces,
    by_hand,
    confirming,
    following,
    health,
    holding,
    machines,
    membership,
    on_behalf,
    opening,
    posting,
    publishing,
    redacting,
    thanking,
    wishes,
)
from gateway.activities.letterbox import Letterbox
from gateway.activities.place import By, Place
from gateway.routing.asking import Asking
from gateway.routing.decision import (
    Answer,
    Ask,
    AskForward,
    AskOutside,
    Bounced,
    ByHand,
    Complained,
    Confirm,
    Decision,
    Discard,
    Hold,
    Keep,
    Open,
    OpenFor,
    OpenForward,
    Order,
    Post,
    Reached,
    React,
    Settle,
    Show,
    TellInviter,
    Unsubscribe,
)
from gateway.routing.proof import Proof
from parsers.reply_address import Purpose
from storage import activity as activities
from storage.activity import Hearing, Participant
from storage.journal import State
from storage.people import Person
from storage.question import Question


def apply(  # noqa: C901, PLR0911, PLR0912, PLR0915 (one arm for each outcome, and nothing else)
    box: Letterbox, decision: Decision
) -> tuple[State, str]:
    """Do what was decided; give how the mail is settled by it, and why."""
    match decision:
        case Open():
            opening.open_activity(box, decision)
        case OpenForward():
            on_behalf.open_forward(box, decision)
        case OpenFor():
            on_behalf.open_for(box, decision)
        case AskOutside():
            asking_outside.ask(box, decision)
        case Post():
            posting.post(box, decision)
            publishing.follow(box, decision)
            redacting.follow(box, decision)
            following.follow(box, decision)
        case React():
            thanking.react(box, decision)
        case ByHand():
            by_hand.record(box, decision)
        case Keep():
            posting.keep(box, decision)
        case Answer():
            _answer(box, decision)
        case TellInviter():
            aside.tell(box, decision)
        case Unsubscribe():
            _unsubscribe(box, decision)
        case Bounced():
            bounces.reported(
                box.session,
                box.house,
                decision.delivery,
                box.mail,
                box.offered.received_at,
                box.offered.inbound,
            )
        case Complained():
            at = box.offered.received_at
            bounces.complained(box.session, box.house, decision.delivery, at)
        case Reached():
            return _reached(box, decision)
        case Settle():
            # What they answer may be of long ago: the answer itself is of now.
            box.heard_from()
            answers.settle(box, decision)
        case Show():
            machines.show(box, decision)
            return State.HELD, decision.reason
        case Order():
            box.heard_from()
            at_desk.obey(box, decision)
        case Hold():
            # What waits may be of anybody, unless it is proved who wrote it.
            asks_writer = decision.asks is Asking.CONFIRM_COMMAND
            if asks_writer or box.facts.proof >= Proof.BEARER:
                box.heard_from()
            holding.hold(box, decision)
            return State.HELD, decision.reason
        # Whoever is asked about their own mail has just written: the letter that asks
        # goes to an address behind which there is somebody (table B2).
        case AskForward():
            box.heard_from()
            on_behalf.ask(box)
            return State.HELD, "a forward of one of the team: for whom is the case?"
        case Confirm():
            box.heard_from()
            confirming.ask(box, decision)
            return State.HELD, f"{decision.asking}: shall it go to everyone?"
        case Ask():
            box.heard_from()
            holding.ask(box, decision)
            return State.HELD, f"{decision.word}: which command is meant?"
        case Discard():
            if box.facts.purpose is Purpose.RETURN:
                posting.note_away(box)
            return State.DISCARDED, decision.reason
        case _:
            assert_never(decision)
    return State.DONE, ""


def _of_participant(box: Letterbox, number: int) -> tuple[Place, Participant, By]:
    sealed = box.session.get_one(Participant, number)
    participant = activities.present_seat(box.session, sealed)
    place = box.place(participant.activity_id)
    by = box.by(box.session.get_one(Person, participant.person_id), box.facts.proof)
    return place, participant, by


def _answer(box: Letterbox, decision: Answer) -> None:
    place, participant, by = _of_participant(box, decision.participant)
    box.heard_from()
    if decision.answer in {"yes", "digest"}:
        address = box.facts.sender.address
        health.opts_in(box.session, box.house, address)
        wanted = Hearing.DIGEST if decision.answer == "digest" else Hearing.EACH
        membership.join(place, participant, by, hearing=wanted)
    else:
        never = decision.answer == "never"
        membership.decline(place, participant, by, never=never)


def _reached(box: Letterbox, decision: Reached) -> tuple[State, str]:
    """Take the answer to a probe: the way is open again, and what was missed goes."""
    question = box.session.get_one(Question, decision.question)
    at = box.offered.received_at
    question.answer, question.answered_at = "yes", at
    address = str(question.values["address"])
    health.heard(box.session, box.house, address, at, proved=True)
    if decision.hold is None:
        return State.DONE, ""
    holding.hold(box, decision.hold)
    return State.HELD, decision.hold.reason


def _unsubscribe(box: Letterbox, decision: Unsubscribe) -> None:
    wishes.stop(*_of_participant(box, decision.participant))
