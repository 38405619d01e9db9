"""What a report gives back of a letter: its id and its To, wherever they stand."""

import pytest

from parsers.mail import read
from parsers.returned import NOTHING, Returned

LETTER = "To: carla@gomez.example\nMessage-ID:\n <p.1.abcdefghijklmnop@acme.example>\n"
FOUND = Returned(
    ids=("<p.1.abcdefghijklmnop@acme.example>",), to=("carla@gomez.example",)
)


def report(kind, copy, more=""):
    text = f"""\
From: MAILER-DAEMON@elsewhere.example
To: support@acme.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <report@elsewhere.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; elsewhere.example

Final-Recipient: rfc822; carla@gomez.example
Action: failed
Status: 5.1.1

--b
Content-Type: {kind}
{more}
{copy}
--b--
"""
    return read(text.encode()).returned


@pytest.mark.parametrize(
    "kind",
    ["message/rfc822", "text/rfc822-headers", "message/global", "message/RFC822"],
)
def test_the_third_part_is_read(kind):
    assert report(kind, f"{LETTER}Subject: Broken\n\nMessage-ID: <text@x>\n") == FOUND


def test_an_encoded_part_is_read():
    copy = LETTER.replace("\n <p", " <p=\n")
    encoded = "Content-Transfer-Encoding: quoted-printable\n"
    assert report("text/rfc822-headers", copy, encoded).ids == FOUND.ids


def test_what_an_old_server_pastes_below_its_words_is_read():
    text = (
        "From: MAILER-DAEMON@elsewhere.example\nTo: support@acme.example\n"
        "Subject: failure notice\n\n<carla@gomez.example>:\nNo mailbox here.\n"
        f"\n--- Below this line is a copy of the message.\n\n{LETTER}\nHello\n"
    )
    assert read(text.encode()).returned == FOUND


def test_only_a_report_returns_anything():
    mail = f"From: carla@gomez.example\nSubject: Look\n\nI got this:\n{LETTER}"
    assert read(mail.encode()).returned == NOTHING
    assert report("image/png", "nothing").ids == ()


def test_it_takes_a_bounded_part():
    many = "".join(f"Message-ID: <{n}@x.example>\n" for n in range(10_000))
    assert len(report("message/rfc822", many).ids) <= 20
