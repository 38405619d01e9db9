"""`parlour check`: a doctor for the settings, the machine and the store."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from gateway.cli.command import (
    FAILED,
    config_option,
    config_path,
    json_option,
    print_json,
    read_settings,
)
from gateway.cli.table import plain

if TYPE_CHECKING:
    from gateway.cli.doctor.finding import Finding
    from gateway.settings import Settings


@click.command()
@config_option
@json_option
@click.option(
    "--mail/--no-mail",
    "mail",
    default=None,
    help="Mail each desk to itself; else it is done when Parlour is served here.",
)
@click.option(
    "--wait",
    type=click.FloatRange(1, 600),
    default=20.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for a mail to itself to come back.",
)
@click.pass_context
def check(
    context: click.Context, *, as_json: bool, mail: bool | None, wait: float
) -> None:
    """Look at everything Parlour needs; each line says ok, warning or failed.

    Changes nothing but to try the data folder, and to mail each desk to itself to see
    which reply addresses work. Exit status 1 when anything failed.
    """
    found = []
    for finding in _findings(mail=mail, wait=wait):
        found.append(finding)
        if not as_json:
            _print(finding)
    if as_json:
        print_json([asdict(finding) for finding in found])
    if any(finding.level == "failed" for finding in found):
        context.exit(FAILED)


def _print(finding: "Finding") -> None:
    line = f"{finding.level.value:8}{finding.subject}: {plain(finding.text)}"
    click.echo(f"{line} -> {finding.remedy}" if finding.remedy else line)


def _findings(*, mail: bool | None, wait: float) -> "Iterator[Finding]":
    from gateway.app import SiteError, clock
    from gateway.app.build import build_house, close_house
    from gateway.cli.doctor import mailbox, names, place, smarthost, store
    from gateway.cli.doctor.finding import failed

    settings = read_settings()
    yield from place.look_at_settings(config_path(), settings)
    yield from place.look_at_disk(settings)
    yield from place.look_at_lmtp(settings)
    house = None
    try:
        house = build_house(settings)
    except SiteError as error:
        yield failed("database", str(error), "")
    else:
        yield from store.look_at_store(
            house, clock(), auto_migrate=settings.auto_migrate
        )
    yield from smarthost.look_at_smarthost(settings.outbound)
    yield from mailbox.look_at_mailboxes(settings, house, clock())
    if house is not None:
        close_house(house)
    yield from place.look_at_certificate(settings, clock())
    yield from names.look_at_names(settings.desks)
    if mail is not False:
        yield from _mail_to_ourselves(settings, wait, must=bool(mail))


def _mail_to_ourselves(
    settings: "Settings", wait: float, *, must: bool
) -> "Iterator[Finding]":
    from gateway.app import SiteError, clock
    from gateway.app.build import build_house, close_house
    from gateway.cli.doctor.replies import look_at_replies

    try:
        house = build_house(settings)
    except SiteError:
        return  # Said already.
    try:
        yield from look_at_replies(
            house, settings, clock, wait=wait, must=must, say=_say_on_terminal
        )
    finally:
        close_house(house)


def _say_on_terminal(line: str) -> None:
    """Tell a person that it goes on; a program reads nothing of it."""
    if sys.stderr.isatty():
        click.echo(line, err=True)
