"""Mails of our own that use every corner of the reader: what fuzzing begins with."""

import base64
import struct

_HEAD = (
    b"From: Carla Gomez <carla@gomez.example>\r\nTo: support@acme.example\r\n"
    b"Subject: =?utf-8?q?Caf=C3=A9?= =?iso-2022-jp?b?GyRCRnxLXBsoQg==?=\r\n"
    b"Date: Mon, 2 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@gomez.example>\r\n"
    b"MIME-Version: 1.0\r\n"
)


def _mail(*parts: bytes, kind: bytes = b"mixed") -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    head = b"Content-Type: multipart/" + kind + b'; boundary="b"\r\n\r\n'
    return _HEAD + head + body + b"--b--\r\n"


def _part(kind: bytes, body: bytes, *head: bytes) -> bytes:
    lines = [b"Content-Type: " + kind, *head, b"", body]
    return b"\r\n".join(lines)


def _packed() -> bytes:
    def attribute(level: int, kind: int, data: bytes) -> bytes:
        return struct.pack("<BII", level, kind, len(data)) + data + b"\0\0"

    def value(kind: int, name: int, data: bytes) -> bytes:
        padding = b"\0" * (-len(data) % 4)
        return struct.pack("<HHII", kind, name, 1, len(data)) + data + padding

    body = rb"{\rtf1\ansicpg1252 Gr\'fc\'dfe\par{\*\x y}\u8364 ?}"
    text = (
        struct.pack("<III", 0, 0, 0x75465A4C) + b"\0\0\0\0\0" + body[:8] + b"\1\0\x12"
    )
    wide = "übersicht.txt\0".encode("utf_16_le")
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(
        (
            attribute(1, 0x00069007, struct.pack("<II", 1252, 0)),
            attribute(
                1,
                0x00069003,
                struct.pack("<I", 2)
                + value(0x102, 0x1009, text)
                + value(0x1E, 0x1013, b"<p>Hello<img src=cid:p@x>"),
            ),
            attribute(2, 0x00069002, b"\1" * 14),
            attribute(2, 0x00018010, b"UEBERS~1.TXT\0"),
            attribute(2, 0x0006800F, b"Hello"),
            attribute(2, 0x00069005, struct.pack("<I", 1) + value(0x1F, 0x3707, wide)),
        )
    )


_ICS = b"""BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Review\\, two
 of it\r\nDTSTART;TZID="Europe/Berlin":20261102T100000\r\nDURATION:PT1H30M
RRULE:FREQ=WEEKLY\r\nORGANIZER;CN="Ruiz: Ana":mailto:ana@acme.example
END:VEVENT\r\nEND:VCALENDAR\r\n"""
_PAGE = b"""<html><head><meta charset=utf-8><style>p{}</style></head><body><p>Hello
<b>Ana</b><ul><li>one<li>two<ol><li>three</ol></ul><table><tr><th>a<th>b<tr><td>1<td>2
</table><a href="https://x.example/a">here</a><img src="cid:p@x"><img src="//t.example">
<blockquote type=cite>old<blockquote>older</blockquote></blockquote><pre>a\n  b</pre>
<div style="display:none">no</div><div class="gmail_signature">Carla</div>&nbsp;&eacute;
"""
_REPLY = b"""/note\r\n/tag money\r\n\r\nYes, it works. \r\nThanks \r\n\r\n
On Mon, 2 Nov 2026 at 10:00, Ana <ana@acme.example> wrote:\r\n> Does it?\r\n> > Is it?
\r\n-- \r\nCarla Gomez\r\nTel. 1\r\n"""
_STATUS = (
    b"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; max@fremd.example"
    b"\r\nOriginal-Recipient: rfc822;m@fremd.example\r\nAction: failed\r\n"
    b"Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\r\n folded\r\n"
)
_BOUNCE = (
    b"This message was created automatically by mail delivery software.\r\n\r\n"
    b"A message could not be delivered to the following recipients:\r\n\r\n"
    b"  <max@fremd.example>:\r\n    550 5.1.1 user unknown\r\n  "
    b"bo@fremd.example\r\n\r\n"
    b"------ This is a copy of the message ------\r\n\r\nReturn-Path: "
    b"<a@acme.example>\r\n"
)
_DAEMON = _HEAD.replace(b"Carla Gomez <carla@gomez", b"<MAILER-DAEMON@mx")
_BASE64 = b"Content-Transfer-Encoding: base64"
_QUOTED = b"Content-Transfer-Encoding: quoted-printable"

