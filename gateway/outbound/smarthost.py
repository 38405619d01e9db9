"""The smarthost: who it is, and the way in: connect, secure, sign in.

What goes wrong here is the smarthost's state and says nothing of a mail: letters wait.
"""

import base64
import ipaddress
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

MOST_SESSIONS = 20

_CONNECT_SECONDS = 30.0
# RFC 5321 section 4.5.3.2.
COMMAND_SECONDS = 300.0

_UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")

Reply = tuple[int, str]


@dataclass(frozen=True, kw_only=True)
class Smarthost:
    """The `[outbound]` section: the mail server that takes our mail."""

    host: str
    port: int = 25
    tls: Literal["none", "starttls", "tls"] = "none"
    tls_verify: bool = True
    """False takes any certificate; for a smarthost on the same private network."""
    tls_ca: Path | None = None
    """Who may vouch for its certificate, in place of the system's list (PEM)."""
    username: str = ""
    password: str = ""
    connections: int = 4
    max_per_second: float = 0
    """0: as fast as it goes."""
    hello: str = ""
    """The name in EHLO; empty: the address of our end (RFC 5321 section 4.1.3)."""

    def __post_init__(self) -> None:
        """Raise ValueError for numbers that cannot be."""
        if not 1 <= self.connections <= MOST_SESSIONS:
            raise ValueError(f"outbound.connections must be 1 to {MOST_SESSIONS}")
        if self.max_per_second < 0:
            raise ValueError("outbound.max_per_second must not be below 0")


class AwayError(Exception):
    """The smarthost cannot be used; the message says why, and never a password."""


def enter(smarthost: Smarthost, seconds: float = _CONNECT_SECONDS) -> smtplib.SMTP:
    """Connect, greet, secure and sign in, each step within `seconds`.

    Raises AwayError when the smarthost is away or does not play.
    """
    smtp: smtplib.SMTP | None = None
    try:
        smtp = _connect(smarthost, seconds)
        _come_in(smtp, smarthost)
    except (OSError, smtplib.SMTPException, AwayError) as error:
        if smtp is not None:
            smtp.close()
        raise AwayError(said_by(error)) from error
    return smtp


def context(smarthost: Smarthost) -> ssl.SSLContext:
    """Make what checks the certificate and the host name, unless told otherwise.

    Raises OSError (ssl.SSLError is one) when `tls_ca` cannot be read.
    """
    found = ssl.create_default_context(cafile=smarthost.tls_ca)
    if not smarthost.tls_verify:
        found.check_hostname = False
        found.verify_mode = ssl.CERT_NONE
    return found


def _connect(smarthost: Smarthost, seconds: float) -> smtplib.SMTP:
    # A name is given because smtplib would else ask the DNS for ours.
    where, name = (smarthost.host, smarthost.port), "localhost"
    if smarthost.tls == "tls":
        return smtplib.SMTP_SSL(
            *where, local_hostname=name, timeout=seconds, context=context(smarthost)
        )
    return smtplib.SMTP(*where, local_hostname=name, timeout=seconds)


def _come_in(smtp: smtplib.SMTP, smarthost: Smarthost) -> None:
    assert smtp.sock is not None
    # A mail is a few small packets with an answer each: waiting to fill them costs.
    smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _greet(smtp, smarthost)
    if smarthost.tls == "starttls":
        if not smtp.has_extn("starttls"):
            raise AwayError("the smarthost does not offer STARTTLS")
        smtp.starttls(context=context(smarthost))
        _greet(smtp, smarthost)
    if smarthost.username:
        if smarthost.tls == "none" and not _is_loopback(smtp.sock):
            raise AwayError("will not sign in without TLS (outbound.tls)")
        _sign_in(smtp, smarthost)
    smtp.sock.settimeout(COMMAND_SECONDS)


def _greet(smtp: smtplib.SMTP, smarthost: Smarthost) -> None:
    assert smtp.sock is not None
    name = smarthost.hello or _literal(smtp.sock.getsockname()[0])
    smtp.local_hostname = name
    smtp.ehlo_or_helo_if_needed()


def _sign_in(smtp: smtplib.SMTP, smarthost: Smarthost) -> None:
    """Sign in once: a second way after a refusal would count as a second mistake.

    The library's own way knows ASCII alone; a password is UTF-8 (RFC 4616 section 2).
    """
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    name, password = smarthost.username.encode(), smarthost.password.encode()
    if "PLAIN" in offered:
        # RFC 4954 section 4.
        reply = smtp.docmd("AUTH", f"PLAIN {_written(b'', name, password)}")
    elif "LOGIN" in offered:
        reply = smtp.docmd("AUTH", f"LOGIN {_written(name)}")
        if reply[0] == 334:
            reply = smtp.docmd(_written(password))
    else:
        raise AwayError(
            "the smarthost offers neither AUTH PLAIN nor AUTH LOGIN"
            + (f", only {' '.join(offered)}" if offered else "")
        )
    if reply[0] != 235:
        raise smtplib.SMTPAuthenticationError(*reply)


def _written(*parts: bytes) -> str:
    return base64.b64encode(b"\0".join(parts)).decode()


def _literal(ip: str) -> str:
    return f"[IPv6:{ip}]" if ":" in ip else f"[{ip}]"


def _is_loopback(sock: socket.socket) -> bool:
    return ipaddress.ip_address(sock.getpeername()[0]).is_loopback


def text_of(reply: Reply) -> str:
    """Write a reply for a row or a log: printable, on one line, cut."""
    return printable(f"{reply[0]} {reply[1]}").strip()


def printable(text: str) -> str:
    """Give a text on one line, in ASCII, cut."""
    return _UNPRINTABLE.sub(" ", text)[:500]


def said_by(error: Exception) -> str:
    """Write an error for people; a password never stands in any."""
    match error:
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=text):
            said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
            return text_of((code, said))
        case ssl.SSLCertVerificationError(verify_message=why):
            return f"the certificate is not trusted: {why} (outbound.tls_ca)"
        case TimeoutError():
            return "no answer in time"
        case _:
            return printable(str(error) or type(error).__name__)
