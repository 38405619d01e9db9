"""Vacation notes: what reads as one, and when somebody is back, in many languages.

The words around a date (until, back on) are our own table.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from parsers.dates import Found, days

_THROUGH = (
    "until", "till", "through", "up to and including", "to", "bis einschließlich",
    "bis zum", "bis", "jusqu'au", "jusqu’au", "jusqu'à", "au", "hasta el", "hasta",
    "al", "fino al", "sino al", "até", "ate", "tot en met", "t/m", "tot",
    "till och med", "t.o.m.", "t.o.m", "til og med", "til", "asti", "saakka", "do dnia",
    "do",
    "până la", "până pe", "până în", "kadar", "по", "до", "έως", "μέχρι",
)  # fmt: skip
"""Before the last day of an absence."""
_BACK = (
    "back in the office on", "back at work on", "back on", "be back", "return on",
    "returning on", "returning", "return to the office on", "back",
    "available again on",
    "wieder ab dem", "wieder ab", "wieder am", "wieder zurück am", "zurück am",
    "ab dem", "de retour le", "retour le", "à partir du", "reviendrai le", "vuelvo el",
    "de vuelta el", "regreso el", "estaré de regreso el", "a partir del", "dal",
    "rientro il", "torno il", "di ritorno il", "sarò in ufficio dal", "regresso a",
    "volto a", "de volta em", "a partir de", "terug op", "weer op", "vanaf", "åter den",
    "tillbaka den", "tillbaka", "tilbage den", "tilbake", "tilbage", "takaisin",
    "wracam", "wracam dnia", "od dnia", "od", "zpět", "späť", "revin pe", "revin în",
    "вернусь", "буду", "с", "επιστρέφω στις",
)  # fmt: skip
"""Before the first day back."""
_BEHIND_THROUGH = (
    "まで",
    "まで不在",
    "日まで",
    "까지",
    "为止",
    "為止",
    "tarihine kadar",
    "asti",
)
_BEHIND_BACK = ("に戻", "より出社", "から出社", "に出社", "부터 복귀", "回来", "返回")

_NOTES = (
    # English
    "i am on holiday", "i'm on holiday", "i am on vacation", "i'm on vacation",
    "i am on leave", "i'm on leave", "i am on annual leave", "i'm on annual leave",
    "i am on parental leave", "i am on maternity leave", "i am out of office",
    "i'm out of office", "i am out of the office", "i'm out of the office",
    "i am currently out", "i'm currently out", "i am currently away",
    "i am currently on", "i am away until", "i'm away until", "i am away from",
    "i will be out of", "i'll be out of", "i will be away", "out of office",
    "i am not in the office", "i'm not in the office",
    # German
    "ich bin im urlaub", "ich bin derzeit", "ich bin zurzeit nicht",
    "ich bin zur zeit nicht", "ich bin momentan nicht", "ich bin nicht im büro",
    "ich bin nicht im haus", "ich bin außer haus", "ich bin abwesend", "ich bin bis",
    "ich bin aktuell nicht", "ich befinde mich im urlaub", "ich befinde mich derzeit",
    # French
    "je suis en congé", "je suis en vacances", "je suis absent",
    "je suis actuellement absent", "je suis actuellement en",
    "je ne suis pas au bureau",
    # Spanish
    "estoy de vacaciones", "estoy fuera de la oficina", "me encuentro fuera",
    "me encuentro de vacaciones", "estoy ausente", "estaré fuera de la oficina",
    "estoy de baja", "actualmente estoy de", "actualmente estoy fuera",
    # Japanese
    "ただいま不在", "現在不在", "不在にして", "休暇中", "休暇をいただいて",
    "休暇を取得", "夏季休業",
)  # fmt: skip
"""How a vacation program begins to speak for its owner when nothing else marks it."""
_GREETING = re.compile(r"^[^\s,]{1,12}(?: [^\s,]{1,20})?,\s*")
_NOTE_LETTERS = 800
_NOTE_SENTENCES = 4
"""Behind a greeting, and thanks for the mail."""
_ENDS = re.compile(r"(?<=[.!?。！])\s*|\n+")

_FARTHEST = timedelta(days=400)
_LAST = date.max - timedelta(days=1)
"""The last day that has a next one."""
_MOST_LETTERS = 5_000
_BETWEEN = 25
"""Letters that may stand between the word and its date: a weekday, an article."""


def back_on(text: str, sent: date) -> date | None:
    """Give the first day on which the writer of a vacation note is back.

    `sent` is the day of the note: a date without a year is the next one. Without a
    date that a word of return goes with, the answer is None; so it is for a date that
    is past or more than some 13 months away. Never raises.
    """
    folded = text[:_MOST_LETTERS].casefold()
    backs, throughs = [], []
    for found in days(folded, sent):
        if not timedelta() <= found.day - sent <= _FARTHEST:
            continue
        match _said(folded, found):
            case "back":
                backs.append(found.day)
            case "through":
                throughs.append(min(found.day, _LAST) + timedelta(days=1))
            case _:
                continue
    return min(backs) if backs else max(throughs, default=None)


def is_note(text: str) -> bool:
    """Say whether a text that bears no mark of a machine reads as a vacation note.

    It is short, and one of its first sentences begins with its writer being away. A
    person may write so too: nothing may be lost by it. Never raises.
    """
    folded = text.strip().casefold().replace("\u2019", "'")
    if len(folded) > _NOTE_LETTERS:
        return False
    folded = _GREETING.sub("", folded)
    sentences = [each.strip() for each in _ENDS.split(folded) if each.strip()]
    return any(each.startswith(_NOTES) for each in sentences[:_NOTE_SENTENCES])


def _said(text: str, found: Found) -> str:
    """Say what the word nearest before a day, or right behind it, makes of it."""
    behind = text[found.end : found.end + _BETWEEN].lstrip(" ()月火水木金土日曜")
    if behind.startswith(_BEHIND_THROUGH):
        return "through"
    if behind.startswith(_BEHIND_BACK):
        return "back"
    before = text[max(0, found.start - 60) : found.start]
    nearest, said = -1, ""
    for kind, words in (("through", _folded(_THROUGH)), ("back", _folded(_BACK))):
        for at, length in _ends(before, words):
            if len(before) - at <= _BETWEEN and (at, length) > (nearest, 0):
                nearest, said = at, kind
    return said


@cache
def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words)


def _ends(text: str, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Give where each word last ends in a text, whole words alone, and its length."""
    for word in words:
        at = text.rfind(word)
        end = at + len(word)
        if at < 0 or (at and text[at - 1].isalnum()) or text[end : end + 1].isalnum():
            continue
        yield end, len(word)
