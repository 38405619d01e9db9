"""`parlour digest`: make the digests that are due, or look at one beforehand."""

from datetime import datetime

import click

from gateway.cli.command import (
    Mistake,
    config_option,
    json_option,
    open_house,
    print_json,
)
from gateway.cli.schedule import instant


@click.group()
@config_option
def digest() -> None:
    """What people are told once a day instead of at once."""


@digest.command()
@config_option
@click.option(
    "--at",
    callback=instant,
    metavar="INSTANT",
    help="Make what is due by then (ISO 8601 with offset) instead of by now.",
)
@json_option
def run(at: datetime | None, *, as_json: bool) -> None:
    """Make every digest that is due, as the schedule does; twice is once.

    They leave at once.
    """
    from dataclasses import replace

    from digests import digest, voice
    from gateway.app import clock

    with open_house() as house:
        now = clock()
        sending = replace(house, sends_at=now)
        count = digest.run(sending, at or now) + voice.run(sending, at or now)
        house.wake.tell()
    if as_json:
        print_json({"digests": count})
    else:
        click.echo(f"digests: {count}")


@digest.command()
@config_option
@click.argument("person")
def preview(person: str) -> None:
    """Print what the next digest would tell PERSON (an address), and send nothing."""
    from digests import digest, voice
    from gateway.app import clock
    from storage import people
    from templates.mime import text_of

    with open_house() as house:
        with house.database.reading() as session:
            found = people.by_address(session, person)
        if found is None:
            raise Mistake(f"nobody here has the address {person}")
        now = clock()
        letters = digest.preview(house, found.id, now)
        letters += voice.preview(house, found.id, now)
    for letter in letters:
        click.echo(text_of(letter))
    if not letters:
        click.echo("nothing to tell")
