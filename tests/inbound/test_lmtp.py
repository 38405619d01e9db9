"""A mail server hands its mail over: LMTP as RFC 2033 wants it, word by word."""

import smtplib

import pytest

from gateway.inbound.smtp import tls_context
from gateway.routing.limits import Limits
from parsers.reply_address import Purpose
from storage import journal
from tests.inbound.conftest import ANN, DESK, MAIL
from tests.sink import LOOPBACK_PEM as PEM

HELP = "help@acme.example"
NOBODY = "nobody@acme.example"


@pytest.fixture
def lmtp(open_door, sqlite):
    return open_door(sqlite, Limits(free_disk_mb=0, recipients=200), is_lmtp=True)


def codes(line, count):
    return [line.hear()[:3] for _ in range(count)]


def test_the_greetings_of_smtp_are_not_those_of_lmtp(lmtp):
    line = lmtp.line(greet=False)
    assert line.hear() == "220 mx.acme.example LMTP"
    assert line.ask(b"HELO there")[:3] == "500"
    assert line.ask(b"EHLO there")[:3] == "500"
    assert line.ask(b"MAIL FROM:<a@b.example>")[:3] == "503"
    assert line.ask(b"LHLO")[:3] == "501"
    assert line.ask(b"LHLO there")[:3] == "250"


def test_what_section_5_demands_is_offered(lmtp):
    said = lmtp.line().ask(b"LHLO there")
    assert {"PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8"} < {
        line[4:] for line in said.splitlines()
    }


def test_each_recipient_has_an_answer_in_order(lmtp):
    """Also the same recipient twice (section 4.2)."""
    token = lmtp.desk.reply.write(lmtp.sealer.seal(Purpose.EVERYONE, 7))
    line = lmtp.line()
    line.begin(DESK, HELP, DESK, token, hello="LHLO")
    line.say(MAIL + b".\r\n")
    assert codes(line, 4) == ["250"] * 4
    assert line.ask(b"NOOP")[:3] == "250"
    (inbound,) = lmtp.kept()
    assert inbound.door == "lmtp"
    assert inbound.recipients == [DESK, HELP, DESK, token]


def test_who_was_refused_has_no_answer_at_the_end(lmtp):
    line = lmtp.line()
    line.say(
        b"LHLO there\r\nMAIL FROM:<ann@customer.example>\r\n"
        b"RCPT TO:<support@acme.example>\r\nRCPT TO:<nobody@acme.example>\r\n"
        b"RCPT TO:<help@acme.example>\r\nDATA\r\n" + MAIL + b".\r\nQUIT\r\n"
    )
    said = [reply[:3] for reply in line.hear_all()]
    assert said == ["250", "250", "250", "550", "250", "354", "250", "250", "221"]
    assert lmtp.kept()[0].recipients == [DESK, HELP]


def test_data_without_a_recipient_is_503(lmtp):
    """Section 4.2; the client that pipelined must not send a text then."""
    line = lmtp.line()
    line.say(
        b"LHLO there\r\nMAIL FROM:<ann@customer.example>\r\n"
        b"RCPT TO:<nobody@acme.example>\r\nDATA\r\nRSET\r\n"
    )
    assert codes(line, 5) == ["250", "250", "550", "503", "250"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"Subject: x\r\n\r\n" + b"y" * 90 + b"\r\n" + b"z" * 120_000, "552"),
        (b"Subject: x\r\n\r\n" + b"y" * 3000, "554"),
        (b"Subject: x\r\nX: " + b"y\r\n " * 900 + b"y\r\n\r\n", "552"),
    ],
    ids=["too large", "a long line", "a large header"],
)
def test_a_refusal_is_told_for_each_recipient(open_door, sqlite, text, code):
    limits = Limits(free_disk_mb=0, line_octets=2000, header_kb=2)
    lmtp = open_door(sqlite, limits, is_lmtp=True, max_message_mb=0.1)
    line = lmtp.line()
    line.begin(DESK, HELP, hello="LHLO")
    line.say(text + b"\r\n.\r\n")
    assert codes(line, 2) == [code, code]
    assert line.ask(b"MAIL FROM:<a@b.example>")[:3] == "250"
    assert lmtp.kept() == []


