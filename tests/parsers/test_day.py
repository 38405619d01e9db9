"""Days and fields as people write them in five languages."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.day import read_day
from parsers.oneself import Said, read_said, skills
from parsers.zone import read_zone

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("friday", (2026, 11, 27)),  # On a Friday it is the next one.
        ("until Monday", (2026, 11, 23)),
        ("next tue", (2026, 11, 24)),
        ("tomorrow", (2026, 11, 21)),
        ("in 2 weeks", (2026, 12, 4)),
        ("2026-12-24", (2026, 12, 24)),
        ("3 January", (2027, 1, 3)),
        ("Dec 3rd", (2026, 12, 3)),
        ("Montag", (2026, 11, 23)),
        ("31.12.", (2026, 12, 31)),
        ("in 3 Tagen", (2026, 11, 23)),
        ("le 3 décembre", (2026, 12, 3)),
        ("lundi", (2026, 11, 23)),
        ("mañana", (2026, 11, 21)),
        ("el 3 de diciembre", (2026, 12, 3)),
        ("12月3日", (2026, 12, 3)),
        ("月曜日", (2026, 11, 23)),
        ("the moon", None),
        ("2026-02-30", None),
        ("2019-01-01", None),
        ("", None),
    ],
)
def test_days(text, day):
    assert read_day(text, FRIDAY) == (date(*day) if day else None)


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("", Said("")),
        ("role importer developer", Said("title", "importer developer")),
        ("Rolle: Entwickler", Said("title", "Entwickler")),
        ("compétences dates, imports", Said("skills", "dates, imports")),
        ("away until friday", Said("away", "friday")),
        ("absent jusqu'au 3 décembre", Said("away", "3 décembre")),
        ("不在 12月3日まで", Said("away", "12月3日")),
        ("back", Said("back")),
        ("here is my answer", None),
        ("too", None),
        ("waves", None),
        ("zone -", Said("zone", "-", clears=True)),
    ],
)
def test_fields(argument, said):
    assert read_said(argument) == said


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("asia/singapore", "Asia/Singapore"),
        ("New York", "America/New_York"),
        ("Madrid", "Europe/Madrid"),
        ("utc", "UTC"),
        ("../etc/passwd", ""),
        ("Atlantis", ""),
    ],
)
def test_zones(text, zone):
    assert read_zone(text) == zone


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.dates())
def test_any_text_is_read(text, today):
    found = read_day(text, today)
    assert found is None or found >= today
    said = read_said(text)
    assert said is None or len(said.value) <= 600
    assert len(skills(text)) <= 12
    read_zone(text)
