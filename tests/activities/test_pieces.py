"""What stands behind a number of a digest: a command, a ready text, or a text."""

import pytest

from gateway.activities.pieces import in_pieces
from parsers.mail import read

CASES = {"cases": {"1": [1, 0, "everyone"]}, "nudges": {"1": "How does it stand?"}}


def mail(text):
    head = b"From: ana@acme.example\r\nTo: support@acme.example\r\nSubject: Re\r\n\r\n"
    return read(head + text.encode())


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("resolve", "/resolve"),
        ("Take.", "/take"),
        ("nudge", "How does it stand?"),
        ("Nudge!", "How does it stand?"),
        ("nudge him gently", "nudge him gently"),
        ("promise friday", "/promise friday"),
        ("promise 2026-11-27 15:00", "/promise 2026-11-27 15:00"),
        ("wait", "/wait"),
        ("wait 3 days", "/wait 3 days"),
        # These are for the customer.
        ("wait for the next release, please", "wait for the next release, please"),
        ("promise me to send row 7", "promise me to send row 7"),
        ("resolve it like this", "resolve it like this"),
    ],
)
def test_a_word_is_a_command_only_where_nothing_else_can_be_meant(said, meant):
    rest, pieces = in_pieces(mail(f"#1 {said}"), CASES)
    assert (rest, pieces) == ("", {"1": meant})


def test_what_is_no_case_is_left_for_the_mails():
    text = "#1 nudge\n#2 open\n#3 refuse"
    assert in_pieces(mail(text), CASES) == (
        "#2 open\n#3 refuse",
        {"1": "How does it stand?"},
    )


@pytest.mark.parametrize(
    ("said", "is_for_the_digest"),
    [
        ("weekly", True),
        ("daily 07:30", True),
        ("stop", True),
        ("quiet 22:00-07:00", True),
        ("Help off.", True),
        ("8", False),
        ("monday", False),
        ("help off the ladder", False),
        ("weekly is fine for us, thank you", False),
        ("Row 7 fails.", False),
    ],
)
def test_what_answers_the_one_item_that_is_quoted(said, is_for_the_digest):
    quoted = "\n\nOn Fri, 20 Nov 2026 at 10:00, Acme wrote:\n> #1 · Import fails\n"
    rest, pieces = in_pieces(mail(said + quoted), CASES)
    assert (rest.strip(), pieces) == (
        (said, {}) if is_for_the_digest else ("", {"1": pieces.get("1")})
    )
    assert is_for_the_digest or pieces["1"].strip() == said
