"""What `parlour check` says of a mailbox."""

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.app.build import build_house, close_house
from gateway.cli.doctor.mailbox import look_at_mailboxes
from gateway.settings import read
from storage import mailbox
from tests.imapserver import Dovecot, has_dovecot, say_missing
from tests.inbound.imap.conftest import mail


@pytest.fixture
def check(room, tmp_path):
    """A function that gives level, text and remedy of each line: (**keys)."""

    def look(box=room.box, **keys):
        values = {
            "host": box.server.host,
            "port": box.server.port,
            "tls": "none",
            "username": box.name,
            "password": box.server.password,
            "done_folder": "Done",
        } | keys
        lines = [
            f"{name} = {value!r}".replace("'", '"') for name, value in values.items()
        ]
        text = f"""
secret = "{"x" * 40}"
database = {{ url = "{room.database.url}" }}
[outbound]
[[desk]]
address = "support@acme.example"
team = ["ana@acme.example"]
[[desk.mailbox]]
""" + "\n".join(lines)
        settings = read(text, Path(tmp_path) / "parlour.toml", {})
        house = build_house(settings)
        try:
            found = list(look_at_mailboxes(settings, house, room.now))
        finally:
            close_house(house)
        return [
            (str(each.level), each.text, each.remedy)
            for each in found
            if each.subject.startswith("mailbox ")
        ]

    return look


def test_a_sound_mailbox(room, check):
    room.box.append(mail(1), mail(2))
    room.box.append(mail("old"), at=room.now - timedelta(days=9))
    opened, moved = check()
    assert opened == ("ok", "logged in, IDLE, 3 mails in it, 2 to be fetched", "")
    assert moved[1] == "fetched mail goes to Done, which is made with the first"
    assert room.box.mails("Done") == []
    assert not {flag for each in room.box.mails() for flag in each.flags} - {"\\Recent"}
    watch = room.watch()
    room.await_kept(2)
    room.end(watch)
    room.box.append(mail(3))
    opened, moved = check()
    assert opened[1] == "logged in, IDLE, 2 mails in it, 1 to be fetched"
    assert moved[1] == "fetched mail goes to Done"


def test_folders_that_are_not_there(room, check):
    room.box.append(mail(), folder="Work")
    ((level, text, remedy),) = check(sent_folder="Gesendet")
    assert (level, text) == ("failed", "has no folder Gesendet")
    assert sorted(remedy.partition("there are: ")[2].split(", ")) == ["INBOX", "Work"]
    ((_, text, _),) = check(folder="Entrada")
    assert text == "has no folder Entrada"


def test_a_wrong_password(check):
    ((level, text, remedy),) = check(password="wrong")
    assert level == "failed"
    assert "does not take the password" in text
    assert "[[desk.mailbox]]" in remedy


def test_a_server_that_is_not_there(check):
    ((level, text, _),) = check(port=1)
    assert (level, text) == ("failed", "127.0.0.1: Connection refused")


def test_what_the_running_parlour_could_not_do_is_told(room, check):
    with room.database.transaction() as session:
        row = mailbox.keep(session, room.account.name)
        mailbox.note_health(session, row.id, trouble="no answer", at=room.now)
    assert ("warning", "the running Parlour cannot watch it: no answer") in [
        line[:2] for line in check()
    ]


def test_a_namespace_is_named_in_the_remedy(check):
    if not has_dovecot():
        say_missing()

    class Prefixed(Dovecot):
        def _configuration(self):
            old, new = "separator = /", "separator = .\n  prefix = INBOX."
            return super()._configuration().replace(old, new)

    with Prefixed() as server:
        (_, (level, _, remedy)) = check(server.account())
    assert level == "warning"
    assert remedy == 'write done_folder = "INBOX.Done"'
