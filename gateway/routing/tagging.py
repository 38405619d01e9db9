"""Which tags a case may bear: phrases that other customers wrote too; pure.

By distinct customers, never by mails: who writes often counts once (support.md section
6). A proposal is a proposal; what counts is the tag that somebody chose.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from parsers.mail import Command
from parsers.tag import read_tags
from parsers.thanks import only_thanks
from parsers.topic import phrases

MOST = 3
_ENOUGH = 10
"""From so many other customers on, what more than half of them write says nothing."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A tag that a case may bear, and why."""

    word: str
    customers: int
    """So many others wrote it or, if it is a tag already, have a case with it."""
    is_tag: bool = False


def propose(
    own: Iterable[str],
    others: Iterable[tuple[int, str]],
    tags: Mapping[str, int],
    names: Collection[str] = (),
) -> tuple[Proposal, ...]:
    """Give up to three tags for a case, the likeliest first.

    Takes the texts of its customer; what other customers wrote, by person; the tags of
    the desk with how many customers each is of; names of people, which say nothing.
    First come tags that stand in the case's own words. A phrase is proposed if another
    customer wrote it, a single word if two did; more customers and more words count
    more, then what was written first.
    """
    left_out = frozenset(word for name in names for word in phrases(name))
    said: dict[str, int] = {}
    for text in own:
        for phrase in phrases(text, left_out):
            said.setdefault(phrase, len(said))
    wrote = defaultdict(set)
    everybody = set()
    for customer, text in others:
        everybody.add(customer)
        for phrase in phrases(text, left_out).keys() & said.keys():
            wrote[phrase].add(customer)
    found = [Proposal(word, tags[word], is_tag=True) for word in said if word in tags]
    for phrase, customers in wrote.items():
        count = len(customers)
        is_common = len(everybody) >= _ENOUGH and 2 * count > len(everybody)
        if phrase not in tags and not is_common and count + _words(phrase) > 2:
            found.append(Proposal(phrase, count))
    found.sort(key=lambda one: _rank(one, said[one.word]))
    return _apart(found)


def _words(phrase: str) -> int:
    return phrase.count(" ") + 1


def _rank(one: Proposal, place: int) -> tuple[bool, int, int, int]:
    words = _words(one.word)
    return (not one.is_tag, -one.customers * (1 + words), -words, place)


def _apart(ranked: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """Leave out what says the same as a better one, in more words or fewer."""
    chosen: list[Proposal] = []
    for one in ranked:
        words = f" {one.word} "
        others = (f" {each.word} " for each in chosen)
        if not any(words in each or each in words for each in others):
            chosen.append(one)
    return tuple(chosen[:MOST])


def chosen(
    commands: Sequence[Command], prose: str, yes_or_no: str, offered: Collection[str]
) -> str:
    """Read which tag somebody answers: a number, words, `no`, or nothing.

    `offered` are the numbers of the proposals. Gives them, and words as they are kept,
    parted by a comma and a space; `/reopen` for who wants the case open after all.
    """
    if commands:
        first = commands[0]
        named = ", ".join(read_tags(first.argument)) if first.word == "tag" else ""
        return "/reopen" if first.word == "reopen" else named
    lines = [line.strip() for line in prose.splitlines() if line.strip()]
    if yes_or_no:
        return "no" if yes_or_no == "no" else ""
    if not lines or "?" in lines[0] or only_thanks(prose, ()):
        return ""
    parts = [part.strip(" .#") for part in lines[0].split(",")]
    if all(part in offered for part in parts):
        return ", ".join(dict.fromkeys(parts))
    # More than a few words, or a number that was not offered, is no tag.
    is_word = len(lines) == 1 and not any(_is_number(part) for part in parts)
    return ", ".join(read_tags(lines[0].rstrip(".!"))) if is_word else ""


def _is_number(part: str) -> bool:
    return len(part) < 3 and part.isdigit()
