"""Rules by which one of the team asks somebody outside in private (decisions D36)."""

from gateway.routing.decision import Ask, AskOutside, Hold
from gateway.routing.facts import Facts, Thread
from gateway.routing.for_customer import named_by_open
from gateway.routing.instructions import confirm
from gateway.routing.proof import Proof
from parsers.mail import Command

_CONFIRMED = "yes"


def private_question(
    facts: Facts, thread: Thread, commands: tuple[Command, ...]
) -> AskOutside | Ask | Hold | None:
    """Give the private question that a mail of the team asks, or what hinders it.

    None where there is no `/ask` among the commands that its writer may give.
    """
    said = [each for each in commands if each.word == "ask"]
    if not said:
        return None
    others = [each for each in commands if each is not said[0]]
    if others or facts.listens:
        word = others[0].word if others else "ask"
        return Ask(word=f"/{word}", nearest="", refused=True)
    if lacks := _lacks(facts):
        return Ask(word="/ask", nearest="", refused=True, lacks=lacks)
    if facts.proof < Proof.BEARER and facts.released != _CONFIRMED:
        return confirm(facts, said[0])
    if facts.asks is None:
        raise AssertionError("a question without whom it is for was let through")
    return AskOutside(
        activity=thread.activity,
        whom=facts.asks,
        subject=named_by_open(said[0].argument)[1],
        proof=max(facts.proof, Proof.BEARER),
    )


def _lacks(facts: Facts) -> str:
    """Name what must be mended before anything is sent; empty when nothing must."""
    if facts.asks is None:
        return "whom"
    if facts.asks_customer:
        return "outsider"
    if not facts.prose.strip():
        return "question"
    return "own_words" if facts.team_text else ""
