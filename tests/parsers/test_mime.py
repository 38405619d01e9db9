"""MIME as it comes: broken headers, wrong labels, packs, invitations, sealed mail."""

import base64
import struct

import pytest

from parsers import charset, enriched, meeting, parameters, rtf, tnef, transfer
from parsers import header as headers
from parsers.mail import read


def mail(body, *head, start=("From: carla@gomez.example", "Subject: Hello")):
    text = "\r\n".join([*start, *head, "", ""]).encode()
    return text + (body.encode() if isinstance(body, str) else body)


def parted(kind, *parts):
    body = "".join(f"--b\n{one}\n" for one in parts) + "--b--\n"
    return mail(body, f"Content-Type: multipart/{kind}; boundary=b")


class TestBrokenHeaders:
    def test_a_blank_before_the_colon(self):
        got = read(b"From : carla@gomez.example\r\nSubject : Hello\r\n\r\nText")
        assert (got.sender.address, got.subject, got.text) == (
            "carla@gomez.example",
            "Hello",
            "Text",
        )
        assert "a broken header line" in got.defects

    def test_a_line_that_is_no_field(self):
        got = read(
            b"From: carla@gomez.example\r\nX-Long: one\r\ntwo three\r\n"
            b"Subject: Hello\r\n\r\nText"
        )
        assert (got.subject, got.text) == ("Hello", "Text")

    def test_a_text_without_an_empty_line_before_it_is_text(self):
        got = read(b"From: carla@gomez.example\r\nHello there\r\nand bye\r\n")
        assert got.text == "Hello there\nand bye"

    def test_two_people_without_a_comma(self):
        got = read(b"To: Ana <ana@acme.example> Bo <bo@acme.example>\r\n\r\nx")
        assert [one.address for one in got.to] == [
            "ana@acme.example",
            "bo@acme.example",
        ]


class TestTypes:
    @pytest.mark.parametrize(
        "kind",
        [
            "text/html charset=utf-8",
            "TEXT/HTML, charset=utf-8",
            '"text/html"; charset=utf-8',
            "html; charset=utf-8",
            "text/html; charset=utf-8; charset=utf-8",
        ],
    )
    def test_types_that_are_not_quite(self, kind):
        got = read(mail("<p>Grüße</p>", f"Content-Type: {kind}"))
        assert (got.text, got.html) == ("Grüße", "<p>Grüße</p>")

    @pytest.mark.parametrize("head", ["multipart/mixed boundary=b", "multipart/mixed"])
    def test_a_boundary_in_the_wrong_place_or_nowhere(self, head):
        body = "--b\nContent-Type: text/plain\n\none\n--b\nContent-Type: image/png\n"
        got = read(mail(f"{body}\nx\n--b--\n", f"Content-Type: {head}"))
        assert got.text.strip() == "one"
        assert [one.type for one in got.attachments] == ["image/png"]

    def test_another_boundary_than_declared(self):
        body = "--real\nContent-Type: text/plain\n\none\n--real--\n"
        got = read(mail(body, "Content-Type: multipart/mixed; boundary=said"))
        assert got.text.strip() == "one"
        assert "another boundary than declared" in got.defects

    def test_other_kinds_of_text_are_text(self):
        assert read(mail("# Hello", "Content-Type: text/markdown")).text == "# Hello"

    def test_the_twin_of_a_page_is_neither_text_nor_file(self):
        got = read(
            parted(
                "alternative",
                "Content-Type: text/plain\n\none",
                "Content-Type: text/x-amp-html\n\n<html amp>two",
                "Content-Type: text/html\n\n<p>one",
            )
        )
        assert got.text.strip() == "one"
        assert got.attachments == ()

    def test_enriched_text(self):
        text = (
            "<bold>Hello</bold> <<Ana>\nmore\n\nend<color><param>red</param>!</color>"
        )
        got = read(mail(text, "Content-Type: text/enriched"))
        assert got.text == "Hello <Ana> more\nend!"
        assert enriched.read("<nofill") == "<nofill"


