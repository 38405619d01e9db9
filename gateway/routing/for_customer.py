"""Rules by which one of the team opens a case for a customer (decisions C29)."""

from dataclasses import replace

from gateway.routing.decision import (
    Acknowledge,
    Ask,
    AskForward,
    Decision,
    OpenFor,
    OpenForward,
)
from gateway.routing.facts import Facts
from gateway.routing.instructions import confirm, instructions
from gateway.routing.openings import acknowledge, put
from gateway.routing.proof import Proof
from parsers.address import Mailbox, read_mailboxes

_FOR_THEM, _CONFIRMED = "forward", "yes"
# What may stand above a forward: its words are for the team anyway.
_ABOVE_FORWARD = frozenset({"note", "take"})
_BESIDE_OPEN = frozenset({"open", "note", "take"})


def forward(facts: Facts) -> Decision | None:
    """A mail that one of the team forwards opens for its writer, once they say so."""
    if facts.forwards is None or facts.by_machine or facts.desk is None:
        return None
    if facts.released == _FOR_THEM:
        return OpenForward(
            customer=facts.forwards,
            acknowledge=_acknowledge(facts, facts.forwards),
            takes=any(each.word == "take" for each in facts.commands),
        )
    said = {each.word for each in facts.commands}
    is_plain = facts.thread is None and not facts.is_form and not facts.from_own_address
    if not is_plain or facts.released not in {"", "post"}:
        return None
    if said - _ABOVE_FORWARD and not facts.released:
        return None
    return AskForward()


def _acknowledge(facts: Facts, customer: Mailbox) -> Acknowledge:
    """What anybody gets for whom nothing speaks (mail-rules section 0)."""
    as_theirs = replace(
        facts,
        released="",
        proof=Proof.UNPROVED,
        sender=customer,
        sender_is_role=False,
        writer=replace(facts.writer, is_staff=False),
    )
    return acknowledge(as_theirs)


def open_for(facts: Facts) -> Decision | None:
    """`/open CUSTOMER` by one of the team begins a case with them (decisions C29)."""
    said = [each for each in facts.commands if each.word == "open"]
    if not said or facts.thread is not None or facts.is_form:
        return None
    if not facts.writer.is_staff or facts.released not in {"", _CONFIRMED}:
        return None
    if asked := _not_yet(facts):
        return put(facts, asked)
    if facts.opens_for is None:
        return None
    if facts.proof < Proof.BEARER and facts.released != _CONFIRMED:
        return confirm(facts, said[0])
    _, subject = named_by_open(said[0].argument)
    return OpenFor(
        customer=facts.opens_for,
        subject=subject,
        proof=max(facts.proof, Proof.BEARER),
        only_note=facts.listens or any(each.word == "note" for each in facts.commands),
    )


def _not_yet(facts: Facts) -> Ask | None:
    """What is to be asked before anything is sent."""
    others = tuple(each for each in facts.commands if each.word not in _BESIDE_OPEN)
    # What is misspelt or stands astray is asked about as ever (E39).
    asked = instructions(replace(facts, commands=others))
    if isinstance(asked, Ask):
        return asked
    if others:
        return Ask(word=f"/{others[0].word}", nearest="", refused=True)
    lacks = ""
    if facts.opens_for is None:
        lacks = "customer"
    elif not facts.has_text:
        lacks = "text"
    return Ask(word="/open", nearest="", refused=True, lacks=lacks) if lacks else None


def named_by_open(argument: str) -> tuple[Mailbox | None, str]:
    """Part whom `/open` names from the subject behind; None: no address stands there.

    `Carla Gomez <carla@gomez.example> The rows` or `carla@gomez.example The rows`.
    """
    name, bracket, rest = argument.partition(">")
    if not bracket:
        name, _, rest = argument.partition(" ")
    boxes = read_mailboxes(name + bracket)
    return (boxes[0] if boxes else None), rest.strip()
