"""Days as people write them: "friday", "27 November", "2026-11-27", "in 2 weeks".

In the languages that Parlour speaks; a day without a year is the coming one.
"""

import re
from datetime import date, timedelta

from parsers.dates import days, weekdays

_RELATIVE = {
    "today": 0, "heute": 0,
    "aujourd'hui": 0, "aujourd\u2019hui": 0, "hoy": 0, "今日": 0,
    "tomorrow": 1, "morgen": 1, "demain": 1, "mañana": 1, "明日": 1,
}  # fmt: skip
_SPANS = {
    "day": 1, "days": 1, "tag": 1, "tage": 1, "tagen": 1, "jour": 1, "jours": 1,
    "día": 1, "días": 1, "日": 1, "week": 7, "weeks": 7, "woche": 7, "wochen": 7,
    "semaine": 7, "semaines": 7, "semana": 7, "semanas": 7, "週間": 7,
}  # fmt: skip
_SPAN = re.compile(r"(\d{1,3})\s?([^\W\d_]+)")
_LONGEST = 60
_FARTHEST = timedelta(days=400)


def read_day(text: str, today: date) -> date | None:
    """Give the day that a few words name, today or later; None when they name none.

    A weekday is the next one: on a Friday "friday" is in a week. Never raises.
    """
    words = text[:_LONGEST].casefold().strip(" ,!\u3002")
    found = _near(words, today)
    if found is None:
        written = [each.day for each in days(words, today)]
        found = written[0] if written else None
    if found is None or not timedelta() <= found - today <= _FARTHEST:
        return None
    return found


def _near(words: str, today: date) -> date | None:
    """Read what counts from today: a weekday, "tomorrow", "in 2 weeks"."""
    for word in (words, *words.split()):
        bare = word.strip(".,()")
        if bare in _RELATIVE:
            return today + timedelta(days=_RELATIVE[bare])
        if bare in weekdays() and not any(sign.isdigit() for sign in words):
            ahead = (weekdays()[bare] - today.weekday() - 1) % 7 + 1
            return today + timedelta(days=ahead)
    span = _SPAN.search(words)
    if span and span[2] in _SPANS and (span[2] != "日" or "月" not in words):
        return today + timedelta(days=int(span[1]) * _SPANS[span[2]])
    return None
