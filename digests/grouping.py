"""What cases that nobody tagged may have in common, by the optional scikit-learn; pure.

A case counts towards the group that its words say most of: TF-IDF over the phrases of
`parsers.topic`, parted by a non-negative factorisation (Lee and Seung 1999) that begins
with the singular vectors (Boutsidis and Gallopoulos 2008), so that the same texts give
the same groups. Told are the words themselves, and only customers who wrote one of them
are counted: whoever wonders finds them in the texts.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from parsers.topic import phrases

MOST = 5
FEW = 3
"""Fewer customers are no group."""
_LEAST_CASES = 6
"""In fewer cases there is nothing to part."""
_WORDS = 3
"""Named of a group."""
_ITERATIONS = 400
_Part = tuple[list[str], list[int]]
"""Words, and the places of the texts that they stand in."""


@dataclass(frozen=True, slots=True)
class Untagged:
    """One case without a tag: whose it is, and what they wrote first."""

    activity: int
    customer: int
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that are perhaps about one matter."""

    words: tuple[str, ...]
    """That say most of it; in each of its cases stands one."""
    cases: tuple[Untagged, ...]

    @property
    def customers(self) -> int:
        """How many have a case in it."""
        return len({each.customer for each in self.cases})


def is_here() -> bool:
    """Say whether the extra `themes` is installed."""
    return find_spec("sklearn") is not None


def load() -> None:
    """Read the extra in, if it is here: no transaction should wait for seconds."""
    if is_here():
        _parts()


def groups(cases: Sequence[Untagged], names: Iterable[str] = ()) -> tuple[Group, ...]:
    """Give up to five groups, that of most customers first; needs the extra.

    `names` are of people and say nothing.
    """
    left_out = frozenset(word for name in names for word in phrases(name))
    said = [
        frozenset(phrases(f"{each.subject}\n{each.text}", left_out)) for each in cases
    ]
    told = _shared(cases, said)
    rows = [at for at, words in enumerate(said) if words & told]
    if len(rows) < _LEAST_CASES:
        return ()
    found = []
    for ranked, members in _joined(_parted([said[at] & told for at in rows])):
        own = [rows[at] for at in sorted(members)]
        words = _apart(_by_customers(ranked, {at: said[at] for at in own}, cases))
        some = tuple(cases[at] for at in own if said[at].intersection(words))
        found.append(Group(words, some))
    found = [each for each in found if each.customers >= FEW]
    found.sort(key=lambda one: (-one.customers, one.words))
    return tuple(found[:MOST])


def _shared(
    cases: Sequence[Untagged], said: Sequence[frozenset[str]]
) -> frozenset[str]:
    """Give the phrases that several customers wrote, and at the most two of three."""
    wrote: dict[str, set[int]] = {}
    for each, words in zip(cases, said, strict=True):
        for word in words:
            wrote.setdefault(word, set()).add(each.customer)
    most = 2 * len({each.customer for each in cases})
    return frozenset(
        word for word, who in wrote.items() if len(who) > 1 and 3 * len(who) <= most
    )


def _parted(
    said: Sequence[frozenset[str]],
) -> Iterable[_Part]:
    """Part texts: gives for each part its words, the heaviest first, and its texts."""
    vectorizer, factorisation = _parts()
    weigh = vectorizer(analyzer=sorted)
    weights = weigh.fit_transform(said)
    count = min(max(2, round(math.sqrt(len(said)))), 2 * MOST, *weights.shape)
    part = factorisation(count, init="nndsvd", tol=1e-3, max_iter=_ITERATIONS)
    belongs = part.fit_transform(weights)
    words = weigh.get_feature_names_out()
    nearest = belongs.argmax(axis=1)
    for at, heavy in enumerate(part.components_):
        ranked = [str(words[n]) for n in heavy.argsort()[::-1] if heavy[n] > 0]
        members = [
            row
            for row in range(len(said))
            if nearest[row] == at and belongs[row, at] > 0
        ]
        if ranked and members:
            yield ranked, members


def _joined(parts: Iterable[_Part]) -> list[_Part]:
    """Join parts again of which one's heaviest word is among the other's first."""
    found: list[_Part] = []
    for words, members in parts:
        for at, (others, some) in enumerate(found):
            if words[0] in others[:_WORDS] or others[0] in words[:_WORDS]:
                more = [each for each in words if each not in others]
                found[at] = (others + more, some + members)
                break
        else:
            found.append((words, members))
    return found


def _by_customers(
    words: Sequence[str], said: Mapping[int, frozenset[str]], cases: Sequence[Untagged]
) -> list[str]:
    """Give what several customers of a group wrote, what most did first."""
    wrote = {
        word: len({cases[at].customer for at, own in said.items() if word in own})
        for word in words
    }
    return sorted(
        (word for word, count in wrote.items() if count > 1),
        key=lambda word: -wrote[word],
    )


def _parts() -> tuple[Any, Any]:
    from sklearn.decomposition import NMF  # noqa: PLC0415 (it is an extra)
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

    return TfidfVectorizer, NMF


def _apart(ranked: Iterable[str]) -> tuple[str, ...]:
    """Leave out what says the same as a heavier phrase, in more words or fewer."""
    chosen: list[str] = []
    for one in ranked:
        words = set(one.split())
        if not any(words & set(each.split()) for each in chosen):
            chosen.append(one)
        if len(chosen) == _WORDS:
            break
    return tuple(chosen)
