"""`parlour people` and `parlour person`: what is known of those who write and read."""

import contextlib
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.command import (
    FAILED,
    WRONG,
    Mistake,
    config_option,
    json_option,
    open_house,
    print_json,
)
from gateway.cli.forget import forget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.activities.house import House
    from gateway.activities.people_table import Row, Taken, Wrong
    from storage.database import Session
    from storage.people import Person

_MOST_NAMED = 20


@click.group()
@config_option
def people() -> None:
    """Bring a table of people."""


@people.command("import")
@config_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
@json_option
@click.pass_context
def import_(
    context: click.Context, /, file: Path, *, dry_run: bool, as_json: bool
) -> None:
    """Take what a CSV file says of people: all of it, or nothing when a line is wrong.

    Columns: address, name, role, organisation, skills, zone, language, about,
    away_until, staff. An empty cell leaves what is there, a hyphen takes it away.
    """
    from gateway.activities.people_table import read_table

    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Mistake(f"{file}: not UTF-8; save the table as CSV in UTF-8") from error
    rows, wrong = read_table(text)
    with open_house() as house:
        taken = _take(house, rows, wrong, dry_run=dry_run)
    if as_json:
        print_json(_values(taken, dry_run=dry_run))
    else:
        _tell(file, taken, dry_run=dry_run)
    if taken.wrong:
        context.exit(FAILED)


def _take(
    house: "House", rows: "Sequence[Row]", wrong: "Sequence[Wrong]", *, dry_run: bool
) -> "Taken":
    """Take the rows, and back again when a line is wrong or nobody meant it."""
    from gateway.activities import people_table
    from gateway.app import clock

    taken = people_table.Taken()
    with (
        contextlib.suppress(_TakeBackError),
        house.database.transaction() as session,
    ):
        taken = people_table.take(session, house, rows, clock())
        taken.wrong = sorted([*wrong, *taken.wrong], key=lambda each: each.line)
        if taken.wrong or dry_run:
            raise _TakeBackError
    return taken


class _TakeBackError(Exception):
    """Nothing of the transaction is kept."""


def _values(taken: "Taken", *, dry_run: bool) -> dict[str, object]:
    is_done = not (taken.wrong or dry_run)
    return {
        "done": is_done,
        "new": taken.new,
        "changed": taken.changed,
        "same": taken.same,
        "wrong": [{"line": each.line, "what": each.what} for each in taken.wrong],
    }


def _tell(file: Path, taken: "Taken", *, dry_run: bool) -> None:
    if taken.wrong:
        _tell_wrong(file, taken.wrong)
        return
    if dry_run:
        for address in taken.new[:_MOST_NAMED]:
            click.echo(f"new      {address}")
        for address, names in list(taken.changed.items())[:_MOST_NAMED]:
            click.echo(f"changes  {address}: {', '.join(names)}")
    total = len(taken.new) + len(taken.changed) + taken.same
    counted = (
        f"{total} people: {len(taken.new)} new, {len(taken.changed)} changed, "
        f"{taken.same} as they were"
    )
    click.echo(f"{counted}; nothing was written" if dry_run else counted)


def _tell_wrong(file: Path, wrong: "Sequence[Wrong]") -> None:
    from gateway.cli.table import plain

    for each in wrong[:_MOST_NAMED]:
        click.echo(plain(f"{file.name}, line {each.line}: {each.what}"), err=True)
    if len(wrong) > _MOST_NAMED:
        click.echo(f"and {len(wrong) - _MOST_NAMED} more", err=True)
    click.echo("nothing was changed; mend the lines and run it again", err=True)


@click.group()
@config_option
def person() -> None:
    """Say that two people are one; see or forget what is held on somebody."""


@person.command()
@config_option
@click.argument("address", metavar="ADDRESS")
def export(address: str) -> None:
    """Print all that is held on a person, as JSON.

    Profile, addresses, cases, what they wrote and did, their mails, which letters went
    to them and how they heard of each post, questions, digests, links, browsers. What
    others wrote stays out, and so do the files of their mails (their names are in
    it). Nothing is changed and nobody is told.
    """
    from storage.own_record import own_record

    with open_house() as house, house.database.reading() as session:
        found = own_record(session, _known(session, address))
    click.echo(json.dumps(found, ensure_ascii=False, default=_written, indent=2))


def _written(value: object) -> str:
    """Write a time as ISO 8601, and what else JSON has no form for as it is called."""
    return value.isoformat() if isinstance(value, date) else str(value)


@person.command()
@config_option
@click.argument("first", metavar="ADDRESS")
@click.argument("second", metavar="OTHER")
def merge(first: str, second: str) -> None:
    """Make two people one: cases, addresses and history of OTHER are of ADDRESS.

    What ADDRESS has said of themselves stays; their mail goes where it went. There is
    no way back.
    """
    from storage import same_person

    with open_house() as house, house.database.transaction() as session:
        one, other = _known(session, first), _known(session, second)
        if one.id == other.id:
            raise Mistake(f"{first} and {second} are one person already", WRONG)
        try:
            cases = same_person.merge(session, one, other)
        except ValueError as error:
            raise Mistake(f"{error}; nothing was changed") from error
    click.echo(f"{second} is {first} now; {cases} cases came along")


def _known(session: "Session", address: str) -> "Person":
    from storage import people as store

    found = store.by_address(session, address)
    if found is None:
        raise Mistake(f"nobody has the address {address}")
    return found


person.add_command(forget)
