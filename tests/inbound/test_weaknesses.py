"""What aiosmtpd 1.4.6 lets through or gets wrong, each answered by our door."""

import resource
import smtplib
import socket
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.inbound import replies
from gateway.inbound.smtp import tls_context
from gateway.routing.limits import Limits

PEM = Path(__file__).parents[1] / "loopback.pem"
ANN = "ann@customer.example"
DESK = "support@acme.example"
MAIL = b"Subject: Printer on fire\r\n\r\nPlease help.\r\n"


def limits(**changed):
    return Limits(**{"free_disk_mb": 0, **changed})


def test_a_fault_of_ours_is_451_and_tells_nothing(open_door, sqlite):
    def broken(address):
        raise RuntimeError("the password is hunter2")

    line = open_door(sqlite, recipients=broken).line()
    line.ask(b"EHLO there")
    line.ask(b"MAIL FROM:<a@b.example>")
    reply = line.ask(b"RCPT TO:<support@acme.example>")
    assert reply.startswith("451 4.3.0")
    assert "hunter2" not in reply
    assert line.ask(b"NOOP").startswith("250")


def test_lines_far_above_a_thousand_octets_are_taken(door):
    raw = MAIL + b"x" * 500_000 + b"\r\n"
    door.send(raw)
    assert door.raws() == [raw]


def test_a_line_above_its_limit_is_refused(open_door, sqlite):
    door = open_door(sqlite, limits(line_octets=2000))
    door.send(MAIL + b"x" * 2000 + b"\r\n")
    with pytest.raises(smtplib.SMTPDataError, match=r"554.*line"):
        door.send(MAIL + b"x" * 2001 + b"\r\n")


def test_a_stream_without_line_ends_is_cut_off(open_door, sqlite):
    door = open_door(sqlite, max_message_mb=1)
    line = door.line()
    line.begin()
    # It reads a while longer, holding nothing, and then ends the session.
    with pytest.raises(ConnectionError):
        line.say(b"x" * 65_536_000)
    assert door.kept() == []
    assert door.door.octets_in_hand == 0


def test_a_mail_above_the_size_is_552_and_the_session_goes_on(open_door, sqlite):
    door = open_door(sqlite, max_message_mb=0.1)
    line = door.line()
    line.begin()
    assert line.ask(b"x" * 99_999 + b"\r\n.").startswith("552 5.3.4")
    line.begin()
    assert line.ask(MAIL + b".").startswith("250")
    assert door.raws() == [MAIL]


def test_a_size_that_is_announced_is_refused_at_once(door):
    line = door.line()
    line.ask(b"EHLO there")
    assert line.ask(b"MAIL FROM:<a@b.example> SIZE=30000001").startswith("552")
    assert line.ask(b"MAIL FROM:<a@b.example> SIZE=30000000").startswith("250")


def test_a_header_section_above_its_limit_is_552(open_door, sqlite):
    door = open_door(sqlite, limits(header_kb=10))
    header = b"X-Long: %s\r\n" % (b"x" * 80)
    door.send(header * 100 + MAIL)
    with pytest.raises(smtplib.SMTPDataError, match=r"552.*[Hh]eader"):
        door.send(header * 120 + MAIL)
    # A long body is no header.
    door.send(MAIL + header * 1000)
    assert len(door.kept()) == 2


@pytest.mark.parametrize(
    "path",
    [
        b"<a\0@b.example>",
        b"<a\r@b.example>",
        b"<\xff\xfe@b.example>",
        b"<" + b"a" * 400 + b"@b.example>",
        b"<a",
        b"a@b.example",
        b"<@relay.example,@other.example:a@b.example>",
        b"<a%b.example@acme.example>",
        b'<"a@b.example"@acme.example>',
        b"<a b@b.example>",
        b"<a@b.example>>",
        b"<<a@b.example>",
        b"<a@>",
        b"<@b.example>",
        b"<a@b.example><c@d.example>",
        b"<a@b.example>SIZE=1",
    ],
)
@pytest.mark.parametrize("command", [b"MAIL FROM:", b"RCPT TO:"])
def test_an_address_that_is_none_is_refused(door, command, path):
    line = door.line()
    line.ask(b"EHLO there")
    if command == b"RCPT TO:":
        line.ask(b"MAIL FROM:<a@b.example>")
    assert line.ask(command + path)[:3] in {"553", "501"}
    assert line.ask(b"NOOP").startswith("250")


