"""No octets hang or break the reader: each case runs in a child that would be killed.

The deadline is generous, for slow machines; what these cases once did to other
readers was minutes. `MOST_SECONDS` is what one mail may take on a quiet machine;
the children count their own processor time against a multiple of it.
"""

import multiprocessing
import pickle
import random
import resource

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.mail import ParsedMail, read
from parsers.printed import as_json

DEADLINE = 30
MOST_SECONDS = 2.0
HEAD = b"From: a@x.example\r\nTo: b@y.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"


DAEMON = (
    b"From: MAILER-DAEMON@x.example\r\nSubject: failure notice\r\n"
    b"Return-Path: <>\r\n\r\n"
)


def nested(levels):
    return HEAD + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(levels)
    )


def html(page):
    return HEAD + b"Content-Type: text/html\r\n\r\n" + page


def text(body):
    return HEAD + b"\r\n" + body


CASES = {
    "words that begin attributions": lambda: text(b"On " * 40_000),
    "lines that begin attributions": lambda: text(b"On 2020\r\n" * 40_000),
    "lines that end attributions": lambda: text(b"On 2020 a wrote:\r\n" * 20_000),
    "colons": lambda: text(b":\r\n" * 40_000),
    "header words": lambda: text(b"From: a\r\nTo: b\r\n" * 20_000),
    "separators": lambda: text(b"x\r\n-----Original Message-----\r\n" * 20_000),
    "signatures": lambda: text(b"-- \r\n" * 40_000),
    "answers between quotes": lambda: text(b"> q\r\na\r\n" * 40_000),
    "markers": lambda: text("\u2063\u2063\u2063\r\n".encode() * 20_000),
    "empty lines": lambda: text(b"\r\n" * 20_000),
    "bare returns": lambda: text(b"\r" * 500_000),
    "one long line": lambda: text(b"a" * 3_000_000),
    "commands": lambda: text(b"/note\r\n" * 40_000),
    "paragraphs of law": lambda: (
        text(b"confidential intended recipient " * 5 + b"\r\n\r\n")
        + b"confidential addressee virus legally disclaimer notify the sender "
        b"unauthorized privileged intended only please\r\n\r\n" * 5_000
    ),
    "soft lines": lambda: (
        HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"> a \r\n" * 60_000
    ),
    "quotes in From": lambda: b"From: " + b'"' * 50_000 + b"\r\n\r\nx",
    "brackets in From": lambda: b"From: " + b"<(" * 25_000 + b"\r\n\r\nx",
    "commas in To": lambda: b"To: " + b"a@b," * 20_000 + b"\r\n\r\nx",
    "encoded words": lambda: b"Subject: " + b"=?a?q?" * 16_000 + b"\r\n\r\nx",
    "references": lambda: b"References: " + b"<a@b> " * 16_000 + b"\r\n\r\nx",
    "header lines": lambda: b"".join(b"X-%d: y\r\n" % n for n in range(50_000)),
    "results": lambda: b"Authentication-Results: " + b"(" * 90_000 + b"\r\n\r\n",
    "parameters": lambda: (
        HEAD
        + b"Content-Type: text/plain"
        + b"".join(b"; a%d=x" % n for n in range(20_000))
        + b"\r\n\r\nx"
    ),
    "pieces of parameters": lambda: (
        HEAD
        + b"Content-Type: text/plain"
        + b"".join(b"; name*%d*=x" % n for n in range(20_000))
        + b"\r\n\r\nx"
    ),
    "parts": lambda: (
        HEAD
        + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        + b"--b\r\n\r\nx\r\n" * 100_000
    ),
    "nested parts": lambda: nested(3_000),
    "nested parts with lines": lambda: nested(300) + b"x\r\n" * 300_000,
    "nested mails": lambda: HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 3_000,
    "blocks of a report": lambda: (
        HEAD
        + b"Content-Type: message/delivery-status\r\n\r\n"
        + b"Final-Recipient: rfc822; a@b\r\n\r\n" * 20_000
    ),
    "nested divs": lambda: html(b"<div>" * 20_000 + b"x"),
    "nested lists": lambda: html(b"<ul><li>" * 20_000 + b"x"),
    "nested quotes": lambda: html(b"<blockquote>" * 20_000 + b"x<br>" * 1_000),
    "divs past a false end": lambda: html(b"<div></b>" * 20_000 + b"x"),
    "links": lambda: html(b"<a href=http://x.example>" * 20_000 + b"x"),
    "attributes": lambda: html(
        b"<p " + b" ".join(b"a%d=1" % n for n in range(50_000)) + b">x"
    ),
    "comments": lambda: html(b"<!--" * 100_000),
    "less than": lambda: html(b"<" * 500_000),
    "ampersands": lambda: html(b"&" * 500_000),
    "addresses of a bounce": lambda: (
        DAEMON + b"to <a@b.example> for a@b.example:\r\n" * 50_000
    ),
    "one line of addresses": lambda: DAEMON + b"a@b.example " * 200_000,
    "signs of addresses": lambda: DAEMON + b"a" * 60 + b"@" * 500_000,
    "fields of a report": lambda: (
        DAEMON + b"Final-Recipient: rfc822;a@b.example\r\n x\r\n" * 40_000
    ),
    "reports in parts": lambda: (
        DAEMON[:-2]
        + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        + (
            b"--b\r\nContent-Type: a/b\r\n\r\n"
            + b"Final-Recipient: rfc822;a@b.example\r\n" * 1_000
        )
        * 400
    ),
    "objects in objects": lambda: DAEMON + b'{"a":' * 50_000,
    "files in a text": lambda: text(b"begin 644 x\r\n" * 100_000),
    "lines of a file": lambda: text(b"begin 644 x\r\n" + b"M" * 60 + b"\r\n" * 300_000),
    "broken header lines": lambda: b"no field\r\n" * 20_000 + b"Subject: x\r\n\r\n",
    "events": lambda: (
        HEAD
        + b"Content-Type: text/calendar\r\n\r\n"
        + b"BEGIN:VEVENT\r\nSUMMARY;A=B;C=D:x\r\n y\r\n" * 50_000
    ),
    "properties of a pack": lambda: (
        HEAD
        + b"Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\1\0"
        + b"\1\3\x90\6\0\x40\x42\x0f\0\xff\xff\0\0"
        + b"\x03\x10\x00\x30\xff\xff\xff\x00" * 125_000
    ),
    "pictures of elsewhere": lambda: html(b"<img src=//x>" * 70_000),
    "a few thousand pictures": lambda: html(b"<p><img src=//x alt=a>" * 5_000),
    "tables": lambda: html(b"<table><tr><td>" * 10_000),
    "cells": lambda: html(b"<table><tr><th>" + b"<td>x" * 100_000),
    "boundaries": lambda: (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
        + b"--a b\r\nContent-Type\r\n" * 50_000
    ),
    "broken base64": lambda: (
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=A" * 500_000
    ),
    "broken uuencode": lambda: (
        HEAD
        + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x\r\n"
        + b"M\xff\r\n" * 50_000
    ),
    "many encoded names": lambda: (
        HEAD
        + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        + (
            b"--b\r\nContent-Type: a/b; name="
            + b"=?utf-8?q?a?= " * 300
            + b"\r\n\r\nx\r\n"
        )
        * 500
    ),
}


