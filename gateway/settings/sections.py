"""The sections of the settings file, each a frozen dataclass with its defaults."""

import dataclasses
import ipaddress
import re
import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from gateway.routing.limits import Limits
from gateway.settings.values import Listen, Source, fill, networks

LEAST_SECRET = 32
SMTP_PORT = 25
LOOPBACK = ("127.0.0.0/8", "::1/128")
SMTP, LMTP, WEB = (Listen("127.0.0.1", port) for port in (8025, 8024, 8080))

#: Limits that may be 0, which means "none at all"; any other 0 would stop the mail.
MAY_BE_ZERO = frozenset(
    {
        "acknowledgements_per_domain_hour",
        "acknowledgements_per_sender_day",
        "cc_invitations",
        "errors_before_delay",
        "follow_up_days",
        "free_disk_mb",
        "invitations_per_invitee_month",
        "invitations_per_inviter_day",
        "machine_letters_per_day",
        "machine_letters_per_hour",
        "outsiders_per_activity",
        "token_view_days",
    }
)


class Tls(StrEnum):
    """How a connection to the smarthost is secured."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class ProxyHeader(StrEnum):
    """The header in which a proxy says whose request it hands on."""

    X_FORWARDED_FOR = "X-Forwarded-For"
    FORWARDED = "Forwarded"
    """RFC 7239."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Main:
    """The keys above all sections."""

    secret: str = field(repr=False)
    base_url: str = "http://127.0.0.1:8080"
    data_dir: Path = Path("data")
    previous_secrets: tuple[str, ...] = field(default=(), repr=False)
    auto_migrate: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseSection:
    """`[database]`."""

    url: str = field(default="", repr=False)
    """SQLAlchemy form, absolute; may hold a password."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Smtp:
    """`[smtp]`: the door for mail."""

    listen: Listen = SMTP
    max_message_mb: float = 30
    tls_cert: Path | None = None
    tls_key: Path | None = None
    trusted_authserv_ids: tuple[str, ...] = ()
    trusted_arc_sealers: tuple[str, ...] = ()
    trusted_peers: tuple[str, ...] = LOOPBACK

    @property
    def max_message_octets(self) -> int:
        """The largest mail taken; a MB is 10^6 octets as transferred."""
        return int(self.max_message_mb * 1_000_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lmtp:
    """`[lmtp]`: the door for a mail server on the same machine; absent means off."""

    listen: Listen = LMTP
    socket_mode: str = "660"
    """Who may open a Unix socket, as chmod writes it."""
    socket_group: str = ""
    """Whose group a Unix socket gets; empty: that of the process."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Web:
    """`[web]`: the pages."""

    listen: Listen = WEB
    trusted_proxies: tuple[str, ...] = LOOPBACK
    """Addresses or networks of those in front that say whose request it is."""
    proxy_header: ProxyHeader = ProxyHeader.X_FORWARDED_FOR


@dataclass(frozen=True, kw_only=True, slots=True)
class Outbound:
    """`[outbound]`: the smarthost that takes our letters."""

    host: str = "127.0.0.1"
    port: int = 25
    tls: Tls = Tls.NONE
    tls_verify: bool = True
    tls_ca: Path | None = None
    username: str = ""
    password: str = field(default="", repr=False)
    connections: int = 4
    max_per_second: float = 0
    """0 means no bound."""


def read_main(source: Source) -> Main:
    """Read and check the keys above all sections."""
    main = fill(Main, source)
    _check_secret(source, "secret", main.secret)
    for secret in main.previous_secrets:
        _check_secret(source, "previous_secrets", secret)
    return dataclasses.replace(
        main,
        base_url=_base_url(source, main.base_url),
        data_dir=source.folder / main.data_dir,
    )


def _check_secret(source: Source, name: str, secret: str) -> None:
    if len(secret) < LEAST_SECRET:
        raise source.wrong(
            name,
            f"needs at least {LEAST_SECRET} characters, has {len(secret)}; make one "
            "with `python3 -c 'import secrets; print(secrets.token_urlsafe(32))'`",
        )


def _base_url(source: Source, written: str) -> str:
    try:
        parts = urlsplit(written)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    good = parts.scheme in {"http", "https"} and host and " " not in written
    if not good or parts.query or parts.fragment or parts.username is not None:
        raise source.wrong(
            "base_url",
            f'"{written}" is no address of a site; write https://support.acme.example',
        )
    return written.rstrip("/")


def read_database(source: Source, data_dir: Path) -> DatabaseSection:
    """Read the database's URL; a relative SQLite file lies beside the settings."""
    url = fill(DatabaseSection, source).url or f"sqlite:///{data_dir / 'parlour.db'}"
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise source.wrong("url", _DATABASE_REMEDY)
    match scheme:
        case "sqlite" | "sqlite+pysqlite":
            url = _sqlite(source, rest)
        case "postgresql" | "postgres" | "postgresql+psycopg":
            # One driver, whatever SQLAlchemy makes of the bare name.
            url = f"postgresql+psycopg://{rest}"
        case _:
            raise source.wrong(
                "url", f'"{scheme}" is not supported; {_DATABASE_REMEDY}'
            )
    return DatabaseSection(url=url)


