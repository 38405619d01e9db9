"""Reads the settings file and the environment once: checked, frozen, or one clear line.

Every key of `parlour.toml` can also come as the environment variable
`PARLOUR_SECTION__KEY` (`PARLOUR_SECRET` for a key above all sections), which wins;
desks are set in the file alone.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from gateway.routing.desk import Desk, Desks
from gateway.routing.limits import Limits
from gateway.settings.desk import read_desk
from gateway.settings.mailbox import MailboxSection, OAuth2, read_mailboxes
from gateway.settings.sections import (
    DatabaseSection,
    Lmtp,
    Main,
    Outbound,
    Smtp,
    Tls,
    Web,
    read_database,
    read_limits,
    read_lmtp,
    read_main,
    read_outbound,
    read_smtp,
    read_web,
)
from gateway.settings.values import (
    FromEnvironment,
    Listen,
    SettingsError,
    Source,
    nearest,
    refuse_unknown,
)
from parsers.address import key

__all__ = [
    "Listen",
    "Lmtp",
    "MailboxSection",
    "OAuth2",
    "Outbound",
    "Settings",
    "SettingsError",
    "Smtp",
    "Tls",
    "Web",
    "load",
    "read",
]

FILE_NAME = "parlour.toml"
PREFIX = "PARLOUR_"
SECTIONS: Mapping[str, type] = {
    "database": DatabaseSection,
    "smtp": Smtp,
    "lmtp": Lmtp,
    "web": Web,
    "outbound": Outbound,
    "limits": Limits,
}
#: Variables of ours that are no settings.
NOT_SETTINGS = frozenset({"PARLOUR_CONFIG", "PARLOUR_IMAP_PASSWORD"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Everything a site can choose; made by `load` or `read` only."""

    base_url: str
    secret: str = field(repr=False)
    previous_secrets: tuple[str, ...] = field(repr=False)
    data_dir: Path
    auto_migrate: bool
    database_url: str = field(repr=False)
    smtp: Smtp
    lmtp: Lmtp | None
    """None means that this door is closed."""
    web: Web
    outbound: Outbound
    limits: Limits
    desks: Desks
    mailboxes: tuple[tuple[Desk, MailboxSection], ...] = ()
    """The mailboxes to watch, each with the desk it is watched for."""


def load(path: Path, environment: Mapping[str, str]) -> Settings:
    """Read a settings file; raise SettingsError if it is missing or wrong."""
    return read(written(path), path, environment)


def written(path: Path) -> str:
    """Give the text of a settings file; raise SettingsError if that fails."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError(
            "",
            "there is no such file; write one with `parlour init` or name yours with "
            "--config FILE",
            str(path),
        ) from None
    except OSError as error:
        raise SettingsError(
            "", f"cannot be read: {error.strerror}", str(path)
        ) from None
    except UnicodeDecodeError:
        raise SettingsError("", "is not UTF-8 text", str(path)) from None


def read(text: str, path: Path, environment: Mapping[str, str]) -> Settings:
    """Read settings from a text; `path` names it, relative paths start beside it.

    Raises SettingsError, whose message is one line with key and remedy.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("", f"is no TOML: {error}", str(path)) from None
    try:
        return _settings(_with_environment(table, environment), path.absolute().parent)
    except SettingsError as error:
        raise SettingsError(error.key, error.problem, str(path)) from None


def _with_environment(
    table: dict[str, Any], environment: Mapping[str, str]
) -> dict[str, Any]:
    """Lay the variables over the file's table; raise SettingsError for unknown ones."""
    top = {field.name for field in fields(Main)}
    for variable, value in environment.items():
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS:
            continue
        section, separator, name = variable[len(PREFIX) :].lower().partition("__")
        if section == "desk":
            raise SettingsError(variable, "desks are set in the file alone; unset it")
        if not separator:
            _lay_top(table, variable, value, top)
            continue
        known = {field.name for field in fields(SECTIONS.get(section, _Nothing))}
        if name not in known:
            raise SettingsError(
                variable,
                f"no such setting{nearest(name, known)}; unset it or correct it",
            )
        inner = table.setdefault(section, {})
        if isinstance(inner, dict):
            inner[name] = FromEnvironment(value)
    return table


@dataclass
class _Nothing:
    """The fields of a section that does not exist."""


