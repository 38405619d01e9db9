"""An answer to a digest, taken apart: which number each of its parts is for.

`#2 text` goes to the activity with the number 2, `#2 mute` is a command there. Without
a number it is for the one item that it quotes.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gateway.routing.helping import wish
from gateway.routing.timetable import WEEKDAYS, Timetable, read
from parsers.command import read_commands
from parsers.mail import ParsedMail

_BEGINS = re.compile(r"(?m)^[ \t]*#(\d{1,3})(?:[ \t:.)]+|$)")
_HEADLINE = re.compile(r"(?m)^[>\s]*#(\d{1,3}) \u00b7 ")
COMMANDS = frozenset(
    {"mute", "unmute", "leave", "join", "take", "resolve", "reopen", "wait", "who"}
    | {"drop", "spam", "publish"}
)
"""Words that are commands when nothing else stands behind a number."""
_DATED = frozenset({"promise", "wait"})
"""Words that are commands with a short date behind them too (decisions F51)."""
_LONGEST_DATE = 30
NUDGE = "nudge"
"""The word that sends the ready text of an item."""


def in_pieces(
    mail: ParsedMail, values: Mapping[str, Any]
) -> tuple[str, dict[str, str]]:
    """Give what belongs to no activity, and by number what belongs to each.

    `values` are those of the digest's question.
    """
    cases = values.get("cases", {})
    text = mail.reply
    marks = list(_BEGINS.finditer(text))
    if not marks or text[: marks[0].start()].strip():
        quoted = {
            number
            for each in mail.folded
            for number in _HEADLINE.findall(each.text)
            if number in cases
        }
        if not marks and len(quoted) == 1 and text.strip() and not _is_wish(text):
            return "", {quoted.pop(): text}
        return text, {}
    rest: list[str] = []
    pieces: dict[str, str] = {}
    for mark, behind in zip(marks, [*marks[1:], None], strict=True):
        ends = behind.start() if behind else len(text)
        said = text[mark.end() : ends].strip()
        if mark[1] in cases and said:
            before = pieces.get(mark[1])
            meant = _meant(said, values.get("nudges", {}).get(mark[1], ""))
            pieces[mark[1]] = f"{before}\n{meant}" if before else meant
        else:
            rest.append(text[mark.start() : ends].strip())
    return "\n".join(rest), pieces


def _is_wish(text: str) -> bool:
    """Say whether a text is nothing but what digests are to be like.

    "8" or "monday" may answer the one item that is quoted; "weekly" answers the digest.
    """
    if wish(text) is not None:
        return True
    first = text.split(maxsplit=1)[0].strip(".,").casefold()
    return first in _WISHES and read(" ".join(text.split()), Timetable()) is not None


_WISHES = frozenset({"daily", "weekly", "hourly", "weekdays", "quiet", "off", "stop"})


def _meant(said: str, nudge: str) -> str:
    """Give the text that a part stands for: a command, or the ready text of its item.

    "wait for the release" is a text, "wait 3 days" and "promise friday" are none.
    """
    word, *argument = said.split(maxsplit=1)
    bare = word.strip(".!,").casefold()
    if nudge and bare == NUDGE and not argument:
        return nudge
    if bare in COMMANDS and not argument:
        return f"/{bare}"
    if bare in _DATED and argument and _is_date(argument[0]):
        return f"/{bare} {argument[0]}"
    return said


def _is_date(words: str) -> bool:
    if len(words) > _LONGEST_DATE or "\n" in words:
        return False
    first = words.split(maxsplit=1)[0].strip(".,").casefold()
    return first[0].isdigit() or first in _DAYS


_DAYS = frozenset({"today", "tomorrow", "next", "on", "until", "by"}) | WEEKDAYS


def piece(mail: ParsedMail, said: str, *, is_first: bool) -> ParsedMail:
    """Give a mail as if it had said this alone; its files go with the first part."""
    commands, prose = read_commands(said)
    return replace(
        without_digest(mail),
        text=said,
        reply=said,
        prose=prose,
        commands=commands,
        attachments=mail.attachments if is_first else (),
    )


def without_digest(mail: ParsedMail) -> ParsedMail:
    """Leave out what an answer to a digest quotes: it tells of other activities."""
    kept = tuple(each for each in mail.folded if each.kind in _OWN)
    return replace(mail, folded=kept, forwarded=None, html="")


_OWN = frozenset({"signature", "disclaimer"})
