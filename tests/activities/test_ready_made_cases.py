"""The cases that broke other systems, each through the front door, on both databases.

They are the list of section 2 of the complaints that this house was built against; some
stand elsewhere: the 90,000 mails (tests/cli/test_import.py), the two robots for an hour
(tests/test_loops.py), merged twice (test_merging.py), scanners (tests/web).
"""

from dataclasses import replace

import pytest

from parsers.quoting import MARKER
from storage import event as events
from storage import journal
from storage.activity import Activity, Lane
from storage.event import Kind
from tests.activities.people import (
    ANA,
    BO,
    CARLA,
    DESK,
    MAX,
    MEI,
    open_case,
    taken_case,
)
from tests.reports import EXCHANGE, POSTFIX, report
from tests.town import ACME, gist

TO_ANA = [("message", "ana@acme.example")]
OPENED = [
    ("acknowledgement", "carla@gomez.example"),
    ("message", "ana@acme.example"),
    ("message", "bo@acme.example"),
]


@pytest.fixture
def town(each_town):
    """On each kind of database."""
    return each_town


@pytest.fixture
def town_of_two_desks(make_each_town):
    sales = replace(ACME, name="Acme Sales", address="sales@acme.example")
    return make_each_town(desks=(ACME, sales))


def address(letter):
    """The token address that a reply goes to."""
    return str(letter.mail["Reply-To"]).strip("<>")


def number_of_cases(town):
    with town.database.reading() as session:
        return session.query(Activity).count()


def posts(town, number=1):
    with town.database.reading() as session:
        return [each.text for each in events.posts(session, [number], set(Lane))]


def raw(text):
    """Octets of a mail written down as it stands."""
    return text.replace("\n", "\r\n").encode()


def come(town, text, sender="carla@gomez.example", to=DESK):
    return town.deliver(raw(text), sender, [to])


HEAD = """\
From: Carla Gomez <carla@gomez.example>
To: support@acme.example
Subject: Import fails
Date: Fri, 20 Nov 2026 10:00:00 +0100
Message-ID: <one@gomez.example>
MIME-Version: 1.0
"""


# Where the token stands.


@pytest.mark.parametrize("name", ["Cc", "Resent-To", "Delivered-To"])
def test_token_in_another_header_than_to(town, name):
    """chatwoot 15365: the envelope knows only the desk; nothing is dropped."""
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    mail = HEAD.replace("<one@", "<two@") + f"{name}: {address(hers)}\n\nRow 7.\n"
    assert gist(come(town, mail)) == TO_ANA
    assert number_of_cases(town) == 1


def test_references_without_in_reply_to(town):
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    letters = town.write(
        CARLA,
        DESK,
        "Re: Import fails",
        "Row 7.",
        headers=[("References", str(hers.mail["Message-ID"]))],
    )
    assert gist(letters) == TO_ANA


def test_conflicting_token_and_subject(town):
    """The token decides; the subject is only words."""
    taken_case(town)
    first = town.last("carla@gomez.example", "message")
    town.write(CARLA, DESK, "Invoice 4711", "The sum is wrong.")
    other = town.last("carla@gomez.example")
    subject = str(other.mail["Subject"])
    letters = town.reply(CARLA, "Row 7.", to=first, headers=[("Subject", subject)])
    assert gist(letters) == TO_ANA
    assert posts(town)[-1] == "Row 7."


# One mail twice, two mails as one.


def test_the_same_id_twice_to_two_addresses(town_of_two_desks):
    """freescout 2807: one mail to two mailboxes is one case, acknowledged once."""
    town = town_of_two_desks
    octets = raw(HEAD + "\nThe import stops.\n")
    both = ["support@acme.example", "sales@acme.example"]
    first = town.deliver(octets, "carla@gomez.example", both[:1])
    again = town.deliver(octets, "carla@gomez.example", both[1:])
    assert gist(first + again) == OPENED
    assert number_of_cases(town) == 1


def test_the_same_id_with_another_body(town):
    """freescout 5591: both are kept."""
    come(town, HEAD + "\nThe import stops.\n")
    letters = come(town, HEAD + "\nThe invoice is wrong.\n")
    assert letters
    texts = posts(town) + (posts(town, 2) if number_of_cases(town) > 1 else [])
    assert "The import stops." in texts
    assert "The invoice is wrong." in texts


# Who writes.


