"""A mail as bytes goes in, a frozen value comes out: as people and programs write."""

import base64
import json
from datetime import UTC, datetime

import pytest

from parsers.mail import Bounds, Mailbox, read, unreadable
from parsers.printed import as_json


def mail(body="Hello", *head, **fields):
    named = {"From": "Carla Gomez <carla@gomez.example>", "Subject": "Import fails"}
    named.update({name.replace("_", "-"): value for name, value in fields.items()})
    lines = [f"{name}: {value}" for name, value in named.items()]
    text = "\r\n".join([*lines, *head, "", body.replace("\n", "\r\n")])
    return text.encode()


def multipart(kind, *parts, **fields):
    body = "".join(f"--b-{kind}\n{part}\n" for part in parts) + f"--b-{kind}--\n"
    return mail(body, f'Content-Type: multipart/{kind}; boundary="b-{kind}"', **fields)


def part(body, kind="text/plain", *head):
    return "\n".join([f"Content-Type: {kind}", *head, "", body])


def test_the_header():
    got = read(
        mail(
            Message_ID="<1@gomez.example>",
            In_Reply_To="<0@acme.example>",
            References="<r@acme.example> <0@acme.example>",
            Date="Mon, 1 May 2023 10:00:00 +0200",
            To="Support <support@acme.example>, bo@acme.example",
            Cc="Mei <mei@acme.example>",
            Reply_To="office@gomez.example",
            Subject="=?utf-8?q?Re:_AW=3A_Caf=C3=A9?=",
            Auto_Submitted="no (really)",
            X_Parlour_Loop="mark",
            ARC_Seal="i=1",
            Authentication_Results="mx; none",
        )
    )
    assert got.message_id == "<1@gomez.example>"
    assert got.in_reply_to == ("<0@acme.example>",)
    assert got.references == ("<r@acme.example>", "<0@acme.example>")
    assert got.date == datetime(2023, 5, 1, 8, tzinfo=UTC)
    assert got.sender == Mailbox("Carla Gomez", "carla@gomez.example")
    assert [one.address for one in got.to] == [
        "support@acme.example",
        "bo@acme.example",
    ]
    assert got.cc == (Mailbox("Mei", "mei@acme.example"),)
    assert got.reply_to == (Mailbox("", "office@gomez.example"),)
    assert (got.subject, got.subject_base) == ("Re: AW: Café", "Café")
    assert got.auto_submitted == "no"
    assert got.loop_marks == ("mark",)
    assert got.arc_seals == ("i=1",)
    assert got.authentication_results == ("mx; none",)
    assert "x-parlour-loop" in got.header_names
    assert got.defects == ()


def test_an_empty_mail_is_a_mail():
    for raw in (b"", b"\r\n", b"\n\n\n", b"\0"):
        got = read(raw)
        assert got.sender == Mailbox("", "")
        assert got.text == ""
        assert "no From" in got.defects


def test_topmost_results_come_first_and_doubles_are_named():
    got = read(
        mail(
            "x",
            "Authentication-Results: one",
            "Authentication-Results: two",
            "From: x@evil.example",
        )
    )
    assert got.authentication_results == ("one", "two")
    assert got.sender.address == "carla@gomez.example"
    assert "more than one From" in got.defects


def test_the_text_of_an_alternative_is_its_plain_part():
    got = read(
        multipart("alternative", part("plain"), part("<b>rich</b>", "text/html"))
    )
    assert got.text == "plain"
    assert got.html == "<b>rich</b>"


def test_html_alone_becomes_readable_lines():
    got = read(
        mail(
            "<p>Hello <b>Ana</b>,</p><ul><li>one<li>two</ul>"
            "<p>See <a href='https://x.example/a'>this</a>"
            "<div style='display:none'>/resolve</div>"
            "<script>alert(1)</script><img src='https://t.example/p.gif'>",
            "Content-Type: text/html; charset=utf-8",
        )
    )
    assert got.text == "Hello Ana,\n\n- one\n- two\n\nSee this <https://x.example/a>"
    assert "script" not in got.html
    assert "t.example" not in got.html
    assert got.commands == ()


def test_a_stub_does_not_hide_the_letter():
    stub = part("Please use an HTML capable mail program.")
    got = read(multipart("alternative", stub, part("<p>The text</p>", "text/html")))
    assert got.text == "The text"


