"""Honest mail comes in: what is answered with 250 is in the journal as it was sent."""

import asyncio
import smtplib
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.inbound.smtp import tls_context
from gateway.routing.limits import Limits
from parsers.reply_address import Purpose
from storage import journal

ANN = "ann@customer.example"
DESK = "support@acme.example"
PEM = Path(__file__).parents[1] / "loopback.pem"
MAIL = b"Subject: Printer on fire\r\n\r\nPlease help.\r\n"


def test_a_mail_is_in_the_journal_when_its_sender_hears_250(open_door, database):
    door = open_door(database)
    door.send(MAIL)
    (inbound,) = door.kept()
    assert journal.original(inbound, door.blobs) == MAIL
    assert inbound.sender == ANN
    assert inbound.recipients == [DESK]
    assert inbound.door == "smtp"
    assert inbound.peer == "127.0.0.1"
    assert inbound.received_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert inbound.state is journal.State.PENDING
    assert inbound.size == len(MAIL)


def test_a_large_mail_lies_in_a_file(open_door, database):
    door = open_door(database)
    raw = MAIL + b"It burns. " * 99 + b"\r\n"
    raw += b"the quick brown fox\r\n" * 30_000
    door.send(raw)
    (inbound,) = door.kept()
    assert inbound.raw is None
    assert door.blobs.get(inbound.digest) == raw


def test_many_mails_over_one_connection(door):
    client = door.client()
    for number in range(5):
        client.sendmail(ANN, [DESK], MAIL + b"%d\r\n" % number)
    assert door.raws() == [MAIL + b"%d\r\n" % number for number in range(5)]


def test_all_recipients_of_a_transaction_share_one_row(door):
    token = door.desk.reply.write(door.sealer.seal(Purpose.EVERYONE, 7))
    refused = door.client().sendmail(
        ANN, [DESK, "nobody@acme.example", "Help@ACME.example", token], MAIL
    )
    (inbound,) = door.kept()
    assert list(refused) == ["nobody@acme.example"]
    assert inbound.recipients == [DESK, "Help@ACME.example", token]


def test_the_null_sender_is_empty(door):
    door.send(MAIL, sender="")
    assert door.kept()[0].sender == ""


def test_lines_that_begin_with_a_dot_come_through(door):
    raw = MAIL + b".\r\n..\r\n.hidden\r\n. \r\nend.\r\n"
    door.send(raw)
    assert door.raws() == [raw]


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"x\r\n", b".\r\n", b"\r\n.\r\n"])
def test_the_smallest_mails_come_through(door, raw):
    line = door.line()
    line.begin()
    stuffed = (b"\r\n" + raw).replace(b"\r\n.", b"\r\n..")[2:]
    assert line.ask(stuffed + b".").startswith("250")
    assert door.raws() == [raw]


@pytest.mark.parametrize("size", [65_529, 65_530, 65_531, 65_532, 65_536, 131_072])
def test_a_mail_that_ends_at_the_edge_of_a_block_comes_through(door, size):
    raw = MAIL + b"x" * (size - len(MAIL)) + b"\r\n"
    door.send(raw)
    assert door.raws() == [raw]


def test_eight_bits_and_international_addresses_come_through(door):
    client = door.client()
    raw = "Subject: Grüße\r\n\r\nFür Élise ☂\r\n".encode()
    client.ehlo("there")
    client.mail("käthe@müller.example", ["SMTPUTF8", "BODY=8BITMIME"])
    client.rcpt(DESK)
    assert client.data(raw)[0] == 250
    (inbound,) = door.kept()
    assert inbound.sender == "käthe@müller.example"
    assert door.raws() == [raw]


def test_a_pipelined_transaction_is_answered_in_order(door):
    line = door.line()
    line.say(
        b"EHLO there\r\nMAIL FROM:<ann@customer.example>\r\n"
        b"RCPT TO:<nobody@acme.example>\r\nRCPT TO:<support@acme.example>\r\nDATA\r\n"
    )
    assert [line.hear()[:3] for _ in range(5)] == ["250", "250", "550", "250", "354"]
    line.say(MAIL + b".\r\nQUIT\r\n")
    assert [reply[:3] for reply in line.hear_all()] == ["250", "221"]
    assert door.raws() == [MAIL]


def test_delivery_status_parameters_are_taken_and_ignored(door):
    line = door.line()
    line.ask(b"EHLO there")
    assert (
        line.ask(b"MAIL FROM:<a@b.example> RET=HDRS ENVID=QQ314 AUTH=<>")[:3] == "250"
    )
    asked = b"NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;support@acme.example"
    assert line.ask(b"RCPT TO:<support@acme.example> " + asked)[:3] == "250"


