"""Who may know what nobody has yet, and what of its customer lies there already; pure.

Only what people said of themselves counts, and the letter says which word it was: a
suggestion that nobody can check is worth nothing (support.md section 2).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_OTHERS = 2
_WORD = re.compile(r"\w+")
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Suggested:
    """One of the team, and the skill of theirs that stands in the case."""

    person: int
    skill: str


def who_may_know(
    text: str, skills: Mapping[int, Sequence[str]], load: Mapping[int, int]
) -> Suggested | None:
    """Give whose skill stands in a text, all of its words; None: nobody's.

    The longest skill first, for it says most; then who has the fewest open cases.
    """
    words = words_of(text)
    found = [
        (-len(own), load.get(person, 0), person, skill)
        for person, said in skills.items()
        for skill in said
        if (own := wanted_of(skill)) and own <= words
    ]
    if not found:
        return None
    *_, person, skill = min(found)
    return Suggested(person, skill)


def words_of(text: str) -> frozenset[str]:
    """Give the words of a text, as they are compared."""
    return frozenset(each.casefold() for each in _WORD.findall(text))


def wanted_of(skill: str) -> frozenset[str]:
    """Give the words all of which must stand in a text for a skill to stand there.

    None for a skill that is too short to say anything: it stands nowhere.
    """
    words = words_of(skill)
    return words if any(len(each) >= _SHORTEST for each in words) else frozenset()


def by_customer(customers: Mapping[int, int]) -> dict[int, tuple[int, ...]]:
    """Give the newest cases of each customer who has several, by customer.

    Takes the customers of all open cases of a desk, by case.
    """
    found: dict[int, list[int]] = {}
    for case, customer in customers.items():
        found.setdefault(customer, []).append(case)
    return {
        customer: tuple(sorted(cases, reverse=True)[: MOST_OTHERS + 1])
        for customer, cases in found.items()
        if len(cases) > 1
    }
