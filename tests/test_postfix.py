"""Parlour with a real Postfix in front and behind, by docs/mail-servers.md."""

import textwrap

import pytest

from tests.carrier import ByPostfix
from tests.cli.served import parlour, until
from tests.postfix import Postfix, free_ports
from tests.served_town import ServedTown
from tests.town import Town, gist

#: `parlour serve` is started more than once; a machine may be slow.
pytestmark = pytest.mark.timeout(300)

DESK = "support@acme.example"
ANA = "Ana Ruiz <ana@acme.example>"
NOBODY = "support+r-aaaaaaaaaaaaaaaaaaaaaaaaaa@acme.example"


@pytest.fixture(scope="module")
def one_town(tmp_path_factory, postfix):
    folder = tmp_path_factory.mktemp("town")
    url = f"sqlite:///{folder}/parlour.db"
    with ServedTown(url, folder, carrier=ByPostfix(postfix)) as found:
        yield found


@pytest.fixture
def town(one_town):
    """A town behind Postfix, with what earlier tests have left there."""
    one_town.settle()
    yield one_town
    one_town.sink.say_nothing_special()


@pytest.fixture
def carla(request):
    """A customer whom nobody knows yet; gives her address."""
    host = request.node.name.replace("_", "-")[5:60]
    return f"carla@{host}.example"


# Mail in.


def test_a_reply_address_of_nobody_bounces_to_its_sender(town):
    before = town.kept()
    [bounce] = town.write("Ann <ann@customer.example>", NOBODY, "Hello", "Is it you?")
    assert bounce.to == "ann@customer.example"
    assert bounce.kept.mail_from == ""
    assert bounce.mail.get_content_type() == "multipart/report"
    assert b"550 5.1.1 No such address here" in bounce.kept.octets
    assert town.kept() == before


def test_each_of_several_recipients_has_an_answer(town, carla):
    letters = town.write(
        carla, DESK, "Hello", "It is broken.", recipients=[DESK, NOBODY]
    )
    [bounce] = [letter for letter in letters if letter.kept.mail_from == ""]
    assert NOBODY.encode() in bounce.kept.octets
    assert bounce.kept.octets.count(b"Final-Recipient:") == 1
    assert gist([each for each in letters if each is not bounce]) == [
        ("acknowledgement", carla),
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]


def test_a_server_that_asks_first_refuses_at_the_edge(make_town, carla):
    (relay,) = free_ports(1)
    with (
        Postfix(relay=relay, edge=True) as postfix,
        make_town(ByPostfix(postfix)) as town,
    ):
        town.write(carla, DESK, "Hello", "It is broken.")
        answer = town.last(carla).mail["Reply-To"].addresses[0]
        with postfix.client() as client:
            client.ehlo()
            client.mail(carla)
            assert client.rcpt(NOBODY)[0] == 550
            assert client.rcpt(answer.addr_spec)[0] == 250
        town.stop()
        with postfix.client() as client:
            client.ehlo()
            client.mail(carla)
            assert client.rcpt("support+another@acme.example")[0] == 450
            assert client.rcpt(answer.addr_spec)[0] == 250


def test_mail_waits_in_the_queue_while_parlour_is_down(town, carla):
    before = town.kept()
    town.stop()
    for number in range(3):
        text = f"It is broken for the {number + 1}. time."
        octets = mail(carla, f"Question {number}", text)
        assert not town.carrier.bring(octets, carla, [DESK])
    until(lambda: "status=deferred" in town.carrier.postfix.log())
    assert town.carrier.postfix.queued() == 3
    town.start()
    town.settle()
    assert town.kept() == before + 3


def mail(sender, subject, text):
    return (
        f"From: {sender}\r\nTo: {DESK}\r\nSubject: {subject}\r\n"
        f"Message-ID: <{subject.replace(' ', '.')}.{sender}>\r\n"
        f"Date: Fri, 20 Nov 2026 09:12:00 +0000\r\n\r\n{text}\r\n"
    ).encode()


def test_a_killed_parlour_loses_and_doubles_nothing(town):
    for number in range(6):
        sender = f"customer{number}@killed.example"
        town.carrier.bring(mail(sender, f"Case {number}", "Trouble."), sender, [DESK])
        if number % 3 == 1:
            town.kill()
            town.start()
    letters = town.settle()
    for reader, count in (("ana@acme.example", 6), ("customer3@killed.example", 1)):
        # One in hand may come again under its id (promises R3).
        to = [str(each.mail["Message-ID"]) for each in letters if each.to == reader]
        assert len(set(to)) == count