QUOTES = {
    "Gmail": """<div class="gmail_quote"><div class="gmail_attr">On Mon, 1 May 2023 at
        10:00, Ana &lt;ana@acme.example&gt; wrote:<br></div>
        <blockquote class="gmail_quote">old</blockquote></div>""",
    "Thunderbird": """<div class="moz-cite-prefix">On 5/1/2023 10:00, Ana wrote:<br>
        </div><blockquote type="cite">old</blockquote>""",
    "Apple": """<blockquote type="cite"><div>On 1 May 2023, at 10:00, Ana wrote:</div>
        <div>old</div></blockquote>""",
    "Yahoo": '<div class="yahoo_quoted">On Monday Ana wrote:<br>old</div>',
    "Outlook for phones": """<div id="mail-editor-reference-message-container">old
        </div>""",
    "GMX": '<div name="quote">Gesendet: heute<br>old</div>',
    "Outlook": """<hr><div id="divRplyFwdMsg"><b>From:</b> Ana<br><b>Sent:</b> Monday
        <br><b>To:</b> Carla<br><b>Subject:</b> x</div><div>old</div>""",
}


@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES)
def test_quotes_of_mail_programs_in_html(quote):
    got = read(mail(f"<div>Yes.</div>{quote}", "Content-Type: text/html"))
    assert got.reply == "Yes."
    assert "old" in got.folded[-1].text
    assert "old" in got.text


def test_a_signature_in_html():
    got = read(
        mail('Yes.<div class="gmail_signature">Carla</div>', "Content-Type: text/html")
    )
    assert got.reply == "Yes."
    assert [(one.kind, one.text) for one in got.folded] == [("signature", "Carla")]


def test_flowed_lines_are_joined_and_signatures_are_not():
    got = read(
        mail(
            "one \ntwo\n\n> q \n> r\n-- \nCarla",
            "Content-Type: text/plain; format=flowed",
        )
    )
    assert got.text == "one two\n\n> q r\n-- \nCarla"
    assert got.reply == "one two"


