"""A connection to a mailbox: opened, logged in, bounded; its faults in plain words."""

import imaplib
import re
import socket
from contextlib import suppress

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError

from gateway.inbound.imap.account import Account
from gateway.inbound.imap.hush import hushed
from gateway.inbound.imap.login import LoginRefused, LoginUnavailable
from gateway.inbound.imap.tls import TlsRefused, context, in_words, start_tls

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0
"""How long a server may be silent in the middle of an answer."""

# What a server says to a command that it does not do; anything else that the library
# complains of may hold pieces of mail, and is not told.
_SAID = re.compile(r"(\w+) (?:failed: |command error: BAD )(.*)", re.DOTALL)


def connect(
    account: Account, *, most_octets: int, answer_seconds: float = ANSWER_SECONDS
) -> IMAPClient:
    """Connect and log in; the caller ends the connection with `leave`.

    `most_octets` is the longest string that the server may send. Raises LoginRefused
    and TlsRefused when only the operator can help, OSError and IMAPClientError when a
    later try may do.
    """
    rules = None
    if account.tls != "none":
        rules = context(account.tls_verify, account.tls_ca)
    client = IMAPClient(
        account.host,
        account.port,
        ssl=account.tls == "tls",
        ssl_context=rules,
        timeout=SocketTimeout(CONNECT_SECONDS, answer_seconds),
    )
    try:
        # INTERNALDATE with its zone, not as a local time without one.
        client.normalise_times = False
        _bound(client, most_octets)
        if account.tls == "starttls" and rules is not None:
            start_tls(client, rules)
        account.login.log_in(client)
    except BaseException:
        cut(client)
        raise
    return client


def _bound(client: IMAPClient, most_octets: int) -> None:
    """Take no string above so many octets, and write no line for a log nobody reads."""
    library = client._imap  # noqa: SLF001 (the library has no other way)
    library.debug = 0
    read = library.read

    def bounded(size: int) -> bytes:
        if size > most_octets:
            raise imaplib.IMAP4.abort(f"a string above {most_octets} octets")
        found: bytes = read(size)
        return found

    library.read = bounded


def leave(client: IMAPClient) -> None:
    """Log out, if the server still listens."""
    # Whatever happens at a goodbye harms nobody.
    with suppress(Exception):
        client.socket().settimeout(2)
        client.logout()
    cut(client)


def cut(client: IMAPClient) -> None:
    """End the connection at once; from any thread, in the middle of anything."""
    with suppress(Exception):
        socket.socket.shutdown(client.socket(), socket.SHUT_RDWR)
    with suppress(Exception):
        client.shutdown()


def refusal(error: BaseException) -> str | None:
    """Give what the server said to a command it did not do; None for other faults.

    After a refusal the connection is sound and can be used on.
    """
    if not isinstance(error, IMAPClientError) or isinstance(error, imaplib.IMAP4.abort):
        return None
    found = _SAID.fullmatch(str(error))
    return hushed(f"{found[1].upper()}: {_plain(found[2])}", ()) if found else None


def _plain(said: str) -> str:
    """Take the [b'...'] off, with which the library writes what it heard."""
    return re.sub(r"^\[?b['\"]|['\"]\]?$", "", said)


def in_short(error: BaseException, account: Account) -> str:
    """Say in one line why a mailbox cannot be watched; never a piece of mail."""
    match error:
        case LoginRefused() | LoginUnavailable() | TlsRefused():
            return str(error)
        case OSError():
            return in_words(error, account.host)
        case IMAPClientError():
            said = refusal(error)
            if said is not None:
                return f"{account.host} refuses {said}"
            return f"{account.host} hung up, or answers what is no IMAP"
    return f"{type(error).__name__} while watching"