def test_a_large_mail_comes_and_goes(town, carla):
    content = bytes(range(256)) * 24_000
    letters = town.write(
        carla, DESK, "The file", "Here it is.", files=[("rows.bin", content)]
    )
    [to_ana] = [letter for letter in letters if letter.to == "ana@acme.example"]
    [file] = [part for part in to_ana.mail.iter_attachments() if part.get_filename()]
    assert file.get_content() == content


def test_eight_bits_and_an_international_sender(town):
    octets = textwrap.dedent(
        """\
        From: Käthe <käthe@müller.example>
        To: support@acme.example
        Subject: Grüße aus Köln
        Message-ID: <1@mueller.example>
        Date: Fri, 20 Nov 2026 09:12:00 +0000
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 8bit

        Für Élise ☂ geht nichts mehr.
        """
    ).encode()
    with town.carrier.postfix.client() as client:
        client.ehlo()
        client.mail("käthe@müller.example", ["SMTPUTF8", "BODY=8BITMIME"])
        client.rcpt(DESK)
        assert client.data(octets)[0] == 250
    letters = town.settle()
    assert gist(letters) == [
        ("acknowledgement", "käthe@müller.example"),
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]
    assert "Für Élise ☂ geht nichts mehr." in town.last("ana@acme.example").text
    town.reply(ANA, "Wir sehen nach.")
    assert "Wir sehen nach." in town.last("käthe@müller.example").text


def test_check_sees_that_reply_addresses_come_back(town):
    done = parlour("check", "--mail", folder=town.folder)
    assert f"ok      lmtp: unix:{town.carrier.postfix.lmtp_socket}" in done.stdout
    said = "ok      reply support@acme.example: support+{token}@acme.example comes back"
    assert said in done.stdout, done.stdout


# Letters out.


def test_who_cannot_be_reached_is_told_of_once(town, carla):
    """Postfix itself reports; the report comes back to our return path."""
    town.write(carla, DESK, "Import fails", "It stops with an error.")
    town.sink.say("RCPT", "550 5.1.1 User unknown", to=carla)
    letters = town.reply(ANA, "Which one?")
    assert gist(letters) == [
        ("message", "bo@acme.example"),
        ("notice", "ana@acme.example"),
    ]
    assert carla in town.last("ana@acme.example", "notice").text
    letters = town.reply(ANA, "Hello?", to=town.last("ana@acme.example", "message"))
    assert ("notice", "ana@acme.example") not in gist(letters)


def test_a_certificate_that_vouches_for_itself_is_refused(make_town, carla):
    (relay,) = free_ports(1)
    with (
        Postfix(relay=relay, self_signed=True) as postfix,
        make_town(ByPostfix(postfix), tls_ca=None) as town,
    ):
        town.carrier.bring(mail(carla, "Hello", "It is broken."), carla, [DESK])
        why = "the certificate is not trusted: self-signed certificate"
        until(lambda: any(row.last_reply.startswith(why) for row in town.waiting()))
        assert {row.attempts for row in town.waiting()} == {0}
        assert any("smarthost unreachable" in line for line in town.log)
        assert why in parlour("outbox", "list", folder=town.folder).stdout
        said = parlour("check", "--no-mail", folder=town.folder).stdout
        assert f"failed  smarthost: localhost:{postfix.submission}: {why}" in said
        assert town.sink.mails == []

        town.reread(tls_ca=str(postfix.folder / "mx.pem"))
        assert len(town.settle()) == 3

        town.reread(tls_ca=None, tls_verify=False)
        assert town.reply(ANA, "Which one?")
        town.served.logged("certificate is not checked")
        said = parlour("check", "--no-mail", folder=town.folder).stdout
        assert "warning smarthost: its certificate is not checked" in said


def test_letters_wait_while_the_password_is_wrong(town, carla):
    town.reread(password="wrong")
    town.carrier.bring(mail(carla, "Hello", "It is broken."), carla, [DESK])
    until(lambda: any(row.last_reply.startswith("535") for row in town.waiting()))
    assert {row.attempts for row in town.waiting()} == {0}
    assert not [line for line in town.log if '"wrong"' in line]
    town.reread()
    assert len(town.settle()) == 3


def test_the_port_is_closed_to_who_does_not_sign_in(postfix):
    with postfix.client(postfix.submission) as client:
        client.ehlo()
        assert client.mail("support@acme.example")[0] == 530
        assert not client.has_extn("auth")


def test_a_port_does_as_well_as_a_socket(sqlite, tmp_path, reader, carla):
    relay, port = free_ports(2)
    url = f"sqlite:///{tmp_path}/parlour.db"
    with (
        Postfix(relay=relay, lmtp=f"lmtp:inet:127.0.0.1:{port}") as postfix,
        Town(url, tmp_path, reader, carrier=ByPostfix(postfix, port)) as town,
    ):
        assert len(town.write(carla, DESK, "Hello", "It is broken.")) == 3
