"""The demo's mail program writes what a person's own one would."""

import contextlib
import dataclasses

import pytest

from gateway.demo.program import Draft, SendError, reply
from gateway.demo.shown import show

LETTER = show(
    b'From: "Ana Ruiz, Acme Support" <support@acme.example>\r\n'
    b"Reply-To: support+r-abcdefghijklmnopqrstuvwxyz@acme.example\r\n"
    b"Subject: Re: Import fails\r\n"
    b"Message-ID: <p.2.aaaaaaaaaaaaaaaa@acme.example>\r\n"
    b"Date: Sat, 21 Nov 2026 09:12:00 +0000\r\n"
    b"References: <a.1.bbbbbbbbbbbbbbbb@acme.example>\r\n"
    b"\r\n"
    b"One row, please.\r\n\r\nAna\r\n"
)
DESK_BOX = "support+r-abcdefghijklmnopqrstuvwxyz@acme.example"


def headers(mail):
    return {name.lower(): value for name, value in mail.headers}


@pytest.fixture
def carla(program):
    return program.story.find("carla")


def test_a_reply_goes_to_reply_to_and_quotes_and_threads(program, mailboxes, carla):
    program.send(carla, reply(LETTER, "/mute\n\nHere it is."))
    [kept] = mailboxes.of(DESK_BOX)
    got = headers(kept.mail)
    assert got["from"] == "Carla Gomez <carla@gomez-logistics.example>"
    assert got["to"] == DESK_BOX
    assert got["subject"] == "Re: Import fails"
    assert got["in-reply-to"] == "<p.2.aaaaaaaaaaaaaaaa@acme.example>"
    assert got["references"] == (
        "<a.1.bbbbbbbbbbbbbbbb@acme.example> <p.2.aaaaaaaaaaaaaaaa@acme.example>"
    )
    new, quoted = kept.mail.text.split("\n\nOn ")
    assert new == "/mute\n\nHere it is."
    assert quoted.endswith(
        ", Ana Ruiz, Acme Support <support@acme.example> wrote:\n\n"
        "> One row, please.\n>\n> Ana\n"
    )


@pytest.mark.parametrize(("is_proved", "found"), [(True, "pass"), (False, "none")])
def test_the_sites_mail_server_says_what_it_found(
    program, mailboxes, carla, is_proved, found
):
    program.send(carla, Draft(to="support@acme.example", text="x", is_proved=is_proved))
    [kept] = mailboxes.of("support@acme.example")
    assert kept.mail.headers[0] == (
        "Authentication-Results",
        f"mx.acme.example; dmarc={found} header.from=gomez-logistics.example",
    )


def test_people_get_mail_directly_and_the_writer_keeps_a_copy(
    program, mailboxes, carla
):
    program.send(
        carla,
        Draft(to="Support <support@acme.example>", cc="mei@acme.example", text="x"),
    )
    [sent] = mailboxes.of(carla.address)
    assert sent.is_own
    [copy] = mailboxes.of("mei@acme.example")
    assert not copy.is_own
    assert "authentication-results" not in headers(copy.mail)


def test_a_mail_to_nobody_is_not_sent(program, mailboxes, carla):
    with pytest.raises(SendError, match="no mail address"):
        program.send(carla, Draft(to="whom it may concern"))
    assert mailboxes.of(carla.address) == ()


def test_a_server_that_is_away_is_said_so(program, mailboxes, sink, carla):
    sink.stop()
    with pytest.raises(SendError, match="did not answer"):
        program.send(carla, Draft(to="support@acme.example", text="x"))
    assert mailboxes.of(carla.address) == ()


def test_a_line_break_in_the_subject_makes_no_header(program, mailboxes, carla):
    program.send(
        carla,
        Draft(to="support@acme.example", subject="a\r\nBcc: x@y.example", text="x"),
    )
    [kept] = mailboxes.of("support@acme.example")
    assert kept.mail.subject == "a Bcc: x@y.example"
    assert "bcc" not in headers(kept.mail)


def test_a_stranger_of_any_address_can_write(program, mailboxes):
    stranger = program.story.find("max.fremd@elsewhere.example")
    assert dataclasses.astuple(stranger)[:3] == (
        "max.fremd@elsewhere.example",
        "Max Fremd",
        "max.fremd@elsewhere.example",
    )
    program.send(stranger, Draft(to="support@acme.example", text="x"))
    assert len(mailboxes.of("support@acme.example")) == 1


@pytest.mark.parametrize(
    ("address", "draft"),
    [
        ("carla@gomez.example", {"to": "a@b.example,\r\nBcc: x@y.example"}),
        ("carla@gomez.example", {"to": 'support@acme.example, "', "cc": "<<>>,;:"}),
        ("carla@gomez.example", {"to": "jörg@straße.example"}),
        ("jörg@straße.example", {"to": "support@acme.example"}),
        ("carla@gomez.example", {"to": "support@acme.example", "subject": "\0\ud800"}),
        ("carla@gomez.example", {"to": "support@acme.example", "text": "\0\ud800\x85"}),
        ("carla@gomez.example", {"to": "support@acme.example", "text": "x" * 100_000}),
        (
            "carla@gomez.example",
            {"to": ", ".join(f"a{n}@b.example" for n in range(300))},
        ),
    ],
)
def test_whatever_a_visitor_types_is_sent_or_refused(program, address, draft):
    writer = program.story.find(address)
    with contextlib.suppress(SendError):
        program.send(writer, Draft(**draft))
    for sent in program.mailboxes.of(address):
        assert "bcc" not in headers(sent.mail)
