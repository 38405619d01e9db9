"""`parlour look`: what a mailbox looks like; sends nothing, moves nothing."""

from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.command import (
    Mistake,
    config_option,
    config_path,
    json_option,
    print_json,
    read_settings,
)
from gateway.cli.progress import Progress
from gateway.cli.source import open_source, source_arguments
from parsers.address import is_address, key

if TYPE_CHECKING:
    from gateway.inbound.sources import Source
    from gateway.routing.desk import Desk
    from gateway.survey import Known, KnownDesk, Report

_MOST_LISTED = 15


@click.command()
@config_option
@source_arguments
@click.option("--desk", "desks", multiple=True, metavar="ADDRESS", help="Our address.")
@click.option("--team", multiple=True, metavar="ADDRESS", help="Who of us answers.")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the report as one page, too.",
)
@click.option(
    "--most",
    type=click.IntRange(0),
    default=_MOST_LISTED,
    show_default=True,
    help="How many of those who wait are listed.",
)
@json_option
def look(  # noqa: PLR0913 (click hands each option over by its name)
    *,
    kind: str,
    source: str,
    desks: tuple[str, ...],
    team: tuple[str, ...],
    html: Path | None,
    most: int,
    as_json: bool,
) -> None:
    """Report on existing mail: who waits, what was never answered, how long it took.

    Nothing is sent, moved, marked as read or written to the database. Of each mail the
    header alone is read. Without --desk and --team the settings say who is ours, if
    there are any; else it is guessed, and the report says so.
    """
    from gateway.cli.figures import print_report

    known = _known(desks, team)
    opened = open_source(kind, source, head_only=True)
    report = _survey(opened, known)
    if html is not None:
        _write_page(html, opened.name, report)
    if as_json:
        print_json(_as_json(report))
    else:
        print_report(opened.name, report, most)
        if html is not None:
            click.echo(f"\nThe page is in {html}.")


def _survey(source: "Source", known: "Known") -> "Report":
    """Read all mails of a source; raise Mistake when it goes on no further."""
    from gateway.app import clock
    from gateway.inbound.sources import SourceError
    from gateway.survey import Survey

    survey = Survey(clock())
    try:
        with Progress("mails", source.count()) as progress:
            for item in source.items():
                survey.add(
                    item.raw,
                    folder=item.folder,
                    position=item.position,
                    received_at=item.received_at,
                    fault=item.fault,
                    is_sent=item.is_sent,
                )
                progress.step()
    except SourceError as error:
        raise Mistake(str(error)) from error
    return survey.report(known)


def _known(desks: tuple[str, ...], team: tuple[str, ...]) -> "Known":
    """Say who is ours by the command line, and by the settings where it is silent."""
    from gateway.survey import Known

    for address in (*desks, *team):
        if not is_address(address):
            raise click.UsageError(f"{address} is no mail address")
    ours = _settings_desks()
    if desks:
        named = {key(address) for address in desks}
        meant = [desk for desk in ours if any(desk.is_own(one) for one in named)]
    else:
        meant = ours
    told = [_known_desk(desk) for desk in meant]
    told += [_plain_desk(one) for one in desks if not any(d.is_own(one) for d in meant)]
    people = [member.address for desk in meant for member in desk.team]
    return Known(desks=tuple(told), team=tuple(dict.fromkeys((*team, *people))))


def _settings_desks() -> "list[Desk]":
    """Give the desks of the settings; none where nobody wrote settings."""
    path = config_path()
    if path == Path("parlour.toml") and not path.exists():
        return []
    return list(read_settings().desks.all)


def _known_desk(desk: "Desk") -> "KnownDesk":
    from gateway.survey import KnownDesk

    addresses = (desk.address, *desk.aliases)
    return KnownDesk(
        addresses=addresses,
        hours=desk.hours,
        zone=desk.zone,
        language=desk.language,
    )


def _plain_desk(address: str) -> "KnownDesk":
    from gateway.survey import KnownDesk

    return KnownDesk(addresses=(address,))


def _write_page(path: Path, name: str, report: "Report") -> None:
    from templates import render

    page = render.page(
        "look",
        language=report.language,
        zone=report.zone,
        now=report.now,
        source=name,
        report=report,
    )
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise Mistake(f"{path}: cannot be written: {error.strerror}") from error


def _as_json(value: Any) -> Any:
    """Give plain values: times in ISO 8601, spans in seconds."""
    match value:
        case datetime():
            return value.isoformat()
        case timedelta():
            return round(value.total_seconds())
        case dict():
            return {name: _as_json(part) for name, part in value.items()}
        case list() | tuple():
            return [_as_json(part) for part in value]
        case str() | int() | float() | None:
            return value
    return _as_json(asdict(value))
