"""Rules for addresses that ask for an act: return path, unsubscribe, question."""

from gateway.routing.decision import (
    Bounced,
    Complained,
    Decision,
    Discard,
    Hold,
    Reached,
    Settle,
    Told,
    Unsubscribe,
)
from gateway.routing.facts import Facts
from gateway.routing.proof import Proof
from parsers.reply_address import Purpose

_AS_WRITTEN = "post"


def return_path(facts: Facts) -> Decision | None:
    """At a return path, reports and complaints count, notes of machines do not (B1)."""
    if facts.purpose is not Purpose.RETURN:
        return None
    if facts.bounce.is_ or facts.complaint:
        if facts.delivery is None:
            return Discard(reason="a report about a letter that we never sent")
        if facts.complaint:
            return Complained(delivery=facts.delivery)
        return Bounced(delivery=facts.delivery)
    if facts.by_machine:
        return Discard(reason="a machine's note at a return path")
    return Hold(
        cause="return_path",
        reason="a human answered a return path",
        told=Told.OWNER,
    )


def answer_to_probe(facts: Facts) -> Decision | None:
    """A person who answers a probe is reached; a machine shows nothing (B2)."""
    if facts.probe is None or facts.proof is Proof.FAILED:
        return None
    if facts.by_machine:
        return Discard(reason="a machine answered a probe")
    if facts.answer == "yes" or not facts.has_text:
        return Reached(question=facts.probe)
    hold = Hold(
        cause="probe_answer",
        reason="an answer to a probe that says more than yes",
        told=Told.TEAM,
    )
    return Reached(question=facts.probe, hold=None if facts.released else hold)


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
    if facts.commands:
        return Settle(question=facts.question, answer=f"/{facts.commands[0].word}")
    first = facts.prose.strip().split(maxsplit=1)[:1]
    if first and first[0].strip(".,!").lower() == _AS_WRITTEN:
        return Settle(question=facts.question, answer=_AS_WRITTEN)
    return Hold(
        cause="unclear",
        reason="an answer that is neither a command nor `post`",
        told=Told.TEAM,
    )
