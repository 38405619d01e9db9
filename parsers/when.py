"""A time that somebody names in a few words: "Friday 15:00", "bis 2. Dezember", "来週".

It follows `/pause until` or `/promise`: the whole text must be a time, for a word that
is not understood may change what was meant.
"""

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from parsers.dates import days, weekdays

_MOST_LETTERS = 80
_WEEK = 7
_FARTHEST = timedelta(days=400)

_AROUND = """
    until till to by on at in the of for about next this coming from now and
    bis zum zu am um in der dem den die das nächsten nächste nächster nächstes nächstem
    kommenden kommende kommender diesen diese dieser ab für uhr
    jusqu'au jusqu'à jusque au à le la les l' dans de du d' prochain prochaine ce cette
    pour vers
    hasta el la las los a al en de del próximo próxima que viene este esta para por
    まで に の から あと
"""
_FILLING = frozenset(_AROUND.split())
"""Words around a time that say nothing of it."""
_DAYS_AHEAD = {
    "today": 0, "heute": 0, "aujourd'hui": 0, "hoy": 0, "今日": 0, "本日": 0,
    "tomorrow": 1, "morgen": 1, "demain": 1, "mañana": 1, "manana": 1, "明日": 1,
    "day after tomorrow": 2, "übermorgen": 2, "après-demain": 2, "pasado mañana": 2,
    "明後日": 2, "あさって": 2,
    "week": 7, "woche": 7, "semaine": 7, "semana": 7, "来週": 7,
}  # fmt: skip
"""The coming week begins on its Monday."""
_UNITS = {
    "hours": "hour hours hr hrs stunde stunden heure heures hora horas 時間",
    "days": "day days tag tage tagen jour jours día días dia dias 日間 日",
    "weeks": "week weeks woche wochen semaine semaines semana semanas 週間 週",
    "months": "month months monat monate monaten mois mes meses か月 ヶ月 カ月",
}
_COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "ein": 1, "eine": 1, "einen": 1, "einem": 1, "einer": 1, "zwei": 2, "drei": 3,
    "vier": 4, "fünf": 5, "sechs": 6,
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5,
    "una": 1, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6,
    "一": 1, "二": 2, "三": 3, "四": 4,
}  # fmt: skip
_CLOCK = re.compile(
    r"(?<![\w.:/-])(?P<hour>[01]?\d|2[0-4])"
    r"(?:"
    r":(?P<minute>[0-5]\d)\s?(?P<half>am|pm|a\.m\.|p\.m\.)?(?:\s?(?:uhr|h))?"
    r"|\s?(?P<only>am|pm|a\.m\.|p\.m\.)"
    r"|\s?(?:h|uhr|時|o'clock)\s?(?P<past>[0-5]\d)?分?"
    r")(?!\w)"
)
_WORDS_FOR_CLOCK = {"noon": 12, "midday": 12, "mittag": 12, "midi": 12, "mediodía": 12}
_JAPANESE_WEEKDAYS = "月火水木金土日"


@dataclass(frozen=True, slots=True)
class When:
    """A day, and the time of day if one was named; both where its reader lives."""

    day: date
    clock: time | None = None


def read_when(text: str, now: datetime) -> When | None:
    """Read a time to come; None for what is none, is past, or is over a year away.

    `now` is the present where the writer lives. Weekdays mean the next one, never
    today; a day without a year is the next one. English, German, French, Spanish and
    Japanese; dates in more languages. Never raises.
    """
    said = text[: _MOST_LETTERS + 1].casefold().replace("\u2019", "'").strip(" \t,;!。")
    if not said or len(said) > _MOST_LETTERS or "\n" in said:
        return None
    if found := _after_a_while(said, now):
        return found
    said, clock = _parted(said)
    day = _day(said, now.date())
    if day is None and clock is not None and not _words(said):
        # A time alone is the next one that comes.
        day = now.date() + timedelta(days=clock <= now.time())
    if day is None or not timedelta() <= day - now.date() <= _FARTHEST:
        return None
    if day == now.date() and (clock is None or clock <= now.time()):
        return None
    return When(day, clock)


