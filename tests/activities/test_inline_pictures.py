"""Pictures stay where their author set them (decisions E45)."""

import re
from base64 import b64decode
from dataclasses import replace
from email import policy
from email.message import EmailMessage

import pytest

from tests.activities.people import ANA, CARLA, DESK, open_case
from tests.town import ACME

PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def with_picture(sender, to, text, html, *, subject="Import fails", **headers):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = f"<{abs(hash((text, to)))}@gomez.example>"
    mail["Date"] = "Fri, 20 Nov 2026 10:12:00 +0100"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    page = mail.get_payload()[1]
    page.add_related(
        PNG, "image", "png", cid="<shot.1@gomez.example>", filename="screen.png"
    )
    return mail.as_bytes(policy=policy.SMTP)


def pages(letter):
    """The parts of a letter, each as the path of types above it."""
    found = []

    def walk(part, above):
        path = (*above, part.get_content_subtype())
        if part.is_multipart():
            for each in part.iter_parts():
                walk(each, path)
        else:
            found.append(("/".join(path), part))

    walk(letter.mail, ())
    return found


def kinds(letter):
    return [path for path, _ in pages(letter)]


SHOWN = ["alternative/plain", "alternative/related/html", "alternative/related/png"]
ASKED = {
    "text": "Since the update I see this.\n\nWhat is it?",
    "html": '<p>Since the update I see this.</p><img src="cid:shot.1@gomez.example">'
    "<p>What is it?</p>",
}


@pytest.fixture
def town(make_town):
    return make_town()


def test_a_picture_stands_at_its_place_in_every_copy(each_town):
    town = each_town
    town.deliver(
        with_picture(CARLA, DESK, **ASKED),
        "carla@gomez.example",
        ["support@acme.example"],
    )
    letter = town.last("ana@acme.example")
    assert kinds(letter) == SHOWN
    assert "see this.\n\n[screen.png]\n\nWhat is it?" in letter.text.replace("\r", "")
    html = letter.mail.get_body(("html",)).get_content()
    assert re.search(
        r'this\.</p>\s*<p[^>]*><img src="cid:shot\.1@gomez\.example" '
        r'alt="screen\.png"[^>]*></p>\s*<p[^>]*>What is it',
        html,
    )
    [picture] = [part for path, part in pages(letter) if path.endswith("png")]
    assert picture["Content-ID"] == "<shot.1@gomez.example>"
    assert picture.get_payload(decode=True) == PNG

    # A program that quotes it sends it back; nobody needs it twice.
    quoting = with_picture(
        ANA,
        str(letter.mail["Reply-To"]),
        "It is the date column.\n\n> Since the update I see this.\n> [screen.png]",
        "<p>It is the date column.</p><blockquote><p>Since the update I see this.</p>"
        '<img src="cid:shot.1@gomez.example"></blockquote>',
        In_Reply_To=str(letter.mail["Message-ID"]),
    )
    town.deliver(
        quoting, "ana@acme.example", [str(letter.mail["Reply-To"]).strip("<>")]
    )
    answer = town.last("carla@gomez.example", "message")
    assert kinds(answer) == ["alternative/plain", "alternative/html"]
    assert "screen.png" not in answer.text.split("---")[0]


def test_a_picture_that_is_too_big_waits_behind_its_link(make_town):
    town = make_town(desks=(replace(ACME, attachments_mb=0),))
    town.deliver(
        with_picture(CARLA, DESK, **ASKED),
        "carla@gomez.example",
        ["support@acme.example"],
    )
    letter = town.last("ana@acme.example")
    assert kinds(letter) == ["alternative/plain", "alternative/html"]
    assert "cid:" not in letter.mail.get_body(("html",)).get_content()
    assert "[screen.png]" in letter.text
    assert re.search(
        r"screen\.png \(1 kB\): http\S+/x/x-[a-z2-7]{26}/\d+/1", letter.text
    )


def test_a_picture_of_a_note_is_in_the_teams_copies_alone(town):
    letter = open_case(town)
    team = next(each for each in letter if each.to == "ana@acme.example")
    note = with_picture(
        ANA,
        str(team.mail["Reply-To"]),
        "/note\n\nShe sent this before.\n\n[image: screen.png]",
        '<p>/note</p><p>She sent this before.</p><img src="cid:shot.1@gomez.example">',
        In_Reply_To=str(team.mail["Message-ID"]),
    )
    letters = town.deliver(
        note, "ana@acme.example", [str(team.mail["Reply-To"]).strip("<>")]
    )
    assert [(each.kind, each.to) for each in letters] == [("note", "bo@acme.example")]
    assert kinds(letters[0]) == SHOWN
