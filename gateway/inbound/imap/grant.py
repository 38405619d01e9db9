"""Fetches an access token where the provider gives them out (OAuth 2.0, RFC 6749)."""

import contextlib
import http.client
import ipaddress
import json
import re
import socket
import ssl
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from gateway.inbound.imap.hush import hushed

SECONDS = 20.0
"""How long a token endpoint may take in all, once it is connected."""
MOST_OCTETS = 64_000
USUAL_SECONDS = 600.0
"""How long a token is used whose life the provider does not tell."""
PASSING = frozenset({"temporarily_unavailable", "server_error", "slow_down"})
"""Errors that say nothing against us."""
REMEDIES = {
    "invalid_grant": "the refresh token is no longer good (ended, revoked, or the "
    "password was changed); let the account's owner consent again and write the new "
    "refresh_token",
    "invalid_client": "client_id or client_secret is wrong, or the secret has ended; "
    "make a new secret at the provider",
    "unauthorized_client": "the provider does not let this client have such a token; "
    "grant it there",
    "invalid_scope": "the provider does not know the scope; correct oauth2.scope",
    "unsupported_grant_type": "the provider gives no token in this way; check "
    "token_url, and whether it wants a refresh_token",
    "invalid_request": "check client_id, client_secret and scope",
}
"""What an error of RFC 6749 section 5.2 asks of the operator."""

# What may stand in a token (RFC 6750 section 2.1, and what providers really use);
# a control character would end the field of the SASL message that carries it.
_TOKEN = re.compile(r"[\x21-\x7e]{1,20000}")