def is_past(text: str, now: datetime) -> bool:
    """Say whether a text names a time that is past: an hour of today, or a date.

    Asked of what `read_when` cannot read. Never raises.
    """
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    if read_when(text, midnight) is not None:
        return True
    said = text[:_MOST_LETTERS].casefold()
    return any(found.day < now.date() for found in days(said, now.date()))


def _after_a_while(said: str, now: datetime) -> When | None:
    """Read "2 weeks", "in drei Tagen": a number and a unit, and nothing else."""
    words = _words(said, but=_COUNTS)
    if len(words) == 1:
        # Japanese has no blanks, others may have left them out: "3日間", "2weeks".
        parted = re.fullmatch(r"(\d{1,3}|[一二三四])(\D+?)(?:後)?", words[0])
        words = list(parted.groups()) if parted else words
    if len(words) != 2:
        return None
    number, unit = words
    count = int(number) if number.isdigit() else _COUNTS.get(number, 0)
    match _units().get(unit):
        case "hours" if 0 < count <= 999:
            then = now + timedelta(hours=count)
            return When(then.date(), then.time().replace(second=0, microsecond=0))
        case "days" | "weeks" | "months" as known if 0 < count <= 400:
            ahead = timedelta(days=count * {"days": 1, "weeks": 7, "months": 30}[known])
            return When(now.date() + ahead) if ahead <= _FARTHEST else None
        case _:
            return None


@cache
def _units() -> dict[str, str]:
    return {word: unit for unit, words in _UNITS.items() for word in words.split()}


def _parted(said: str) -> tuple[str, time | None]:
    """Take the time of day out of a text."""
    for word, hour in _WORDS_FOR_CLOCK.items():
        if word in _words(said):
            return said.replace(word, " "), time(hour)
    found = _CLOCK.search(said)
    if found is None:
        return said, None
    hour = int(found["hour"])
    half = (found["half"] or found["only"] or "").replace(".", "")
    if half:
        if not 1 <= hour <= 12:
            return said, None
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour == 24:
        return said, None
    minute = int(found["minute"] or found["past"] or 0)
    return said[: found.start()] + " " + said[found.end() :], time(hour, minute)


def _day(said: str, today: date) -> date | None:
    plain = " ".join(_words(said))
    if plain in _DAYS_AHEAD:
        ahead = _DAYS_AHEAD[plain]
        first = today - timedelta(days=today.weekday()) if ahead == _WEEK else today
        return first + timedelta(days=ahead)
    for found in days(said, today):
        rest = _words(said[: found.start] + " " + said[found.end :])
        # "Monday, 23 November": the date counts, and the weekday must not contradict.
        named = [each for each in (_weekday(word) for word in rest) if each is not None]
        if len(named) == len(rest) and all(one == found.day.weekday() for one in named):
            return found.day
    number = _weekday(plain)
    if number is None:
        return None
    return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)


def _weekday(word: str) -> int | None:
    if len(word) <= 3 and word[:1] in _JAPANESE_WEEKDAYS and word[1:] in {"曜", "曜日"}:
        return _JAPANESE_WEEKDAYS.index(word[0])
    return weekdays().get(word.rstrip("."))


def _words(said: str, but: Container[str] = ()) -> list[str]:
    """Give the words that may say something of a time; `but` those are kept too."""
    apart = re.sub(r"(まで|から|に|の)", r" \1 ", said)
    apart = re.sub(r"(jusqu'(?:au|à)|\bl'|\bd')", r" \1 ", apart)
    words = [word.strip(".,;:()") for word in apart.replace(",", " ").split()]
    return [word for word in words if word and (word in but or word not in _FILLING)]
