"""`parlour parse` and `parlour explain`: one mail, read but not taken."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from gateway.cli.command import (
    Mistake,
    config_option,
    json_option,
    open_house,
    print_json,
)
from gateway.cli.table import plain

if TYPE_CHECKING:
    from gateway.activities.explain import Explained
    from gateway.activities.receipts import Happened


@click.command()
@config_option
@click.argument("file", type=click.File("rb"), required=False)
@click.option(
    "--batch",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Read every file below DIR; one line of JSON for each, with `file`.",
)
@json_option
def parse(file: BinaryIO | None, batch: Path | None, *, as_json: bool) -> None:
    """Print what Parlour reads in a mail, as JSON; FILE may be - for standard input.

    It never fails on a mail: what could not be read is named in `defects`.
    """
    if (file is None) == (batch is None):
        raise click.UsageError("give one FILE (or -), or --batch DIR")
    from parsers import mail, printed

    if batch is not None:
        for path in sorted(path for path in batch.rglob("*") if path.is_file()):
            name = path.relative_to(batch).as_posix()
            print_json({"file": name} | printed.as_json(mail.read(_octets(path))))
    elif file is not None:
        found = printed.as_json(mail.read(file.read()))
        # On one line for a program, spread out for a person.
        is_shown = sys.stdout.isatty() and not as_json
        click.echo(
            json.dumps(found, ensure_ascii=False, indent=2 if is_shown else None)
        )


def _octets(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Mistake(f"{path}: cannot be read: {error.strerror}") from error


@click.command()
@config_option
@click.argument("file", type=click.File("rb"))
@click.option("--from", "sender", metavar="ADDR", help="Envelope sender; <> for none.")
@click.option("--to", "recipients", multiple=True, metavar="ADDR", help="Recipient.")
@click.option("--untrusted", is_flag=True, help="As if no trusted peer had brought it.")
@json_option
def explain(
    file: BinaryIO,
    sender: str | None,
    recipients: tuple[str, ...],
    *,
    untrusted: bool,
    as_json: bool,
) -> None:
    """Say what would happen to a mail and why, rule by rule; writes and sends nothing.

    Also who would get it and how; and of a mail that is here already who got it.

    Without --from and --to the envelope is taken from the mail as the IMAP door takes
    it: Return-Path or From, and what the last server noted (Delivered-To and others);
    else what of To and Cc is an address of ours.
    """
    from gateway.app import clock
    from gateway.app.explaining import NoDeskError, explain_octets

    with open_house() as house:
        try:
            found = explain_octets(
                house,
                file.read(),
                at=clock(),
                sender=None if sender is None else sender.strip("<>"),
                recipients=recipients,
                trusted=not untrusted,
            )
        except NoDeskError:
            raise Mistake(
                "the mail names no address of a desk; say for which one it came with "
                "--to ADDR"
            ) from None
    routes, before = found.routes, found.before
    if as_json:
        told = {"happened": [_as_told(one) for one in before]}
        print_json([_as_json(route) | told for route in routes])
        return
    for route in routes:
        _print_route(route)
    for one in before:
        _print_happened(one)


def _as_json(route: "Explained") -> dict[str, Any]:
    from gateway.activities.explain import shown

    return {
        "leads_to": route.leads_to,
        "rule": route.rule,
        "decision": {"kind": type(route.decision).__name__} | shown(route.decision),
        "rules": [
            {"rule": step.rule, "says": step.says, "decided": step.decision is not None}
            for step in route.steps
        ],
        "people": [
            {
                "name": hearer.name,
                "address": hearer.address,
                "would_get": str(hearer.heard),
                "reason": hearer.reason,
            }
            for hearer in route.hearers
        ],
        "facts": route.facts,
    }


def _as_told(one: "Happened") -> dict[str, Any]:
    return {
        "inbound": one.inbound,
        "state": one.state,
        "reason": one.reason,
        "posts": [
            {
                "activity": post.activity,
                "lane": post.lane,
                "at": post.at.isoformat(),
                "people": [
                    {
                        "name": name,
                        "address": address,
                        "got": str(state.got),
                        "at": state.at.isoformat() if state.at else None,
                        "why": state.why,
                        "said": state.said,
                    }
                    for name, address, state in post.people
                ],
            }
            for post in one.posts
        ],
    }


def _print_route(route: "Explained") -> None:
    """Tell the rules in the order they were asked; the last one decided."""
    from gateway.activities.explain import shown

    click.echo(f"leads to {plain(route.leads_to)}")
    for step in route.steps:
        mark = "  no " if step.decision is None else "  YES"
        click.echo(f"{mark} {step.rule}: {plain(step.says)}")
    click.echo(f"  so: {type(route.decision).__name__}")
    for name, value in shown(route.decision).items():
        if value not in (None, "", [], False):
            click.echo(f"      {name} = {plain(value)}")
    for hearer in route.hearers:
        who = f"{plain(hearer.name)} <{plain(hearer.address)}>"
        click.echo(f"  {who}: {_HEARD[hearer.heard]} ({plain(hearer.reason)})")


_HEARD = {
    "copy": "gets a copy",
    "author": "wrote it",
    "direct": "had it already",
    "digest": "reads it in the digest",
    "muted": "hears nothing",
    "invited": "hears nothing yet",
    "gone": "hears nothing any more",
    "lane": "never gets it",
    "unreachable": "is not reached",
    "listen": "is never written to",
}


def _print_happened(one: "Happened") -> None:
    """Tell what became of a mail that is here already, by what the ledger says."""
    click.echo(
        f"is here already as mail {one.inbound}: {one.state}, {plain(one.reason)}"
    )
    for post in one.posts:
        click.echo(f"  a post of {post.activity}, {post.lane}, {plain(post.at)}")
        for name, address, state in post.people:
            details = (state.got.replace("_", " "), state.at, state.why, state.said)
            told = ", ".join(text for text in map(plain, details) if text)
            click.echo(f"  {plain(name)} <{plain(address)}>: {told}")
