"""A mail that was handed on: whose, when, what, in each form (decisions C29).

osticket 3032, freescout 290, 1177, 2813, 5028; zammad 1278, 1065: there the forwarder
became the one who asks.
"""

from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage

import pytest

from parsers.address import Mailbox
from parsers.mail import read

CARLA = Mailbox("Carla Gomez", "carla@gomez.example")
TEXT = "The import stops.\n\nSince Monday, that is.\n\nCarla"


def mail(subject, text):
    made = EmailMessage()
    made["From"], made["To"] = "Ana Ruiz <ana@acme.example>", "support@acme.example"
    made["Subject"], made["Message-ID"] = subject, "<outer@acme.example>"
    made.set_content(text)
    return made


def handed_on(made):
    return read(made.as_bytes(policy=policy.SMTP)).forwarded


GMAIL = f"""Please take this.

Ana

---------- Forwarded message ---------
From: Carla Gomez <carla@gomez.example>
Date: Fri, 20 Nov 2026 at 10:00
Subject: Import fails
To: Ana Ruiz <ana@acme.example>


{TEXT}
"""
APPLE = (
    """Please take this.

Ana

Begin forwarded message:

From: Carla Gomez <carla@gomez.example>
Subject: Import fails
Date: 20 November 2026 at 10:00:00 GMT
To: Ana Ruiz <ana@acme.example>

"""
    + TEXT
)
APPLE_QUOTED = APPLE.partition("From:")[0] + "\n".join(
    f"> {line}" for line in f"From:{APPLE.partition('From:')[2]}".split("\n")
)
OUTLOOK = f"""Please take this.

Ana

From: Carla Gomez [mailto:carla@gomez.example]
Sent: Fri, 20 Nov 2026 10:00:00 +0000
To: Ana Ruiz
Subject: Import fails

{TEXT}
"""
THUNDERBIRD = f"""Please take this.

Ana

-------- Weitergeleitete Nachricht --------
Betreff: \tImport fails
Datum: \tFri, 20 Nov 2026 10:00:00 +0000
Von: \tCarla Gomez <carla@gomez.example>
An: \tana@acme.example



{TEXT}
"""


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        pytest.param("Fwd: Import fails", GMAIL, id="gmail"),
        pytest.param("Fwd: Import fails", APPLE, id="apple"),
        pytest.param("Fwd: Import fails", APPLE_QUOTED, id="apple, quoted"),
        pytest.param("FW: Import fails", OUTLOOK, id="outlook"),
        pytest.param("WG: Import fails", OUTLOOK, id="outlook in German"),
        pytest.param("Fwd: Import fails", THUNDERBIRD, id="thunderbird"),
        pytest.param("A customer of ours", GMAIL, id="another subject"),
    ],
)
def test_as_text(subject, text):
    found = handed_on(mail(subject, text))
    assert found.sender == CARLA
    assert found.subject == "Import fails"
    assert found.text == TEXT
    assert found.words == "Please take this.\n\nAna"
    if "at 10:00:00 GMT" not in text:
        assert found.date == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def test_the_mail_itself_attached():
    inner = EmailMessage()
    inner["From"], inner["To"] = "Carla Gomez <carla@gomez.example>", "ana@acme.example"
    inner["Subject"], inner["Message-ID"] = "Re: Import fails", "<hers@gomez.example>"
    inner["Date"] = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    inner.set_content(TEXT)
    inner.add_attachment(
        b"\x89PNG", maintype="image", subtype="png", filename="row.png"
    )
    outer = mail("A customer of ours", "/take\n\nPlease take this.\n")
    outer.add_attachment(inner)
    found = handed_on(outer)
    assert (found.sender, found.subject, found.text) == (CARLA, "Import fails", TEXT)
    assert found.message_id == "<hers@gomez.example>"
    assert found.date == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    assert [each.name for each in found.attachments] == ["row.png"]
    assert found.words == "Please take this."
    assert found.body_hash == read(inner.as_bytes(policy=policy.SMTP)).body_hash


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        pytest.param("Re: Import fails", OUTLOOK, id="an answer by Outlook"),
        pytest.param(
            "Re: Fwd: Import fails",
            "Thanks.\n\nOn Fri, 20 Nov 2026 at 11:00, Ana <ana@acme.example> wrote:\n"
            + "\n".join(f"> {line}" for line in GMAIL.split("\n")),
            id="an answer that quotes a forward",
        ),
        pytest.param("Fwd: nothing", "See below.", id="nothing below"),
        pytest.param(
            "Fwd: x", GMAIL.replace("<carla@gomez.example>", ""), id="no address"
        ),
        pytest.param("Question", "From: here\nTo: there\n\nHow?", id="prose"),
    ],
)
def test_none(subject, text):
    assert handed_on(mail(subject, text)) is None


def test_two_attached_mails_are_no_forward_of_one():
    outer = mail("Two of them", "See both.")
    for _ in range(2):
        outer.add_attachment(mail("Import fails", TEXT))
    assert handed_on(outer) is None


def test_mails_within_mails_are_read_once():
    inner = mail("Import fails", TEXT)
    for _ in range(30):
        outer = mail("Fwd: Import fails", "And on.")
        outer.add_attachment(inner)
        inner = outer
    assert handed_on(inner).text == "And on."
