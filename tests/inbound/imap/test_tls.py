"""TLS to a mailbox: with a real Dovecot, and certificates good and bad."""

import socket
import ssl
import threading
from contextlib import contextmanager, suppress

import imapclient
import pytest

from gateway.inbound.imap import tls
from gateway.inbound.imap.tls import TlsRefused
from tests.imapserver import imap_server
from tests.inbound.imap.certificates import Authority

RIGHT, WRONG_HOST, ALONE, EXPIRED, IN_CLEAR = (f"127.0.0.{n}" for n in range(1, 6))
SECONDS = 10


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def server(authority):
    """One Dovecot with a certificate of its own on each of its addresses."""
    pairs = {
        RIGHT: authority.sign("right", f"DNS:localhost,IP:{RIGHT}"),
        WRONG_HOST: authority.sign("wrong", "DNS:mail.elsewhere.example"),
        ALONE: authority.alone("alone", f"IP:{ALONE}"),
        EXPIRED: authority.sign("expired", f"IP:{EXPIRED}", days=-1),
    }
    blocks = [
        f"local {address} {{\nssl_cert = <{pair.certificate}\nssl_key = <{pair.key}\n}}"
        for address, pair in pairs.items()
    ]
    addresses = ", ".join([*pairs, IN_CLEAR])
    extra = [f"listen = {addresses}", *blocks, f"local {IN_CLEAR} {{\nssl = no\n}}"]
    with imap_server(extra="\n".join(extra) + "\n") as found:
        yield found


@contextmanager
def in_tls(server, host, rules):
    client = imapclient.IMAPClient(
        host, server.tls_port, ssl=True, ssl_context=rules, timeout=SECONDS
    )
    with client:
        yield client


@contextmanager
def in_clear(host, port):
    client = imapclient.IMAPClient(host, port, ssl=False, timeout=SECONDS)
    try:
        yield client
    finally:
        # After a handshake that failed the library has closed it already.
        with suppress(OSError):
            client.shutdown()


@contextmanager
def in_starttls(server, host, rules):
    with in_clear(host, server.port) as client:
        tls.start_tls(client, rules)
        yield client


@pytest.mark.parametrize("host", [RIGHT, "localhost"])
def test_a_certificate_of_the_ca_for_this_host_is_believed(server, authority, host):
    rules = tls.context(verify=True, ca=authority.certificate)
    with in_tls(server, host, rules) as client:
        client.login(server.account().name, server.password)
        assert client.socket().version() in {"TLSv1.2", "TLSv1.3"}


@pytest.mark.parametrize(
    ("host", "words"),
    [
        (WRONG_HOST, "is not for 127.0.0.2"),
        (ALONE, "signed by itself"),
        (EXPIRED, "has ended"),
    ],
)
@pytest.mark.parametrize("way", ["tls", "starttls"])
def test_a_bad_certificate_is_refused_before_anything_is_said(
    server, authority, host, words, way
):
    rules = tls.context(verify=True, ca=authority.certificate)
    reach = {"tls": in_tls, "starttls": in_starttls}[way]
    with (
        pytest.raises(ssl.SSLCertVerificationError) as refused,
        reach(server, host, rules),
    ):
        pytest.fail("connected")
    said = tls.in_words(refused.value, host)
    assert words in said
    assert "\n" not in said


def test_a_private_ca_is_not_believed_unless_it_is_named(server):
    rules = tls.context(verify=True, ca=None)
    with (
        pytest.raises(ssl.SSLCertVerificationError) as refused,
        in_tls(server, RIGHT, rules),
    ):
        pytest.fail("connected")
    assert "tls_ca" in tls.in_words(refused.value, RIGHT)


@pytest.mark.parametrize("host", [RIGHT, WRONG_HOST, ALONE, EXPIRED])
def test_any_certificate_does_when_told_so(server, host):
    rules = tls.context(verify=False, ca=None)
    with in_tls(server, host, rules) as client:
        assert client.has_capability("IMAP4REV1")
    with in_starttls(server, host, rules) as client:
        client.login(server.account().name, server.password)


def test_starttls_goes_on_in_tls(server, authority):
    rules = tls.context(verify=True, ca=authority.certificate)
    with in_starttls(server, RIGHT, rules) as client:
        assert isinstance(client.socket(), ssl.SSLSocket)
        client.login(server.account().name, server.password)


def test_a_server_without_starttls_gets_no_word_of_ours(server):
    with in_clear(IN_CLEAR, server.port) as client:
        assert not client.has_capability("STARTTLS")
        with pytest.raises(TlsRefused, match="does not offer STARTTLS"):
            tls.start_tls(client, tls.context(verify=True, ca=None))


def test_who_greets_us_as_logged_in_is_refused():
    """Whoever stands in between could else end the chance to ask for TLS."""
    with _greets(b"* PREAUTH welcome\r\n") as port, in_clear(RIGHT, port) as client:
        assert client.has_capability("STARTTLS")
        with pytest.raises(TlsRefused, match="in clear"):
            tls.start_tls(client, tls.context(verify=True, ca=None))


def test_a_file_without_a_certificate_is_said_in_one_line(tmp_path):
    no_pem = tmp_path / "ca.pem"
    no_pem.write_text("hello")
    with pytest.raises(TlsRefused, match="holds no certificate"):
        tls.context(verify=True, ca=no_pem)
    with pytest.raises(TlsRefused, match="No such file"):
        tls.context(verify=True, ca=tmp_path / "gone.pem")


def test_old_tls_is_not_spoken():
    for verify in (True, False):
        rules = tls.context(verify, None)
        assert rules.minimum_version is ssl.TLSVersion.TLSv1_2


@contextmanager
def _greets(greeting: bytes):
    """A server that greets, and tells everybody what it offers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(SECONDS)

        def serve():
            connection, _ = listening.accept()
            with connection, connection.makefile("rwb", buffering=0) as lines:
                lines.write(greeting)
                for line in lines:
                    tag = line.split()[0]
                    lines.write(
                        b"* CAPABILITY IMAP4rev1 STARTTLS\r\n" + tag + b" OK done\r\n"
                    )

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(SECONDS)


def test_any_fault_of_a_connection_is_one_line():
    assert tls.in_words(TimeoutError(), "h") == "h does not answer in time"
    said = tls.in_words(ConnectionRefusedError(111, "Connection refused"), "h")
    assert said == "h: Connection refused"
