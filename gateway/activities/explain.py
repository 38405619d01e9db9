"""What would happen to a mail and why, rule by rule; writes and sends nothing."""

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from typing import Any

from gateway.activities import receipts
from gateway.activities.foreseen import Hearer, foresee
from gateway.activities.gather import gather, only_new, without_tokens
from gateway.activities.house import House
from gateway.activities.offered import Offered
from gateway.activities.receipts import Happened
from gateway.activities.routes import find_routes
from gateway.routing.decide import Step, trace
from gateway.routing.decision import Decision
from gateway.routing.facts import Facts
from parsers.mail import ParsedMail


@dataclass(frozen=True, slots=True)
class Explained:
    """One route of a mail: what is known, which rules were asked, what follows."""

    leads_to: str
    facts: dict[str, Any]
    steps: tuple[Step, ...]
    hearers: tuple[Hearer, ...] = ()
    """What each person would get of the mail, and by which rule."""

    @property
    def decision(self) -> Decision:
        """What the last rule said."""
        decision = self.steps[-1].decision
        if decision is None:
            raise AssertionError("the last rule always speaks")
        return decision

    @property
    def rule(self) -> str:
        """The rule that decided."""
        return self.steps[-1].rule


def explain(house: House, offered: Offered, mail: ParsedMail) -> list[Explained]:
    """Follow a mail through the very rules that *process* uses, as things stand now.

    Gives one explanation for each place that the mail leads to.
    """
    mail = without_tokens(house, mail)
    with house.database.reading() as session:
        explained = []
        for route in find_routes(
            session, house, offered.recipients, mail, by_hand_at=offered.by_hand_at
        ):
            new = only_new(session, mail, route)
            facts = gather(session, house, offered, new, route)
            leads_to = _leads_to(facts)
            found = Explained(leads_to, shown(facts), trace(facts))
            hearers = foresee(session, house, facts, found.decision, new)
            explained.append(replace(found, hearers=hearers))
        return explained


def happened(house: House, offered: Offered, mail: ParsedMail) -> tuple[Happened, ...]:
    """Tell what became of a mail that is here already, and who got what it said."""
    with house.database.reading() as session:
        return receipts.happened(session, offered.digest, mail)


def _leads_to(facts: Facts) -> str:
    if facts.purpose is not None:
        return f"an address for: {facts.purpose.name.lower().replace('_', ' ')}"
    if facts.to_operator:
        return "the operator"
    if facts.thread is not None:
        return "an activity that its ids name"
    return f"the desk {facts.desk.address}" if facts.desk else "a desk that is gone"


_LONG = frozenset({"desk", "other_desks", "limits", "prose"})


def shown(value: object) -> dict[str, Any]:
    """Give facts or a decision as plain values that JSON can carry."""
    if not is_dataclass(value):
        raise TypeError(f"no dataclass: {value!r}")
    return {
        each.name: _plain(getattr(value, each.name))
        for each in fields(value)
        if each.name not in _LONG
    }


def _plain(value: object) -> Any:
    if is_dataclass(value):
        return shown(value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool | int | float | str | None):
        label = getattr(value, "label", None)
        return label if isinstance(label, str) else value
    return str(value)
