"""TLS to a mailbox: the certificate and its host name are checked, or it is said so."""

import ssl
from pathlib import Path

from imapclient import IMAPClient

ALERTS = {
    "self-signed certificate": "it is signed by itself",
    "self signed certificate": "it is signed by itself",
    "unable to get local issuer certificate": "nobody known here signed it",
    "certificate has expired": "it has ended",
    "certificate is not yet valid": "it is not valid yet",
}
"""How OpenSSL says what is wrong with a certificate, and how we do."""


class TlsRefused(Exception):  # noqa: N818 (named like the other outcomes of a log-in)
    """The connection cannot be made safe; one line says why and what to do."""


def context(verify: bool, ca: Path | None) -> ssl.SSLContext:  # noqa: FBT001
    """Make the rules for a connection: TLS 1.2 or later, certificate and name checked.

    `ca` names a file with the certificates that alone are believed (a private CA);
    None believes those of the system. `verify` False checks nothing, so that anybody
    on the way can read the password: the caller has to warn. Raises TlsRefused for a
    file that holds no certificate.
    """
    try:
        found = ssl.create_default_context(cafile=ca)
    except OSError as error:
        is_read = isinstance(error, ssl.SSLError)
        why = "it holds no certificate in PEM" if is_read else error.strerror
        raise TlsRefused(f"tls_ca: {ca} cannot be used: {why}") from error
    found.minimum_version = ssl.TLSVersion.TLSv1_2
    if not verify:
        found.check_hostname = False
        found.verify_mode = ssl.CERT_NONE
    return found


def start_tls(client: IMAPClient, rules: ssl.SSLContext) -> None:
    """Go on in TLS (RFC 9051 section 6.2.1), or not at all.

    Whoever stands between us and the server can take STARTTLS out of its offer, or
    say that we are logged in already (PREAUTH), which would end the chance to ask for
    it. Both raise TlsRefused; nothing of ours was said by then. What a server offered
    in clear is forgotten, as it may not have been the server. Raises OSError when the
    connection or the certificate fails.
    """
    if client.welcome.upper().startswith(b"* PREAUTH"):
        raise TlsRefused("the server greets us as logged in, in clear; refused")
    if not client.has_capability("STARTTLS"):
        raise TlsRefused(
            'the server does not offer STARTTLS; set tls = "tls" if it has a port for '
            "that. If it offered STARTTLS before, somebody may stand in between"
        )
    client.starttls(rules)


def in_words(error: OSError, host: str) -> str:
    """Say in one line why no connection came about; `host` is what the settings name.

    Takes any OSError; certificates get words of their own, with a remedy.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        said = error.verify_message
        if "mismatch" in said or "not valid for" in said:
            return f"the certificate is not for {host}; set host to the name in it"
        why = ALERTS.get(said, said)
        return (
            f"the certificate of {host} is not believed: {why}; renew it, or name the "
            "file of its CA as tls_ca"
        )
    if isinstance(error, ssl.SSLError):
        return f"no TLS with {host}: {error.reason or 'the handshake failed'}"
    if isinstance(error, TimeoutError):
        return f"{host} does not answer in time"
    return f"{host}: {' '.join(str(error.strerror or error).split())[:200]}"
