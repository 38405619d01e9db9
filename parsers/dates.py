"""Days that are written in a text, in the many languages of the Unicode locale data.

Months and weekdays come from the data that Babel carries.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel import Locale

LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk",
    "hu", "ro", "tr", "ru", "uk", "el", "ja", "zh", "ko",
)  # fmt: skip
"""Languages whose months and weekdays are understood."""


@dataclass(frozen=True, slots=True)
class Found:
    """A day that stands somewhere in a text."""

    day: date
    start: int
    end: int


def days(text: str, sent: date) -> Iterator[Found]:
    """Give every day that a text names; it must be in lower case (casefolded).

    `sent` is the day on which it was written: a day without a year is the next one.
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


@cache
def weekdays() -> dict[str, int]:
    """Give the names of the weekdays in all languages, casefolded; 0 is Monday."""
    names: dict[str, int] = {}
    for language in LANGUAGES:
        named = Locale.parse(language).days
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in named[context][width].items():
                    plain = str(name).casefold().rstrip(".")
                    # One letter of Japanese may be a day of the month as well.
                    if len(plain) > 1:
                        names.setdefault(plain, number)
    return names