def test_a_reply_from_somebody_in_bcc(town):
    """freescout 2382: they do not become the customer, and nothing is shown."""
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    town.reply(CARLA, "Row 7.", to=hers)
    letters = town.reply(MAX, "I was in Bcc and know the row.", to=hers)
    assert not [each for each in letters if each.kind == "message"]
    assert town.state() == "held"
    with town.database.reading() as session:
        activity = session.query(Activity).one()
        assert town.reply(ANA, "Thanks.", to=town.last("ana@acme.example", "message"))
        assert activity.customer_id == session.query(Activity).one().customer_id
    assert "max@gomez.example" not in {
        each.to for each in town.letters if each.kind == "message"
    }


def test_a_reply_from_a_colleagues_phone_address(town):
    """freescout 4044: not refused, not posted as somebody else, nobody is shown it."""
    taken_case(town)
    anas = town.last("ana@acme.example", "message")
    phone = "Ana Ruiz <ana.ruiz@phone.example>"
    letters = town.reply(phone, "On my way: it is row 7.", to=anas)
    assert not [each for each in letters if each.to == "carla@gomez.example"]
    assert town.state() == "held"
    assert letters, "somebody is told (R16)"


def test_an_internal_reply_to_all(town):
    """odoo 13717: a note that names the everyone address too stays with the team."""
    open_case(town)
    everyone = address(town.last("ana@acme.example", "message"))
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, "/note\nShe pays late.", to=anas)
    note = town.last("bo@acme.example", "note")
    letters = town.reply(BO, "She does.", to=note, headers=[("Cc", everyone)])
    assert {each.to for each in letters} <= {"ana@acme.example", "bo@acme.example"}
    letters = town.reply(BO, "She does indeed.", to=note, also=[everyone])
    assert {each.to for each in letters} <= {"ana@acme.example", "bo@acme.example"}


def test_a_forwarded_note_that_an_outsider_answers(town):
    """chatwoot/utils 69: held, nothing is revealed, no team text leaves."""
    open_case(town)
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, "/note\nShe pays late.", to=anas)
    note = town.last("bo@acme.example", "note")
    letters = town.reply(MAX, "Why do you tell me?", to=note)
    assert town.state() == "held"
    outside = [each for each in letters if not each.to.endswith("@acme.example")]
    assert outside == []


def test_left_then_answered(town):
    """They are told once how to come back; nobody hears what they wrote."""
    taken_case(town)
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite mei@elsewhere.example you know it", to=anas)
    town.reply(MEI, "yes", to=town.last("mei@elsewhere.example", "invitation"))
    joined = town.last("mei@elsewhere.example")
    town.reply(MEI, "/leave", to=joined)
    letters = town.reply(MEI, "One more thing.", to=joined)
    assert town.state() == "held"
    assert ("notice", "mei@elsewhere.example") in gist(letters)
    assert not [each for each in letters if each.kind == "message"]
    assert not [
        each
        for each in town.reply(MEI, "And another.", to=joined)
        if each.to == "mei@elsewhere.example"
    ]


def test_from_forged_as_staff_without_aligned_authentication(make_each_town):
    """freescout 2733, CVE-2026-47123: a From alone speaks for nobody."""
    town = make_each_town(trusted=("mx.acme.example",))
    taken_case(town)
    said = "mx.acme.example; dmarc=fail (p=reject) header.from=acme.example"
    for text, headers in (
        ("Send the money elsewhere.", [("Authentication-Results", said)]),
        ("And the keys too.", []),
    ):
        letters = town.write(ANA, DESK, "Re: Import fails", text, headers=headers)
        assert "carla@gomez.example" not in {each.to for each in letters}


# Machines.


@pytest.mark.parametrize("shape", [POSTFIX, EXCHANGE], ids=["quoted", "headers only"])
def test_a_delivery_report_is_no_post(town, shape):
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    town.deliver(report(hers, shape), "", [hers.kept.mail_from])
    assert len(posts(town)) == 2
    assert number_of_cases(town) == 1


def test_a_delivery_report_in_plain_text(town):
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    text = (
        "From: MAILER-DAEMON@old.example\nTo: x@acme.example\n"
        "Subject: failure notice\nMessage-ID: <q@old.example>\n\n"
        "Hi. This is the qmail-send program at old.example.\n"
        "I'm afraid I wasn't able to deliver your message.\n\n"
        "<carla@gomez.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n"
    )
    come(town, text, sender="", to=hers.kept.mail_from)
    assert len(posts(town)) == 2