class TestTransferEncodings:
    @pytest.mark.parametrize(
        "name", ["base64", "BASE64;", "base-64", "base64 (really)", "Base64\r\n "]
    )
    def test_names(self, name):
        assert transfer.decode(b"SGVsbG8=", name) == b"Hello"

    def test_pieces_in_a_row(self):
        assert transfer.decode(b"SGk=\r\nSGVsbG8=\r\n", "base64") == b"HiHello"

    def test_strange_letters_and_a_lost_end(self):
        assert transfer.decode(b"SGV*sb\r\n G8gQ!W5h", "base64") == b"Hello Ana"
        assert transfer.decode(b"SGVsbG8gQW5", "base64") == b"Hello An"

    def test_text_with_a_wrong_label(self):
        text = b"Hello, this was never encoded, was it? No, it was not."
        assert transfer.decode(text, "base64") == text

    def test_uuencode(self):
        coded = b"begin 644 a.txt\n%2&5L;&\\ \n`\nend\n"
        assert transfer.decode(coded, "x-uuencode") == b"Hello"

    def test_a_file_inside_a_text(self):
        got = read(mail("See:\n\nbegin 644 a b.txt\n%2&5L;&\\\n`\nend\nBye"))
        assert got.text == "See:\n\n[a b.txt]\nBye"
        assert [(one.name, one.content) for one in got.attachments] == [
            ("a b.txt", b"Hello")
        ]

    def test_words_that_only_look_like_a_file(self):
        text = "begin 644 reasons to stay\n\nand they never end"
        assert read(mail(text)).text == text


