"""Times that people name in a few words, in five languages."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.when import When, read_when

# A Saturday, ten past nine.
NOW = datetime(2026, 11, 21, 9, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "day", "clock"),
    [
        ("tomorrow", (2026, 11, 22), None),
        ("until tomorrow", (2026, 11, 22), None),
        ("the day after tomorrow", (2026, 11, 23), None),
        ("Monday", (2026, 11, 23), None),
        ("next Monday.", (2026, 11, 23), None),
        ("until mon", (2026, 11, 23), None),
        ("saturday", (2026, 11, 28), None),
        ("friday 15:00", (2026, 11, 27), (15, 0)),
        ("Friday at 3pm", (2026, 11, 27), (15, 0)),
        ("at 3 p.m. on Friday", (2026, 11, 27), (15, 0)),
        ("today 18:30", (2026, 11, 21), (18, 30)),
        ("15:00", (2026, 11, 21), (15, 0)),
        ("8:00", (2026, 11, 22), (8, 0)),
        ("tomorrow noon", (2026, 11, 22), (12, 0)),
        ("2026-12-01", (2026, 12, 1), None),
        ("2026-12-01 09:30", (2026, 12, 1), (9, 30)),
        ("23 November", (2026, 11, 23), None),
        ("until Monday, 23 November 2026", (2026, 11, 23), None),
        ("November 23rd", (2026, 11, 23), None),
        ("3 January", (2027, 1, 3), None),
        ("2 weeks", (2026, 12, 5), None),
        ("in three days", (2026, 11, 24), None),
        ("for a week", (2026, 11, 28), None),
        ("2 hours", (2026, 11, 21), (11, 10)),
        ("next week", (2026, 11, 23), None),
        ("bis morgen", (2026, 11, 22), None),
        ("bis Montag", (2026, 11, 23), None),
        ("bis zum 2. Dezember", (2026, 12, 2), None),
        ("bis 2.12.", (2026, 12, 2), None),
        ("am Freitag um 15 Uhr", (2026, 11, 27), (15, 0)),
        ("Freitag 15 Uhr 30", (2026, 11, 27), (15, 30)),
        ("nächsten Dienstag", (2026, 11, 24), None),
        ("nächste Woche", (2026, 11, 23), None),
        ("zwei Wochen", (2026, 12, 5), None),
        ("in 3 Tagen", (2026, 11, 24), None),
        ("demain à 9h30", (2026, 11, 22), (9, 30)),
        ("jusqu\u2019au 2 décembre", (2026, 12, 2), None),
        ("lundi prochain", (2026, 11, 23), None),
        ("la semaine prochaine", (2026, 11, 23), None),
        ("deux semaines", (2026, 12, 5), None),
        ("hasta el 2 de diciembre", (2026, 12, 2), None),
        ("el viernes a las 15:00", (2026, 11, 27), (15, 0)),
        ("mañana", (2026, 11, 22), None),
        ("pasado mañana", (2026, 11, 23), None),
        ("la próxima semana", (2026, 11, 23), None),
        ("明日", (2026, 11, 22), None),
        ("明日まで", (2026, 11, 22), None),
        ("12月2日まで", (2026, 12, 2), None),
        ("金曜日 15時", (2026, 11, 27), (15, 0)),
        ("月曜まで", (2026, 11, 23), None),
        ("2週間", (2026, 12, 5), None),
        ("3日間", (2026, 11, 24), None),
        ("来週", (2026, 11, 23), None),
    ],
)
def test_a_time_in_words(said, day, clock):
    assert read_when(said, NOW) == When(date(*day), time(*clock) if clock else None)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "soon",
        "until I am back",
        "today",
        "today 8:00",
        "yesterday",
        "2026-11-20",
        "2026-11-21",
        "2029-01-01",
        "31 February",
        "25:00",
        "Friday or Monday",
        "Tuesday, 23 November",
        "not on Friday",
        "0 days",
        "900 weeks",
        "15",
        "Friday\n15:00",
        "Friday " * 20,
    ],
)
def test_what_is_no_time_to_come(said):
    assert read_when(said, NOW) is None


@given(st.text(max_size=90))
def test_any_text_is_survived(text):
    found = read_when(text, NOW)
    assert found is None or found.day >= NOW.date()
