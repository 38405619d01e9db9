"""`parlour outbox`: the letters on their way out, one delivery per recipient."""

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
    from storage.database import Session
    from storage.outbox import Delivery

STATES = ("waiting", "leased", "sent", "given up", "cancelled")


@click.group()
@config_option
def outbox() -> None:
    """Look at letters on their way; send one now, or not at all."""


@outbox.command("list")
@config_option
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option("--most", type=click.IntRange(1), default=50, help="How many (50).")
@json_option
def list_(state: str | None, most: int, *, as_json: bool) -> None:
    """List the newest deliveries, and what the smarthost said last."""
    from storage import outbox as store

    with open_house() as house, house.database.reading() as session:
        wanted = store.Progress(state) if state else None
        found = [_described(row) for row in store.listing(session, wanted, most)]
    if as_json:
        print_json(found)
        return
    columns = ("id", "due_at", "state", "attempts", "address", "last_reply")
    print_rows(columns, [[row[name] for name in columns] for row in found])


@outbox.command()
@config_option
@click.argument("number", type=int, metavar="ID")
@json_option
def show(number: int, *, as_json: bool) -> None:
    """Show one delivery and its letter's envelope; never the letter's text."""
    from storage import outbox as store

    with open_house() as house, house.database.reading() as session:
        row = store.by_id(session, number)
        if row is None:
            raise _unknown(number)
        letter = session.get_one(store.Letter, row.letter_id)
        found = _described(row) | {
            "kind": letter.kind,
            "message_id": letter.message_id,
            "made_at": letter.made_at,
            "size": len(letter.raw),
            "settled_at": row.settled_at,
        }
    if as_json:
        print_json(found)
    else:
        print_fields(found)


@outbox.command()
@config_option
@click.argument("number", type=int, metavar="ID")
def retry(number: int) -> None:
    """Send a waiting, given-up or cancelled delivery as soon as possible."""
    from gateway.app import clock
    from storage import outbox as store
    from storage.wake import tell_all

    with _changing(number) as session:
        store.retry(session, number, now=clock())
        tell_all(session)
    click.echo(f"delivery {number} is due now")


@outbox.command()
@config_option
@click.argument("number", type=int, metavar="ID")
def cancel(number: int) -> None:
    """Do not send a waiting delivery; `retry` brings it back."""
    from gateway.app import clock
    from storage import outbox as store

    with _changing(number) as session:
        store.cancel(session, number, now=clock())
    click.echo(f"delivery {number} is cancelled")


@contextmanager
def _changing(number: int) -> "Iterator[Session]":
    """Give a transaction; a delivery that is not there or cannot is a mistake."""
    try:
        with open_house() as house, house.database.transaction() as session:
            yield session
    except LookupError as error:
        raise _unknown(number) from error
    except ValueError as error:
        raise Mistake(str(error)) from error


def _unknown(number: int) -> Mistake:
    return Mistake(f"there is no delivery {number}; see `parlour outbox list`")


def _described(row: "Delivery") -> dict[str, Any]:
    return {
        "id": row.id,
        "letter": row.letter_id,
        "due_at": row.due_at,
        "state": row.state,
        "attempts": row.attempts,
        "address": row.address,
        "last_reply": row.last_reply,
    }