def _lay_top(
    table: dict[str, Any], variable: str, value: str, known: Iterable[str]
) -> None:
    """Take a variable without a section; one that is nearly ours is a mistake.

    Others are left alone: container platforms set names like PARLOUR_PORT themselves.
    """
    name = variable[len(PREFIX) :].lower()
    if name in known:
        table[name] = FromEnvironment(value)
    elif guess := nearest(name, known):
        raise SettingsError(variable, f"no such setting{guess}; unset it or correct it")


def _settings(table: dict[str, Any], folder: Path) -> Settings:
    source = Source("", table, folder)
    top = {field.name for field in fields(Main)}
    refuse_unknown(source, [*top, *SECTIONS, "desk"])
    main = read_main(
        Source("", {name: table[name] for name in table if name in top}, folder)
    )
    sections = {name: _section(source, name) for name in SECTIONS}
    if "outbound" not in table:
        raise source.wrong(
            "outbound",
            "is missing; write [outbound] with host and port of your smarthost",
        )
    desks, mailboxes = _desks(source)
    return Settings(
        base_url=main.base_url,
        secret=main.secret,
        previous_secrets=main.previous_secrets,
        data_dir=main.data_dir,
        auto_migrate=main.auto_migrate,
        database_url=read_database(sections["database"], main.data_dir).url,
        smtp=read_smtp(sections["smtp"]),
        lmtp=read_lmtp(sections["lmtp"]) if "lmtp" in table else None,
        web=read_web(sections["web"]),
        outbound=read_outbound(sections["outbound"]),
        limits=read_limits(sections["limits"]),
        desks=desks,
        mailboxes=mailboxes,
    )


def _section(source: Source, name: str) -> Source:
    inner = source.values.get(name, {})
    if not isinstance(inner, dict):
        raise source.wrong(name, f"must be a section; write [{name}] on its own line")
    return Source(name, inner, source.folder)


_Mailboxes = tuple[tuple[Desk, MailboxSection], ...]


def _desks(source: Source) -> tuple[Desks, _Mailboxes]:
    tables = source.values.get("desk", [])
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise source.wrong("desk", "must be written [[desk]], in two brackets")
    if not tables:
        raise source.wrong(
            "desk", "is missing; write one [[desk]] with address = and team ="
        )
    desks = []
    mailboxes: list[tuple[Desk, MailboxSection]] = []
    for number, table in enumerate(tables, start=1):
        name = "desk" if len(tables) == 1 else f"desk {number}"
        inner = Source(name, table, source.folder)
        desks.append(read_desk(inner))
        mailboxes += [(desks[-1], section) for section in read_mailboxes(inner)]
    _check_together(source, desks)
    _check_mailboxes(source, [section for _, section in mailboxes])
    return Desks(desks), tuple(mailboxes)


def _check_mailboxes(source: Source, mailboxes: list[MailboxSection]) -> None:
    """Check that no folder is read twice, nor filled by what another puts away."""
    watched = set()
    for mailbox in mailboxes:
        for folder in filter(None, (mailbox.folder, mailbox.sent_folder)):
            if (one := _place_of(mailbox, folder)) in watched:
                raise source.wrong(
                    "desk.mailbox",
                    f"{folder} of {mailbox.username} at {mailbox.host} is watched "
                    "twice; name it once",
                )
            watched.add(one)
    for mailbox in mailboxes:
        if _place_of(mailbox, mailbox.done_folder) in watched:
            raise source.wrong(
                "desk.mailbox.done_folder",
                f"{mailbox.done_folder} of {mailbox.username} at {mailbox.host} is "
                "watched too, so mail would go round in circles; name another",
            )


def _place_of(mailbox: MailboxSection, folder: str) -> tuple[str, str, str]:
    """Name a folder the same way however it is written (RFC 3501 section 5.1)."""
    is_inbox = folder.upper() == "INBOX"
    return mailbox.host.lower(), mailbox.username, "INBOX" if is_inbox else folder


def _check_together(source: Source, desks: list[Desk]) -> None:
    """Check what no desk can see alone: whose address is whose."""
    owner: dict[str, str] = {}
    for desk in desks:
        for own in (desk.address, *desk.aliases):
            if key(own) in owner:
                raise source.wrong(
                    "desk",
                    f"{own} is an address twice ({owner[key(own)]} and "
                    f"{desk.address}); each desk and alias needs its own",
                )
            owner[key(own)] = desk.address
    together = Desks(desks)
    for desk in desks:
        for member in desk.team:
            if key(member.address) in owner or together.token_in(member.address):
                raise source.wrong(
                    "desk.team",
                    f"{member.address} is an address of a desk; name the "
                    "people themselves, else mail goes round in circles",
                )