def test_the_null_path_is_no_recipient(door):
    line = door.line()
    line.ask(b"EHLO there")
    line.ask(b"MAIL FROM:<>")
    assert line.ask(b"RCPT TO:<>")[:3] == "553"


def test_recipients_above_the_limit_are_452_and_no_error(open_door, sqlite):
    door = open_door(sqlite, limits(recipients=3, errors_before_goodbye=2))
    line = door.line()
    line.ask(b"EHLO there")
    line.ask(b"MAIL FROM:<a@b.example>")
    replies = [line.ask(b"RCPT TO:<support@acme.example>") for _ in range(6)]
    assert [reply[:9] for reply in replies] == ["250 2.1.5"] * 3 + ["452 4.5.3"] * 3
    line.ask(b"DATA")
    assert line.ask(MAIL + b".").startswith("250")


def test_guessing_of_recipients_slows_down_and_ends(open_door, sqlite):
    door = open_door(
        sqlite,
        limits(errors_before_delay=3, errors_before_goodbye=6),
        delay_seconds=0.1,
    )
    line = door.line()
    line.ask(b"EHLO there")
    line.ask(b"MAIL FROM:<a@b.example>")
    started = time.monotonic()
    line.say(b"".join(b"RCPT TO:<guess%d@acme.example>\r\n" % n for n in range(20)))
    replies = line.hear_all()
    assert [reply[:3] for reply in replies] == ["550"] * 6 + ["421"]
    assert time.monotonic() - started >= 0.2


def test_a_mail_that_was_kept_forgives_the_errors(open_door, sqlite):
    door = open_door(sqlite, limits(errors_before_goodbye=4))
    client = door.client()
    for _ in range(4):
        refused = client.sendmail(ANN, [DESK, "x@acme.example", "y@acme.example"], MAIL)
        assert len(refused) == 2


def test_idle_commands_without_end_end_the_session(open_door, sqlite):
    door = open_door(sqlite, limits(commands_per_session=50))
    line = door.line()
    line.say(b"NOOP\r\n" * 60)
    replies = line.hear_all()
    assert [reply[:3] for reply in replies] == ["250"] * 50 + ["421"]


def test_many_mails_are_not_many_idle_commands(open_door, sqlite):
    door = open_door(sqlite, limits(commands_per_session=5))
    client = door.client()
    for _ in range(4):
        client.sendmail(ANN, [DESK], MAIL)
    assert len(door.kept()) == 4


@pytest.mark.parametrize(
    "first",
    [
        b"GET / HTTP/1.1",
        b"POST /x HTTP/1.1",
        b"CONNECT acme.example:25 HTTP/1.1",
        b"Host: acme.example",
        b"\x16\x03\x01\x02\x00\x01",
        b"{}",
        b"",
    ],
)
def test_whoever_speaks_another_protocol_is_sent_away(door, first):
    line = door.line()
    smuggled = (
        b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@acme.example>\r\n"
    )
    line.say(first + b"\r\n\r\n" + smuggled + b"DATA\r\n" + MAIL + b".\r\n")
    assert [reply[:3] for reply in line.hear_all()] == ["421"]
    assert door.kept() == []


def test_a_command_line_without_end_ends_the_session(door):
    line = door.line()
    with pytest.raises(ConnectionError):
        line.say(b"x" * 65_536_000)


def test_a_long_command_line_is_refused_and_the_session_goes_on(door):
    line = door.line()
    assert line.ask(b"EHLO " + b"x" * 3000).startswith("500")
    assert line.ask(b"EHLO there").startswith("250")


