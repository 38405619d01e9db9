"""Commands to a desk itself, which are about no activity (decisions B18)."""

from collections.abc import Mapping
from enum import StrEnum

from gateway.routing.decision import Ask, Decision, Hold, Order
from gateway.routing.facts import Facts
from gateway.routing.instructions import confirm, instructions, needs_more_proof
from gateway.routing.openings import put
from gateway.routing.proof import Proof
from parsers.mail import Command


class Effect(StrEnum):
    """What a command does, and so how sure we must be of who gave it."""

    READS = "reads"
    """Answered at once, to the known address: whoever forged it learns nothing."""
    ACTS = "acts"
    """Done at once for who is proved; for others after a "yes"."""
    ON_ONESELF = "on oneself"
    """The same for what changes nobody but its writer; never above a text."""


AT_THE_DESK: Mapping[str, Effect] = {
    "find": Effect.READS,
    "help": Effect.READS,
    "me": Effect.ON_ONESELF,
    "mine": Effect.READS,
    "queue": Effect.READS,
    "show": Effect.READS,
    "who": Effect.READS,
}
"""The commands that a desk takes; gateway.activities.at_desk has the deeds."""

_AS_WRITTEN, _CONFIRMED = "post", "yes"


def command_at_desk(facts: Facts) -> Decision | None:
    """A command to the desk alone: read at once, else only when sure (B18)."""
    # What stands in a form was typed by anybody: text, and no question follows.
    is_text = facts.is_form or facts.released == _AS_WRITTEN
    if is_text or not facts.writer.is_staff:
        return None
    if _is_order(facts):
        return _order(facts)
    asked = instructions(facts)
    if isinstance(asked, Hold):
        return asked
    question = asked if isinstance(asked, Ask) else _misplaced(facts, asked)
    return put(facts, question) if question else None


def _misplaced(facts: Facts, commands: tuple[Command, ...]) -> Ask | None:
    """A command that wants a case, or a text in answer to a list of many."""
    if commands:
        return Ask(word=f"/{commands[0].word}", nearest="", refused=True)
    if facts.answers_no_case and not facts.released:
        return Ask(word="/show", nearest="", refused=True, lacks="case")
    return None


def _is_order(facts: Facts) -> bool:
    """Whether all of its commands are for the desk, and none is lost on a text."""
    effects = {AT_THE_DESK.get(each.word) for each in facts.commands}
    if facts.thread is not None or not effects or None in effects:
        return False
    return not facts.has_text or Effect.ACTS in effects


def _order(facts: Facts) -> Decision:
    reads = Effect.READS
    acting = [each for each in facts.commands if AT_THE_DESK[each.word] is not reads]
    if facts.proof is Proof.FAILED:
        word = f"/{facts.commands[0].word}"
        return put(facts, Ask(word=word, nearest="", refused=True))
    if acting and (refused := needs_more_proof(facts)):
        return refused
    if acting and facts.proof < Proof.BEARER and facts.released != _CONFIRMED:
        return confirm(facts, acting[0])
    return Order(commands=facts.commands, proof=facts.proof)
