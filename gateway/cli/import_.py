"""`parlour import`: bring the old mail of a desk, as cases; nobody is written to."""

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from gateway.cli.progress import Progress, duration
from gateway.cli.source import Kind, open_source, source_arguments

if TYPE_CHECKING:
    from gateway.activities.house import House
    from gateway.activities.importing import Order, Report
    from gateway.activities.reading import Reader
    from gateway.inbound.sources import Source
    from gateway.routing.desk import Desk

READERS = 2
"""Children that read mails; more would wait for the one that writes."""


@click.command("import")
@config_option
@source_arguments
@click.option(
    "--desk", "address", required=True, metavar="ADDRESS", help="Whose mail it is."
)
@click.option(
    "--ours",
    multiple=True,
    metavar="ADDRESS",
    help="A former colleague: counts as ours in the old mail. May be repeated.",
)
@click.option(
    "--all-folders",
    is_flag=True,
    help="Drafts, junk and trash too, which are else left out.",
)
@click.option(
    "--again", is_flag=True, help="Begin anew instead of going on after a stop."
)
@json_option
@click.pass_context
def import_(context: click.Context, /, kind: str, source: str, **options: Any) -> None:
    """Bring old mail in: cases with their original dates; nobody is written to.

    The same command goes on where it was stopped or killed. Mail that is here already
    is counted as a repeat.
    """
    from gateway.activities.importing import ImportTakenError
    from gateway.inbound.sources import SourceError
    from storage.database import is_fault

    with open_house() as house:
        desk = _desk(house, options["address"])
        found = open_source(kind, source)
        # One mbox file is one folder, and somebody named it.
        is_named = kind == Kind.MBOX and Path(source).is_file()
        order = _order(found, desk, options, looks_at_all=is_named)
        try:
            report = _run(house, order, found, anew=options["again"])
        except (ImportTakenError, SourceError) as error:
            raise Mistake(str(error)) from error
        except Exception as error:
            if not is_fault(error):
                raise
            raise Mistake(
                f"{source}: the import stopped: {error}; what was taken in stays, and "
                "the same command goes on"
            ) from error
    if options["as_json"]:
        print_json(_values(report))
    else:
        click.echo("\n".join(_lines(report)))
    if not report.is_finished:
        _say("stopped; the same command goes on from here")
        context.exit(FAILED)


def _desk(house: "House", address: str) -> "Desk":
    desk = house.desks.by_address(address)
    if desk is None:
        known = ", ".join(each.address for each in house.desks.all)
        raise Mistake(f"--desk: {address} is no desk; the settings have {known}", WRONG)
    return desk


def _order(
    source: "Source", desk: "Desk", options: dict[str, Any], *, looks_at_all: bool
) -> "Order":
    from gateway.activities.importing import Order
    from gateway.app.site import node_name
    from parsers import folder

    aside = {folder.Kind.DRAFTS, folder.Kind.JUNK, folder.Kind.TRASH}
    looks_at_all = looks_at_all or options["all_folders"]
    return Order(
        source=source.name,
        desk=desk,
        node=node_name(),
        ours=options["ours"],
        leaves_out=lambda name: not looks_at_all and folder.kind_of(name) in aside,
        is_alive=_is_alive,
    )


def _is_alive(node: str) -> bool:
    """Say whether a process may still be at work; True where we cannot look."""
    host, _, rest = node.rpartition("-")[0].rpartition("-")
    if host != socket.gethostname() or not rest.isdigit():
        return True
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _run(house: "House", order: "Order", source: "Source", *, anew: bool) -> "Report":
    from gateway.activities.importing import Import
    from gateway.app import clock

    # Counting may take a while, and needs no hold on the import.
    total = source.count()
    work = Import(house, order, clock)
    work.begin(anew=anew)
    if work.read:
        _say(f"going on after {work.read:,} mails")
    with (
        _readers(house) as readers,
        _stoppable() as stopping,
        Progress("mails", total, done=work.read) as progress,
    ):
        items = source.items(work.position)
        return work.take_all(items, readers, tell=progress.reach, stopping=stopping)


@contextlib.contextmanager
def _readers(house: "House") -> "Iterator[list[Reader]]":
    from gateway.activities import reading

    readers = [reading.Reader(house.limits) for _ in range(READERS)]
    try:
        yield readers
    finally:
        for reader in readers:
            reader.close()


@contextlib.contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C and SIGTERM end the work after the batch in hand; twice is at once."""
    asked = threading.Event()

    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in signals}

    def ask(number: int, _: object) -> None:
        asked.set()
        signal.signal(number, before[signal.Signals(number)])

    for number in signals:
        signal.signal(number, ask)
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(line: str) -> None:
    click.echo(f"parlour: {line}", err=True)


_WORDS = {
    "posts": "posts",
    "repeats": "repeats: the same mail is here already",
    "machine": "by machines: newsletters, bounces, absence notes",
    "no sender": "without a sender that can be read",
    "internal": "from the desk to itself",
    "unreadable": "kept, but could not be read",
    "faulty": "the source did not give",
    "left out": "in drafts, junk or trash, left out",
}


def _lines(report: "Report") -> Iterator[str]:
    """Write the report for people: the first number is the sum of those below it."""
    yield f"{report.read:>9,} mails of {report.source} for {report.desk}"
    for fate, number in report.fates.items():
        if number or fate == "posts":
            yield f"{number:>9,} {_WORDS[fate]}"
    yield f"{report.cases:>9,} cases, {report.people:,} people"
    if report.first_at and report.last_at:
        yield f"          from {report.first_at:%Y-%m-%d} to {report.last_at:%Y-%m-%d}"
    yield f"{report.waiting:>9,} customers wait for an answer now"
    speed = f"{report.per_second:,.0f} mails a second"
    yield f"          {duration(report.seconds)}, {speed}; nobody was written to"


def _values(report: "Report") -> dict[str, Any]:
    return {
        "source": report.source,
        "desk": report.desk,
        "finished": report.is_finished,
        "read": report.read,
        **{fate.replace(" ", "_"): number for fate, number in report.fates.items()},
        "cases": report.cases,
        "people": report.people,
        "waiting": report.waiting,
        "first": report.first_at,
        "last": report.last_at,
        "seconds": round(report.seconds, 1),
        "per_second": round(report.per_second, 1),
    }
