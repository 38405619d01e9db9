"""Rules for addresses that ask for an act: return path, unsubscribe, question."""

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

_AS_WRITTEN = "post"


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