class TestCharsets:
    def test_latin_text_that_claims_to_be_utf_8_keeps_its_umlauts(self):
        raw = "Die Frösche quakten über die Maßen, sagt Frau Müller.".encode("cp1252")
        assert charset.decode(raw, "utf-8")[0].startswith("Die Frösche quakten über")

    def test_utf_8_with_one_broken_letter_stays_utf_8(self):
        raw = "Grüße aus Köln, später mehr".encode() + b"\xff"
        assert charset.decode(raw, "utf-8")[0] == "Grüße aus Köln, später mehr\ufffd"

    @pytest.mark.parametrize(
        ("octets", "text"),
        [
            (b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe", "Grüße"),
            ("\ufeffGrüße".encode("utf_16_le"), "Grüße"),
            ("\ufeffGrüße".encode("utf_16_be"), "Grüße"),
        ],
    )
    def test_marks_of_byte_order_win(self, octets, text):
        assert charset.decode(octets, "iso-8859-1") == (text, "")

    def test_a_page_names_its_charset_itself(self):
        page = '<meta http-equiv=x content="text/html; charset=koi8-r"><p>Привет'
        got = read(mail(page.encode("koi8_r"), "Content-Type: text/html"))
        assert got.text == "Привет"

    def test_an_encoded_word_that_is_rubbish_stays_as_it_was(self):
        word = "=?UTF-8?B?" + base64.b64encode(b"\x9e\x1b\xb1\xf0\x07").decode() + "?="
        assert headers.decode(word) == word
        assert headers.decode("=?utf-8?q?caf=C3?=") != "=?utf-8?q?caf=C3?="

    def test_words_that_were_cut(self):
        assert headers.decode("Re: =?iso-8859-1?q?caf=E9") == "Re: café"
        assert headers.decode("=?utf-8?b?w7w?= =?utf-8?b?w6Q=?=") == "üä"
        coded = base64.b64encode("日本語の件名".encode()).decode()
        cut = f"=?utf-8?b?{coded[:7]}?= =?utf-8?b?{coded[7:]}?="
        assert headers.decode(cut) == "日本語の件名"
        assert headers.decode("=?utf-8?q? and more") == "=?utf-8?q? and more"


class TestParameters:
    @pytest.mark.parametrize(
        ("value", "name"),
        [
            ("a; filename=report.pdf", "report.pdf"),
            ("a; filename=my report.pdf; size=3", "my report.pdf"),
            ('a; filename="a;b.pdf"', "a;b.pdf"),
            ('a; filename="=?utf-8?q?=C3=BC.pdf?="', "ü.pdf"),
            ('a; filename="=?utf-8?b?w7w=?=\r\n =?utf-8?b?LnBkZg==?="', "ü.pdf"),
            ("a; filename*=utf-8''%C3%BC.pdf", "ü.pdf"),
            ("a; filename*=UTF-8'de'%C3%BC.pdf; filename=u.pdf", "ü.pdf"),
            ("a; filename*0*=utf-8''%C3%BC; filename*1=.pdf", "ü.pdf"),
            ('a; filename*1="b.pdf"; filename*0="a"', "ab.pdf"),
            ("a; FILENAME = x.pdf", "x.pdf"),
            ("a; filename='x.pdf'", "x.pdf"),
            ('a; filename="never closed.pdf', "never closed.pdf"),
            ("a; filename*x*=1; filename*=b", "b"),
            ("a", ""),
        ],
    )
    def test_names_of_all_makes(self, value, name):
        assert parameters.read(value, "filename") == name

    def test_what_makes_the_library_raise(self):
        head = "Content-Type: text/plain; name*=a; name*0=b; name*1*=c"
        assert "the content could not be read" not in read(mail("x", head)).defects


def attribute(level, kind, data):
    return struct.pack("<BII", level, kind, len(data)) + data + b"\0\0"


def value(kind, name, data):
    padded = data + b"\0" * (-len(data) % 4)
    return struct.pack("<HHII", kind, name, 1, len(data)) + padded


def properties(*values):
    return struct.pack("<I", len(values)) + b"".join(values)


def wide(text):
    return (text + "\0").encode("utf_16_le")


def packed(*attributes):
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(attributes)


FILE = (
    attribute(2, 0x00069002, b"\1" + b"\0" * 13),
    attribute(2, 0x00018010, b"UEBERS~1.TXT\0"),
    attribute(2, 0x0006800F, b"Hello"),
    attribute(
        2,
        0x00069005,
        properties(
            value(0x1F, 0x3707, wide("übersicht.txt")),
            value(0x1F, 0x370E, wide("text/plain")),
        ),
    ),
)


def in_mail(octets):
    return read(
        parted(
            "mixed",
            "Content-Type: application/ms-tnef; name=winmail.dat\n"
            "Content-Transfer-Encoding: base64\n\n" + base64.b64encode(octets).decode(),
        )
    )


class TestWinmail:
    def test_files_with_their_true_names(self):
        got = in_mail(packed(*FILE))
        assert [(one.name, one.type, one.content) for one in got.attachments] == [
            ("übersicht.txt", "text/plain", b"Hello")
        ]

    def test_its_text_where_the_mail_has_none(self):
        page = properties(value(0x102, 0x1013, b"<p>Hello <b>Ana</b>"))
        got = in_mail(packed(attribute(1, 0x00069003, page), *FILE))
        assert (got.text, got.html) == ("Hello Ana", "<p>Hello <b>Ana</b></p>")
        text = properties(value(0x1F, 0x1000, wide("Hello Bo")))
        assert in_mail(packed(attribute(1, 0x00069003, text))).text == "Hello Bo"

    def test_its_text_in_rtf(self):
        page = b"MELA"
        body = rb"{\rtf1\ansi\ansicpg1252 Gr\'fc\'dfe\par{\*\x y}{\fonttbl a}\u8364 ?}"
        octets = struct.pack("<II", len(body), len(body)) + page + b"\0" * 4 + body
        text = properties(value(0x102, 0x1009, octets))
        assert in_mail(packed(attribute(1, 0x00069003, text))).text == "Grüße\n€"

    def test_one_that_is_cut_off_gives_what_it_has_and_stays(self):
        whole = packed(*FILE, *FILE)
        got = in_mail(whole[:-60])
        assert got.attachments[0].name == "winmail.dat"
        assert got.attachments[1].name == "übersicht.txt"
        assert "a broken winmail.dat" in got.defects

    def test_one_with_nothing_in_it_stays(self):
        assert [one.name for one in in_mail(packed()).attachments] == ["winmail.dat"]

    def test_no_cut_or_change_breaks_the_reader(self):
        whole = packed(*FILE)
        for at in range(len(whole)):
            tnef.read(whole[:at])
            tnef.read(whole[:at] + b"\xff" + whole[at + 1 :])

    def test_compressed_rtf(self):
        # The example of MS-OXRTFCP 3.1.1, written out from its description.
        text = rb"{\rtf1\ansi\ansicpg1252\pard hello world}" + b"\r\n"
        out = bytearray()
        for start in range(0, len(text), 8):
            out += b"\0" + text[start : start + 8]
        header = struct.pack("<III", len(out) + 12, len(text), 0x75465A4C) + b"\0" * 4
        assert rtf.unpack(header + bytes(out)) == text
        assert rtf.read(text) == "hello world"
        copied = header + b"\x01" + struct.pack(">H", (1 << 4) | 3)  # 5 from place 1
        assert rtf.unpack(copied) == rb"\rtf1"
        for at in range(len(out)):
            rtf.unpack(header + bytes(out[at:]) * 3)


ICS = """BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY;LANGUAGE=en:Review\\, second
  part
DTSTART;TZID=Europe/Berlin:20261102T100000
DTEND;TZID=Europe/Berlin:20261102T110000
LOCATION:Room 4\\; first floor
ORGANIZER;CN="Ruiz: Ana":mailto:ana@acme.example
ATTENDEE;PARTSTAT={answer}:mailto:carla@gomez.example
BEGIN:VALARM
DESCRIPTION:soon
END:VALARM
END:VEVENT
END:VCALENDAR
"""
SAID = (
    "Review, second part; 2026-11-02 10:00 to 11:00 (Europe/Berlin);"
    " Room 4; first floor; Ruiz: Ana <ana@acme.example>]"
)


class TestInvitations:
    def test_one_readable_line_above_the_text(self):
        ics = ICS.format(method="REQUEST", answer="NEEDS-ACTION")
        got = read(
            parted(
                "alternative",
                "Content-Type: text/plain\n\nPlease come.",
                f"Content-Type: text/calendar; method=REQUEST\n\n{ics}",
            )
        )
        assert got.text.strip() == f"[Invitation: {SAID}\n\nPlease come."
        assert [one.name for one in got.attachments] == ["invitation.ics"]

    @pytest.mark.parametrize(
        ("method", "answer", "verb"),
        [
            ("CANCEL", "", "Cancelled"),
            ("REPLY", "ACCEPTED", "Accepted"),
            ("REPLY", "DECLINED", "Declined"),
            ("COUNTER", "", "New time proposed"),
        ],
    )
    def test_what_is_said(self, method, answer, verb):
        assert meeting.line(ICS.format(method=method, answer=answer)) == (
            f"[{verb}: {SAID}"
        )

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ("DTSTART:20261102T090000Z\nDTEND:20261103T100000Z",
             "2026-11-02 09:00 to 2026-11-03 10:00 (UTC)"),
            ("DTSTART;VALUE=DATE:20261102\nDTEND;VALUE=DATE:20261103", "2026-11-02"),
            ("DTSTART:20261102T090000\nDURATION:PT1H30M",
             "2026-11-02 09:00, for 1 h 30 min"),
            ("DTSTART:20261102T090000\nRRULE:FREQ=WEEKLY;COUNT=3",
             "2026-11-02 09:00, repeated weekly"),
        ],
    )  # fmt: skip
    def test_when(self, fields, said):
        ics = f"BEGIN:VEVENT\nSUMMARY:x\n{fields}\nEND:VEVENT\n"
        assert meeting.line(ics) == f"[Invitation: x; {said}]"

    def test_what_is_none(self):
        assert meeting.line("") == ""
        assert meeting.line("BEGIN:VCALENDAR\nEND:VCALENDAR") == ""