@pytest.mark.parametrize("command", [b"AUTH PLAIN AGEAYg==", b"EXPN staff"])
def test_what_is_not_offered_is_refused(door, command):
    assert door.line().ask(command).startswith("502")


@pytest.mark.parametrize("command", [b"BDAT 10 LAST", b"ETRN acme.example", b"XCLIENT"])
def test_dangerous_extensions_are_unknown(door, command):
    line = door.line()
    assert line.ask(command).startswith("500")
    offered = line.ask(b"EHLO there")
    assert not {"CHUNKING", "ETRN", "AUTH", "VRFY"} & set(
        offered.replace("-", " ").split()
    )


def test_verify_tells_nobody_from_somebody(door):
    line = door.line()
    assert line.ask(b"VRFY support@acme.example") == line.ask(b"VRFY x@acme.example")


def test_the_banner_names_no_program(door):
    line = door.line(greet=False)
    assert line.hear() == "220 mx.acme.example ESMTP"


def test_connections_of_one_peer_are_limited(open_door, sqlite):
    door = open_door(sqlite, limits(connections_per_peer=2))
    kept = [door.line(), door.line()]
    assert door.line(greet=False).hear_all() == ["421 4.7.0 Too many connections"]
    assert kept[0].ask(b"QUIT").startswith("221")
    assert kept[0].hear() == ""
    assert door.line().ask(b"EHLO there").startswith("250")


def test_connections_in_all_are_limited(open_door, sqlite):
    door = open_door(sqlite, limits(connections=1))
    _first = door.line()
    assert door.line(greet=False).hear_all() == ["421 4.7.0 Too many connections"]


def test_a_peer_that_says_nothing_is_sent_away(open_door, sqlite):
    door = open_door(sqlite, limits(command_seconds=0.2))
    assert door.line().hear_all() == ["421 4.4.2 Took too long"]


def test_a_command_that_drips_in_is_cut_off(open_door, sqlite):
    door = open_door(sqlite, limits(command_seconds=0.3))
    line = door.line()
    line.connection.settimeout(0.05)
    replies = []
    ends = time.monotonic() + 5
    while not replies and time.monotonic() < ends:
        line.say(b"N")
        try:
            replies.append(line.hear())
        except TimeoutError:
            continue
    assert replies == ["421 4.4.2 Took too long"]


def test_a_mail_that_drips_in_is_cut_off(open_door, sqlite):
    door = open_door(sqlite, limits(command_seconds=0.2, message_seconds=0.6))
    line = door.line()
    line.begin()
    line.connection.settimeout(0.05)
    started = time.monotonic()
    replies = []
    while not replies and time.monotonic() < started + 5:
        line.say(b"x\r\n")
        try:
            replies.append(line.hear())
        except TimeoutError:
            continue
    assert replies == ["421 4.4.2 Took too long"]
    # Longer than a command may take, as long as a mail may.
    assert time.monotonic() - started >= 0.5
    assert door.kept() == []


@pytest.mark.parametrize(
    "end",
    [
        b"\n.\n",
        b"\n.\r\n",
        b"\r\n.\n",
        b"\r.\r",
        b"\r\n.\r",
        b"\r.\r\n",
        b"\0.\r\n",
        b"\n.\r\r\n",
        b"\r\n\0.\r\n",
        b"\r\n.\0\r\n",
        b"\r\n.\r\r\n",
        b"\r\n. \r\n",
    ],
)
def test_only_crlf_dot_crlf_ends_a_mail(door, end):
    line = door.line()
    line.begin()
    second = b"MAIL FROM:<evil@b.example>\r\nRCPT TO:<support@acme.example>\r\nDATA\r\n"
    line.say(MAIL + b"first" + end + second + b"smuggled\r\n.\r\nQUIT\r\n")
    assert [reply[:3] for reply in line.hear_all()] == ["250", "221"]
    (inbound,) = door.kept()
    assert inbound.sender == ANN
    # What we keep cannot be smuggled on: each line end is CRLF.
    (raw,) = door.raws()
    assert raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n")


