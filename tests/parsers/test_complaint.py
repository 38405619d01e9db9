"""Feedback reports (RFC 5965): who complains of which letter; what only looks so."""

import pytest

from parsers import mail
from parsers.complaint import NOT_ONE

REPORT = """\
From: <abusedesk@example.com>
Date: Thu, 8 Mar 2005 17:40:36 EDT
Subject: FW: Earn money
To: <abuse@example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report;
     boundary="part1"

--part1
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for an email message received from IP
192.0.2.1 on Thu, 8 Mar 2005 14:00:00 EDT.

--part1
Content-Type: message/feedback-report

{fields}

--part1
Content-Type: {type}

Return-Path: <support+b-two@acme.example>
From: <somespammer@example.net>
To: <Undisclosed Recipients>
Subject: Earn money
Message-ID: <8787KJKJ3K4J3K4J3K4J3.mail@example.net>

Spam Spam Spam
--part1--
"""
FULL = """\
Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <support+b-one@acme.example>
Original-Rcpt-To: <user@example.com>
Received-Date: Thu, 8 Mar 2005 14:00:00 EDT
Source-IP: 192.0.2.1"""


def read(fields=FULL, kind="message/rfc822"):
    text = REPORT.format(fields=fields, type=kind)
    return mail.read(text.replace("\n", "\r\n").encode())


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_the_report_of_the_rfc(kind):
    got = read(kind=kind)
    assert got.complaint.is_
    assert got.complaint.type == "abuse"
    assert got.complaint.return_paths == (
        "support+b-one@acme.example",
        "support+b-two@acme.example",
    )
    assert got.complaint.recipients == ("user@example.com",)
    assert got.returned.ids == ("<8787KJKJ3K4J3K4J3K4J3.mail@example.net>",)
    assert not got.bounce.is_


def test_a_provider_that_blots_out_all_but_the_letter():
    got = read("Feedback-Type: Abuse\nUser-Agent: X/1\nVersion: 0.1").complaint
    assert (got.type, got.recipients) == ("abuse", ())
    assert got.return_paths == ("support+b-two@acme.example",)


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", ""])
def test_what_is_no_complaint(kind):
    assert read(FULL.replace("abuse", kind)).complaint == NOT_ONE


def test_a_mail_about_abuse_is_none():
    text = b"From: a@x.example\r\nSubject: abuse\r\n\r\nFeedback-Type: abuse\r\n"
    assert mail.read(text).complaint == NOT_ONE