class TestSealedMail:
    def test_encrypted_mail_says_so(self):
        got = read(
            parted(
                "encrypted",
                "Content-Type: application/pgp-encrypted\n\nVersion: 1",
                "Content-Type: application/octet-stream; name=encrypted.asc\n\nx",
            )
        )
        assert got.text.startswith("[This mail is encrypted")
        assert len(got.attachments) == 2
        sealed = "Content-Type: application/pkcs7-mime; smime-type=enveloped-data"
        assert read(mail("x", sealed)).text.startswith("[This mail is encrypted")
        sealed = 'Content-Type: application/pkcs7-mime; smime-type="signed-data"'
        assert read(mail("x", sealed)).text.startswith("[This mail is signed")

    def test_signed_mail_is_read(self):
        got = read(
            parted(
                "signed",
                "Content-Type: text/plain\n\nHello",
                "Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx",
            )
        )
        assert got.text.strip() == "Hello"
        assert [one.name for one in got.attachments] == ["smime.p7s"]


def test_an_attached_mail_is_named_by_its_subject():
    inner = "From: a@b.example\nSubject: =?utf-8?q?Caf=C3=A9/Bar?=\n\nHello"
    got = read(parted("mixed", f"Content-Type: message/rfc822\n\n{inner}"))
    assert [one.name for one in got.attachments] == ["Café-Bar.eml"]


def test_the_picture_of_a_page_stands_in_its_place():
    got = read(
        parted(
            "related",
            "Content-Type: text/html\n\n<p>See <img src='cid:p@x'> here",
            "Content-Type: image/png; name=screen.png\nContent-ID: <p@x>\n\nx",
        )
    )
    assert got.text.strip() == "See [screen.png] here"
    assert 'src="cid:p@x"' in got.html
