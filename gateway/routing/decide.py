"""The rules of the house in their order: facts in, decision out, the first one wins.

Each rule is one small function; its first docstring line is what `parlour explain`
says of it. R1, R2 and R4 are the tables of docs/rules.md. What a rule wants posted is
checked once more, whichever rule that was: no way to everyone leads past the gate.
"""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.routing import (
    acts,
    at_desk,
    by_hand,
    door,
    elsewhere,
    for_customer,
    guards,
    lanes,
    openings,
    shared,
    threads,
)
from gateway.routing.decision import Decision, Post
from gateway.routing.facts import Facts

Rule = Callable[[Facts], Decision | None]
Check = Callable[[Facts, Post], Decision | None]

RULES: tuple[Rule, ...] = (
    guards.probe,
    guards.own_letter_back,
    guards.duplicate,
    door.refused,
    guards.too_many_hops,
    guards.unreadable,
    by_hand.sent_by_machine,
    by_hand.sent_to_us,
    by_hand.sent_by_hand,
    acts.return_path,
    guards.stray_report,
    acts.unsubscribe,
    acts.answer_to_probe,
    guards.blocked,
    acts.answer_to_question,
    guards.forged,
    guards.oversize,
    acts.aside,
    guards.too_many_turns,
    guards.machine_in_thread,
    openings.opens_by_word,
    guards.to_operator,
    guards.no_sender,
    threads.kept_out,
    threads.invitation,
    threads.left_before,
    shared.unlisted_form,
    shared.own_address,
    elsewhere.closed_token,
    threads.guest_post,
    threads.token,
    threads.copy_of_answer,
    threads.known_ids,
    threads.overheard,
    threads.leaked_id,
    door.twin_of_held,
    openings.machine_at_desk,
    openings.spam_at_desk,
    openings.loop_at_desk,
    for_customer.forward,
    for_customer.open_for,
    elsewhere.tagged,
    at_desk.command_at_desk,
    openings.writes_again,
    openings.fresh,
)

CHECKS: tuple[Check, ...] = (
    lanes.meant_as_note,
    lanes.team_text,
    lanes.collision,
    lanes.greets_customer,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that was asked, and what it said."""

    rule: str
    says: str
    decision: Decision | None


def trace(facts: Facts) -> tuple[Step, ...]:
    """Give every rule asked, in order; the last one decided."""
    steps = []
    for rule in RULES:
        decision = rule(facts)
        says = (rule.__doc__ or "").strip().partition("\n")[0]
        steps.append(Step(rule.__name__, says, decision))
        if decision is not None:
            break
    if isinstance(steps[-1].decision, Post):
        steps += _checked(facts, steps[-1].decision)
    return tuple(steps)


def _checked(facts: Facts, post: Post) -> list[Step]:
    """Give the first check that has something to say of a post; none mostly."""
    for check in CHECKS:
        decision = check(facts, post)
        if decision is not None:
            says = (check.__doc__ or "").strip().partition("\n")[0]
            return [Step(check.__name__, says, decision)]
    return []


def decide(facts: Facts) -> tuple[str, Decision]:
    """Give the name of the rule that spoke first, and what it said."""
    last = trace(facts)[-1]
    if last.decision is None:
        raise AssertionError("the last rule always speaks")
    return last.rule, last.decision
