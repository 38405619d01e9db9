"""Rules for addresses that ask for an act: return path, unsubscribe, question."""

from gateway.routing.asking import Asking, answer_to, is_on_the_activity
from gateway.routing.decision import (
    Bounced,
    Complained,
    Decision,
    Discard,
    Hold,
    Reached,
    Settle,
    TellInviter,
    Told,
    Unsubscribe,
)
from gateway.routing.facts import Facts
from gateway.routing.proof import Proof
from parsers.reply_address import Purpose


def return_path(facts: Facts) -> Decision | None:
    """At a return path, reports and complaints count, notes of machines do not (B1)."""
    if facts.purpose is not Purpose.RETURN:
        return None
    if facts.bounce.is_ or facts.complaint:
        return _report(facts)
    if facts.by_machine:
        return Discard(reason="a machine's note at a return path")
    if facts.released:
        return None
    return Hold(
        cause="return_path",
        reason="a human answered a return path",
        told=Told.OWNER,
    )


def _report(facts: Facts) -> Decision:
    if facts.delivery is None:
        return Discard(reason="a report about a letter that we never sent")
    if facts.complaint:
        return Complained(delivery=facts.delivery)
    return Bounced(delivery=facts.delivery)


def answer_to_probe(facts: Facts) -> Decision | None:
    """A person who answers a probe is reached; a machine shows nothing (B2)."""
    if facts.asking is not Asking.REACHED or facts.question is None:
        return None
    if facts.proof is Proof.FAILED:
        return None
    if facts.by_machine:
        return Discard(reason="a machine answered a probe")
    if facts.answer == "yes" or not facts.has_text:
        return Reached(question=facts.question)
    hold = Hold(
        cause="probe_answer",
        reason="an answer to a probe that says more than yes",
        told=Told.TEAM,
    )
    return Reached(question=facts.question, hold=None if facts.released else hold)


def aside(facts: Facts) -> Decision | None:
    """What came to an inviter's own address is for the inviter alone (D31)."""
    if facts.purpose is not Purpose.ASIDE or facts.bearer is None:
        return None
    if facts.by_machine:
        return Discard(reason="a machine answered an inviter")
    if not facts.has_text:
        return Discard(reason="nothing was written to the inviter")
    is_theirs = facts.writer.person == facts.bearer.person
    return TellInviter(participant=facts.bearer.participant, is_theirs=is_theirs)


def unsubscribe(facts: Facts) -> Decision | None:
    """Any mail to an unsubscribe address mutes this activity for its reader."""
    if facts.purpose is Purpose.UNSUBSCRIBE and facts.bearer:
        return Unsubscribe(participant=facts.bearer.participant)
    return None


def answer_to_question(facts: Facts) -> Decision | None:
    """The answer to a question of ours releases the mail that waits for it."""
    if facts.purpose is not Purpose.CONFIRM or facts.released == "open":
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
    answer = answer_to(asking, facts.commands, facts.prose, facts.answer, facts.answers)
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
