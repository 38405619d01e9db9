"""Header lines: encoded, folded at white space, and sound whatever comes in."""

import re
from email.header import decode_header, make_header

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from templates import header
from templates.letter import compose
from tests.templates.specimen import head
from tests.templates.specimens import SPECIMENS, make, read

HOSTILE = [
    "a\r\nBcc: eve@evil.example",
    "a\nBcc: eve@evil.example",
    "a\rBcc: eve@evil.example",
    "a\x00b",
    "a\x85Bcc: eve@evil.example",
    "a\u2028Bcc: eve@evil.example",
    "a\x0b\x0c\x1c\x1d\x1e b",
    "a\u202eb\u2066c",
    "=?utf-8?q?a=0D=0ABcc=3A_eve=40evil.example?=",
    "a\ud800b",
    '", <eve@evil.example>, "',
    "\\",
]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(
    "name", ["first copy for the team", "note", "answer for a guest"]
)
def test_what_people_wrote_makes_no_header(name, hostile):
    letter = make(name, subject=hostile, author=hostile, desk_name=hostile)
    section = letter.raw.split(b"\r\n\r\n")[0]
    assert re.fullmatch(rb"(?:[\x20-\x7e]+\r\n)*[\x20-\x7e]+", section)
    mail = read(letter.raw)
    assert "Bcc" not in mail
    assert [one.addr_spec for one in mail["From"].addresses] == ["support@acme.example"]
    assert sorted(mail.keys()) == sorted(read(make(name).raw).keys())


@pytest.mark.parametrize("hostile", HOSTILE)
def test_foreign_ids_make_no_header(hostile):
    letter = make("note", in_reply_to=hostile, references=(hostile, "<a@b>", ""))
    mail = read(letter.raw)
    assert "Bcc" not in mail
    assert mail["References"].endswith("<a@b>")


@pytest.mark.parametrize(
    "field",
    ["message_id", "reason", "loop_mark", "activity", "base_url", "desk_address"],
)
@pytest.mark.parametrize(
    "bad", ["a\r\nBcc: x", "a\nb", "ä", "a\x00b", "a\x85b", "x" * 999]
)
def test_what_we_write_ourselves_must_be_sound(field, bad):
    with pytest.raises(ValueError, match=r"holds|line above"):
        make("answer for a guest", **{field: bad})


def test_ids_of_84_characters_stay_whole():
    ids = tuple(f"<{'x' * 70}{number:03}@prod.example>" for number in range(20))
    assert {len(one) for one in ids} == {88}
    letter = make("note", references=ids, in_reply_to=ids[-1])
    assert b"=?" not in letter.raw.split(b"\r\n\r\n")[0]
    lines = letter.raw.split(b"\r\n")
    assert f" {ids[7]}".encode() in lines
    mail = read(letter.raw)
    assert tuple(mail["References"].split()) == ids
    assert mail["In-Reply-To"] == ids[-1]


def test_lines_are_folded_where_white_space_allows():
    letter = make("answer for a guest", subject="word " * 60, author="Ana " * 40)
    for line in letter.raw.split(b"\r\n\r\n")[0].split(b"\r\n"):
        assert len(line) <= 78 or b" " not in line.strip().partition(b": ")[2]


@pytest.mark.parametrize(
    "subject",
    [
        "Grüße aus Köln",
        "日付の読み込みに失敗します " * 12,
        "🙂" * 80,
        "x" * 200,
        "Ärger mit   \t vielen Räumen",
        "ascii then ü",
    ],
)
def test_subjects_survive_the_encoding(subject):
    letter = make("answer for a guest", subject=subject, author="Zoë Žižek, “Z”")
    mail = read(letter.raw)
    assert mail["Subject"] == letter.subject == f"Re: {' '.join(subject.split())}"
    assert mail["From"].addresses[0].display_name == "Zoë Žižek, “Z”, Acme Support"
    assert not mail["Subject"].defects
    for word in re.findall(rb"=\?[^?]+\?[bq]\?[^?]*\?=", letter.raw):
        assert len(word) <= 75  # RFC 2047 section 2


@given(st.text())
@example("000000000¡¡¡¡" + "𐀀" * 8)
def test_any_name_is_one_sound_mailbox(name):
    raw = header.write([("From", header.mailbox(name, "a@b.example"))])
    mail = read(raw + b"\r\n")
    assert [one.addr_spec for one in mail["From"].addresses] == ["a@b.example"]
    # The library's structured reader leaves a space between two encoded words; the
    # older one follows RFC 2047 section 6.2.
    squashed = header.squash(name, longest=200)
    unfolded = raw.decode().partition(":")[2].replace("\r\n", "").strip()
    phrase = unfolded.removesuffix("<a@b.example>").strip()
    if phrase.startswith('"'):
        assert mail["From"].addresses[0].display_name == squashed
    else:
        assert str(make_header(decode_header(phrase))) == squashed


@given(st.text())
def test_any_subject_is_one_sound_line(text):
    squashed = header.squash(text)
    if squashed:
        raw = header.write([("Subject", header.unstructured(text))])
        assert read(raw + b"\r\n")["Subject"] == squashed
        assert raw.endswith(b"\r\n")
        assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_the_parsed_letter_has_no_defect():
    for name in SPECIMENS:
        mail = read(make(name, author="Zoë", subject="ü" * 90).raw)
        for part in mail.walk():
            assert not part.defects
            assert not [
                field for field in part.values() if getattr(field, "defects", ())
            ]


def test_a_letter_to_nobody_in_an_activity_takes_no_reply_by_token():
    mail = read(compose(head(activity=""), SPECIMENS["held mail"].values).raw)
    assert "Reply-To" not in mail
    assert "List-Id" not in mail