def _child(make, connection):
    raw = make()
    before = resource.getrusage(resource.RUSAGE_SELF)
    mail = read(raw)
    after = resource.getrusage(resource.RUSAGE_SELF)
    as_json(mail)
    connection.send(
        (
            after.ru_utime - before.ru_utime,
            (after.ru_maxrss - before.ru_maxrss) / 1024,
            mail.defects,
        )
    )


def in_child(make):
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    child = fork.Process(target=_child, args=(make, theirs))
    child.start()
    theirs.close()
    try:
        assert ours.poll(DEADLINE), "killed: it never ended"
        return ours.recv()
    finally:
        child.kill()
        child.join()


@pytest.mark.parametrize("name", CASES)
def test_ends_in_time(name):
    seconds, _, defects = in_child(CASES[name])
    assert seconds < 2 * MOST_SECONDS
    assert "the content could not be read" not in defects


def test_a_large_mail_takes_a_bounded_multiple_of_its_size():
    size = 15
    line = b"QUJD" * 19 + b"\r\n"

    def make():
        return (
            HEAD
            + b"Content-Type: application/zip\r\nContent-Transfer-Encoding: base64"
            + b"\r\n\r\n"
            + line * (size * 1_000_000 // len(line))
        )

    _, megabytes, _ = in_child(make)
    assert megabytes < 10 * size


SEEDS = [
    HEAD
    + b"Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n"
    b"--r\r\n\r\nIt failed.\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\n"
    b"Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; c@z.example\r\n"
    b"Action: failed\r\nStatus: 5.1.1\r\n\r\n--r\r\n"
    b"Content-Type: message/rfc822\r\n\r\n"
    b"Subject: old\r\n\r\nbody\r\n--r--\r\n",
    HEAD + b"Date: Mon, 1 May 2023 10:00:00 +0200\r\nMessage-ID: <1@x.example>\r\n"
    b"References: <0@x.example>\r\n"
    b"Authentication-Results: mx; dmarc=pass (p=none) header.from=x.example\r\n"
    b'Content-Type: multipart/mixed; boundary="o"\r\n\r\n--o\r\n'
    b'Content-Type: multipart/alternative; boundary="i"\r\n\r\n'
    b"--i\r\nContent-Type: text/plain; charset=iso-8859-1; format=flowed\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n/note\r\nGr=FC=DFe \r\n\r\n"
    b"On Mon, 1 May 2023, A <a@x.example> wrote:\r\n> q\r\n-- \r\nA\r\n"
    b"--i\r\nContent-Type: text/html\r\n\r\n"
    b"<p>Gr&uuml;&szlig;e<blockquote>q</blockquote>"
    b"<ul><li>x</ul>\r\n--i--\r\n--o\r\nContent-Type: image/png; name*0*=utf-8''%C3%BC;"
    b" name*1=.png\r\nContent-ID: <c@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"iVBORw0KGgo=\r\n--o--\r\n",
    b"Subject: =?utf-8?b?w7w=?= =?x?q?=FF?=\r\n"
    + 'From: "Ü, A" <a@x>\r\n\r\nこんにちは'.encode(),
]


SIGNS = [b"\r", b"\n", b"\0", b"--i", b'"', b"(", b"=?"]


def mutations(seed, count):
    chance = random.Random(seed)
    for _ in range(count):
        raw = bytearray(chance.choice(SEEDS))
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(raw))
            match chance.randrange(5):
                case 0:
                    raw[at] = chance.randrange(256)
                case 1:
                    del raw[at : at + chance.randint(1, 40)]
                    raw += b"\n"
                case 2:
                    raw[at:at] = raw[at : at + chance.randint(1, 200)]
                case 3:
                    other = chance.choice(SEEDS)
                    raw[at:at] = other[chance.randrange(len(other)) :][:200]
                case _:
                    raw[at:at] = chance.choice(SIGNS)
        yield bytes(raw)


def assert_sound(mail):
    """What every reader of a ParsedMail may rely on, whatever came in."""
    assert isinstance(mail, ParsedMail)
    assert "the content could not be read" not in mail.defects
    assert "the structure could not be read" not in mail.defects
    for said in (mail.subject, mail.sender.name, mail.sender.address, mail.message_id):
        said.encode()
        assert said.isprintable() or "\u200d" in said or "\u200c" in said
    for said in (mail.text, mail.reply, mail.prose, mail.html):
        said.encode()
        assert "\0" not in said
        assert "\r" not in said
    for file in mail.attachments:
        assert "/" not in file.name
        assert file.name.strip(". ")
        assert len(file.content) == file.size
    for said in (*mail.authentication_results, *mail.loop_marks, *mail.header_names):
        said.encode()
    as_json(mail)
    assert pickle.loads(pickle.dumps(mail)) == mail


@pytest.mark.parametrize("seed", range(4))
def test_mutated_mails_are_read(seed):
    for raw in mutations(seed, 250):
        assert_sound(read(raw))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_octets_are_read(raw):
    assert_sound(read(raw))
    assert_sound(read(HEAD + b"Content-Type: text/html\r\n\r\n" + raw))
    assert_sound(read(HEAD + raw))