_DATABASE_REMEDY = (
    "write sqlite:///data/parlour.db or postgresql+psycopg://user@host/name"
)


def _sqlite(source: Source, rest: str) -> str:
    file, _, query = rest.removeprefix("/").partition("?")
    if not rest.startswith("/") or file in {"", ":memory:"}:
        raise source.wrong(
            "url",
            "SQLite needs a file (sqlite:///data/parlour.db), two processes use it",
        )
    return f"sqlite:///{source.folder / file}" + (f"?{query}" if query else "")


def read_smtp(source: Source) -> Smtp:
    """Read and check `[smtp]`."""
    smtp = fill(Smtp, source)
    _check_port(source, smtp.listen)
    for name in ("tls_cert", "tls_key"):
        file = getattr(smtp, name)
        if file is not None and not file.is_file():
            raise source.wrong(name, f"there is no file {file}")
    if (smtp.tls_cert is None) != (smtp.tls_key is None):
        missing = "tls_key" if smtp.tls_key is None else "tls_cert"
        raise source.wrong(missing, "is missing; tls_cert and tls_key go together")
    if not 0 < smtp.max_message_mb <= 1000:
        raise source.wrong("max_message_mb", "must be above 0 and at most 1000")
    networks(source, "trusted_peers", smtp.trusted_peers)
    for name in ("trusted_authserv_ids", "trusted_arc_sealers"):
        for entry in getattr(smtp, name):
            if not entry or not entry.isascii() or any(c in entry for c in " @;,\"'"):
                raise source.wrong(name, f'"{entry}" is no host name')
    return smtp


def read_lmtp(source: Source) -> Lmtp:
    """Read and check `[lmtp]`."""
    lmtp = fill(Lmtp, source)
    if lmtp.listen.port == SMTP_PORT:
        # RFC 2033 section 3.
        raise source.wrong("listen", "LMTP must not use port 25; write another, as 24")
    for name in ("socket_mode", "socket_group"):
        if name in source.values and lmtp.listen.path is None:
            raise source.wrong(
                name, 'is for a Unix socket; write listen = "unix:/path" or remove it'
            )
    if not re.fullmatch("0?[0-7]{3}", lmtp.socket_mode):
        raise source.wrong(
            "socket_mode", f'"{lmtp.socket_mode}" is no mode; write "660" or "666"'
        )
    return lmtp


def read_web(source: Source) -> Web:
    """Read and check `[web]`."""
    web = fill(Web, source)
    _check_port(source, web.listen)
    networks(source, "trusted_proxies", web.trusted_proxies)
    return web


def _check_port(source: Source, listen: Listen) -> None:
    if listen.path is not None:
        raise source.wrong(
            "listen", "only [lmtp] can listen on a Unix socket; write host:port"
        )


def read_outbound(source: Source) -> Outbound:
    """Read and check `[outbound]`; without a port the one usual for `tls`."""
    outbound = fill(Outbound, source)
    if "port" not in source.values:
        outbound = dataclasses.replace(outbound, port=PORTS[outbound.tls])
    if not outbound.host or any(letter in outbound.host for letter in " :/@[]"):
        raise source.wrong("host", f'"{outbound.host}" is no host name or IPv4 address')
    if not 0 < outbound.port < 65536:
        raise source.wrong("port", f"{outbound.port} is not between 1 and 65535")
    if not 0 < outbound.connections <= 20:
        raise source.wrong("connections", "must be between 1 and 20")
    _check_trust(source, outbound)
    _check_login(source, outbound)
    return outbound


PORTS = {Tls.NONE: 25, Tls.STARTTLS: 587, Tls.TLS: 465}


def _check_trust(source: Source, outbound: Outbound) -> None:
    file = outbound.tls_ca
    if file is None:
        return
    if outbound.tls is Tls.NONE or not outbound.tls_verify:
        raise source.wrong(
            "tls_ca",
            "has no effect; set tls and leave tls_verify on",
        )
    try:
        ssl.create_default_context(cafile=file)
    except OSError as error:
        why = "is no PEM file" if isinstance(error, ssl.SSLError) else error.strerror
        raise source.wrong("tls_ca", f"{file}: {why}") from None


def _check_login(source: Source, outbound: Outbound) -> None:
    if bool(outbound.username) != bool(outbound.password):
        missing = "password" if outbound.username else "username"
        raise source.wrong(missing, "is missing; username and password go together")
    if (
        outbound.username
        and outbound.tls is Tls.NONE
        and not is_loopback(outbound.host)
    ):
        raise source.wrong(
            "tls", 'a password must not travel in clear; set tls = "starttls" or "tls"'
        )


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_limits(source: Source) -> Limits:
    """Read `[limits]`; only a few of them may be 0."""
    limits = fill(Limits, source)
    for name in source.values:
        if not getattr(limits, name) and name not in MAY_BE_ZERO:
            raise source.wrong(name, "must be above 0")
    return limits
