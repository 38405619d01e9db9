"""What we ask people, and the words that answer it; pure.

A question goes to people one by one, each with an address (`c-`) of their own that
takes the answer. One word is enough, as a command or bare, in capitals or not.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

from gateway.routing import tagging
from gateway.routing.helping import wish
from gateway.routing.timetable import Timetable, read
from parsers import answer
from parsers.mail import Command


class Asking(StrEnum):
    """What is asked; kept with each question under these words."""

    UNKNOWN_COMMAND = "unknown command"
    """The mail is held: which command was meant, or `post` (decisions E39)."""
    CONFIRM_COMMAND = "confirm command"
    """A command by a team address that nothing proves (decisions B18)."""
    ADMIT = "admit"
    """To the owner or the team: may the writer of a held mail in? (decisions E48)

    Its letter offers those of the answers that make sense (gateway.routing.door)."""
    IS_IT_YOU = "is it you"
    """To a token's owner: is this other address yours too? (decisions B20)"""
    LET_IN = "let in"
    """To whoever had a stranger in Cc: may this stranger in? (table R2)"""
    WHICH_CASE = "which case"
    """To the owner: the open case of its ids, or the closed one? (table R1 row 5)"""
    WHO_WROTE = "who wrote"
    """To the team: which of you wrote from the desk's address? (decisions B21)"""
    FORM = "form"
    """To the team: is this sender a contact form? (decisions B22)"""
    FORWARD = "forward"
    """To one of the team: open a case for whom you forwarded? (decisions C29)"""
    TEAM_TEXT = "team text"
    """To the author: a line of the team stands in it; send it? (decisions E40)"""
    COLLISION = "collision"
    """To the author: somebody answered meanwhile; send it too? (decisions E42)"""
    PUBLISH = "publish"
    """To one of the team: this is what the customer would read (decisions E47)."""
    REDACT = "redact"
    """To one of the team: shall the text of this post be taken back?"""
    MACHINE = "machine"
    """To the owner: let the mail of a machine through? (decisions C25)"""
    REACHED = "reached"
    """To somebody whose mail came back: does this reach you? (mail-rules B2)"""
    WHICH_TAG = "which tag"
    """To who closed a case: what was it about? (support.md section 6)"""
    THEME = "theme"
    """To who leads a desk: this is what those who asked would be told."""
    LIST = "list"
    """Numbered items, each answered by `#2 word`."""
    DIGEST = "digest"
    """Numbered activities and mails, each answered by `#2 word` or `#2 text`."""


YES = "yes"
NO = "no"

ANSWERS: Mapping[Asking, frozenset[str]] = {
    Asking.CONFIRM_COMMAND: frozenset({YES, NO}),
    Asking.ADMIT: frozenset({"admit", "admit once", "open", "refuse", "spam"}),
    Asking.IS_IT_YOU: frozenset({YES, NO}),
    Asking.LET_IN: frozenset({YES, NO}),
    Asking.WHICH_CASE: frozenset({"open", "solved"}),
    Asking.WHO_WROTE: frozenset({"mine", "refuse"}),
    Asking.FORM: frozenset({"form", "open", "mine", "refuse", "spam"}),
    Asking.FORWARD: frozenset({YES, NO, "mine"}),
    Asking.TEAM_TEXT: frozenset({"send", "note"}),
    Asking.COLLISION: frozenset({"send", "note"}),
    Asking.PUBLISH: frozenset({YES, NO}),
    Asking.REDACT: frozenset({YES, NO}),
    Asking.MACHINE: frozenset({"post", "open", "refuse", "spam"}),
    Asking.THEME: frozenset({YES, NO}),
    Asking.REACHED: frozenset({YES}),
}
"""The answers to each question, the bare words of the letter that asks."""

