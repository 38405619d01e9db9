"""The same mail twice is one mail, and what only looks the same is two (R4, C27)."""

from email import policy
from email.message import EmailMessage

import pytest

from tests.activities.people import (
    ANA,
    CARLA,
    DESK,
    MAX,
    open_case,
    taken_case,
)
from tests.town import gist

OPENED = [
    ("acknowledgement", "carla@gomez.example"),
    ("message", "ana@acme.example"),
    ("message", "bo@acme.example"),
]


@pytest.fixture
def town(each_town):
    """On each kind of database."""
    return each_town


def mail(
    text="It stopped.", subject="It stopped", *, sender=CARLA, received="mx1", **head
):
    made = EmailMessage()
    made["Received"] = f"from {received}.example by mail.acme.example; Fri, 20 Nov 2026"
    made["From"], made["To"], made["Subject"] = sender, DESK, subject
    for name, value in ({"message_id": "<1@gomez.example>"} | head).items():
        if value:
            made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def give(town, made, to=(DESK,)):
    octets = made.as_bytes(policy=policy.SMTP)
    return town.deliver(octets, "carla@gomez.example", to)


def test_a_sender_who_did_not_hear_our_answer_tries_again(each_town):
    town = each_town
    first = mail(message_id=None)
    assert gist(give(town, first)) == OPENED
    assert give(town, first) == []
    assert town.state() == "discarded"
    # Some servers take the second one an hour later.
    town.pass_time(minutes=70)
    assert give(town, first) == []


def test_the_same_mail_by_another_road_is_one(town):
    assert gist(give(town, mail())) == OPENED
    assert give(town, mail(received="mx2")) == []
    assert town.state() == "discarded"


def test_the_same_id_with_another_text_is_another_mail(town):
    assert gist(give(town, mail())) == OPENED
    assert gist(give(town, mail("It began again.", "It began"))) == OPENED


def test_the_same_id_from_somebody_else_is_another_mail(town):
    assert gist(give(town, mail())) == OPENED
    letters = give(town, mail(sender=MAX))
    assert ("message", "ana@acme.example") in gist(letters)


def test_the_same_text_again_within_an_hour_is_kept_and_told_to_nobody(town):
    assert gist(give(town, mail())) == OPENED
    town.pass_time(minutes=50)
    assert give(town, mail(message_id="<2@gomez.example>")) == []
    assert town.state() == "done"
    town.pass_time(minutes=70)
    assert gist(give(town, mail(message_id="<3@gomez.example>"))) == OPENED


def test_files_and_subjects_are_news_under_the_same_text(town):
    """R16: what a human wrote is never swallowed because its text is short."""
    for number in range(3):
        made = mail(
            "Please find attached.", f"{number}", message_id=f"<{number}@x.example>"
        )
        made.add_attachment(bytes([number]), "application", "pdf", filename="a.pdf")
        letters = give(town, made)
        assert ("message", "ana@acme.example") in gist(letters), number
    for subject in ("Call me, please", "The server is down"):
        letters = give(
            town, mail("", subject, message_id=f"<{len(subject)}@x.example>")
        )
        assert ("message", "ana@acme.example") in gist(letters), subject


def test_a_thread_takes_the_same_reply_once(town):
    taken_case(town)
    message = town.last("carla@gomez.example", "message")
    again = [("Message-ID", "<again@gomez.example>")]
    assert gist(town.reply(CARLA, "Row 7.", to=message, headers=again)) == [
        ("message", "ana@acme.example")
    ]
    assert town.reply(CARLA, "Row 7.", to=message, headers=again) == []
    assert town.state() == "discarded"
    # The same words in a mail of its own are said again.
    assert gist(town.reply(CARLA, "Row 7.", to=message)) == [
        ("message", "ana@acme.example")
    ]


def test_five_openings_with_one_subject_collapse_without_a_word(town):
    """R4: another help desk gives each of our letters a number."""
    for number in range(8):
        text = f"Your ticket {number} was opened, thank you for waiting."
        letters = town.write(
            "help@desk.example", DESK, f"[#{number}] Ticket opened", text
        )
        told = ("message", "ana@acme.example") in gist(letters)
        assert told == (number < 5), number


def test_the_team_sees_that_a_letter_of_ours_came_back_only_in_the_journal(town):
    taken_case(town)
    for letter in list(town.letters):
        octets = b"Received: from a loop\r\n" + letter.kept.octets
        assert town.deliver(octets, "loop@elsewhere.example", [DESK]) == []
        assert town.state() == "discarded"
    # The people of another Parlour write to us through it: its mark is no machine's.
    others = [("X-Parlour-Loop", "AAAAAAAA.0.aaaaaaaaaaaaaaaa")]
    letters = town.write(CARLA, DESK, "Marked", "Is this me?", headers=others)
    assert gist(letters) == OPENED
    # Only when letters caused each other too often is it taken for a loop.
    others = [("X-Parlour-Loop", "AAAAAAAA.4.aaaaaaaaaaaaaaaa")]
    assert town.write(CARLA, DESK, "Round", "Once more.", headers=others) == []
    assert town.state() == "held"


def test_what_ran_in_a_circle_is_held(town):
    made = mail()
    for hop in range(60):
        made["Received"] = f"from {hop}.example by {hop + 1}.example"
    assert give(town, made) == []
    assert town.state() == "held"


def test_the_null_sender_opens_nothing_and_is_answered_by_nothing(town):
    assert (
        town.write(CARLA, DESK, "Hello", "A letter of a robot?", envelope_sender="")
        == []
    )
    assert town.state() == "held"
    open_case(town)
    case = town.last("carla@gomez.example")
    letters = town.reply(CARLA, "From a robot", to=case, envelope_sender="")
    # Nothing says which machine it was: the team is shown it.
    assert gist(letters) == [
        ("notice", "ana@acme.example"),
        ("notice", "bo@acme.example"),
    ]
    assert town.state() == "held"
    # A human of the team may let it in.
    town.write(CARLA, DESK, "Hello again", "I sent this by phone.", envelope_sender="")
    assert gist(town.release()) == [
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]


def test_acknowledgements_end_after_three_a_day(town):
    for number in range(5):
        letters = town.write(CARLA, DESK, f"Matter {number} is new", f"Text {number}.")
        acknowledged = ("acknowledgement", "carla@gomez.example") in gist(letters)
        assert acknowledged == (number < 3), number
        assert ("message", "ana@acme.example") in gist(letters)
        town.pass_time(minutes=31)
    town.pass_time(days=1)
    letters = town.write(CARLA, DESK, "A new day", "With a new matter.")
    assert gist(letters) == OPENED


def test_staff_who_write_to_the_desk_are_not_acknowledged(town):
    letters = town.write(ANA, DESK, "I ask", "I ask as anybody would.")
    assert gist(letters) == [("message", "bo@acme.example")]
