"""Prints rows for people: aligned columns, nothing that a terminal would obey."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click


def plain(value: Any) -> str:
    """Write a value on one line; what is not printable is shown escaped."""
    match value:
        case None:
            return ""
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S")
        case list() | tuple():
            return ", ".join(plain(part) for part in value)
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in str(value)
    )


def print_rows(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table; the last column may be as long as it likes."""
    written = [[plain(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *written, strict=True)]
    for row in [list(head), *written]:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def print_fields(fields: dict[str, Any]) -> None:
    """Print names and values below each other, the empty ones left out."""
    width = max(map(len, fields))
    for name, value in fields.items():
        if text := plain(value):
            click.echo(f"{name.ljust(width)}  {text}")