_SAME = {
    Asking.ADMIT: {YES: "admit", NO: "refuse"},
    Asking.MACHINE: {YES: "post", NO: "refuse"},
    Asking.PUBLISH: {"publish": YES, "send": YES},
    Asking.THEME: {"publish": YES, "send": YES},
    Asking.REDACT: {"redact": YES},
    Asking.TEAM_TEXT: {"post": "send"},
    Asking.COLLISION: {"post": "send"},
    Asking.FORWARD: {"open": YES},
    Asking.WHO_WROTE: {YES: "mine"},
    Asking.FORM: {YES: "form"},
}
# Whoever says this leaves the mail to those of the house who were asked beside them.
_LEFT_TO_OTHERS = frozenset({(Asking.IS_IT_YOU, NO), (Asking.LET_IN, NO)})
_ON_THE_ACTIVITY = frozenset(
    {
        Asking.ADMIT,
        Asking.WHICH_CASE,
        Asking.WHO_WROTE,
        Asking.FORM,
        Asking.FORWARD,
        Asking.TEAM_TEXT,
        Asking.COLLISION,
        Asking.PUBLISH,
        Asking.REDACT,
        Asking.MACHINE,
        Asking.WHICH_TAG,
        Asking.THEME,
        Asking.LIST,
        Asking.DIGEST,
    }
)
OF_TEAM = frozenset(
    {
        Asking.ADMIT,
        Asking.WHO_WROTE,
        Asking.FORM,
        Asking.FORWARD,
        Asking.MACHINE,
        Asking.LIST,
    }
)
"""Who is asked this answers for the desk; whoever left its team does not any more."""
_AS_WRITTEN = "post"
_CLAUSE = re.compile("[,.!;:\u3001\u3002\uff01\uff1a\uff1b]")
_ASKS = re.compile("[?\uff1f]")


def is_on_the_activity(asking: Asking) -> bool:
    """Say whether its answer acts on others: `staff_proof` asks more proof for it."""
    return asking in _ON_THE_ACTIVITY


def decides(asking: Asking, answer: str) -> bool:
    """Say whether an answer settles the matter for all who were asked about it.

    "No, that is not me" says nothing of whether the stranger may speak.
    """
    return bool(answer) and (asking, answer) not in _LEFT_TO_OTHERS


def answer_to(
    asking: Asking,
    commands: Sequence[Command],
    prose: str,
    yes_or_no: str,
    offered: Collection[str] = (),
) -> str:
    """Read what a mail answers to a question.

    `yes_or_no` is what its text says in any language (parsers.answer); `offered` are
    those of ANSWERS that its letter named, if not all. Gives one of them; for a command
    that is asked about, the command with its slash or `post`; for a list, its lines;
    empty when the mail answers nothing.
    """
    if asking is Asking.WHICH_TAG:
        return tagging.chosen(commands, prose, yes_or_no, offered)
    if asking in {Asking.LIST, Asking.DIGEST}:
        return _numbered(asking, prose.strip())
    first = prose.strip().split("\n", 1)[0]
    if commands:
        said = f"{commands[0].word} {commands[0].argument}".strip()
    else:
        said = " ".join(first.split())
    clause = "" if _ASKS.search(first) else _CLAUSE.split(said, maxsplit=1)[0]
    words = () if _ASKS.search(first) else answer.words_meant(said)
    said = said.strip(".,!").lower()
    if asking is Asking.UNKNOWN_COMMAND:
        if commands:
            return f"/{commands[0].word}"
        word = said.split(maxsplit=1)[:1]
        begins = bool(word) and word[0].strip(".,!") == _AS_WRITTEN
        return _AS_WRITTEN if begins or _AS_WRITTEN in words else ""
    allowed, same = offered or ANSWERS[asking], _SAME.get(asking, {})
    # "Yes, that is me": nothing but the answer is made of it, whatever follows.
    for each in (said, yes_or_no, answer.yes_or_no(clause), *words):
        meant = same.get(each, each)
        if meant in allowed:
            return meant
    return ""


def _numbered(asking: Asking, prose: str) -> str:
    if asking is Asking.DIGEST and wish(prose) is not None:
        return " ".join(prose.split())
    is_time = asking is Asking.DIGEST and read(prose, Timetable()) is not None
    return prose if is_time or prose.startswith("#") else ""
