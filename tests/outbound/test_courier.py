"""What the courier says to a smarthost, and what it makes of the answers."""

import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.outbound.courier import (
    Courier,
    Later,
    Never,
    Parcel,
    Sent,
    Unreachable,
    stuffed,
)
from gateway.outbound.smarthost import Smarthost
from tests.sink import DROP, LOOPBACK_PEM, Sink

ANN = "ann@customer.example"
BACK = "support+b-token@acme.example"
TEXT = b"To: ann@customer.example\r\nSubject: hello\r\n\r\n.dot\r\n..\r\nbye\r\n"


def parcel(recipient=ANN, return_path=BACK, octets=TEXT, delivery_id=7) -> Parcel:
    return Parcel(delivery_id, return_path, recipient, octets)


@pytest.fixture
def courier_to():
    """Make couriers, and hang up for all of them at the end."""
    made: list[Courier] = []

    def make(sink: Sink, **more) -> Courier:
        settings = {"host": sink.host, "port": sink.port} | more
        made.append(Courier(Smarthost(**settings)))
        return made[-1]

    yield make
    for courier in made:
        courier.close()


@pytest.mark.parametrize("pipelining", [True, False])
def test_mail_goes_octet_for_octet_over_one_connection(courier_to, pipelining):
    with Sink(pipelining=pipelining) as sink:
        courier = courier_to(sink)
        assert courier.carry(parcel()) == Sent("250 2.0.0 kept")
        assert courier.carry(parcel(delivery_id=8)) == Sent("250 2.0.0 kept")
        first, second = sink.mails
    assert first.octets == TEXT
    assert (first.mail_from, first.rcpt) == (BACK, ANN)
    assert first.session == second.session == 1


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_mail_that_another_sends_by_now_is_taken_back(courier_to, pipelining):
    with Sink(pipelining=pipelining) as sink:
        courier = courier_to(sink)
        assert courier.carry(parcel(), lambda: False) == Later("the lease was lost")
        assert courier.carry(parcel(delivery_id=8)) == Sent("250 2.0.0 kept")
        assert sink.sessions == 2
        assert len(sink.mails) == 1


def test_who_cannot_know_whose_a_mail_is_takes_it_back(courier_to):
    def fail():
        raise RuntimeError("the database is away")

    with Sink() as sink:
        courier = courier_to(sink)
        with pytest.raises(RuntimeError):
            courier.carry(parcel(), fail)
        assert courier.carry(parcel(delivery_id=8)) == Sent("250 2.0.0 kept")
        assert len(sink.mails) == 1


def test_reports_are_asked_for_where_they_can_be(courier_to):
    with Sink() as sink:
        courier_to(sink).carry(parcel("ann+home@customer.example"))
        [mail] = sink.mails
    assert {"RET=HDRS", "ENVID=7"} <= set(mail.mail_options)
    assert mail.rcpt_options == (
        "NOTIFY=FAILURE,DELAY",
        "ORCPT=rfc822;ann+2Bhome@customer.example",
    )


def test_reports_are_not_asked_for_where_nobody_offers_them(courier_to):
    with Sink(dsn=False) as sink:
        assert isinstance(courier_to(sink).carry(parcel()), Sent)
        assert sink.mails[0].rcpt_options == ()


def test_nobody_is_told_of_mail_from_nobody(courier_to):
    with Sink() as sink:
        courier_to(sink).carry(parcel(return_path=""))
        [mail] = sink.mails
    assert mail.mail_from == ""
    assert mail.rcpt_options == ("NOTIFY=NEVER",)
    assert not any(option.startswith("ENVID") for option in mail.mail_options)


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("stage", "reply", "outcome"),
    [
        ("RCPT", "550 5.1.1 no such user", Never("5.1.1", "550 5.1.1 no such user")),
        ("RCPT", "550 no such user", Never("5.0.0", "550 no such user")),
        ("RCPT", "450 4.2.1 busy", Later("450 4.2.1 busy")),
        ("DATA", "451 4.3.0 later", Later("451 4.3.0 later")),
        ("DATA", "554 5.7.1 no", Never("5.7.1", "554 5.7.1 no")),
        ("END", "552 5.2.2 full", Never("5.2.2", "552 5.2.2 full")),
        ("END", "451 4.7.1 greylisted", Later("451 4.7.1 greylisted")),
        ("END", "421 4.3.2 shutting down", Later("421 4.3.2 shutting down")),
        ("MAIL", "552 5.3.4 too large", Never("5.3.4", "552 5.3.4 too large")),
        ("MAIL", "550 5.7.1 who are you", Later("550 5.7.1 who are you")),
        ("MAIL", "450 4.1.8 no such domain", Later("450 4.1.8 no such domain")),
        ("MAIL", "452 4.3.1 disk full", Unreachable("452 4.3.1 disk full")),
        ("MAIL", "530 5.7.0 sign in first", Unreachable("530 5.7.0 sign in first")),
        ("RCPT", "530 5.7.0 sign in first", Unreachable("530 5.7.0 sign in first")),
    ],
)
def test_whose_fault_a_refusal_is(courier_to, pipelining, stage, reply, outcome):
    with Sink(pipelining=pipelining) as sink:
        sink.say(stage, reply, times=1)
        courier = courier_to(sink)
        assert courier.carry(parcel()) == outcome
        assert sink.mails == []
        # And nothing of it is left on the table for the next one.
        assert isinstance(courier.carry(parcel()), Sent)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("reply", [DROP, "421 4.7.0 too many mails, come again"])
