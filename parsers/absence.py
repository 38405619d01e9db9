"""When somebody who is away is back, as vacation notes say it in many languages.

Months and weekdays come from the Unicode locale data that Babel carries; the words
around a date (until, back on) are our own table.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from babel import Locale

LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk",
    "hu", "ro", "tr", "ru", "uk", "el", "ja", "zh", "ko",
)  # fmt: skip
"""Languages whose months are understood."""

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

_FARTHEST = timedelta(days=400)
_LAST = date.max - timedelta(days=1)
"""The last day that has a next one."""
_MOST_LETTERS = 5_000
_BETWEEN = 25
"""Letters that may stand between the word and its date: a weekday, an article."""


@dataclass(frozen=True, slots=True)
class Found:
    """A day that stands somewhere in a text."""

    day: date
    start: int
    end: int


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


def days(text: str, sent: date) -> Iterator[Found]:
    """Give the days that stand in a casefolded text, by how they are written.

    Of a day without a year the coming one, counted from `sent`. Never raises.
    """
    for pattern, order in _patterns():
        for found in pattern.finditer(text):
            parts = dict(zip(order, found.groups(), strict=True))
            day = _day(parts, sent)
            if day is not None:
                yield Found(day, found.start(), found.end())


def _day(parts: dict[str, str | None], sent: date) -> date | None:
    month = parts["month"] or ""
    number = int(month) if month.isdigit() else _months()[month]
    day = int(parts["day"] or 0)
    if number > 12 >= day:
        # Only the American order makes a date of it.
        number, day = day, number
    year = parts.get("year")
    try:
        if year:
            written = int(year)
            return date(written + 2000 if written < 100 else written, number, day)
        this = date(sent.year, number, day)
        # Of a date without a year the coming one is meant.
        return this if this >= sent else date(sent.year + 1, number, day)
    except ValueError:
        return None


@cache
def _months() -> dict[str, int]:
    """Give the names of the months in all languages, long and short, casefolded."""
    names: dict[str, int] = {}
    for language in LANGUAGES:
        months = Locale.parse(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    plain = str(name).casefold().rstrip(".")
                    if len(plain) > 2 and not plain[0].isdigit():
                        names.setdefault(plain, number)
    return names


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    month = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    year = r"(?:,?\s{0,2}(?:de |del )?(20\d\d))?"
    end = r"(?![\w])"
    return (
        (
            re.compile(
                r"(?<!\d)(\d\d?)(?:\.|st|nd|rd|th|er|º|-?го)?\s{0,2}(?:of |de |d')?"
                rf"({month})\.?{end}{year}"
            ),
            ("day", "month", "year"),
        ),
        (
            re.compile(
                rf"(?<!\w)({month})\.?\s{{1,2}}(\d\d?)(?:st|nd|rd|th)?(?!\d){year}"
            ),
            ("month", "day", "year"),
        ),
        (
            re.compile(r"(?<![\d.])(20\d\d)-(\d\d)-(\d\d)(?!\d)"),
            ("year", "month", "day"),
        ),
        (
            re.compile(
                r"(?<!\d)(?:(20\d\d)\s?[年년/]\s?)?(\d\d?)\s?[月월/]\s?(\d\d?)\s?[日일]"
            ),
            ("year", "month", "day"),
        ),
        (
            re.compile(r"(?<![\d.])(\d\d?)\.\s?(\d\d?)\.(?:\s?(20\d\d|\d\d)(?!\d))?"),
            ("day", "month", "year"),
        ),
        (
            re.compile(r"(?<![\d/])(\d\d?)/(\d\d?)/(20\d\d|\d\d)(?!\d)"),
            ("day", "month", "year"),
        ),
    )
