"""Bounces: standard reports with their classes, old shapes by their words."""

import pytest

from parsers.bounce import classify
from parsers.mail import read


def dsn(blocks, *, human="Your mail could not be delivered."):
    return (
        "From: Mail Delivery System <mailer-daemon@mx.example>\r\n"
        "To: support+b-token@acme.example\r\nSubject: Undelivered Mail\r\n"
        "Content-Type: multipart/report; report-type=delivery-status;"
        " boundary=b\r\n\r\n"
        f"--b\r\n\r\n{human}\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\n"
        + "\r\n\r\n".join("\r\n".join(block) for block in blocks)
        + "\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nX: y\r\n--b--\r\n"
    ).encode()


def test_a_standard_report():
    got = read(
        dsn(
            [
                (
                    "Final-Recipient: rfc822; carla@gomez.example",
                    "Action: failed",
                    "Status: 5.1.1",
                    "Diagnostic-Code: smtp; 550 5.1.1 User unknown",
                ),
                (
                    "Original-Recipient: rfc822;max@gomez.example",
                    "Final-Recipient: rfc822;m.fremd@other.example",
                    "Action: delayed",
                    "Status: 4.4.1",
                ),
            ]
        )
    )
    assert got.bounce.is_
    assert [
        (one.address, one.action, one.status, one.class_)
        for one in got.bounce.recipients
    ] == [
        ("carla@gomez.example", "failed", "5.1.1", "hard"),
        ("m.fremd@other.example", "delayed", "4.4.1", "soft"),
    ]
    assert got.bounce.recipients[1].original == "max@gomez.example"
    assert got.automatic.kind == "bounce"


def test_a_success_is_a_note():
    got = read(
        dsn(
            [
                (
                    "Final-Recipient: rfc822; a@x.example",
                    "Action: delivered",
                    "Status: 2.0.0",
                )
            ]
        )
    )
    assert got.bounce.recipients[0].class_ == "note"


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "class_"),
    [
        ("failed", "5.1.1", "", "hard"),
        ("failed", "5.1.10", "", "hard"),
        ("failed", "5.1.2", "", "hard"),
        ("failed", "5.0.0", "550 no such user here", "hard"),
        ("failed", "5.2.2", "", "full"),
        ("failed", "4.2.2", "", "full"),
        ("failed", "5.0.0", "552 Mailbox is full", "full"),
        ("failed", "5.7.1", "", "ours"),
        ("failed", "5.7.515", "", "ours"),
        ("failed", "5.0.0", "554 blocked by our blocklist", "ours"),
        ("failed", "5.3.4", "", "content"),
        ("failed", "5.2.3", "", "content"),
        ("failed", "4.4.7", "", "soft"),
        ("delayed", "", "", "soft"),
        ("delivered", "2.0.0", "", "note"),
        ("relayed", "2.0.0", "", "note"),
        ("failed", "", "something", "soft"),
        ("failed", "5.1.8", "553 sender address rejected: does not exist", "ours"),
        ("failed", "5.0.0", "552 too many recipients", "soft"),
        ("failed", "5.1.1", "550 has exceeded your sending quota, blocked", "ours"),
        ("failed", "5.3.0", "554 system error", "soft"),
        ("failed", "5.3.0", "554 no such user", "hard"),
        ("failed", "5.4.1", "", "soft"),
        ("failed", "5.2.1", "550 is receiving mail at a rate that", "soft"),
    ],
)
def test_classes(action, status, diagnostic, class_):
    assert classify(action, status, diagnostic) == class_


def old(text, sender="MAILER-DAEMON@mx.example", subject="failure notice", *head):
    lines = [
        f"From: {sender}",
        "To: support@acme.example",
        f"Subject: {subject}",
        *head,
    ]
    return read("\r\n".join([*lines, "", text.replace("\n", "\r\n")]).encode())


def test_qmail():
    got = old(
        "Hi. This is the qmail-send program at mx.example.\n"
        "I'm afraid I wasn't able to deliver your message to the following\naddresses."
        "\n\n"
        "<carla@gomez.example>:\n192.0.2.1 does not like recipient.\n"
        "Remote host said: 550 no such user\n\n"
        "--- Below this line is a copy of the message.\n\n"
        "Return-Path: <x@acme.example>\n"
    )
    assert [(one.address, one.class_) for one in got.bounce.recipients] == [
        ("carla@gomez.example", "hard")
    ]


def test_exim():
    got = old(
        "This message was created automatically by mail delivery software.\n\n"
        "A message that you sent could not be delivered to one or more of its\n"
        "recipients.\n\n  carla@gomez.example\n    mailbox is full\n\n"
        "------ This is a copy of the message, including all the headers. ------\n\n"
        "To: other@x.example\n",
        "Mail Delivery System <Mailer-Daemon@mx.example>",
        "Mail delivery failed: returning message to sender",
        "X-Failed-Recipients: carla@gomez.example",
    )
    assert [one.address for one in got.bounce.recipients] == ["carla@gomez.example"]


def test_words_alone_are_soft_unless_they_are_strong():
    got = old(
        "The following could not be delivered:\n\n   * carla@gomez.example\n\nSorry."
    )
    assert [(one.address, one.class_) for one in got.bounce.recipients] == [
        ("carla@gomez.example", "soft")
    ]


def test_people_who_write_about_bounces_are_people():
    got = old(
        "Hello, I get this:\n\n<bo@acme.example>: user unknown\n\nCan you help?",
        "carla@gomez.example",
        "Undelivered mail",
    )
    assert not got.bounce.is_
    assert not got.automatic.is_


def test_a_vacation_note_of_a_postmaster_is_no_bounce():
    got = old("We are away until Monday.", "postmaster@x.example", "Out of office")
    assert not got.bounce.is_
    assert got.automatic.kind == "reply"