def test_a_connection_that_ends_is_made_anew(courier_to, stage, reply):
    with Sink() as sink:
        courier = courier_to(sink)
        courier.carry(parcel())
        sink.say(stage, reply, times=1)
        assert courier.carry(parcel()) == Sent("250 2.0.0 kept")
        assert sink.sessions == 2
        assert len(sink.mails) == 2


def test_mail_that_always_ends_the_connection_waits_by_itself(courier_to):
    with Sink() as sink:
        sink.say("RCPT", DROP, to=ANN)
        courier = courier_to(sink)
        assert isinstance(courier.carry(parcel()), Later)
        assert isinstance(courier.carry(parcel("bo@customer.example")), Sent)


def test_mail_that_may_have_been_taken_is_not_sent_again_at_once(courier_to):
    with Sink() as sink:
        sink.say("END", DROP, times=1)
        assert isinstance(courier_to(sink).carry(parcel()), Later)
        assert len(sink.mails) == 1


def test_a_smarthost_that_goes_away_and_comes_back(courier_to):
    with Sink() as sink:
        courier = courier_to(sink)
        courier.carry(parcel())
        with sink.gone():
            assert isinstance(courier.carry(parcel()), Unreachable)
        assert isinstance(courier.carry(parcel()), Sent)


def test_a_greeting_that_refuses(courier_to):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse() -> None:
            there, _ = server.accept()
            with there:
                there.sendall(b"554 5.3.2 no\r\n")

        thread = threading.Thread(target=refuse)
        thread.start()
        courier = Courier(Smarthost(host="127.0.0.1", port=server.getsockname()[1]))
        assert courier.carry(parcel()) == Unreachable("554 5.3.2 no")
        thread.join()


def test_an_address_beyond_ascii_needs_a_smarthost_that_takes_it(courier_to):
    with Sink(utf8=False) as sink:
        outcome = courier_to(sink).carry(parcel("jörg@bücher.example"))
        assert isinstance(outcome, Never)
        assert outcome.status == "5.6.7"
        assert sink.commands == []
    with Sink() as sink:
        assert isinstance(courier_to(sink).carry(parcel("jörg@bücher.example")), Sent)
        [mail] = sink.mails
    assert mail.rcpt == "jörg@bücher.example"
    assert "SMTPUTF8" in mail.mail_options


@pytest.mark.parametrize(
    "address",
    ["a@x.example>\r\nRSET", "a@x.example\r\nDATA", "", "a b@x.example", "<>"],
)
def test_no_address_becomes_a_command(courier_to, address):
    with Sink() as sink:
        outcome = courier_to(sink).carry(parcel(address))
        assert isinstance(outcome, Never)
        assert outcome.status == "5.1.3"
        assert sink.sessions == 0


SMUGGLED = (
    b"Subject: a%b.%bMAIL FROM:<x@x.example>\r\nRCPT TO:<y@y.example>\r\nDATA\r\n"
)


@pytest.mark.parametrize("first", [b"\r\n", b"\n", b"\r", b"\r\r\n"])
@pytest.mark.parametrize("second", [b"\r\n", b"\n", b"\r", b"\r\n\r"])
def test_nothing_is_smuggled_out(courier_to, first, second):
    with Sink() as sink:
        courier = courier_to(sink)
        assert isinstance(
            courier.carry(parcel(octets=SMUGGLED % (first, second))), Sent
        )
        assert isinstance(courier.carry(parcel()), Sent)
        assert [mail.rcpt for mail in sink.mails] == [ANN, ANN]


@given(st.binary(max_size=200))
def test_the_text_ends_once_and_has_clean_line_ends(octets):
    wire = stuffed(octets)
    assert wire.endswith(b".\r\n")
    assert wire.count(b"\r\n") == wire.count(b"\r") == wire.count(b"\n")
    assert b"\r\n.\r\n" not in wire[:-1]
    assert not wire.startswith(b".\r\n") or octets == b""