def test_a_fault_of_ours_is_told_for_each_recipient(open_door, sqlite):
    class Broken:
        def has_space(self):
            return True

        async def keep(self, entry):
            raise RuntimeError("the program is broken")

        def close(self):
            pass

    lmtp = open_door(sqlite, is_lmtp=True, journalist=Broken())
    line = lmtp.line()
    line.begin(DESK, HELP, hello="LHLO")
    line.say(MAIL + b".\r\n")
    assert codes(line, 2) == ["451", "451"]
    assert line.ask(b"NOOP")[:3] == "250"


def test_a_journal_that_fails_is_told_for_each_recipient(open_door, sqlite):
    lmtp = open_door(sqlite, is_lmtp=True)
    line = lmtp.line()
    line.begin(DESK, HELP, hello="LHLO")
    sqlite.close()
    with sqlite.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE inbound RENAME TO elsewhere")
    try:
        line.say(MAIL + b".\r\n")
        assert codes(line, 2) == ["451", "451"]
    finally:
        with sqlite.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO inbound")
    assert lmtp.kept() == []


def test_what_strangers_ask_is_no_error_of_the_server_that_hands_it_over(lmtp):
    line = lmtp.line()
    line.ask(b"LHLO mx.acme.example")
    line.ask(b"MAIL FROM:<ann@customer.example>")
    asked = b"RCPT TO:<nobody@acme.example>\r\n" * 100
    line.say(asked + b"RCPT TO:<support@acme.example>\r\n")
    assert codes(line, 101) == ["550"] * 100 + ["250"]


def test_a_stranger_at_the_lmtp_door_has_to_behave(open_door, sqlite):
    lmtp = open_door(sqlite, is_lmtp=True, trusted_peers=("192.0.2.1",))
    line = lmtp.line()
    line.ask(b"LHLO there")
    line.ask(b"MAIL FROM:<ann@customer.example>")
    line.say(b"RCPT TO:<nobody@acme.example>\r\n" * 100)
    assert line.hear_all()[-1].startswith("421")


def test_a_library_hands_over_to_several(lmtp):
    with smtplib.LMTP("127.0.0.1", lmtp.port, timeout=20) as client:
        client.ehlo("there")
        client.mail(ANN)
        client.rcpt(DESK)
        client.rcpt(HELP)
        assert client.data(MAIL)[0] == 250
        assert client.getreply()[0] == 250


@pytest.mark.parametrize("own", [None, "client"], ids=["unnamed", "named"])
def test_who_comes_by_a_unix_socket_is_trusted(open_door, sqlite, tmp_path, own):
    raw = b"Authentication-Results: mx.acme.example; dmarc=pass\r\n" + MAIL
    lmtp = open_door(
        sqlite, is_lmtp=True, path=tmp_path / "lmtp", trusted_peers=("192.0.2.1",)
    )
    line = lmtp.line(own=tmp_path / own if own else None)
    line.begin(DESK, HELP, hello="LHLO")
    line.say(raw + b".\r\n")
    assert codes(line, 2) == ["250", "250"]
    (inbound,) = lmtp.kept()
    assert (inbound.peer, inbound.trusted) == ("unix", True)
    assert journal.octets(inbound, lmtp.blobs) == raw


def test_tls_by_a_unix_socket_keeps_the_peer(open_door, sqlite, tmp_path):
    lmtp = open_door(
        sqlite, is_lmtp=True, path=tmp_path / "lmtp", tls=tls_context(PEM, PEM)
    )
    assert "STARTTLS" in lmtp.line().ask(b"LHLO there")


def test_closing_ends_the_line_of_a_unix_socket(open_door, sqlite, tmp_path):
    lmtp = open_door(sqlite, is_lmtp=True, path=tmp_path / "lmtp")
    line = lmtp.line()
    lmtp.stop()
    assert line.hear()[:3] == "421"
    with pytest.raises(OSError, match="refused"):
        lmtp.line()
