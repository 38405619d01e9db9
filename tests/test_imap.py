"""`parlour serve` before a real Dovecot, as an operator and a customer meet it."""

import json
import signal
import smtplib
import time
import urllib.request

import pytest

from tests.carrier import ByImap
from tests.cli.served import until
from tests.served_town import ServedTown
from tests.test_dialogues import (
    DIALOGUES,
    check_state,
    check_texts,
    play,
    read_dialogue,
)
from tests.town import gist

(THREE_ROUNDS,) = (path for path in DIALOGUES if path.stem == "three-rounds")


@pytest.fixture
def make_town(tmp_path):
    """A function that gives a town with a real `parlour serve`, by any carrier."""
    return lambda carrier: ServedTown(
        f"sqlite:///{tmp_path}/parlour.db", tmp_path, carrier=carrier
    )


def test_the_story_of_three_rounds(make_town, imap_server):
    _, steps = read_dialogue(THREE_ROUNDS)
    with make_town(ByImap(imap_server)) as town:
        for step in steps:
            letters = play(town, step)
            expected = sorted((each.kind, each.to) for each in step.letters)
            assert gist(letters) == expected, step.act
            check_texts(step, letters)
            check_state(town, step)


# The operator.


def change(town, *pairs):
    """Write something else into the settings."""
    text = town.settings.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    town.settings.write_text(text)


def test_serve_names_its_mailboxes_and_stops_in_time(make_town, imap_server):
    with make_town(ByImap(imap_server)) as town:
        name = f"{town.carrier.box.name}@127.0.0.1/INBOX"
        until(lambda: any(f"mailbox={name}" in line for line in town.log))
        begun = time.monotonic()
        town.stop()
        assert time.monotonic() - begun < 10


def test_it_goes_on_with_new_settings(make_town, imap_server):
    carrier = ByImap(imap_server)
    with make_town(carrier) as town:
        town.write("carla@x.example", "support@acme.example", "Broken", "Help.")
        change(town, ('done_folder = "Done"', 'done_folder = "Kept"'))
        town.served.tell(signal.SIGHUP)
        town.served.ready()
        town.write("carla@x.example", "support@acme.example", "More", "Help again.")
        assert len(carrier.box.mails("Kept")) == 1
        assert town.kept() == 2


def test_a_sick_mailbox_does_not_hurt_the_smtp_door(tmp_path, imap_server):
    carrier = ByImap(imap_server)
    town = ServedTown(f"sqlite:///{tmp_path}/parlour.db", tmp_path, carrier=carrier)
    with town:
        change(town, (f'password = "{imap_server.password}"', 'password = "x"'))
        town.served.tell(signal.SIGHUP)
        ports = town.served.ready()
        until(lambda: any("cannot be watched" in line for line in town.log))
        with smtplib.SMTP("127.0.0.1", ports["smtp"], timeout=20) as smtp:
            mail = b"Subject: x\r\n\r\nx"
            smtp.sendmail("carla@x.example", "support@acme.example", mail)
        with urllib.request.urlopen(f"http://127.0.0.1:{ports['web']}/readyz") as page:
            assert page.status == 200
            assert json.loads(page.read())["sick_mailboxes"] == 1
        assert not any("password = " in line for line in town.log)
        begun = time.monotonic()
        town.stop()
        assert time.monotonic() - begun < 10


# What is too large.


def test_a_mail_that_is_too_large_is_told_to_the_team(make_town, imap_server):
    carrier = ByImap(imap_server)
    with make_town(carrier) as town:
        change(
            town,
            ("trusted_authserv_ids", "max_message_mb = 0.02\ntrusted_authserv_ids"),
        )
        town.served.tell(signal.SIGHUP)
        town.served.ready()
        head = (
            "Return-Path: <carla@x.example>\r\nDelivered-To: support@acme.example\r\n"
            "From: Carla Gomez <carla@x.example>\r\nSubject: The whole archive\r\n"
            "To: support@acme.example\r\nMessage-ID: <1@x.example>\r\n\r\n"
        )
        mail = head + ("x" * 70 + "\r\n") * 556
        carrier.box.append(mail.encode())
        until(lambda: len(town.sink.mails) == 2)
        (lying,) = carrier.box.mails()
        assert "\\Flagged" in lying.flags
        town.carrier.is_idle = lambda: True
        letters = town.settle()
        told = [("notice", f"{name}@acme.example") for name in ("ana", "bo")]
        assert gist(letters) == told
        text = " ".join(letters[0].text.split())
        assert "Carla Gomez <carla@x.example> is too large to be fetched: 40 kB" in text
        assert "Its subject is “The whole archive”" in text
        assert f"It lies in the mailbox {carrier.box.name}@127.0.0.1/INBOX" in text
        assert town.state() == "held"
