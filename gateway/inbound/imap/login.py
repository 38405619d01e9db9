"""Ways into a mailbox: a password, or an OAuth 2.0 token in one of two mechanisms."""

import binascii
import contextlib
import imaplib
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from gateway.inbound.imap.grant import OAuthValues, Token, TokenRefused
from gateway.inbound.imap.hush import hushed

EARLY_SECONDS = 60.0
"""How long before its end a token is no longer used."""
_PASSING = re.compile(
    r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|THROTTLED|OVERQUOTA)\b|"
    r"too many (?:simultaneous )?connections",
    re.IGNORECASE,
)
"""How a server says that it refuses everybody just now (RFC 5530 section 3)."""

_log = structlog.get_logger()


class LoginRefused(Exception):  # noqa: N818 (an answer, as the journal's refusals are)
    """The server does not let us in, and will not until somebody acts; one line."""


class LoginUnavailable(ConnectionError):  # noqa: N818 (as above)
    """The server lets nobody in just now, or went away; a later try may do."""


class Login(Protocol):
    """A way into a mailbox."""

    def log_in(self, client: IMAPClient) -> None:
        """Log in on a connection that is safe already.

        Raises LoginRefused when only the operator can help, and OSError (as
        LoginUnavailable is one) when a later try may do. Neither tells a secret.
        """


@dataclass(frozen=True, slots=True)
class Password:
    """A user name and a password."""

    username: str
    password: str = field(repr=False)

    def log_in(self, client: IMAPClient) -> None:
        """See `Login.log_in`; by PLAIN (RFC 4616) where it is offered.

        LOGIN is the last resort (RFC 9051 section 6.2.3): it has no letters outside
        ASCII.
        """
        message = f"\0{self.username}\0{self.password}"
        secrets = (message, self.password)
        if client.has_capability("AUTH=PLAIN"):
            said = _exchange(client, "PLAIN", lambda _: message, secrets)
        elif client.has_capability("LOGINDISABLED"):
            raise LoginRefused(
                "the server takes no password on this connection; use tls, or oauth2"
            )
        elif not (self.username + self.password).isascii():
            raise LoginRefused(
                "the password has letters outside ASCII, and the server has no "
                "AUTH=PLAIN to take them; choose another password"
            )
        else:
            name = f'"{_escaped(self.username)}"'
            said = _attempt(lambda: client.login(name, self.password), secrets)
        if said is not None:
            raise LoginRefused(
                f"the server does not take the password: {said}; correct username and "
                "password (many providers want an app password)"
            )


class OAuth:
    """A user name and a bearer token, by XOAUTH2 or OAUTHBEARER (RFC 7628).

    A token is used until shortly before its end. When the server refuses one, a fresh
    one is fetched, once. Safe to be used by several threads.
    """

    def __init__(
        self,
        username: str,
        values: OAuthValues,
        fetch: Callable[[OAuthValues], Token],
    ) -> None:
        """Take the account, what the settings say, and who fetches a token."""
        self._username = username
        self._values = values
        self._fetch = fetch
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._good_until = 0.0
        self._is_doubtful = False
        """The last token was refused, and none was taken since."""

    def __repr__(self) -> str:
        """Name the account alone; the rest is secret."""
        return f"OAuth({self._username!r}, {self._values.mechanism})"

    def log_in(self, client: IMAPClient) -> None:
        """See `Login.log_in`.

        A server may hang up after a refusal, so that the second token is tried on the
        next connection; if that one is refused too, there is no third.
        """
        with self._lock:
            mechanism = self._offered(client)
            said = self._present(client, mechanism)
            if said is not None and not self._is_doubtful:
                self._is_doubtful = True
                _log.info("token refused, fetching another", mechanism=mechanism)
                said = self._present(client, mechanism)
            self._is_doubtful = said is not None
        if said is not None:
            raise LoginRefused(
                f"the server does not take a fresh token: {said}; check username, "
                "oauth2.scope, and that IMAP is allowed for this account and client"
            )

    def _offered(self, client: IMAPClient) -> str:
        mechanism = self._values.mechanism.upper()
        if client.has_capability(f"AUTH={mechanism}"):
            return mechanism
        offered = sorted(
            name.decode("ascii", "replace").removeprefix("AUTH=")
            for name in client.capabilities()
            if name.startswith(b"AUTH=")
        )
        others = hushed(", ".join(offered), ()) or "no mechanism"
        raise LoginRefused(
            f"the server does not offer {mechanism} but {others}; set "
            "oauth2.mechanism, or use a password"
        )

    def _present(self, client: IMAPClient, mechanism: str) -> str | None:
        """Show the token; give why it was refused, None when we are in."""
        token = self._current()
        conversation = _Bearer(mechanism, self._username, token.value)
        secrets = (conversation.message, token.value)
        said = _exchange(client, mechanism, conversation, secrets)
        if said is None:
            return None
        self._token = None
        heard = hushed(conversation.error, secrets)
        return f"{said} ({heard})" if heard else said

    def _current(self) -> Token:
        """Give the token in hand, or a fresh one when it is about to end."""
        if self._token is not None and time.monotonic() < self._good_until:
            return self._token
        self._token = None
        asked = time.monotonic()
        try:
            token = self._fetch(self._values)
        except TokenRefused as refused:
            raise LoginRefused(str(refused)) from None
        self._good_until = asked + token.seconds - EARLY_SECONDS
        self._token = token
        return token


