"""`parlour check`: a doctor for the settings, the machine and the store."""

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


@click.command()
@config_option
@json_option
@click.pass_context
def check(context: click.Context, *, as_json: bool) -> None:
    """Look at everything Parlour needs; each line says ok, warning or failed.

    Changes nothing but to try the data folder. Exit status 1 when anything failed.
    """
    found = []
    for finding in _findings():
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


def _findings() -> "Iterator[Finding]":
    from gateway.app import SiteError, clock
    from gateway.app.build import build_house, close_house
    from gateway.cli.doctor import mailbox, names, place, smarthost, store
    from gateway.cli.doctor.finding import failed

    settings = read_settings()
    yield from place.look_at_settings(config_path(), settings)
    yield from place.look_at_disk(settings)
    yield from place.look_at_lmtp(settings)
    try:
        house = build_house(settings)
    except SiteError as error:
        yield failed("database", str(error), "")
    else:
        yield from store.look_at_store(
            house, clock(), auto_migrate=settings.auto_migrate
        )
        close_house(house)
    yield from smarthost.look_at_smarthost(settings.outbound)
    yield from mailbox.look_at_mailboxes(settings)
    yield from place.look_at_certificate(settings, clock())
    yield from names.look_at_names(settings.desks)