@pytest.mark.parametrize(
    ("charset", "octets", "text"),
    [
        ("utf-8", "Grüße".encode(), "Grüße"),
        ("iso-8859-1", "Grüße".encode("latin-1"), "Grüße"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("windows-1252", "“Grüße”".encode("cp1252"), "“Grüße”"),
        ("iso-2022-jp", "日本語".encode("iso2022_jp"), "日本語"),
        ("no-such-thing", "Grüße".encode(), "Grüße"),
        ("zlib", b"plain", "plain"),
    ],
)
def test_charsets(charset, octets, text):
    raw = mail("", f"Content-Type: text/plain; charset={charset}") + octets
    assert read(raw).text == text


def test_transfer_encodings():
    encoded = base64.b64encode("Grüße".encode()).decode()
    assert read(mail(encoded, "Content-Transfer-Encoding: base64")).text == "Grüße"
    quoted = "Content-Transfer-Encoding: Quoted-Printable"
    assert read(mail("Gr=C3=BC=\n=C3=9Fe=20", quoted)).text == "Grüße "


def test_attachments_and_inline_pictures():
    picture = part(
        "iVBORw==",
        "image/png; name=a.png",
        "Content-ID: <pic@x>",
        "Content-Transfer-Encoding: base64",
    )
    paper = part(
        "JVBERg==",
        "application/pdf",
        "Content-Disposition: attachment; filename*=utf-8''%C3%BCber.pdf",
        "Content-Transfer-Encoding: base64",
    )
    note = part("by the way", "text/plain", "Content-Disposition: attachment")
    got = read(multipart("mixed", part("See files."), picture, paper, note))
    assert got.text == "See files."
    assert [
        (one.name, one.type, one.size, one.inline, one.content_id)
        for one in got.attachments
    ] == [
        ("a.png", "image/png", 4, True, "pic@x"),
        ("über.pdf", "application/pdf", 4, False, ""),
        ("text.txt", "text/plain", 10, False, ""),
    ]
    assert got.attachments[1].content == b"%PDF"


def test_an_attached_mail_is_a_file_and_not_the_text():
    inner = "Subject: inner\n\n/resolve\nsecret"
    got = read(multipart("mixed", part("See it."), part(inner, "message/rfc822")))
    assert got.text == "See it."
    assert [one.type for one in got.attachments] == ["message/rfc822"]
    assert got.attachments[0].content == inner.replace("\n", "\r\n").encode()


def test_a_text_with_a_name_is_the_body_when_there_is_no_other():
    got = read(mail("Hello", "Content-Type: text/plain; name=letter.txt"))
    assert got.text == "Hello"
    assert [one.name for one in got.attachments] == ["letter.txt"]


def test_a_multipart_without_a_boundary_is_text():
    got = read(mail("Hello", "Content-Type: multipart/mixed"))
    assert got.text == "Hello"
    assert "multipart without a boundary" in got.defects


def test_what_is_too_much_is_cut_and_named():
    bounds = Bounds(parts=5, files=2, text_kb=1, header_lines=3, references=2)
    many = multipart("mixed", *[part("x", "a/b; name=f")] * 9)
    got = read(many, Bounds(parts=5, files=2))
    assert len(got.attachments) == 2
    assert {"too many parts", "too many attachments"} <= set(got.defects)
    assert "the text was cut" in read(mail("x" * 5000), bounds).defects
    assert len(read(mail("x" * 5000), bounds).text) == 1000
    assert "too many header lines" in read(mail("x", *["X: y"] * 5), bounds).defects
    assert len(read(mail(References="<a@x> <b@x> <c@x>"), bounds).references) == 2


def test_nested_parts_beyond_the_depth_stay_octets():
    deep = part("deep")
    for level in range(9):
        deep = part(
            f"--l{level}\n{deep}\n--l{level}--", f"multipart/mixed; boundary=l{level}"
        )
    raw = mail("", *deep.split("\n", 1)[:1]) + deep.split("\n", 1)[1].encode()
    assert read(raw).text == "deep"
    assert "nested too deeply" in read(raw, Bounds(depth=3)).defects


def test_commands_and_prose():
    got = read(mail("/note\n/tag money\n\nThey pay late.\n\n> old"))
    assert [(one.word, one.argument) for one in got.commands] == [
        ("note", ""),
        ("tag", "money"),
    ]
    assert got.prose == "They pay late."
    assert got.reply == "/note\n/tag money\n\nThey pay late."


def test_commands_in_quotes_and_signatures_do_not_count():
    assert read(mail("Yes.\n> /resolve")).commands == ()
    assert read(mail("-- \n/resolve")).commands == ()


def test_the_same_text_has_the_same_hash():
    one = read(mail("Hello  Ana,\n\nbye\n"))
    other = read(mail("Hello Ana, bye", Subject="Other"))
    assert one.body_hash == other.body_hash != read(mail("Hello Bo")).body_hash
    picture = mail(
        "AAAA", "Content-Type: image/png", "Content-Transfer-Encoding: base64"
    )
    other_picture = picture.replace(b"AAAA", b"BBBB")
    assert read(picture).body_hash != read(other_picture).body_hash


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The import stops with an error and we are stuck on it.", "en"),
        ("Der Import bricht ab und wir wissen nicht, wie es weitergeht.", "de"),
        ("Le programme est en panne et nous ne savons pas que faire pour vous.", "fr"),
        ("El programa no funciona y no sé qué hacer con los datos de la tabla.", "es"),
        ("インポートが止まってしまいます。", "ja"),
        ("Программа не работает", "ru"),
        ("程序无法运行", "zh"),
        ("42", ""),
        ("", ""),
    ],
)
def test_the_language(text, language):
    assert (
        read(mail(text, "Content-Type: text/plain; charset=utf-8")).language == language
    )


def test_dates_that_are_none():
    got = read(mail(Date="yesterday"))
    assert got.date is None
    assert "a broken date" in got.defects


def test_the_printed_form_has_exactly_the_promised_keys():
    printed = as_json(
        read(mail("Yes.\n\n-- \nCarla", Date="Mon, 1 May 2023 10:00 +0000"))
    )
    json.dumps(printed)
    assert list(printed) == [
        "message_id",
        "in_reply_to",
        "references",
        "date",
        "from",
        "reply_to",
        "to",
        "cc",
        "subject",
        "subject_base",
        "text",
        "reply",
        "folded",
        "html",
        "attachments",
        "automatic",
        "bounce",
        "commands",
        "language",
        "defects",
    ]
    assert printed["from"] == {"name": "Carla Gomez", "address": "carla@gomez.example"}
    assert printed["folded"] == [{"kind": "signature", "text": "--\nCarla"}]


def test_what_stands_for_an_unreadable_mail():
    got = unreadable(b"x", "took too long to read")
    assert got.defects == ("took too long to read",)
    assert not got.automatic.is_
    json.dumps(as_json(got))


def test_what_is_no_address_is_named():
    head = b"From: a@x.example\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n"
    said = "a broken address"
    assert said in read(head + b"To: Carla Gomez <carla at gomez>\r\n\r\n").defects
    for sound in (
        b"To: undisclosed-recipients:;",
        b"Cc: Team: b@x.example, c@x.example;",
    ):
        assert said not in read(head + sound + b"\r\n\r\n").defects
