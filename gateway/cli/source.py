"""Which existing mail is meant: `mbox|maildir|imap SOURCE`, for `look` and `import`."""

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, unquote, urlsplit

import click

from gateway.cli.command import Mistake, read_settings
from parsers.address import key

if TYPE_CHECKING:
    from gateway.inbound.imap.account import Account
    from gateway.inbound.sources import Source

PASSWORD = "PARLOUR_IMAP_PASSWORD"  # noqa: S105 (the name of a variable)
_PORTS = {"imaps": 993, "imap": 143}


class Kind(StrEnum):
    """How the mail lies there."""

    MBOX = "mbox"
    MAILDIR = "maildir"
    IMAP = "imap"


def source_arguments(command: Any) -> Any:
    """Let a command take `mbox|maildir|imap SOURCE` as its first two arguments."""
    for argument in (
        click.argument("source"),
        click.argument("kind", type=click.Choice([kind.value for kind in Kind])),
    ):
        command = argument(command)
    return command


def open_source(kind: str, source: str, *, head_only: bool = False) -> "Source":
    """Open the mail that a command line means; raise Mistake when it cannot be.

    For mbox it is a file, or a folder with such files in it. For IMAP it is the address
    of a desk with a `[[desk.mailbox]]`, or its user name there, or
    `imaps://user@host[:port]/FOLDER,FOLDER`. `head_only` leaves the bodies where they
    are.
    """
    from gateway.inbound.sources import Maildir, Mbox, MboxFolder, SourceError

    try:
        match Kind(kind):
            case Kind.MBOX:
                path = Path(source)
                one = MboxFolder if path.is_dir() else Mbox
                return one(path, head_only=head_only)
            case Kind.MAILDIR:
                return Maildir(Path(source), head_only=head_only)
            case Kind.IMAP:
                return _imap(source, head_only=head_only)
    except SourceError as error:
        raise Mistake(str(error)) from error


def _imap(source: str, *, head_only: bool) -> "Source":
    from gateway.inbound.sources.imap import Imap

    if "://" in source:
        account, folders = _from_url(source)
        return Imap(account, folders, head_only=head_only)
    account = _from_settings(source)
    named = (account.folder, account.done_folder, account.sent_folder)
    # Without a name for sent mail the server is asked for it.
    folders = tuple(filter(None, named)) if account.sent_folder else ()
    return Imap(account, folders, head_only=head_only)


def _from_settings(source: str) -> "Account":
    """Find the mailbox of a desk, or of a user name where a desk has several."""
    from gateway.app.mailboxes import accounts

    settings = read_settings()
    desk = settings.desks.by_address(source)
    wanted = key(desk.address if desk else source)
    every = accounts(settings)
    found = [each for each in every if key(each.username) == wanted]
    found = [each for each in every if key(each.desk) == wanted] or found
    if len(found) == 1:
        return found[0]
    if found:
        raise Mistake(
            f"imap: {source} has several mailboxes; name one by its user name: "
            f"{_names(found)}"
        )
    there = f": {_names(every)}" if every else ", as there is no [[desk.mailbox]]"
    raise Mistake(
        f"imap: {source} is no mailbox of the settings{there}; or write "
        "imaps://user@host/FOLDER"
    )


def _names(accounts: "Sequence[Account]") -> str:
    return ", ".join(account.username for account in accounts)


def _from_url(source: str) -> "tuple[Account, tuple[str, ...]]":
    """Read `imaps://user@host[:port]/FOLDER,FOLDER`, much as RFC 5092 writes it."""
    from gateway.inbound.imap.account import Account
    from gateway.inbound.imap.login import Password
    from gateway.settings.sections import is_loopback

    try:
        parts = urlsplit(source)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise _wrong(source) from None
    host, user = parts.hostname or "", unquote(parts.username or "")
    if not host or not user or parts.query or parts.fragment:
        raise _wrong(source)
    if parts.password is not None:
        raise _has_password()
    tls = "tls" if parts.scheme == "imaps" else "starttls"
    account = Account(
        desk="",
        host=host,
        port=port,
        username=user,
        login=Password(user, _password(user, host)),
        tls="none" if tls == "starttls" and is_loopback(host) else tls,
        only_reads=True,
    )
    return account, _folders(parts)


def _wrong(source: str) -> Mistake:
    if ":" in source.partition("://")[2].rpartition("@")[0]:
        # What is said of a source repeats it, and this one may hold a password.
        return _has_password()
    return Mistake(
        f"imap: {source} is not understood; write imaps://user@host[:port]/FOLDER"
    )


def _has_password() -> Mistake:
    return Mistake(
        f"imap: leave the password out of the address, where others see it; set "
        f"{PASSWORD} or be asked"
    )


def _folders(parts: SplitResult) -> tuple[str, ...]:
    names = parts.path.removeprefix("/").split(",")
    return tuple(unquote(name) for name in names if name)


def _password(user: str, host: str) -> str:
    """Give the password from the environment, or ask for it on a terminal."""
    if given := os.environ.get(PASSWORD):
        return given
    if not sys.stdin.isatty():
        raise Mistake(f"imap: set {PASSWORD} to the password of {user}")
    asked: str = click.prompt(
        f"Password of {user} at {host}", hide_input=True, err=True
    )
    return asked
