"""A mailbox on a real IMAP server is read, and nobody could tell that it was."""

import dataclasses
from datetime import UTC, datetime

import pytest

from gateway.inbound.imap.account import Account
from gateway.inbound.imap.login import Password
from gateway.inbound.sources import SourceError
from gateway.inbound.sources import imap as source
from gateway.inbound.sources.imap import Imap
from tests.imapserver import say_missing

MAIL = b"From: Carla <carla@shop.example>\r\nSubject: Printer\r\n\r\nIt stopped.\r\n"
AT = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def box(imap_server):
    return imap_server.account()


def account(box, **other):
    server = box.server
    return Account(
        desk="",
        host=server.host,
        port=server.port,
        username=box.name,
        login=Password(box.name, server.password),
        tls="none",
        **other,
    )


def opened(box, folders=(), **choices):
    return Imap(account(box), folders, **choices)


def mails(count, text=b""):
    return [MAIL.replace(b"Printer", b"Printer %d" % n) + text for n in range(count)]


def test_inbox_and_sent_mail_are_read_when_nothing_is_named(box):
    box.append(*mails(3), at=AT)
    box.append(MAIL, folder="Sent", at=AT)
    box.append(MAIL, folder="Other")
    found = opened(box)
    assert found.count() == 4
    items = list(found.items())
    assert [item.folder for item in items] == ["INBOX"] * 3 + ["Sent"]
    assert [item.raw for item in items] == [*mails(3), MAIL]
    assert [item.is_sent for item in items] == [False] * 3 + [True]
    assert {item.received_at for item in items} == {AT}


def test_named_folders_alone_are_read_in_their_order(box):
    for folder in ("INBOX", "Kunden/Übrige", "Sent"):
        box.append(MAIL, folder=folder)
    items = list(opened(box, ("Kunden/Übrige", "INBOX")).items())
    assert [item.folder for item in items] == ["Kunden/Übrige", "INBOX"]


def test_reading_leaves_no_trace(box):
    box.append(*mails(5))
    with box.client() as client:
        client.select_folder("INBOX")
        client.add_flags([2], ["\\Flagged"])
    before = box.mails()
    for head_only in (False, True):
        assert len(list(opened(box, head_only=head_only).items())) == 5
    after = box.mails()
    assert [mail.flags for mail in after] == [mail.flags for mail in before]
    assert not any("\\Seen" in mail.flags for mail in after)
    assert [(mail.uid, mail.raw) for mail in after] == [
        (mail.uid, mail.raw) for mail in before
    ]
    with box.client() as client:
        assert [name for _, _, name in client.list_folders()] == ["INBOX"]


def test_headers_alone(box):
    box.append(MAIL)
    (item,) = opened(box, head_only=True).items()
    assert item.raw == b"From: Carla <carla@shop.example>\r\nSubject: Printer\r\n\r\n"
    assert (item.octets, item.cut) == (len(MAIL), 0)


def test_reading_goes_on_behind_a_position(box):
    box.append(*mails(4))
    box.append(MAIL, folder="Sent")
    found = opened(box)
    positions = [item.position for item in found.items()]
    for number, position in enumerate(positions):
        rest = [item.position for item in opened(box).items(position)]
        assert rest == positions[number + 1 :]
    box.append(MAIL)
    behind = [item.position for item in opened(box).items(positions[3])]
    assert len(behind) == 2


def test_another_uidvalidity_starts_that_folder_anew(box):
    if not box.server.is_dovecot:
        say_missing()
    box.append(*mails(3))
    box.append(MAIL, folder="Sent")
    positions = [item.position for item in opened(box).items()]
    box.renumber()
    again = list(opened(box).items(positions[1]))
    assert [item.raw for item in again] == [*mails(3), MAIL]
    assert list(opened(box).items(positions[3])) == []


def test_batches_are_bounded_by_octets(box, monkeypatch):
    asked = []
    monkeypatch.setattr(source, "_BATCH_OCTETS", 1000)
    monkeypatch.setattr(source, "_BATCH_MAILS", 3)
    fetch = Imap._items

    def watched(self, client, name, batch, place):
        asked.append([one.octets for one in batch])
        return fetch(self, client, name, batch, place)

    monkeypatch.setattr(Imap, "_items", watched)
    sent = [*mails(4), *mails(1, b"x" * 2000), *mails(3, b"y" * 300)]
    box.append(*sent)
    assert [item.raw for item in opened(box).items()] == sent
    assert [len(batch) for batch in asked] == [3, 1, 1, 2, 1]


def test_a_mail_that_is_too_long_is_cut_and_counted(box):
    box.append(MAIL + b"x" * 5000, MAIL)
    first, second = opened(box, most=1000).items()
    assert first.raw == (MAIL + b"x" * 5000)[:1000]
    assert first.cut == len(MAIL) + 4000
    assert (second.raw, second.cut) == (MAIL, 0)


def test_a_broken_connection_is_made_anew(box, monkeypatch):
    monkeypatch.setattr(source, "_PAUSES", (0.0,))
    monkeypatch.setattr(source, "_BATCH_MAILS", 2)
    box.append(*mails(7))
    broken = iter([False, True, False, True, False, False, True] + [False] * 20)
    fetch = Imap._wanted

    def breaking(self, batch):
        if next(broken):
            raise ConnectionResetError("gone")
        return fetch(self, batch)

    monkeypatch.setattr(Imap, "_wanted", breaking)
    assert [item.raw for item in opened(box).items()] == mails(7)


def test_a_mail_that_breaks_the_connection_is_named_and_left(box, monkeypatch):
    monkeypatch.setattr(source, "_PAUSES", (0.0, 0.0, 0.0))
    box.append(*mails(5))
    fetch = Imap._wanted

    def breaking(self, batch):
        if any(one.uid == 3 for one in batch):
            raise ConnectionResetError("gone")
        return fetch(self, batch)

    monkeypatch.setattr(Imap, "_wanted", breaking)
    items = list(opened(box).items())
    assert [bool(item.fault) for item in items] == [False, False, True, False, False]
    assert [item.raw for item in items if not item.fault] == [
        mail for number, mail in enumerate(mails(5)) if number != 2
    ]


def test_a_server_that_stays_away_is_said(box, monkeypatch):
    monkeypatch.setattr(source, "_PAUSES", (0.0, 0.0))
    box.append(MAIL)
    found = opened(box)

    def gone(*_, **__):
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(source, "connect", gone)
    with pytest.raises(SourceError, match="Connection refused"):
        list(found.items())


def test_a_folder_that_is_not_there_is_said(box):
    box.append(MAIL, folder="Sent")
    with pytest.raises(SourceError, match=r"no folder Sind; there are INBOX, Sent"):
        opened(box, ("Sind",))


def test_a_wrong_password_is_said(box):
    wrong = dataclasses.replace(account(box), login=Password(box.name, "no"))
    with pytest.raises(SourceError, match="does not take the password") as error:
        Imap(wrong)
    assert "\n" not in str(error.value)


def test_an_empty_mailbox_has_no_mail(box):
    assert list(opened(box).items()) == []
