"""`parlour schedule`: do now what is due by some instant."""

from datetime import UTC, datetime

import click

from gateway.cli.command import (
    FAILED,
    Mistake,
    config_option,
    json_option,
    open_house,
    print_json,
)


def instant(
    _: click.Context, __: click.Parameter, value: str | None
) -> datetime | None:
    """Read `2026-11-23T08:00+01:00`; without an offset it is wrong usage."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise click.BadParameter(
            f"{value!r} is no instant; write it as ISO 8601 with an offset, "
            "2026-11-23T08:00+01:00"
        )
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise click.BadParameter(f"{value!r} is beyond all calendars") from None


@click.group()
@config_option
def schedule() -> None:
    """What happens because time passed: deadlines, reminders, digests."""


@schedule.command()
@config_option
@click.option(
    "--at",
    callback=instant,
    metavar="INSTANT",
    help="Do what is due by then (ISO 8601 with offset) instead of by now.",
)
@json_option
@click.pass_context
def run(context: click.Context, at: datetime | None, *, as_json: bool) -> None:
    """Do all that is due, as the schedule role of `serve` does; twice is once.

    What it queues leaves at once.
    """
    import os
    import socket

    from digests.schedule import run_due
    from gateway.app import clock

    with open_house() as house:
        # Unlike any node of `serve`, whose ticks it waits for.
        node = f"schedule-run.{socket.gethostname()}.{os.getpid()}"
        ends = clock() + house.lease
        while (ran := run_due(house, at or clock(), node=node, clock=clock)) is None:
            if clock() > ends:
                raise Mistake("another scheduler has been at work for a whole lease")
            house.wake.wait(0.2)
    if as_json:
        print_json({each.name: each.count for each in ran})
    else:
        for each in ran:
            click.echo(f"{each.name}: {each.count}")
    if failed := [each for each in ran if each.error is not None]:
        for each in failed:
            click.echo(f"parlour: {each.name} failed: {each.error}", err=True)
        context.exit(FAILED)
