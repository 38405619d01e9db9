"""`parlour inbound`: the mail that was accepted, and what became of it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.command import (
    Mistake,
    config_option,
    json_option,
    open_house,
    print_json,
)
from gateway.cli.table import print_fields, print_rows

if TYPE_CHECKING:
    from storage.journal import Inbound

STATES = ("pending", "done", "held", "discarded", "failed")
BY = "cli"


@click.group()
@config_option
def inbound() -> None:
    """Look at accepted mail; let held mail in, drop it, or read it again."""


@inbound.command("list")
@config_option
@click.option("--state", type=click.Choice(STATES), help="Only mail in this state.")
@click.option("--most", type=click.IntRange(1), default=50, help="How many (50).")
@json_option
def list_(state: str | None, most: int, *, as_json: bool) -> None:
    """List the newest mail, with its state and the reason for it."""
    from storage import journal

    with open_house() as house, house.database.reading() as session:
        rows = journal.listing(session, journal.State(state) if state else None, most)
        found = [_described(row) for row in rows]
    if as_json:
        print_json(found)
        return
    columns = ("id", "received_at", "state", "size", "sender", "recipients", "reason")
    print_rows(columns, [[row[name] for name in columns] for row in found])


@inbound.command()
@config_option
@click.argument("number", type=int, metavar="ID")
@click.option("--raw", is_flag=True, help="Print the mail itself, as it came.")
@json_option
def show(number: int, *, raw: bool, as_json: bool) -> None:
    """Show one mail: its envelope, its state and why it is in it."""
    from storage import journal

    with open_house() as house, house.database.reading() as session:
        row = journal.by_id(session, number)
        if row is None:
            raise _unknown(number)
        if raw:
            sys.stdout.buffer.write(journal.original(row, house.blobs))
            sys.stdout.flush()
            return
        found = _described(row) | {
            "peer": row.peer,
            "trusted": row.trusted,
            "attempts": row.attempts,
            "settled_at": row.settled_at,
            "settled_by": row.settled_by,
            "thread": row.thread_key,
            "digest": row.digest,
            "said": row.values,
        }
    if as_json:
        print_json(found)
    else:
        print_fields(found)


@inbound.command()
@config_option
@click.argument("number", type=int, metavar="ID")
@click.option(
    "--as-written", is_flag=True, help="Post lines that look like commands too."
)
def release(number: int, *, as_written: bool) -> None:
    """Let held or failed mail in; its commands are judged as ever."""
    # A held `/note` must not become everybody's by a release in a hurry.
    from gateway.activities.confirming import let_through

    said: dict[str, Any] = {"released": "post" if as_written else "admit"}
    with _settling(number, "held", "failed", reason="released") as row:
        # It is said of the whole mail, whatever somebody said of one activity.
        kept = {key: it for key, it in row.values.items() if key != "released_in"}
        row.values = kept | said | let_through(row)
    click.echo(f"mail {number} is released")


@inbound.command()
@config_option
@click.argument("number", type=int, metavar="ID")
@click.option("--reason", default="discarded by hand", help="Why, for the record.")
def discard(number: int, reason: str) -> None:
    """Drop held or failed mail; it is kept, and `replay` brings it back."""
    with _settling(number, "held", "failed", to="discarded", reason=reason):
        pass
    click.echo(f"mail {number} is discarded")


@inbound.command()
@config_option
@click.argument("number", type=int, metavar="ID")
def replay(number: int) -> None:
    """Read failed, held or discarded mail again from the start."""
    from storage.event import DOOR_OF_OLD_MAIL

    with _settling(number, "failed", "held", "discarded") as row:
        if row.door == DOOR_OF_OLD_MAIL:
            raise Mistake(
                f"mail {number} was imported; read again, it would be answered as if "
                "it had come today"
            )
    click.echo(f"mail {number} will be read again")


@contextmanager
def _settling(
    number: int, *states: str, to: str = "pending", reason: str = ""
) -> "Iterator[Inbound]":
    """Give a mail in one of these states, and move it to another one."""
    from gateway.app import clock
    from storage import journal

    with open_house() as house, house.database.transaction() as session:
        row = journal.by_id(session, number)
        if row is None:
            raise _unknown(number)
        if row.state not in states:
            raise Mistake(
                f"mail {number} is {row.state}; this works on mail that is "
                f"{' or '.join(states)}"
            )
        yield row
        session.flush()
        journal.settle(
            session, number, journal.State(to), reason=reason, by=BY, now=clock()
        )


def _unknown(number: int) -> Mistake:
    return Mistake(f"there is no mail {number}; see `parlour inbound list`")


def _described(row: "Inbound") -> dict[str, Any]:
    return {
        "id": row.id,
        "received_at": row.received_at,
        "state": row.state,
        "door": row.door,
        "size": row.size,
        "sender": row.sender or "<>",
        "recipients": row.recipients,
        "reason": row.reason,
    }
