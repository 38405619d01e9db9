"""The answer to a question of ours becomes a deed: one function for each question."""

from collections.abc import Callable, Mapping

from gateway.activities import (
    admission,
    confirming,
    digest_answers,
    doubts,
    holding,
    lists,
    machines,
    on_behalf,
    publishing,
    questions,
    redacting,
    tag_answers,
    themes,
)
from gateway.activities.letterbox import Letterbox
from gateway.routing.asking import NO, Asking, decides
from gateway.routing.decision import Settle
from storage import question as asked
from storage.question import Question

Deed = Callable[[Letterbox, Question, str], None]
"""Does what was answered: the answering mail, the question, the word."""


def settle(box: Letterbox, decision: Settle) -> None:
    """Do what the answer to a question says; told again what was decided before."""
    question = box.session.get_one(Question, decision.question)
    if decision.is_late:
        questions.tell_decided(box, question, box.mail.subject_base)
        return
    at = box.offered.received_at
    asking = Asking(question.asking)
    if asking not in {Asking.LIST, Asking.DIGEST}:
        # The items of a list are decided one by one, by any of its readers.
        is_last = decides(asking, decision.answer)
        asked.settle(box.session, question, decision.answer, at, decides=is_last)
    _DEEDS[asking](box, question, decision.answer)


def _which_command(box: Letterbox, question: Question, answer: str) -> None:
    """The held mail goes on as its writer meant it."""
    waiting = questions.waiting(box.session, question)
    said: dict[str, object] = {"released": answer}
    if answer.startswith("/") and waiting is not None:
        meant = {question.values["word"]: answer.removeprefix("/")}
        said = {"meant": {**waiting.values.get("meant", {}), **meant}}
    questions.release(box, question, said)


def _same_person(box: Letterbox, question: Question, answer: str) -> None:
    """The address becomes theirs; the house hears when it is somebody else's."""
    if answer == NO:
        holding.tell_claim(box, question, "not_theirs")
    elif not doubts.same_person(box, question):
        holding.tell_claim(box, question, "address_taken")


def _let_in(box: Letterbox, question: Question, answer: str) -> None:
    """The stranger is seated; the house hears when there is no room for them."""
    if answer != NO and not doubts.let_in(box, question):
        holding.tell_claim(box, question, "no_room")


_DEEDS: Mapping[Asking, Deed] = {
    Asking.UNKNOWN_COMMAND: _which_command,
    Asking.LIST: lists.settle,
    Asking.DIGEST: digest_answers.settle,
    Asking.MACHINE: machines.answered,
    Asking.ADMIT: admission.decide,
    Asking.FORWARD: on_behalf.decide,
    Asking.CONFIRM_COMMAND: doubts.confirmed,
    Asking.IS_IT_YOU: _same_person,
    Asking.LET_IN: _let_in,
    Asking.WHICH_CASE: doubts.which_case,
    Asking.WHO_WROTE: doubts.who_wrote,
    Asking.FORM: doubts.form,
    Asking.TEAM_TEXT: confirming.settle,
    Asking.COLLISION: confirming.settle,
    Asking.PUBLISH: publishing.settle,
    Asking.REDACT: redacting.settle,
    Asking.WHICH_TAG: tag_answers.settle,
    Asking.THEME: themes.decide,
}
