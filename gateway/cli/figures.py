"""Prints the report of `parlour look` for a terminal."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import click

from gateway.cli.progress import duration
from gateway.cli.table import plain
from gateway.survey.report import Month, Report, Share, Waiting

_BAR = 24
_MONTHS = 12
_WIDE = 40
_MACHINES = {
    "list": "lists",
    "bulk": "newsletters",
    "reply": "automatic answers",
    "bounce": "bounces",
    "receipt": "read receipts",
    "report": "reports",
    "note": "notices",
    "own": "Parlour's own",
}


def print_report(name: str, report: Report, most: int) -> None:
    """Print all of it; of those who wait, `most`."""
    for lines in (
        _head(name, report),
        _counts(report),
        _answers(report),
        _waiting(report, most),
        _months(report),
        _us(report),
    ):
        click.echo("\n".join(lines) + "\n")


def _title(text: str) -> str:
    return click.style(text, bold=True)


def _head(name: str, report: Report) -> Iterator[str]:
    yield _title(plain(name))
    if report.first_at and report.last_at:
        yield f"{_day(report.first_at)} to {_day(report.last_at)}"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"


def _count(number: int) -> str:
    return f"{number:>9,}"


def _counts(report: Report) -> Iterator[str]:
    counts = report.counts
    machines = sum(counts.machines.values())
    yield _title("Mail")
    yield f"{_count(counts.read)}  read"
    yield (
        f"{_count(counts.in_threads)}  by people, in {report.threads:,} threads; "
        f"customers began {report.by_customers:,}"
    )
    said = _listed(counts.machines, _MACHINES)
    yield f"{_count(machines)}  by machines{said}"
    if counts.repeats:
        yield f"{_count(counts.repeats)}  the same mail again"
    if counts.aside:
        yield f"{_count(sum(counts.aside.values()))}  left aside{_listed(counts.aside)}"
    if counts.unreadable:
        yield f"{_count(counts.unreadable)}  could not be read"
        for one in report.unreadable[:5]:
            yield f"{'':11}{plain(one.folder)} {plain(one.position)}: {plain(one.why)}"


def _listed(counts: dict[str, int], names: dict[str, str] | None = None) -> str:
    parts = [f"{(names or {}).get(kind, kind)} {n:,}" for kind, n in counts.items()]
    return f": {', '.join(parts)}" if parts else ""


def _answers(report: Report) -> Iterator[str]:
    times = report.times
    yield _title("Answers to customers' first mails")
    if times.median is not None and times.p90 is not None:
        how = "opening hours alone" if times.in_working_hours else "round the clock"
        yield (
            f"  half within {_span(times.median)}, nine of ten within "
            f"{_span(times.p90)} ({how})"
        )
        for share in times.shares:
            yield f"  {_within(share):<16}{_bar(share.part)} {share.part:>5.0%}"
    part = report.never_part
    yield f"  never answered  {_bar(part)} {part:>5.0%}  {report.never_answered:,}"
    if report.answered_twice:
        yield (
            f"  answered twice  {report.answered_twice:,}, "
            f"{report.twice_by_two:,} of them by two people"
        )


def _span(span: timedelta) -> str:
    return duration(span.total_seconds())


def _within(share: Share) -> str:
    hours = share.within.total_seconds() / 3600
    if share.is_day:
        return "within a day" if hours == 24 else "a working day"
    return "within an hour" if hours == 1 else f"within {hours:g} hours"


def _waiting(report: Report, most: int) -> Iterator[str]:
    waiting = report.waiting
    yield _title(f"Who waits now: {len(waiting):,}")
    if not waiting:
        yield "  Nobody. Every thread ends with an answer."
        return
    yield (
        f"  {report.never_waiting:,} never got an answer; {report.again_waiting:,} "
        "wrote again after one, some perhaps only thanks"
    )
    recent = report.recent()
    if older := len(waiting) - len(recent):
        yield f"  {older:,} have waited longer than those who stand here:"
    yield from _list(recent[:most], report.now)
    if len(recent) > most:
        yield f"  and {len(recent) - most:,} more (--most N)"


def _list(waiting: Sequence[Waiting], now: datetime) -> Iterator[str]:
    rows = [
        (
            duration((now - one.since).total_seconds()),
            _short(one.name or one.address, 28),
            _short(one.subject or "(no subject)", _WIDE),
            "never answered" if one.never_answered else "",
        )
        for one in waiting
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        cells[0] = row[0].rjust(widths[0])
        yield "  " + "  ".join(cells).rstrip()


def _short(text: str, most: int) -> str:
    text = plain(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _months(report: Report) -> Iterator[str]:
    months = report.months[-_MONTHS:]
    yield _title("By month")
    most = max((month.people for month in months), default=0)
    for month in months:
        yield f"  {month.year}-{month.month:02}  {_stack(month, most)}  {_said(month)}"


def _stack(month: Month, most: int) -> str:
    full, half, empty = _signs()
    whole = round(_BAR * month.people / most) if most else 0
    theirs = round(_BAR * month.customers / most) if most else 0
    return full * theirs + half * (whole - theirs) + empty * (_BAR - whole)


def _said(month: Month) -> str:
    return (
        f"{month.customers:>6,} from customers {month.ours:>6,} ours "
        f"{month.machines:>6,} by machines"
    )


def _us(report: Report) -> Iterator[str]:
    us = report.us
    yield _title("Whom we took for yours")
    guess = " (a guess: it gets the most mail)" if us.guessed_desk else ""
    yield f"  desk: {', '.join(map(plain, us.desks)) or 'none was found'}{guess}"
    if us.guessed_team:
        yield f"  everybody who writes from {', '.join(map(plain, us.domains))}"
    writers = ", ".join(map(plain, us.writers[:5])) or "nobody"
    more = f" and {len(us.writers) - 5} more" if len(us.writers) > 5 else ""
    yield f"  your mails: {us.wrote:,}, by {writers}{more}"
    if us.guessed_desk or us.guessed_team:
        yield "  If that is wrong: --desk ADDRESS, and --team ADDRESS for each of you."
    if not us.wrote:
        yield (
            "  Nothing of yours is in here, so nothing looks answered. "
            "Look at the sent mail, too."
        )


def _bar(part: float) -> str:
    full, _, empty = _signs()
    filled = round(_BAR * part)
    return full * filled + empty * (_BAR - filled)


def _signs() -> tuple[str, str, str]:
    """Give the letters of a bar, as far as this terminal can show them."""
    signs = "█▒░"
    try:
        signs.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        signs = "#+."
    return signs[0], signs[1], signs[2]