def test_reset_forgets_the_transaction(door):
    line = door.line()
    line.ask(b"EHLO there")
    line.ask(b"MAIL FROM:<a@b.example>")
    line.ask(b"RCPT TO:<support@acme.example>")
    assert line.ask(b"RSET")[:3] == "250"
    assert line.ask(b"DATA")[:3] == "503"
    assert line.ask(b"MAIL FROM:<a@b.example>")[:3] == "250"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ([b"MAIL FROM:<a@b.example>"], "503"),
        ([b"EHLO there", b"RCPT TO:<support@acme.example>"], "503"),
        ([b"EHLO there", b"DATA"], "503"),
        ([b"EHLO there", b"MAIL FROM:<a@b.c>", b"MAIL FROM:<a@b.c>"], "503"),
        ([b"EHLO"], "501"),
        ([b"EHLO there", b"MAIL"], "501"),
        ([b"EHLO there", b"MAIL TO:<a@b.example>"], "501"),
        ([b"EHLO there", b"MAIL FROM:<a@b.example> SIZE=many"], "501"),
        ([b"EHLO there", b"MAIL FROM:<a@b.example> BODY=BINARYMIME"], "555"),
        ([b"EHLO there", b"MAIL FROM:<a@b.example> X=1"], "555"),
        ([b"EHLO there", b"STARTTLS"], "502"),
        ([b"LHLO there"], "500"),
        ([b"HELO there"], "250"),
        ([b"HELP"], "214"),
        ([b"NOOP whatever"], "250"),
    ],
)
def test_the_order_and_the_words_of_commands(door, said, code):
    line = door.line()
    assert [line.ask(command) for command in said][-1][:3] == code


def test_starttls_starts_afresh(open_door, sqlite):
    door = open_door(sqlite, tls=tls_context(PEM, PEM))
    context = ssl.create_default_context(cafile=str(PEM))
    client = smtplib.SMTP("127.0.0.1", door.port, "there", timeout=20)
    client.ehlo()
    assert client.has_extn("starttls")
    client._host = "localhost"
    assert client.starttls(context=context)[0] == 220
    assert client.docmd("MAIL FROM:<a@b.example>")[0] == 503
    client.ehlo()
    assert not client.has_extn("starttls")
    assert client.docmd("STARTTLS")[0] == 503
    client.sendmail(ANN, [DESK], MAIL)
    client.quit()
    assert door.raws() == [MAIL]


def test_who_is_trusted_is_written_down(open_door, sqlite):
    raw = b"Authentication-Results: mx.acme.example; dmarc=pass\r\n" + MAIL
    trusting = open_door(sqlite)
    trusting.send(raw)
    wary = open_door(sqlite, trusted_peers=("192.0.2.0/24",))
    wary.send(raw)
    first, second = wary.kept()
    assert (first.trusted, second.trusted) == (True, False)
    assert journal.octets(first, wary.blobs) == raw
    assert journal.octets(second, wary.blobs) == MAIL
    assert wary.raws() == [raw, raw]


def test_closing_ends_the_idle_and_waits_for_a_mail_in_hand(door):
    idle, busy = door.line(), door.line()
    busy.begin()
    busy.say(MAIL)
    closing = asyncio.run_coroutine_threadsafe(door.door.stop(5), door.loop)
    assert [reply[:9] for reply in idle.hear_all()] == ["421 4.3.2"]
    busy.say(b".\r\n")
    assert [reply[:3] for reply in busy.hear_all()] == ["250", "421"]
    closing.result(5)
    assert door.raws() == [MAIL]
    with pytest.raises(ConnectionRefusedError):
        door.line()


def test_closing_does_not_wait_for_ever(door):
    line = door.line()
    line.begin()
    door.stop(seconds=0.05)
    assert line.hear() == ""
    assert door.kept() == []


def test_size_is_told_and_kept(open_door, sqlite):
    door = open_door(sqlite, Limits(free_disk_mb=0), max_message_mb=0.1)
    client = door.client()
    client.ehlo("there")
    assert client.esmtp_features["size"] == "100000"
    raw = MAIL + b"x" * 60 + b"\r\n"
    raw += b"y" * (100_000 - len(raw) - 2) + b"\r\n"
    assert len(raw) == 100_000
    client.sendmail(ANN, [DESK], raw)
    assert door.raws() == [raw]
