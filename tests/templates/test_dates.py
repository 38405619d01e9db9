"""Dates are written in the reader's language and zone."""

from datetime import UTC, datetime

import pytest

from templates import catalogue, dates

AT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tag", "zone", "words"),
    [
        ("en", "Europe/Madrid", "Monday 23 November, 15:00 (Madrid)"),
        ("en-US", "America/New_York", "Monday 23 November, 9:00 AM (New York)"),
        ("de", "Asia/Tokyo", "Montag, 23. November, 23:00 (Tokio)"),
        ("fr", "Europe/London", "lundi 23 novembre, 14:00 (Londres)"),
        ("fr-CA", "America/Toronto", "lundi 23 novembre, 09 h 00 (Toronto)"),
        ("es", "Europe/Madrid", "lunes, 23 de noviembre, 15:00 (Madrid)"),
        ("ja", "Asia/Tokyo", "11月23日月曜日 23:00 (東京)"),
        ("de", "UTC", "Montag, 23. November, 14:00 (UTC)"),
        ("en", "Pacific/Auckland", "Tuesday 24 November, 03:00 (Auckland)"),
        ("en", "no such zone", "Monday 23 November, 14:00 (UTC)"),
        ("en", "../../etc/passwd", "Monday 23 November, 14:00 (UTC)"),
        ("en", "a\x00b", "Monday 23 November, 14:00 (UTC)"),
    ],
)
def test_a_moment_has_weekday_day_time_and_zone(tag, zone, words):
    said = dates.moment(AT, AT, zone, catalogue.locale(tag))
    assert said.replace("\u202f", " ") == words


def test_another_year_is_named():
    new_year = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
    english = catalogue.locale("en")
    assert dates.day(new_year, AT, "UTC", english) == "Monday, 4 January 2027"
    assert dates.day(new_year, None, "UTC", english) == "Monday, 4 January 2027"


def test_today_needs_no_date():
    english = catalogue.locale("en")
    earlier = AT.replace(hour=9, minute=12)
    assert dates.since(earlier, AT, "UTC", english) == "09:12"
    assert dates.since(earlier, AT, "Asia/Tokyo", english) == "18:12"
    # In Auckland it was another day.
    said = dates.since(earlier, AT, "Pacific/Auckland", english)
    assert said == "Monday 23 November, 22:12"


@pytest.mark.parametrize(
    ("octets", "words"),
    [(0, "1 kB"), (999, "1 kB"), (20_400, "20 kB"), (31_400_000, "31,4 MB")],
)
def test_sizes_are_of_ten_to_the_sixth(octets, words):
    assert dates.size(octets, catalogue.locale("de")) == words