def test_out_of_office_without_any_header(town):
    """zammad 5113: it reopens nothing and keeps no promise."""
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    town.reply(ANA, "/resolve", to=town.last("ana@acme.example", "message"))
    away = [("Subject", "Automatic reply: Re: Import fails")]
    text = "I am out of the office until Monday and have no access to my mail."
    letters = town.reply(CARLA, text, to=hers, headers=away)
    assert not [each for each in letters if each.kind == "message"]
    with town.database.reading() as session:
        assert str(session.query(Activity).one().turn) == "resolved"
        kinds = [each.kind for each in events.of_kind(session, 1, Kind.MACHINE)]
    assert len(kinds) == 1


# What mail programs write.


LAYOUTS = {
    "interleaved": (
        "> Which row is it?\nRow 7.\n> And since when?\nSince Monday.",
        ["Row 7.", "Since Monday.", "Which row is it?"],
    ),
    "German Outlook": (
        (
            "Zeile 7.\n\nVon: Ana Ruiz <support@acme.example>\n"
            "Gesendet: Freitag, 20. November 2026 10:12\nAn: Carla Gomez\n"
            "Betreff: Re: Import fails\n\nWhich row is it?\n"
        ),
        ["Zeile 7."],
    ),
    "French Outlook": (
        (
            "Ligne 7.\n\nDe : Ana Ruiz <support@acme.example>\n"
            "Envoyé : vendredi 20 novembre 2026 10:12\nÀ : Carla Gomez\n"
            "Objet : Re: Import fails\n\nWhich row is it?\n"
        ),
        ["Ligne 7."],
    ),
    "Japanese": ("7行目です。よろしくお願いします。", ["7行目です。"]),
    "a pasted log": (
        "It says:\n\n2026-11-20 10:00:01 ERROR bad date\n> at row 7\n$ import -v\n",
        ["2026-11-20 10:00:01 ERROR bad date", "$ import -v"],
    ),
    "bullets with umlauts": (
        "- Über die Spalte\n- Größe stimmt nicht\n\u2022 Öffnen geht",
        ["- Über die Spalte", "Größe stimmt nicht", "\u2022 Öffnen geht"],
    ),
}


@pytest.mark.parametrize(("text", "says"), LAYOUTS.values(), ids=LAYOUTS)
def test_what_was_written_is_what_is_read(town, text, says):
    """freescout 349, gitlab 15541, osticket 5548."""
    taken_case(town, "Which row is it?")
    hers = town.last("carla@gomez.example", "message")
    mail = (
        HEAD.replace("<one@", "<two@").replace("support@", "support@")
        + f"In-Reply-To: {hers.mail['Message-ID']}\n"
        + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
        + text
        + "\n"
    )
    letters = come(town, mail, to=address(hers))
    assert gist(letters) == TO_ANA
    for each in says:
        assert each in letters[0].text
    assert "Betreff" not in letters[0].text.partition("\n---")[0]


def test_quotes_only_is_not_lost(town):
    taken_case(town, "Which row is it?")
    hers = town.last("carla@gomez.example", "message")
    text = "> Something that nobody here ever wrote, all of it quoted.\n> And more."
    letters = town.deliver(
        raw(
            HEAD.replace("<one@", "<two@")
            + f"In-Reply-To: {hers.mail['Message-ID']}\n\n{text}\n"
        ),
        "carla@gomez.example",
        [address(hers)],
    )
    assert gist(letters) == TO_ANA
    assert "Something that nobody here ever wrote" in letters[0].text


def test_forward_only_is_not_lost(town):
    letters = come(
        town,
        HEAD.replace("Subject: ", "Subject: Fwd: ")
        + "\n---------- Forwarded message ---------\n"
        "From: The bank <bank@elsewhere.example>\nDate: Thu, 19 Nov 2026\n"
        "Subject: Your transfer\nTo: <carla@gomez.example>\n\n"
        "Your transfer of 12 euro failed.\n",
    )
    assert gist(letters) == OPENED
    assert "Your transfer of 12 euro failed." in town.last("ana@acme.example").text


def test_a_legal_footer_added_by_a_gateway(town):
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    footer = (
        "\n\n--------------------\nThis e-mail and any attachments are confidential "
        "and intended solely for the addressee. If you are not the intended recipient "
        "please notify the sender and delete this message.\n"
    )
    letters = town.reply(CARLA, f"Row 7.{footer}", to=hers)
    assert letters[0].text.lstrip(MARKER).startswith("Row 7.")