SEEDS: tuple[bytes, ...] = (
    _HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + _REPLY,
    _HEAD + b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n" + _REPLY,
    _HEAD + b"Content-Type: text/html\r\n\r\n" + _PAGE,
    _HEAD + b"Subject : x\r\nno field at all\r\nX-Y: z\r\n\r\nGr\xfc\xdfe\r\n",
    _mail(
        _part(b"text/plain; charset=iso-8859-1", b"Gr=FC=DFe=20=\r\nx", _QUOTED),
        _part(b"text/html; charset=utf-8", _PAGE),
        _part(b"text/calendar; method=REQUEST", _ICS),
        kind=b"alternative",
    ),
    _mail(
        _part(b"text/html", _PAGE),
        _part(
            b"image/png; name*0*=utf-8''%C3%BC; name*1=.png",
            b"iVBORw0KGgo=",
            b"Content-ID: <p@x>",
            _BASE64,
        ),
        _part(b"message/rfc822", b"Subject: inner\r\n\r\nbody"),
        kind=b"related",
    ),
    _mail(_part(b"application/ms-tnef", base64.encodebytes(_packed()), _BASE64)),
    _mail(_part(b"application/octet-stream", _packed())),
    _mail(
        _part(b"text/plain", b"x\r\n\r\nbegin 644 a.txt\r\n%2&5L;&\\ \r\n`\r\nend\r\n")
    ),
    _mail(
        _part(b"text/enriched", b"<bold>a</bold><<b\r\n\r\n<param>x</param>"),
        _part(b"application/pkcs7-mime; smime-type=signed-data", b"x"),
        kind=b"encrypted",
    ),
    _DAEMON.replace(b"Caf", b"failure notice") + b"\r\n" + _BOUNCE,
    _DAEMON.replace(b"=?utf-8?q?", b"Undelivered =?") + b"\r\n" + _STATUS,
    _mail(
        _part(b"text/plain", _BOUNCE),
        _part(b"message/delivery-status", _STATUS),
        _part(b"text/rfc822-headers", _HEAD),
        kind=b"report",
    ),
    _HEAD.replace(b"carla@", b"noreply@")
    + b'\r\n{"Type": "Notification", "Message": "{\\"notificationType\\":\\"Bounce\\",'
    b'\\"bounce\\":{\\"bouncedRecipients\\":[{\\"emailAddress\\":\\"a@b.example\\"}]}}"}',
    _HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n"
    b"\x1b$BF|K\\8l\x1b(B\r\n\r\n2026/11/2 Ana <ana@acme.example>\r\n> x\r\n",
    _HEAD + b"Auto-Submitted: auto-replied\r\nList-Id: <x.y>\r\nPrecedence: bulk\r\n"
    b"Authentication-Results: mx; dmarc=pass (p=none) "
    b"header.from=x.example\r\n\r\nAway.",
)

SIGNS: tuple[bytes, ...] = (
    b"\r", b"\n", b"\0", b"\r\n\r\n", b"--b\r\n", b"--b--", b'"', b"(", b"<", b">",
    b"=?", b"?=", b"=", b"%", b";", b":", b"*0*=", b"<div>", b"<blockquote>",
    b"<table>", b"&#", b"\xff", b"\xe2\x81\xa3", b"\xed\xa0\x80", b"\x1b$B",
    b"\\x{110000}", b"@", b"{", b"\\", b"Content-Type: ",
    b"Content-Transfer-Encoding: ", b"Final-Recipient: ", b"boundary=", b"\xef\xbb\xbf",
    b"\xff\xfe", b"begin 644 ", b"\nend\n", b"BEGIN:VEVENT\n", b"> ",
)  # fmt: skip
