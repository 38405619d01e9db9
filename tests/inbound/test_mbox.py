"""mbox files as Thunderbird, Dovecot, mutt and Google Takeout write them."""

import os
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from gateway.inbound.sources import Mbox, MboxFolder, SourceError

MAIL = b"From: Carla <carla@shop.example>\nSubject: Printer\n\nIt stopped.\n"


def mbox(tmp_path, octets, **choices):
    path = tmp_path / "Inbox"
    path.write_bytes(octets)
    return Mbox(path, **choices)


def raws(source, after=""):
    return [item.raw for item in source.items(after)]


@pytest.mark.parametrize(
    ("line", "at"),
    [
        # Dovecot
        (b"From carla@shop.example  Sat Jan  3 01:05:34 1998", (1998, 1, 3, 1, 5, 34)),
        # mutt, procmail
        (b"From carla@shop.example Sat Jan  3 01:05:34 1998", (1998, 1, 3, 1, 5, 34)),
        # Google Takeout
        (
            b"From 1620000000000000000@xxx Sat Jan 03 01:05:34 +0000 1998",
            (1998, 1, 3, 1, 5, 34),
        ),
        # Thunderbird, until it wrote nothing at all
        (b"From - Sat Jan 03 01:05:34 1998", (1998, 1, 3, 1, 5, 34)),
        (b"From ", None),
        (b"From -", None),
        # Pine with a zone, a list archive with a comment, a strange year
        (b"From c@shop.example Sat Jan  3 01:05:34 PST 1998", (1998, 1, 3, 1, 5, 34)),
        (b"From c@shop.example (C G) Sat Jan  3 01:05 1998", (1998, 1, 3, 1, 5, 0)),
        (b"From c@shop.example Sat Jan  3 01:05:34 98", (1998, 1, 3, 1, 5, 34)),
        (b"From MAILER-DAEMON Sat, 3 Jan 1998 01:05:34 +0000", (1998, 1, 3, 1, 5, 34)),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_from_lines_of_every_program(tmp_path, line, at, end):
    one = (line + b"\n" + MAIL + b"\n").replace(b"\n", end)
    items = list(mbox(tmp_path, one * 3).items())
    assert [item.raw for item in items] == [MAIL.replace(b"\n", end)] * 3
    if at is None:
        assert items[0].received_at is None
    elif b"PST" not in line:
        assert items[0].received_at == datetime(*at, tzinfo=UTC)


def test_a_zone_of_the_from_line_is_believed(tmp_path):
    line = b"From x@xxx Sat Jan 03 01:05:34 +0200 1998\n"
    (item,) = mbox(tmp_path, line + MAIL).items()
    assert item.received_at == datetime(
        1998, 1, 3, 1, 5, 34, tzinfo=timezone(timedelta(hours=2))
    )


LINE = b"From carla@shop.example Sat Jan  3 01:05:34 1998\n"


@pytest.mark.parametrize(
    "text",
    [
        b"\nFrom what I see\nNote: nothing\n",
        b"\nFrom monday on we close.\n",
        b"\nFrom here\n\nto there\n",
        b"words\nFrom carla@shop.example Sat Jan  3 01:05:34 1998\nmore words\n",
        b"\nFrom: nobody\n",
        b"\nFrom\n",
    ],
)
def test_text_that_begins_with_from_is_text(tmp_path, text):
    found = raws(mbox(tmp_path, LINE + MAIL + text + b"\n" + LINE + MAIL))
    assert found == [MAIL + text, MAIL]


def test_a_missing_empty_line_still_ends_a_mail(tmp_path):
    assert raws(mbox(tmp_path, (LINE + MAIL) * 2)) == [MAIL, MAIL]


def test_quoted_lines_lose_one_sign(tmp_path):
    quoted = MAIL + b">From here on\n>>From there\n> From nobody\n"
    (raw,) = raws(mbox(tmp_path, LINE + quoted + b"\n"))
    assert raw == MAIL + b"From here on\n>From there\n> From nobody\n"


def test_a_quoted_line_in_the_header_stays(tmp_path):
    (raw,) = raws(mbox(tmp_path, LINE + b">From x@y.example old\n" + MAIL))
    assert raw.startswith(b">From x@y.example")


def test_a_true_content_length_is_believed(tmp_path):
    body = b"Look:\n\n" + LINE + b"Subject: quoted whole\n\n>From the start.\n"
    head = b"Subject: an mbox in a mail\nContent-Length: %d\n\n" % len(body)
    found = raws(mbox(tmp_path, LINE + head + body + b"\n" + LINE + MAIL))
    # Who leaves a From line unquoted, as Dovecot does, quotes no other either.
    assert found == [head + body, MAIL]


@pytest.mark.parametrize("length", [b"3", b"999999", b"70"])
def test_a_false_content_length_is_not(tmp_path, length):
    mail = b"Subject: x\nContent-Length: " + length + b"\n\nFirst\n"
    assert raws(mbox(tmp_path, LINE + mail + b"\n" + LINE + MAIL)) == [mail, MAIL]


def test_made_up_beginnings_do_not_stall_the_reading(tmp_path):
    """Each read 128 kB on in search of its header's end: a minute for a megabyte."""
    start = b"From x@y.example Sat Jan  3 01:05:34 1998\nX: y\n"
    began = time.monotonic()
    assert mbox(tmp_path, start * 10_000, head_only=True).count() == 10_000
    assert time.monotonic() - began < 5


def test_a_file_name_of_any_octets_can_be_told(tmp_path):
    path = tmp_path / os.fsdecode(b"Gr\xfc\xdfe.mbox")
    path.write_bytes(b"From x@y.example Sat Jan  3 01:05:34 1998\n" + MAIL)
    source = Mbox(path)
    [item] = source.items()
    assert item.folder == r"Gr\xfc\xdfe"
    assert source.name.endswith(r"/Gr\xfc\xdfe.mbox")


def test_reading_goes_on_behind_a_position(tmp_path):
    mails = [MAIL + b"%d\n" % number for number in range(5)]
    source = mbox(tmp_path, b"".join(LINE + mail + b"\n" for mail in mails))
    positions = [item.position for item in source.items()]
    assert positions == sorted(positions)
    for number, position in enumerate(positions):
        assert raws(source, position) == mails[number + 1 :]
    assert source.count() == 5


def test_a_mail_that_is_too_long_is_cut_and_counted(tmp_path):
    long = MAIL + b"x" * 5000 + b"\n"
    source = mbox(tmp_path, LINE + long + b"\n" + LINE + MAIL, most=1000)
    first, second = source.items()
    assert first.raw == long[:1000]
    assert first.cut == len(long) + 1 - 1000
    assert (second.raw, second.cut) == (MAIL, 0)


def test_headers_alone(tmp_path):
    (item,) = mbox(tmp_path, LINE + MAIL, head_only=True).items()
    assert item.raw == b"From: Carla <carla@shop.example>\nSubject: Printer\n\n"
    assert (item.octets, item.cut) == (len(MAIL), 0)


def test_blocks_end_anywhere(tmp_path, monkeypatch):
    mails = [MAIL + b"y" * number + b"\n" for number in range(40)]
    source = mbox(tmp_path, b"".join(LINE + mail + b"\n" for mail in mails))
    for size in range(7, 160, 3):
        monkeypatch.setattr("gateway.inbound.sources.mbox._BLOCK", size)
        assert raws(source) == mails


def test_an_empty_file_has_no_mail(tmp_path):
    assert raws(mbox(tmp_path, b"")) == []


@pytest.mark.parametrize("octets", [MAIL, b"\x00\xff" * 100, b"<html>"])
def test_another_file_is_no_mbox(tmp_path, octets):
    with pytest.raises(SourceError, match="is no mbox file"):
        mbox(tmp_path, octets)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(SourceError, match="No such file"):
        Mbox(tmp_path / "none")


def test_a_folder_of_files_is_one_source(tmp_path):
    files = {
        "Inbox": 2,
        "Inbox.sbd/Old": 1,
        "Sent.mbox/mbox": 1,
        "Takeout/Gesendet.mbox": 3,
    }
    for name, count in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((LINE + MAIL + b"\n") * count)
    (tmp_path / "Inbox.msf").write_text("// an index")
    source = MboxFolder(tmp_path)
    items = list(source.items())
    assert [item.folder for item in items] == [
        *["Inbox"] * 2,
        "Inbox/Old",
        "Sent",
        *["Takeout/Gesendet"] * 3,
    ]
    assert source.count() == 7
    for number, item in enumerate(items):
        assert list(source.items(item.position)) == items[number + 1 :]


def test_a_folder_without_any_is_said(tmp_path):
    with pytest.raises(SourceError, match="no mbox file"):
        MboxFolder(tmp_path)
