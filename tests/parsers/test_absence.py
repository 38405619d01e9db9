"""Vacation notes say when somebody is back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.absence import back_on, is_note
from parsers.mail import read

SENT = date(2026, 11, 21)

NOTES = [
    ("I am out of the office until 27 November and read no mail.", (2026, 11, 28)),
    ("I am away through Friday, November 27th, 2026.", (2026, 11, 28)),
    ("I will be back on Monday, 30 November 2026.", (2026, 11, 30)),
    (
        "Out of office from 20 November to 4 December. Back on 7 December.",
        (2026, 12, 7),
    ),
    ("I return on 2027-01-04.", (2027, 1, 4)),
    ("I am on vacation until January 8.", (2027, 1, 9)),
    ("Ich bin bis zum 27. November nicht im Büro.", (2026, 11, 28)),
    ("Ich bin vom 20.11. bis 27.11.2026 im Urlaub.", (2026, 11, 28)),
    ("Ab dem 30.11.2026 bin ich wieder erreichbar.", (2026, 11, 30)),
    ("Je suis absent jusqu'au 27 novembre inclus.", (2026, 11, 28)),
    ("De retour le lundi 30 novembre 2026.", (2026, 11, 30)),
    ("Estaré fuera de la oficina hasta el 27 de noviembre de 2026.", (2026, 11, 28)),
    ("Vuelvo el 30 de noviembre.", (2026, 11, 30)),
    ("Sono assente fino al 27 novembre.", (2026, 11, 28)),
    ("Estou ausente até 27 de novembro.", (2026, 11, 28)),
    ("Ik ben afwezig tot en met 27 november.", (2026, 11, 28)),
    ("Jag är ledig till och med 27 november.", (2026, 11, 28)),
    ("Jeg er på ferie til og med 27. november.", (2026, 11, 28)),
    ("Jestem nieobecny do 27 listopada 2026.", (2026, 11, 28)),
    ("Jsem mimo kancelář do 27. listopadu 2026.", (2026, 11, 28)),
    ("Я в отпуске до 27 ноября.", (2026, 11, 28)),
    ("Απουσιάζω έως 27 Νοεμβρίου.", (2026, 11, 28)),
    ("11月27日まで不在にしております。", (2026, 11, 28)),
    ("2026年11月30日に戻ります。", (2026, 11, 30)),
    ("11월 27일까지 휴가입니다.", (2026, 11, 28)),
]


@pytest.mark.parametrize(("note", "day"), NOTES)
def test_the_day_of_return(note, day):
    assert back_on(note, SENT) == date(*day)


@pytest.mark.parametrize(
    "note",
    [
        "I am out of the office and will answer as soon as I can.",
        "Our company was founded on 3 May 1998.",
        "I was away until 3 May 2019.",
        "Back on 45 November.",
        "Call us from 8 to 17.",
        "Bitte wenden Sie sich bis dahin an Bo, Telefon 030 27.11.",
    ],
)
def test_no_day_is_better_than_a_wrong_one(note):
    assert back_on(note, SENT) is None


@given(st.text(), st.dates())
def test_any_text_of_any_day(text, sent):
    found = back_on(text, sent)
    assert found is None or found >= sent


def test_a_note_from_the_end_of_time():
    """A date in its header made the whole mail unreadable."""
    assert back_on("I am away until 31 December.", date(9999, 12, 20)) == date.max


@given(
    st.dates(date(2026, 11, 22), date(2027, 11, 1)),
    st.sampled_from(["%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%d.%m.%Y"]),
)
def test_every_way_to_write_a_day(day, form):
    assert back_on(f"I will be back on {day.strftime(form)}.", SENT) == day


def test_a_mail_tells_it_of_vacation_notes_alone():
    head = (
        b"From: bo@acme.example\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n"
        b"Subject: Automatic reply: x\r\n"
    )
    note = head + b"Auto-Submitted: auto-replied\r\n\r\nI am away until 27 November."
    assert read(note).back_on == date(2026, 11, 28)
    assert (
        read(head.replace(b"Automatic reply: ", b"") + b"\r\nuntil 27 Nov").back_on
        is None
    )


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("I am on holiday and read your mail when I am back.", True),
        (
            "Hello,\n\nthank you for your mail. I'm out of the office until Monday.",
            True,
        ),
        ("I\u2019m on leave. In urgent cases: +49 30 123", True),
        ("Guten Tag,\nich bin im Urlaub und ab Montag wieder da.", True),
        ("Bonjour. Je suis en cong\xe9 jusqu'au 24.", True),
        ("Hola, estoy de vacaciones.", True),
        (
            "\u304a\u4e16\u8a71\u306b\u306a\u308a\u307e\u3059\u3002\u73fe\u5728\u4e0d\u5728\u3067\u3059\u3002",
            True,
        ),
        ("The importer takes no ISO dates while I am on holiday.", False),
        ("Yes. Row 7.", False),
        ("", False),
        ("I am on holiday. " + "It is the date column. " * 60, False),
    ],
)
def test_what_reads_as_a_vacation_note(text, is_one):
    assert is_note(text) is is_one
