"""What every command shares: the settings file, the house, errors in one line."""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gateway.cli.table import plain

if TYPE_CHECKING:
    from gateway.activities.house import House
    from gateway.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])

FAILED, WRONG = 1, 2
_CONFIG = "gateway.cli.config"


class Mistake(click.ClickException):
    """Something a person can put right; the message says how, in a line or two."""

    def __init__(self, message: str, exit_code: int = FAILED) -> None:
        """Take the message and the exit status: 1 failed, 2 wrong usage or settings."""
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]  # click reads it from here


class Group(click.Group):
    """The group of all commands: mistakes end in a line or two, never a traceback."""

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        *,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line and exit with its status."""
        run = partial(super().main, args, prog_name, standalone_mode=False, **extra)
        if not standalone_mode:
            return run()
        sys.exit(_status(run))


def _status(run: Callable[[], Any]) -> int:
    """Run a command line; give its exit status and say what went wrong."""
    try:
        status = run()
    except click.UsageError as error:
        _tell(error.format_message(), _usage(error.ctx))
        return WRONG
    except click.ClickException as error:
        _tell(error.format_message())
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _tell("stopped")
        return FAILED
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return status if isinstance(status, int) else 0


def _tell(*lines: str) -> None:
    # What a server said or a file is called may hold what a terminal would obey.
    shown = [plain(line) for text in lines for line in text.split("\n") if line]
    click.echo("parlour: " + "\n".join(shown), err=True)


def _usage(context: click.Context | None) -> str:
    return f"try `{context.command_path} --help`" if context else ""


def config_option(command: F) -> F:
    """Let a command take `--config FILE`; every one does, before or after its name."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        expose_value=False,
        is_eager=True,
        callback=_remember,
        help="The settings file (else PARLOUR_CONFIG, else ./parlour.toml).",
    )(command)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _remember(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        context.meta[_CONFIG] = value


def config_path() -> Path:
    """Give the path of the settings file that this command line means."""
    named = click.get_current_context().meta.get(_CONFIG)
    return named or Path(os.environ.get("PARLOUR_CONFIG") or "parlour.toml")


def read_settings() -> "Settings":
    """Read the settings; raise Mistake with exit status 2 when they are wrong."""
    from gateway.settings import SettingsError, load

    try:
        return load(config_path(), os.environ)
    except SettingsError as error:
        raise Mistake(str(error), WRONG) from error


@contextlib.contextmanager
def open_house() -> "Iterator[House]":
    """Give the house of the settings, with its database in reach and up to date.

    Raises Mistake.
    """
    from gateway.app import SiteError
    from gateway.app.build import build_house, close_house, require_current
    from storage import reports
    from storage.database import DatabaseError

    settings = read_settings()
    try:
        house = build_house(settings)
        try:
            reports.reach(house.database)
            require_current(house)
            yield house
        finally:
            close_house(house)
    except (SiteError, DatabaseError) as error:
        raise Mistake(str(error)) from error


def print_json(value: Any) -> None:
    """Print one JSON value on a line of its own."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))
