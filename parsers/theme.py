"""What somebody says of themes: `#3 planned: TEXT`, `#3 mine`, `#6 tag: WORD`."""

import re
from dataclasses import dataclass

_WORDS = {
    "planned": "planned plan geplant planen prévu prévue planifié previsto"
    " planeado 予定",
    "done": "done fixed erledigt fertig gemacht fait faite terminé hecho listo 完了",
    "no": "no nein non いいえ",
    "tag": "tag schlagwort étiquette etiqueta タグ",
    "mine": "mine meins mein mien mía mío 担当",
}
_MEANS = {word: meaning for meaning, words in _WORDS.items() for word in words.split()}
_MARK = re.compile(r"(?m)^[ \t]*#(\d{1,3})(?=[ \t:.)]|$)[ \t:.)]*")
_MOST_LETTERS = 5_000


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one number."""

    number: str
    word: str
    """planned, done, no, tag, mine; empty for anything else."""
    text: str
    line: str
    """As it was written, its first line."""


def read_said(answer: str) -> list[Said]:
    """Read what an answer says of each number; a text goes on until the next one."""
    marks = list(_MARK.finditer(answer))
    found = []
    for mark, behind in zip(marks, [*marks[1:], None], strict=True):
        said = answer[mark.end() : behind.start() if behind else None].strip()
        word, text = _parted(said)
        line = f"#{mark[1]} {said.split(chr(10), 1)[0][:60]}".strip()
        found.append(Said(mark[1], word, text[:_MOST_LETTERS], line))
    return found


def _parted(said: str) -> tuple[str, str]:
    """Part the word from the text; a word goes with a colon, or stands alone."""
    head, _, rest = said.partition(":") if ":" in said else said.partition("\uff1a")
    word = _MEANS.get(head.strip().casefold(), "")
    if word:
        return word, rest.strip()
    first, _, text = said.partition("\n")
    word = _MEANS.get(first.strip(" .!").casefold(), "")
    return word, text.strip() if word else ""
