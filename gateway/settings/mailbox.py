"""Reads one `[[desk.mailbox]]`: an IMAP mailbox that a desk's mail is fetched from."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gateway.settings.sections import Tls, is_loopback
from gateway.settings.values import Source, fill

#: Headers in which a provider notes the envelope recipient, in the order of trust.
ENVELOPE_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Forwarded-To")
LEAST_POLL_SECONDS = 1
MOST_POLL_SECONDS = 86_400
PORTS = {Tls.NONE: 143, Tls.STARTTLS: 143, Tls.TLS: 993}


class Mechanism(StrEnum):
    """How an OAuth 2.0 token is handed to the server."""

    XOAUTH2 = "xoauth2"
    OAUTHBEARER = "oauthbearer"
    """RFC 7628."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OAuth2:
    """`[desk.mailbox.oauth2]`: where the access token of a mailbox comes from."""

    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    """Empty means the client credentials grant (RFC 6749 section 4.4)."""
    scope: str = ""
    mechanism: Mechanism = Mechanism.XOAUTH2


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxSection:
    """`[[desk.mailbox]]`: one mailbox that is watched for a desk."""

    host: str
    username: str
    port: int = 993
    tls: Tls = Tls.TLS
    tls_verify: bool = True
    tls_ca: Path | None = None
    password: str = field(default="", repr=False)
    oauth2: OAuth2 | None = None
    folder: str = "INBOX"
    done_folder: str = ""
    """Where fetched mail is moved; empty means that it is marked as seen."""
    sent_folder: str = ""
    """Where answers lie that were sent by hand; empty means that none is read."""
    envelope_headers: tuple[str, ...] = ENVELOPE_HEADERS
    authserv_ids: tuple[str, ...] = ()
    """Whose Authentication-Results are believed, instead of the provider's."""
    poll_seconds: float = 60
    backlog_days: float = 3


def read_mailboxes(source: Source) -> tuple[MailboxSection, ...]:
    """Read the `mailbox` tables of a desk; raise SettingsError for a wrong one."""
    tables = source.values.get("mailbox", [])
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise source.wrong(
            "mailbox", "must be written [[desk.mailbox]], in two brackets"
        )
    found = []
    for number, table in enumerate(tables, start=1):
        name = "mailbox" if len(tables) == 1 else f"mailbox {number}"
        found.append(_read(Source(source.key(name), table, source.folder)))
    return tuple(found)


def _read(source: Source) -> MailboxSection:
    plain = {key: value for key, value in source.values.items() if key != "oauth2"}
    section = fill(MailboxSection, dataclasses.replace(source, values=plain))
    if "port" not in plain:
        section = dataclasses.replace(section, port=PORTS[section.tls])
    section = dataclasses.replace(
        section,
        oauth2=_oauth2(source),
        envelope_headers=_envelope_headers(source, section.envelope_headers),
    )
    _check_server(source, section)
    _check_login(source, section)
    _check_folders(source, section)
    _check_numbers(source, section)
    for entry in section.authserv_ids:
        if not entry or not entry.isascii() or any(c in entry for c in " @;,\"'"):
            raise source.wrong("authserv_ids", f'"{entry}" is no host name')
    return section


def _oauth2(source: Source) -> OAuth2 | None:
    table: Mapping[str, Any] | None = source.values.get("oauth2")
    if table is None:
        return None
    if not isinstance(table, dict):
        raise source.wrong(
            "oauth2", "must be a section; write [desk.mailbox.oauth2] on its own line"
        )
    inner = Source(source.key("oauth2"), table, source.folder)
    found = fill(OAuth2, inner)
    if not _is_safe(found.token_url):
        raise inner.wrong(
            "token_url",
            "is no https address; write one like https://login.example/token, as a "
            "secret is sent there",
        )
    if not found.client_id:
        raise inner.wrong("client_id", "is empty; write what the provider calls it")
    if not found.refresh_token and not found.client_secret:
        raise inner.wrong(
            "refresh_token",
            "is missing; give it, or client_secret for the client credentials grant",
        )
    return found


def _is_safe(url: str) -> bool:
    """Say whether secrets may be sent to an address; it must hold none itself."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc or not url.isascii() or " " in url:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def _envelope_headers(source: Source, written: tuple[str, ...]) -> tuple[str, ...]:
    """Give the trusted ones in our order, however they are written."""
    known = {name.lower(): name for name in ENVELOPE_HEADERS}
    for name in written:
        if name.lower() not in known:
            raise source.wrong(
                "envelope_headers",
                f'"{name}" is not one of {", ".join(ENVELOPE_HEADERS)}',
            )
    wanted = {name.lower() for name in written}
    return tuple(name for name in ENVELOPE_HEADERS if name.lower() in wanted)


def _check_server(source: Source, section: MailboxSection) -> None:
    if not section.host or any(letter in section.host for letter in " :/@[]"):
        raise source.wrong("host", f'"{section.host}" is no host name or IPv4 address')
    if not 0 < section.port < 65536:
        raise source.wrong("port", f"{section.port} is not between 1 and 65535")
    if section.tls is Tls.NONE and not is_loopback(section.host):
        raise source.wrong(
            "tls", 'mail must not travel in clear; set tls = "tls" or "starttls"'
        )
    if section.tls_ca is not None and not section.tls_ca.is_file():
        raise source.wrong("tls_ca", f"there is no file {section.tls_ca}")


def _check_login(source: Source, section: MailboxSection) -> None:
    if not section.username:
        raise source.wrong("username", "is empty; write the name of the account")
    if bool(section.password) == (section.oauth2 is not None):
        raise source.wrong(
            "password",
            "and oauth2 exclude each other; keep one"
            if section.password
            else "is missing; write it, or a section [desk.mailbox.oauth2]",
        )


def _check_folders(source: Source, section: MailboxSection) -> None:
    if not section.folder:
        raise source.wrong("folder", 'is empty; write the name, usually "INBOX"')
    for name in ("done_folder", "sent_folder"):
        if _same_folder(getattr(section, name), section.folder):
            raise source.wrong(
                name, f'"{section.folder}" is the folder that is watched; name another'
            )
    if section.sent_folder and section.sent_folder == section.done_folder:
        raise source.wrong("sent_folder", "is done_folder too; name another")


def _same_folder(one: str, other: str) -> bool:
    """Say whether two names are one folder; INBOX has no case (RFC 3501 5.1)."""
    return one == other or one.upper() == other.upper() == "INBOX"


def _check_numbers(source: Source, section: MailboxSection) -> None:
    if not LEAST_POLL_SECONDS <= section.poll_seconds <= MOST_POLL_SECONDS:
        raise source.wrong(
            "poll_seconds",
            f"must be between {LEAST_POLL_SECONDS} and {MOST_POLL_SECONDS}",
        )
    if section.backlog_days > 36_500:
        raise source.wrong("backlog_days", "must be at most 36500")
