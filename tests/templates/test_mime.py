"""Files travel unchanged beside the twins."""

from dataclasses import dataclass

import pytest

from templates.letter import compose
from tests.templates.specimen import head
from tests.templates.specimens import SPECIMENS, read


@dataclass(frozen=True)
class File:
    name: str = "rows.csv"
    type: str = "text/csv"
    inline: bool = False
    content_id: str = ""
    content: bytes = b"a;b\r\n1;2\n\x00\xff"


def _send(*files):
    letter = compose(head(), SPECIMENS["answer for the customer"].values, files)
    return letter.raw, read(letter.raw)


def test_files_stand_behind_the_twins_and_are_unchanged():
    picture = File("ü bild.png", "IMAGE/PNG", inline=True, content_id="<p1@x>")
    raw, mail = _send(File(), picture)
    assert mail.get_content_type() == "multipart/mixed"
    twins, first, second = mail.iter_parts()
    assert twins.get_content_type() == "multipart/alternative"
    assert first.get_payload(decode=True) == File().content
    assert (first.get_filename(), first.get_content_disposition()) == (
        "rows.csv",
        "attachment",
    )
    assert second.get_payload(decode=True) == File().content
    assert (second.get_filename(), second.get_content_type()) == (
        "ü bild.png",
        "image/png",
    )
    assert second.get_content_disposition() == "inline"
    assert second["Content-ID"] == "<p1@x>"
    assert raw.isascii()


@pytest.mark.parametrize(
    "name",
    [
        'a"\r\nX-Evil: 1.png',
        "x" * 5000 + ".pdf",
        "請求書" * 300 + ".pdf",
        "\u202egnp.exe",
        "../../etc/passwd",
        "",
        "\\",
        "a\x00b",
        "\ud800.txt",
    ],
)
def test_odd_names_harm_nothing(name):
    raw, mail = _send(File(name=name))
    file = list(mail.iter_parts())[1]
    assert file.get_payload(decode=True) == File().content
    assert "X-Evil" not in file
    assert sorted(file.keys()) == [
        "Content-Disposition",
        "Content-Transfer-Encoding",
        "Content-Type",
    ]
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    if name.endswith(".pdf"):
        assert file.get_filename().endswith(".pdf")


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "nonsense",
        "multipart/mixed",
        "message/partial",
        "a/b\r\nX-Evil: 1",
        "text/ü",
    ],
)
def test_an_odd_type_is_octets(odd):
    _, mail = _send(File(type=odd))
    file = list(mail.iter_parts())[1]
    assert file.get_content_type() == "application/octet-stream"
    assert file.get_payload(decode=True) == File().content


def test_an_odd_content_id_is_left_out():
    _, mail = _send(File(content_id="a\r\nX-Evil: 1"))
    file = list(mail.iter_parts())[1]
    assert "Content-ID" not in file
    assert "X-Evil" not in file


def test_an_attached_mail_stays_a_mail_if_it_can():
    content = b"Subject: inner\r\n\r\nHello\r\n"
    raw, mail = _send(File(type="message/rfc822", content=content))
    assert content in raw
    assert list(mail.iter_parts())[1].get_content()["Subject"] == "inner"


@pytest.mark.parametrize(
    "content", [b"Subject: \xff\r\n\r\n", b"a: b\n\nbare", b"x" * 1200, b"a\x00"]
)
def test_an_attached_mail_that_cannot_travel_bare_is_octets(content):
    _, mail = _send(File(type="message/rfc822", content=content))
    file = list(mail.iter_parts())[1]
    assert file.get_content_type() == "application/octet-stream"
    assert file.get_payload(decode=True) == content


def test_a_file_cannot_end_the_letter():
    """Who has a letter of ours knows its boundary, and may send it back attached."""
    inner = b"Subject: x\r\n\r\n"
    first, _ = _send(File(type="message/rfc822", content=inner))
    boundary = first.split(b'boundary="')[1].split(b'"')[0]
    forged = inner + b"--" + boundary + b"--\r\n"
    _, mail = _send(File(type="message/rfc822", content=forged), File())
    assert len(list(mail.iter_parts())) == 3
