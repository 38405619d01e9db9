"""A mere reaction: a mail that is an emoji and nothing else (RFC 9078).

Some programs write the emoji alone, some "+1", Gmail puts it into a part of its own
beside a sentence about it, and so does RFC 9078.
"""

import json
import re

from parsers import charset
from parsers.parts import Part, octets

_WORDS_FOR_MARKS = {
    "+1": "👍", ":+1:": "👍", ":thumbsup:": "👍", ":thumbs_up:": "👍", "(y)": "👍",
    "-1": "👎", ":-1:": "👎", ":thumbsdown:": "👎", ":heart:": "❤️", "<3": "❤️",
    ":tada:": "🎉", ":)": "🙂", ":-)": "🙂", ";-)": "😉", ":d": "😀", ":-d": "😀",
}  # fmt: skip
_MOST_MARKS = 5
_JOINERS = frozenset("\u200d\ufe0f\ufe0e\u20e3")
_RANGES = (
    (0x1F000, 0x1FAFF), (0x2600, 0x27BF), (0x2B00, 0x2BFF), (0x2300, 0x23FF),
    (0x2190, 0x21FF), (0x25A0, 0x25FF), (0x1F1E6, 0x1F1FF), (0xE0020, 0xE007F),
)  # fmt: skip
_COPYRIGHTS = frozenset("©®™‼⁉〰〽㊗㊙")


def reaction(text: str) -> str:
    """Give the emoji that a text consists of; empty for a text with any word.

    "+1" and the like are read as the emoji they stand for. At most five.
    """
    said = text.strip()
    if not said or len(said) > 60:
        return ""
    if found := _WORDS_FOR_MARKS.get(said.casefold()):
        return found
    marks = "".join(said.split())
    if not all(is_mark(letter) for letter in marks):
        return ""
    # What joins, colours or selects belongs to the mark before it.
    shown = [letter for letter in marks if _begins(letter)]
    return marks if 0 < len(shown) <= _MOST_MARKS * 2 else ""


def is_mark(letter: str) -> bool:
    """Say whether a letter is an emoji or a part of one."""
    return letter in _JOINERS or _begins(letter) or letter in _COPYRIGHTS


def _begins(letter: str) -> bool:
    number = ord(letter)
    return any(low <= number <= high for low, high in _RANGES)


GMAIL = "text/vnd.google.email-reaction+json"
_ABOUT_IT = re.compile(
    r".{1,80} (?:reacted to your message|reacted via \w+):?", re.DOTALL
)
_MOST_LINES = 2
_MOST_PARTS = 20


def of_mail(message: Part, prose: str, *, has_files: bool) -> str:
    """Give the emoji that a mail consists of; empty for a mail with any word or file.

    `prose` is its new text. A sentence that only tells of the reaction counts as none.
    Never raises.
    """
    if has_files or len(prose) > _LONGEST_SENTENCE:
        return ""
    if found := reaction(prose):
        return found
    lines = [line.strip() for line in prose.split("\n") if line.strip()]
    if len(lines) > _MOST_LINES or not message.is_multipart():
        return _told_of(lines)
    for part in list(message.walk())[:_MOST_PARTS]:
        mark = _of_part(part)
        if mark and all(_says_nothing_else(line) for line in lines):
            return mark
    return _told_of(lines)


_LONGEST_SENTENCE = 400


def _says_nothing_else(line: str) -> bool:
    return bool(reaction(line) or _told_of([line]) or line.startswith("<https://"))


def _told_of(lines: list[str]) -> str:
    """Read what programs write that have no part for it."""
    if len(lines) != 1 or not _ABOUT_IT.fullmatch(lines[0]):
        return ""
    return reaction(lines[0].split()[0]) or "👍"


def _of_part(part: Part) -> str:
    disposition = str(part.get("content-disposition", "")).strip().lower()
    is_gmail = part.get_content_type() == GMAIL
    if part.is_multipart() or not (is_gmail or disposition.startswith("reaction")):
        return ""
    text = charset.decode(octets(part)[:_LONGEST_SENTENCE], "utf-8")[0]
    if not is_gmail:
        return reaction(text)
    try:
        said = json.loads(text)
    except ValueError:
        return ""
    return reaction(str(said.get("emoji", ""))) if isinstance(said, dict) else ""