@dataclass(frozen=True, kw_only=True, slots=True)
class OAuthValues:
    """What the settings say of the access token of a mailbox."""

    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    """Empty means the client credentials grant."""
    scope: str = ""
    mechanism: str = "xoauth2"
    """"xoauth2" or "oauthbearer"."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """An access token as it was given."""

    value: str = field(repr=False)
    seconds: float
    """How long it lives from now."""
    refresh_token: str = field(default="", repr=False)
    """The one that takes the place of ours, when the provider sent one."""


class TokenRefused(Exception):  # noqa: N818 (an answer, as the journal's refusals are)
    """The provider gives no token, and will not until somebody acts; one line."""

    def __init__(self, reason: str, code: str = "") -> None:
        """Take the reason with its remedy, and the error code of RFC 6749 5.2."""
        super().__init__(reason)
        self.code = code


class TokenUnavailable(ConnectionError):  # noqa: N818 (as above)
    """The provider cannot be asked just now; one line says why."""


def fetch(values: OAuthValues, refresh_token: str, seconds: float = SECONDS) -> Token:
    """Ask for an access token: RFC 6749 section 6, or 4.4 without a refresh token.

    Takes the refresh token to use, which may be newer than that of `values`. Raises
    TokenRefused when only the operator can help, TokenUnavailable when a later try
    may do. Neither tells a secret, whatever the provider says.
    """
    form = {"client_id": values.client_id}
    if refresh_token:
        form |= {"grant_type": "refresh_token", "refresh_token": refresh_token}
    else:
        form |= {"grant_type": "client_credentials"}
    # RFC 6749 section 2.3.1 allows the secret in the body; both big providers
    # document that way alone.
    form |= {"client_secret": values.client_secret} if values.client_secret else {}
    form |= {"scope": values.scope} if values.scope else {}
    where = _where(values.token_url)
    status, body = _post(where, urlencode(form).encode(), seconds)
    host = where.hostname or ""
    answer = _json(body)
    if status == http.HTTPStatus.OK:
        return _token(answer, host)
    raise _error(host, status, answer, (values.client_secret, refresh_token))


def _where(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme == "https" or (
        parts.scheme == "http" and _is_loopback(parts.hostname or "")
    ):
        return parts
    raise TokenRefused("token_url must begin with https://; a secret is sent there")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _post(where: SplitResult, form: bytes, seconds: float) -> tuple[int, bytes]:
    """Post a form; give the status and the body. Follows no redirect.

    A socket's own timeout bounds each wait, not their sum, so an answer that comes
    drop by drop is cut by a timer. Raises TokenUnavailable.
    """
    host = where.hostname or ""
    connection = _connection(where, seconds)
    late = threading.Event()
    try:
        connection.connect()
        timer = threading.Timer(seconds, _cut, (connection.sock, late))
        timer.daemon = True
        timer.start()
        try:
            answer = _answer(connection, where, form)
        finally:
            timer.cancel()
        if late.is_set():
            # What was cut looks like an answer that ended.
            raise TimeoutError
    except (OSError, http.client.HTTPException) as error:
        if late.is_set() or isinstance(error, TimeoutError):
            why = f"no answer within {seconds:g} s"
        else:
            why = hushed(str(error), ()) or type(error).__name__
        raise TokenUnavailable(f"no token from {host}: {why}") from None
    finally:
        connection.close()
    return answer


def _connection(where: SplitResult, seconds: float) -> http.client.HTTPConnection:
    host = where.hostname or ""
    if where.scheme == "http":
        return http.client.HTTPConnection(host, where.port, timeout=seconds)
    rules = ssl.create_default_context()
    rules.minimum_version = ssl.TLSVersion.TLSv1_2
    return http.client.HTTPSConnection(host, where.port, timeout=seconds, context=rules)


def _cut(sock: socket.socket, late: threading.Event) -> None:
    late.set()
    with contextlib.suppress(OSError):
        # Past the TLS layer, which another thread is reading from.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _answer(
    connection: http.client.HTTPConnection, where: SplitResult, form: bytes
) -> tuple[int, bytes]:
    path = where.path or "/"
    connection.request(
        "POST",
        f"{path}?{where.query}" if where.query else path,
        form,
        {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            "User-Agent": "Parlour",
            "Connection": "close",
        },
    )
    response = connection.getresponse()
    body = response.read(MOST_OCTETS + 1)
    if len(body) > MOST_OCTETS:
        raise http.client.HTTPException(f"an answer above {MOST_OCTETS} octets")
    return response.status, body


def _json(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _token(answer: dict[str, Any] | None, host: str) -> Token:
    value = (answer or {}).get("access_token")
    if answer is None or not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise TokenUnavailable(f"no token from {host}: its answer holds none")
    kind = str(answer.get("token_type", "bearer"))
    if kind.casefold() != "bearer":
        raise TokenRefused(
            f"{host} gives no bearer token but {hushed(kind, (value,), 40)}; check "
            "token_url"
        )
    renewed = answer.get("refresh_token", "")
    is_sound = isinstance(renewed, str) and _TOKEN.fullmatch(renewed)
    return Token(
        value=value,
        seconds=_seconds(answer.get("expires_in")),
        refresh_token=renewed if is_sound else "",
    )


def _seconds(said: Any) -> float:
    """Read expires_in; some providers write the number as text."""
    try:
        found = float(said)
    except (TypeError, ValueError):
        return USUAL_SECONDS
    return found if 0 <= found < float("inf") else USUAL_SECONDS


def _error(
    host: str, status: int, answer: dict[str, Any] | None, secrets: tuple[str, ...]
) -> TokenRefused | TokenUnavailable:
    """Turn an error into one line: what the provider says, then what to do."""
    code = hushed(str((answer or {}).get("error", "")), secrets, 40)
    said = hushed(str((answer or {}).get("error_description", "")), secrets)
    if status >= 500 or status in {408, 425, 429} or code in PASSING:
        return TokenUnavailable(f"no token from {host}: it answers {status} {code}")
    if not code:
        return TokenRefused(
            f"no token from {host}: it answers {status} and no OAuth error; check "
            "token_url"
        )
    remedy = REMEDIES.get(code, "see what the provider says of it")
    heard = f" ({said})" if said else ""
    return TokenRefused(f"no token from {host}: {code}{heard}: {remedy}", code)
