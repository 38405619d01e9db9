"""Which existing mail is meant: `mbox|maildir|imap SOURCE`, for `look` and `import`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.command import Mistake

if TYPE_CHECKING:
    from gateway.inbound.sources import Source


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

    `head_only` leaves the bodies where they are.
    """
    from gateway.inbound.sources import Maildir, Mbox, SourceError

    try:
        match Kind(kind):
            case Kind.MBOX:
                return Mbox(Path(source), head_only=head_only)
            case Kind.MAILDIR:
                return Maildir(Path(source), head_only=head_only)
            case Kind.IMAP:
                raise Mistake("imap: is not built yet")
    except SourceError as error:
        raise Mistake(str(error)) from error