# TLS and signing in (promises T26).


@pytest.fixture
def trusted(monkeypatch) -> None:
    """Let the sink's certificate be one of those that are trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(LOOPBACK_PEM))


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_mail_and_password_go_encrypted(courier_to, trusted, tls):
    with Sink(tls=tls, users={"parlour": "secret"}) as sink:
        courier = courier_to(sink, tls=tls, username="parlour", password="secret")
        assert isinstance(courier.carry(parcel()), Sent)
        [mail] = sink.mails
    assert (mail.tls, mail.login) == (True, "parlour")


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_that_nobody_trusts_is_refused(courier_to, tls):
    with Sink(tls=tls) as sink:
        outcome = courier_to(sink, tls=tls).carry(parcel())
        assert isinstance(outcome, Unreachable)
        assert "not trusted" in outcome.reason
        assert sink.commands == []
        assert isinstance(
            courier_to(sink, tls=tls, tls_verify=False).carry(parcel()), Sent
        )


def test_a_certificate_for_another_name_is_refused(courier_to, trusted):
    with Sink(tls="starttls", host="127.0.0.2") as sink:
        outcome = courier_to(sink, tls="starttls").carry(parcel())
        assert isinstance(outcome, Unreachable)
        assert "not trusted" in outcome.reason
        assert sink.commands == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_by_ones_own_authority_is_taken(courier_to, tls):
    with Sink(tls=tls) as sink:
        courier = courier_to(sink, tls=tls, tls_ca=LOOPBACK_PEM)
        assert isinstance(courier.carry(parcel()), Sent)


def test_an_authority_whose_file_has_gone_is_the_smarthosts_state(courier_to, tmp_path):
    with Sink(tls="starttls") as sink:
        courier = courier_to(sink, tls="starttls", tls_ca=tmp_path / "gone.pem")
        assert isinstance(courier.carry(parcel()), Unreachable)


def test_a_smarthost_without_tls_gets_nothing_when_tls_is_wanted(courier_to):
    with Sink() as sink:
        outcome = courier_to(sink, tls="starttls").carry(parcel())
        assert outcome == Unreachable("the smarthost does not offer STARTTLS")
        assert sink.commands == []


def test_a_wrong_password_is_the_smarthosts_state(courier_to, trusted):
    with Sink(tls="starttls", users={"parlour": "secret"}) as sink:
        courier = courier_to(sink, tls="starttls", username="parlour", password="wrong")
        outcome = courier.carry(parcel())
    assert isinstance(outcome, Unreachable)
    assert outcome.reason.startswith("535")
    assert "wrong" not in outcome.reason


@pytest.mark.parametrize("left_out", ["", "PLAIN"])
def test_a_password_may_have_any_letters(courier_to, trusted, left_out):
    users = {"parlour@acme.example": "pass\u00f6rd \u2603"}
    with Sink(tls="starttls", users=users, no_auth=left_out) as sink:
        (username, password), *_ = users.items()
        courier = courier_to(sink, tls="starttls", username=username, password=password)
        assert courier.carry(parcel()) == Sent("250 2.0.0 kept")
        assert sink.mails[0].login == username


def test_a_smarthost_that_takes_no_password_gets_no_mail(courier_to, trusted):
    with Sink(tls="starttls") as sink:
        courier = courier_to(sink, tls="starttls", username="parlour", password="x")
        assert courier.carry(parcel()) == Unreachable(
            "the smarthost offers neither AUTH PLAIN nor AUTH LOGIN"
        )
        assert sink.commands == []


def test_a_password_in_clear_stays_on_the_loopback(courier_to, monkeypatch):
    with Sink(users={"parlour": "secret"}, auth_in_clear=True) as sink:
        settings = {"username": "parlour", "password": "secret"}
        assert isinstance(courier_to(sink, **settings).carry(parcel()), Sent)
        assert sink.mails[0].login == "parlour"
        # No other interface can be counted on here, so the loopback becomes foreign.
        monkeypatch.setattr(
            "gateway.outbound.smarthost._is_loopback", lambda sock: False
        )
        outcome = courier_to(sink, **settings).carry(parcel())
        assert isinstance(outcome, Unreachable)
        assert "TLS" in outcome.reason


@pytest.mark.parametrize(
    "bad", [{"connections": 0}, {"connections": 21}, {"max_per_second": -1}]
)
def test_settings_that_cannot_be(bad):
    with pytest.raises(ValueError, match="outbound"):
        Smarthost(host="127.0.0.1", **bad)
