"""Words of greeting and of farewell in the languages we understand: data and a look."""

import re
from collections.abc import Iterable

_GREETINGS = {
    "en": "hello|hi|hey|dear|hi there|hello there|good morning|good afternoon"
    "|good evening|good day|greetings",
    "de": "hallo|guten tag|guten morgen|guten abend|liebe|lieber|sehr geehrte"
    "|sehr geehrter|servus|grüß gott|moin|hi",
    "fr": "bonjour|bonsoir|salut|cher|chère|madame|monsieur",
    "es": "hola|buenos días|buenas tardes|buenas noches|buenas|estimado|estimada"
    "|querido|querida",
    "it": "ciao|buongiorno|buonasera|gentile|caro|cara|salve",
    "nl": "hallo|beste|dag|goedemorgen|goedemiddag|geachte",
    "pt": "olá|bom dia|boa tarde|boa noite|caro|cara|prezado|prezada",
    "sv": "hej|hejsan|god morgon|bästa",
    "da": "hej|kære|goddag",
    "pl": "cześć|dzień dobry|witam|szanowny|szanowna",
}
_AFTER_THE_NAME = {"ja": "様|さま|さん|殿"}
"""Where the word of courtesy follows the name."""
_CLOSINGS = (
    "best",
    "best regards",
    "best wishes",
    "cheers",
    "kind regards",
    "many thanks",
    "many thanks and best regards",
    "regards",
    "sincerely",
    "thank you",
    "thanks",
    "thanks and regards",
    "warm regards",
    "yours sincerely",
    "beste grüße",
    "freundliche grüße",
    "herzliche grüße",
    "liebe grüße",
    "mit besten grüßen",
    "mit freundlichen grüßen",
    "schöne grüße",
    "viele grüße",
    "vielen dank",
    "vielen dank und viele grüße",
    "bien à vous",
    "bien cordialement",
    "cordialement",
    "atentamente",
    "saludos",
    "saludos cordiales",
    "un saludo",
    "よろしくお願いいたします",
    "よろしくお願いします",
)
_LONGEST = 80
_NEAR = 3
"""Words behind the greeting among which the name must be: "Dear Ms Carla Gomez"."""
_WORD = re.compile(r"[^\W\d_]+")
_OPENING = frozenset(
    word for said in _GREETINGS.values() for word in said.split("|")
)  # fmt: skip
_MOST_WORDS = max(len(each.split()) for each in _OPENING)


def greets(text: str, name: str) -> bool:
    """Say whether the first line of a text greets somebody by first or last name."""
    line = next((line for line in text.split("\n") if line.strip()), "")
    names = _words(name)
    if len(line) > _LONGEST or not names:
        return False
    if any(
        re.search(rf"{re.escape(each)}\s*(?:{after})", line.casefold())
        for after in _AFTER_THE_NAME.values()
        for each in names
    ):
        return True
    # "Hello Carla, could you …" greets; "Hello, I told Carla" does not.
    said = _words(re.split(r"[,;:!?]", line, maxsplit=1)[0])
    called = {names[0], names[-1]}
    return any(
        " ".join(said[:count]) in _OPENING
        and not called.isdisjoint(said[count : count + _NEAR])
        for count in range(1, _MOST_WORDS + 1)
    )


def greetings() -> frozenset[str]:
    """Give the words of greeting."""
    return _OPENING


def closings() -> tuple[str, ...]:
    """Give the words of farewell."""
    return _CLOSINGS


_TITLED = """
mr mrs ms miss dr prof herr frau monsieur madame mme m señor señora sr sra don doña
"""
_TITLES = frozenset(_TITLED.split())


def without_greeting(text: str) -> str:
    """Take greetings and titles from the beginning of a text, which is casefolded."""
    words = text.split()
    for count in range(_MOST_WORDS, 0, -1):
        if " ".join(words[:count]) in _OPENING:
            words = words[count:]
            break
    while words and words[0].rstrip(".") in _TITLES:
        words = words[1:]
    return " ".join(words)


def farewells(names: Iterable[str]) -> tuple[str, ...]:
    """Give the ways in which somebody of these names may end a letter.

    The names stand below the closing in the order given, the first ones at least.
    """
    lines = [name for name in names if name]
    below = [" ".join(lines[: count + 1]) for count in range(len(lines))]
    return tuple(f"{closing} {each}" for closing in _CLOSINGS for each in below)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