def test_what_was_said_before_starttls_is_forgotten(open_door, sqlite):
    door = open_door(sqlite, tls=tls_context(PEM, PEM))
    line = door.line()
    line.ask(b"EHLO there")
    line.say(b"STARTTLS\r\nMAIL FROM:<evil@b.example>\r\n")
    assert line.hear().startswith("220")
    # The rest is no handshake; it is not obeyed, and the session ends.
    line.say(b"RCPT TO:<support@acme.example>\r\n")
    assert "250" not in "".join(line.hear_all())
    # The peer is not counted any more.
    ends = time.monotonic() + 5
    while door.door._sessions and time.monotonic() < ends:
        time.sleep(0.01)
    assert not door.door._sessions


def hold(database):
    """Keep everybody else from writing until the transaction ends."""
    transaction = database.transaction()
    session = transaction.__enter__()
    lock = "SELECT 1" if database.is_sqlite else "LOCK TABLE inbound IN EXCLUSIVE MODE"
    session.execute(text(lock))
    return transaction


def test_a_peer_that_half_closes_after_data_gets_its_250(open_door, database):
    door = open_door(database)
    transaction = hold(database)
    line = door.line()
    line.begin()
    line.say(MAIL + b".\r\n")
    line.half_close()
    transaction.__exit__(None, None, None)
    assert [reply[:3] for reply in line.hear_all()] == ["250"]
    assert door.raws() == [MAIL]


def test_a_peer_that_says_it_all_and_half_closes_is_served(door):
    line = door.line(greet=False)
    line.say(
        b"EHLO there\r\nMAIL FROM:<ann@customer.example>\r\n"
        b"RCPT TO:<support@acme.example>\r\nDATA\r\n" + MAIL + b".\r\n"
    )
    line.half_close()
    heard = [reply[:3] for reply in line.hear_all()]
    assert heard == ["220", "250", "250", "250", "354", "250"]
    assert door.raws() == [MAIL]


def test_a_mail_is_kept_once_when_its_peer_drops_during_the_commit(open_door, database):
    door = open_door(database)
    transaction = hold(database)
    line = door.line()
    line.begin()
    line.say(MAIL + b".\r\n")
    ends = time.monotonic() + 5
    while not line_is_read(door) and time.monotonic() < ends:
        time.sleep(0.01)
    # A reset instead of a polite end.
    line.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    line.connection.close()
    transaction.__exit__(None, None, None)
    door.await_kept(1)
    assert door.raws() == [MAIL]
    assert door.door.octets_in_hand == 0


def line_is_read(door):
    return door.door.octets_in_hand >= len(MAIL)


def test_a_peer_that_drops_within_data_leaves_nothing(door):
    line = door.line()
    line.begin()
    line.say(MAIL)
    line.half_close()
    assert line.hear_all() == []
    assert door.kept() == []
    assert door.door.octets_in_hand == 0


def test_too_little_free_disk_is_452(open_door, sqlite):
    door = open_door(sqlite, limits(free_disk_mb=10**9))
    line = door.line()
    line.ask(b"EHLO there")
    assert line.ask(b"MAIL FROM:<a@b.example>").startswith("452 4.3.1")


def test_a_full_disk_is_452_and_later_the_mail_is_taken(open_door, database):
    door = open_door(database)
    raw = MAIL + b"the quick brown fox\r\n" * 100_000
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            door.send(raw)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refused.value.smtp_code == 452
    assert not any(door.blobs.folder.rglob("*.part"))
    door.send(raw)
    assert door.raws() == [raw]


def test_a_mail_beyond_what_memory_allows_is_451(open_door, sqlite):
    door = open_door(sqlite)
    door.door.most_in_hand = 50_000
    with pytest.raises(smtplib.SMTPDataError, match="451"):
        door.send(MAIL + b"x" * 200_000 + b"\r\n")
    door.send(MAIL)
    assert door.raws() == [MAIL]


def test_every_refusal_of_ours_is_temporary():
    for kind in (replies.Refusal, replies.Fault, replies.NoSpace, replies.Busy):
        assert kind.public.startswith("4")