def test_html_alone(town):
    mail = HEAD + "Content-Type: text/html; charset=utf-8\n\n"
    letters = come(town, mail + "<p>The <b>import</b> stops.<br>Since Monday.</p>\n")
    assert gist(letters) == OPENED
    text = town.last("ana@acme.example").text
    assert "The import stops.\nSince Monday." in text.replace("\r\n", "\n")


def test_an_empty_body_with_a_file(town):
    letters = town.write(CARLA, DESK, "The log", "", files=[("log.txt", b"bad date")])
    assert gist(letters) == OPENED
    files = list(town.last("ana@acme.example").mail.iter_attachments())
    assert [each.get_filename() for each in files] == ["log.txt"]
    assert files[0].get_payload(decode=True) == b"bad date"


@pytest.mark.parametrize("missing", ["Subject", "Message-ID"])
def test_a_header_that_is_missing(town, missing):
    lines = [each for each in HEAD.splitlines() if not each.startswith(missing)]
    letters = come(town, "\n".join(lines) + "\n\nThe import stops.\n")
    assert gist(letters) == OPENED
    answer = town.reply(ANA, "Which row?", to=town.last("ana@acme.example"))
    assert ("message", "carla@gomez.example") in gist(answer)
    again = town.reply(CARLA, "Row 7.", to=town.last("carla@gomez.example"))
    assert gist(again) == TO_ANA


# Pictures and files.


PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def with_pictures(*heads):
    parts = "".join(
        f"--=b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n{head}\n"
        f"{PICTURE}\n"
        for head in heads
    )
    return (
        HEAD
        + 'Content-Type: multipart/related; boundary="=b"\n\n'
        + "--=b\nContent-Type: text/html; charset=utf-8\n\n"
        + "<p>Look: <img src='cid:my%20picture%201'></p>\n"
        + parts
        + "--=b--\n"
    )


@pytest.mark.parametrize(
    "head",
    ["", "Content-ID: <my picture 1>\n", 'Content-Disposition: inline; filename=""\n'],
    ids=["no disposition", "blanks in its cid", "no name"],
)
def test_a_picture_is_not_lost(town, head):
    """zammad 2101, 5258; chatwoot 11948."""
    assert gist(come(town, with_pictures(head))) == OPENED
    mail = town.last("ana@acme.example").mail
    assert [p for p in mail.walk() if p.get_content_maintype() == "image"]


def test_thirty_logos_in_a_signature(town):
    logos = [f"Content-ID: <logo{n}>\n" for n in range(30)]
    assert gist(come(town, with_pictures(*logos))) == OPENED
    assert "Look:" in town.last("ana@acme.example").text


def test_winmail_dat(town):
    """zammad 2403: one that cannot be read stays what it is."""
    letters = town.write(
        CARLA, DESK, "A file", "See the file.", files=[("winmail.dat", b"\x78\x9f\x3e")]
    )
    assert gist(letters) == OPENED
    names = [
        each.get_filename()
        for each in town.last("ana@acme.example").mail.iter_attachments()
    ]
    assert names == ["winmail.dat"]


def test_a_mail_of_eleven_megabytes(town):
    """Above what travels, a link carries it; the text arrives at once."""
    letters = town.write(
        CARLA, DESK, "The log", "All of it.", files=[("log.bin", b"x" * 8_000_000)]
    )
    assert gist(letters) == OPENED
    assert len(town.last("ana@acme.example").kept.octets) < 200_000 or [
        *town.last("ana@acme.example").mail.iter_attachments()
    ]
    with town.database.reading() as session:
        assert journal.listing(session, most=1)[0].size > 10_000_000


# Noise.


def test_forty_five_events_in_an_hour_in_one_activity(town):
    """A busy thread: its owner is told once, the rest waits for the digest (E46)."""
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    got = []
    for number in range(45):
        got += town.reply(CARLA, f"Line {number} of the log says so.", to=hers)
        town.pass_time(seconds=75)
    told = [each for each in got if each.kind == "notice"]
    copies = [each for each in got if each.kind == "message"]
    assert len(told) == 1
    assert told[0].to == "ana@acme.example"
    assert len(copies) < 45
    assert len(posts(town)) == 47, "nothing is lost"
