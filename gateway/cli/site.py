"""`serve`, `migrate`, `version`: a site as a whole."""

import platform
from importlib import metadata

import click

from gateway.cli.command import (
    WRONG,
    Mistake,
    config_option,
    config_path,
    json_option,
    print_json,
    read_settings,
)


def _roles(
    _: click.Context, __: click.Parameter, value: str | None
) -> frozenset[str] | None:
    """Read `smtp,web`; an unknown role is wrong usage."""
    if value is None:
        return None
    from gateway.app.roles import Role

    names = frozenset(part.strip() for part in value.split(",") if part.strip())
    if unknown := sorted(names - set(Role)):
        raise click.BadParameter(
            f"{unknown[0]} is no role; choose from {', '.join(Role)}"
        )
    if not names:
        raise click.BadParameter("names no role")
    return names


@click.command()
@config_option
@click.option(
    "--only",
    callback=_roles,
    metavar="ROLES",
    help="Run just these here: smtp,lmtp,imap,web,process,dispatch,schedule.",
)
@click.option("--follow", is_flag=True, hidden=True)
def serve(only: frozenset[str] | None, *, follow: bool) -> None:
    """Run Parlour until SIGTERM or Ctrl-C; SIGHUP reads the settings again."""
    from gateway import app
    from gateway.app import log
    from gateway.settings import SettingsError

    log.configure()
    try:
        if follow:
            app.follow()
        else:
            roles = None if only is None else frozenset(map(app.Role, only))
            app.serve(config_path(), roles, say=_say)
    except SettingsError as error:
        raise Mistake(str(error), WRONG) from error
    except app.SiteError as error:
        raise Mistake(str(error)) from error


def _say(line: str) -> None:
    """Print a line at once, also into a pipe; nobody need be there to read it."""
    try:
        click.echo(line)
    except BrokenPipeError:
        return


@click.command()
@config_option
def migrate() -> None:
    """Create the schema of the database, or bring it up to date."""
    from gateway.app import SiteError
    from gateway.app.build import build_house, check_folder, close_house
    from storage import reports, revision, schema
    from storage.database import DatabaseError

    settings = read_settings()
    try:
        check_folder(settings.data_dir)
        house = build_house(settings)
        try:
            reports.reach(house.database)
            schema.migrate(house.database)
        finally:
            close_house(house)
    except (SiteError, DatabaseError) as error:
        raise Mistake(str(error)) from error
    click.echo(f"{house.database.name} has schema {revision.newest()}")


@click.command()
@config_option
@json_option
def version(*, as_json: bool) -> None:
    """Print the version of Parlour and of Python."""
    try:
        ours = metadata.version("parlour")
    except metadata.PackageNotFoundError:
        ours = "0 (not installed)"
    if as_json:
        print_json({"parlour": ours, "python": platform.python_version()})
    else:
        click.echo(f"parlour {ours} (Python {platform.python_version()})")
