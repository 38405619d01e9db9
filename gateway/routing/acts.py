"""Rules for addresses that ask for an act: return path, unsubscribe, question."""

from gateway.routing.asking import Asking, answer_to, is_on_the_activity
from gateway.routing.decision import (
    Bounced,
    Decision,
    Discard,
    Hold,
    Settle,
    Told,
    Unsubscribe,
)
from gateway.routing.facts import Facts
from gateway.routing.proof import Proof
from parsers.reply_address import Purpose


def return_path(facts: Facts) -> Decision | None:
    """At a return path, reports count as bounces and notes of machines do not."""
    if facts.purpose is not Purpose.RETURN:
        return None
    if facts.bounce.is_ and facts.delivery is not None:
        return Bounced(delivery=facts.delivery)
    if facts.by_machine:
        return Discard(reason="a machine's note at a return path")
    return Hold(
        cause="return_path",
        reason="a human answered a return path",
        told=Told.OWNER,
    )


def unsubscribe(facts: Facts) -> Decision | None:
    """Any mail to an unsubscribe address mutes this activity for its reader."""
    if facts.purpose is Purpose.UNSUBSCRIBE and facts.bearer:
        return Unsubscribe(participant=facts.bearer.participant)
    return None


def answer_to_question(facts: Facts) -> Decision | None:
    """The answer to a question of ours releases the mail that waits for it."""
    if facts.purpose is not Purpose.CONFIRM:
        return None
    if facts.by_machine:
        return Discard(reason="a machine answered a question")
    if facts.proof is Proof.FAILED or facts.question is None or facts.bearer is None:
        return Hold(
            cause="stranger",
            reason="an answer to a question that is closed, or from somebody else",
            told=Told.TEAM,
        )
    if facts.question_settled:
        return Settle(question=facts.question, answer="", is_late=True)
    return _answered(facts, facts.question)


def _answered(facts: Facts, question: int) -> Decision:
    if _needs_more_proof(facts):
        return Hold(
            cause="unproved",
            reason="an answer that acts on a case; the desk wants it verified",
            told=Told.TEAM,
        )
    asking = facts.asking or Asking.UNKNOWN_COMMAND
    answer = answer_to(asking, facts.commands, facts.prose, facts.answer)
    if answer:
        return Settle(question=question, answer=answer)
    return Hold(
        cause="unclear",
        reason="an answer that is none of the words of its question",
        told=Told.NOBODY if facts.writer.is_staff else Told.TEAM,
        explains=question,
    )


def _needs_more_proof(facts: Facts) -> bool:
    """Whether the desk wants a verified sender for what acts on others."""
    wants = facts.desk.staff_proof if facts.desk else ""
    if facts.asking is None or not is_on_the_activity(facts.asking):
        return False
    return wants == "verified" and facts.proof is not Proof.VERIFIED
