"""Maildirs as Dovecot and others keep them, with folders in either way."""

import os
from datetime import UTC, datetime

import pytest

from gateway.inbound.sources import Maildir, SourceError

MAIL = b"From: Carla <carla@shop.example>\nSubject: Printer\n\nIt stopped.\n"


def put(box, name, raw=MAIL, at=1_700_000_000):
    for part in ("cur", "new", "tmp"):
        (box / part).mkdir(parents=True, exist_ok=True)
    file = box / ("cur" if ":2," in name else "new") / name
    file.write_bytes(raw)
    os.utime(file, (at, at))
    return file


def test_folders_and_flags(tmp_path):
    put(tmp_path, "2.b:2,RS")
    put(tmp_path, "1.a")
    put(tmp_path / ".Sent", "3.c:2,S")
    put(tmp_path / ".Entw&APw-rfe.Alt", "4.d:2,D")
    put(tmp_path / "Archive" / "2024", "5.e")
    source = Maildir(tmp_path)
    items = list(source.items())
    assert [(item.folder, item.position.partition("\t")[2]) for item in items] == [
        ("Archive/2024", "5.e"),
        ("Entwürfe/Alt", "4.d"),
        ("INBOX", "1.a"),
        ("INBOX", "2.b"),
        ("Sent", "3.c"),
    ]
    assert source.count() == len(items)
    assert {item.raw for item in items} == {MAIL}
    assert items[0].received_at == datetime.fromtimestamp(1_700_000_000, UTC)


def test_a_position_outlives_a_change_of_flags(tmp_path):
    first, second = put(tmp_path, "1.a"), put(tmp_path, "2.b")
    position = next(Maildir(tmp_path).items()).position
    first.rename(tmp_path / "cur" / "1.a:2,S")
    second.rename(tmp_path / "cur" / "2.b:2,S")
    assert [item.position for item in Maildir(tmp_path).items(position)] == [
        "INBOX\t2.b"
    ]


def test_flags_may_change_while_we_read(tmp_path):
    put(tmp_path, "1.a")
    second = put(tmp_path, "2.b")
    third = put(tmp_path, "3.c")
    items = Maildir(tmp_path).items()
    next(items)
    second.rename(tmp_path / "cur" / "2.b:2,FS")
    third.unlink()
    assert [item.position for item in items] == ["INBOX\t2.b"]


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    put(tmp_path, "1.a").unlink()
    (tmp_path / "new" / "1.a").symlink_to("1.a")
    put(tmp_path, "2.b")
    broken, sound = Maildir(tmp_path).items()
    assert (broken.position, broken.raw) == ("INBOX\t1.a", b"")
    assert broken.fault
    assert sound.raw == MAIL


def test_a_mail_that_is_too_long_is_cut_and_counted(tmp_path):
    put(tmp_path, "1.a", MAIL + b"x" * 5000)
    (item,) = Maildir(tmp_path, most=1000).items()
    assert (len(item.raw), item.cut) == (1000, len(MAIL) + 4000)


def test_headers_alone(tmp_path):
    put(tmp_path, "1.a")
    (item,) = Maildir(tmp_path, head_only=True).items()
    assert item.raw == b"From: Carla <carla@shop.example>\nSubject: Printer\n\n"
    assert (item.octets, item.cut) == (len(MAIL), 0)


def test_names_of_any_octets_make_positions_that_can_be_stored(tmp_path):
    put(tmp_path, "1.a")
    odd = os.fsdecode(b"2.\xff*[x]")
    put(tmp_path, odd)
    put(tmp_path / os.fsdecode(b".Sp\xe4t"), "3.c")
    positions = [item.position for item in Maildir(tmp_path).items()]
    assert len(positions) == 3
    for position in positions:
        position.encode("utf-8")
        assert [i.position for i in Maildir(tmp_path).items(position)] == (
            positions[positions.index(position) + 1 :]
        )


@pytest.mark.parametrize("name", ["empty", "none"])
def test_no_maildir(tmp_path, name):
    (tmp_path / "empty" / "cur").mkdir(parents=True)
    with pytest.raises(SourceError, match=r"no Maildir|No such file"):
        Maildir(tmp_path / name)