class _Bearer:
    """The client's part of the SASL conversation, called once for each challenge.

    A refusal comes as a further challenge that names the reason in JSON. It must be
    answered, by nothing (XOAUTH2) or by one %x01 (RFC 7628 section 3.2.3), before the
    server says NO; the library's own log-in would send the token again.
    """

    def __init__(self, mechanism: str, username: str, token: str) -> None:
        self.message = f"user={username}\1auth=Bearer {token}\1\1"
        self._last = b""
        if mechanism == "OAUTHBEARER":
            name = username.replace("=", "=3D").replace(",", "=2C")
            self.message = f"n,a={name},\1auth=Bearer {token}\1\1"
            self._last = b"\1"
        self._has_spoken = False
        self.error = ""
        """Status and scope out of the server's JSON, when it sent some."""

    def __call__(self, challenge: bytes) -> bytes:
        if not self._has_spoken:
            self._has_spoken = True
            return self.message.encode()
        self.error = _reason(challenge)
        return self._last


def _reason(challenge: bytes) -> str:
    """Read the server's JSON (RFC 7628 section 3.2.2); "" when it is none."""
    with contextlib.suppress(ValueError, RecursionError):
        said = json.loads(challenge)
        if isinstance(said, dict):
            wanted = ("status", "scope", "error_description")
            return ", ".join(
                f"{name} {said[name]}" for name in wanted if said.get(name)
            )
    return ""


def _exchange(
    client: IMAPClient,
    mechanism: str,
    conversation: Callable[[bytes], bytes | str],
    secrets: tuple[str, ...],
) -> str | None:
    return _attempt(lambda: client.sasl_login(mechanism, conversation), secrets)


def _attempt(act: Callable[[], object], secrets: tuple[str, ...]) -> str | None:
    """Log in; give what the server says against it, None when we are in.

    Raises LoginUnavailable when it went away, or refuses everybody just now.
    """
    try:
        act()
    except IMAPClientError as error:
        said = hushed(_unwrapped(str(error)), secrets)
        # The library makes one error of a refusal and of a connection that broke.
        if _is_abort(error) or _PASSING.search(said):
            raise LoginUnavailable(f"no log-in just now: {said}") from None
        return said or "no reason given"
    except binascii.Error:
        raise LoginUnavailable(
            "the server sent a challenge that is no base64"
        ) from None
    return None


def _unwrapped(said: str) -> str:
    """Take the b'' off, with which the library writes what answered LOGIN."""
    found = re.fullmatch(r"b(['\"])(.*)\1", said, re.DOTALL)
    return found[2] if found else said


def _is_abort(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, imaplib.IMAP4.abort):
            return True
        error = error.__context__
    return False


def _escaped(word: str) -> str:
    """Escape a word for quotes (RFC 9051 section 9); the library quotes no names."""
    return word.replace("\\", "\\\\").replace('"', '\\"')
