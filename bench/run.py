"""Measures everything in one run and prints one report: `make bench`.

    python -m bench.run [--quick] [--readers 10,100] [--without roundup]

Everything is on loopback, on ports picked for the run, in folders that are removed, and
ends by itself. Rates differ between machines and with what else runs on them; the
ratios within one run are what to read.
"""

import argparse
import dataclasses
import json
import math
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench import (
    digesting,
    fanout,
    imap,
    importing,
    morning,
    parlour,
    reading,
    roundup,
)
from bench.acceptance import CONNECTIONS, Acceptance
from bench.acceptance import measure as accept
from bench.fanout import Figures
from bench.imap import Fetching
from bench.importing import Importing
from bench.machine import RESULTS, describe, scratch

COLUMNS = (
    ("system", "system"),
    ("K", "readers"),
    ("posts", "posts"),
    ("posts/s", "posts_per_second"),
    ("copies/s", "copies_per_second"),
    ("p50 ms to last copy", "last_copy_p50_ms"),
    ("CPU s per 100 posts", "cpu_per_100_posts"),
    ("peak RSS MB", "peak_rss_mb"),
    ("peak PSS MB", "peak_pss_mb"),
    ("missing", "missing"),
    ("doubled", "doubled"),
)


PARLOUR = (
    "- Parlour: `parlour serve` with its default roles, SQLite on the disk of the "
    "working tree; one case: its customer writes, its owner and K - 1 guests who "
    "joined by reply read."
)
ROUNDUP = (
    "- Roundup: one mail per reader, SQLite, one post after the other (handling a mail "
    "sends its copies)."
)


def fan_outs(asked: argparse.Namespace, programs: Path | None) -> Iterator[Figures]:
    """Give the figures of each system for each K, as they come."""
    systems = {"floor": fanout.floor, "parlour": parlour.thread}
    for readers in asked.readers:
        posts = max(10, (500 if asked.quick else 2000) // readers)
        for name, start in systems.items():
            if name not in asked.without:
                title = "Parlour" if name == "parlour" else "the floor"
                yield fanout.measure(title, start, readers, posts=posts)
        for way in (roundup.OneProcessEach, roundup.OneProcess):
            if programs:
                count = 10 if asked.quick else 20
                yield roundup.measure(programs, way, readers, posts=count)


def number(value: object) -> str:
    """Write a figure with the digits that mean something."""
    if not isinstance(value, float):
        return str(value)
    if math.isnan(value):
        return "-"
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def table(rows: list[Figures]) -> str:
    """Write the fan-out figures, with CPU seconds as multiples of the floor's."""
    floors = {
        row.readers: row.cpu_per_100_posts for row in rows if row.system == "the floor"
    }
    heads = [*(head for head, _ in COLUMNS), "CPU x floor"]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for row in rows:
        cells = [number(getattr(row, name)) for _, name in COLUMNS]
        least = floors.get(row.readers)
        cells.append(f"{row.cpu_per_100_posts / least:.1f}" if least else "-")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def acceptance_lines(found: Acceptance) -> str:
    """Write the acceptance figures."""
    return (
        f"Durable acceptance, {CONNECTIONS} connections, median of {found.rounds} "
        f"rounds of {found.count} mails: Parlour {found.parlour:.0f} mails/s (p50 "
        f"{found.parlour_p50_ms:.0f} ms, slowest {found.parlour_slowest_ms:.0f} ms), "
        f"bare aiosmtpd {found.bare:.0f} mails/s (p50 {found.bare_p50_ms:.0f} ms, "
        f"slowest {found.bare_slowest_ms:.0f} ms), **ratio {found.ratio:.2f}**; "
        f"{found.refused} refused."
    )


def conditions() -> str:
    """Say what the figures were made on and under."""
    raised = ", ".join(f"`{name}`" for name in parlour.LIMITS)
    return "\n".join(
        (
            f"- Machine: {describe()}; load before the run {os.getloadavg()[0]:.1f}.",
            "- Mails: half 2 kB plain posts, half 8 kB replies with a quote.",
            PARLOUR,
            f"- Limits raised to {parlour.ANY}: {raised}.",
            ROUNDUP,
            "- The floor keeps the post and K rows and sends K copies, nothing else.",
        )
    )


def digests(*, quick: bool) -> str:
    """Measure digests without and with the front door; give both reports."""
    share = 10 if quick else 1
    claimed = digesting.measure("claim", 100_000 // share)
    whole = digesting.measure("run", 20_000 // share)
    said = digesting.lines(claimed, whole)
    print(f"\n{said}", flush=True)
    by_mail = morning.lines(
        morning.measure(
            readers=morning.READERS // share, people=morning.PEOPLE // share
        )
    )
    print(f"\n{by_mail}", flush=True)
    return f"{said}\n\n{by_mail}"


def keep(
    found: Acceptance | None,
    rows: list[Figures],
    old: Importing | None,
    fetched: Fetching | None,
    said: str,
    told: str,
) -> None:
    """Keep the figures as JSON, so that two runs can be compared."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{time.strftime('%Y%m%dT%H%M%S')}.json"
    acceptance = dataclasses.asdict(found) if found else None
    rows_as = [dataclasses.asdict(row) for row in rows]
    figures = {
        "conditions": said,
        "acceptance": acceptance,
        "fan_out": rows_as,
        "import": dataclasses.asdict(old) if old else None,
        "imap": dataclasses.asdict(fetched) if fetched else None,
        "digests": told,
    }
    path.write_text(json.dumps(figures, indent=1))
    print(f"\nKept in {path.relative_to(Path.cwd())}")


def into_readme(*parts: str) -> None:
    """Put the report between the two marks of the README."""
    path = Path("README.md")
    before, begin, rest = path.read_text("utf-8").partition("<!-- figures -->\n")
    _, end, after = rest.partition("<!-- end of figures -->")
    if not end:
        raise SystemExit("README.md has lost its marks for the figures")
    wrapped = "\n\n".join(part for part in parts if part)
    path.write_text(f"{before}{begin}{wrapped}\n{end}{after}", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure everything.")
    parser.add_argument("--quick", action="store_true", help="a quarter of the posts")
    parser.add_argument(
        "--readers",
        type=lambda text: [int(one) for one in text.split(",")],
        default=[10, 100],
    )
    parser.add_argument(
        "--without",
        type=lambda text: text.split(","),
        default=[],
        help="of: acceptance, floor, parlour, roundup, import, imap, digests, reading",
    )
    parser.add_argument(
        "--readme", action="store_true", help="put the report into README.md"
    )
    asked = parser.parse_args()
    said = conditions()
    print(said, end="\n\n", flush=True)
    found = None
    if not {"acceptance", "parlour"} & set(asked.without):
        found = accept(rounds=1 if asked.quick else 3)
        print(acceptance_lines(found), end="\n\n", flush=True)
    rows = []
    with scratch() as folder:
        programs = None if "roundup" in asked.without else roundup.install(folder)
        for row in fan_outs(asked, programs):
            print(f"{row.system}, K = {row.readers}: done", file=sys.stderr, flush=True)
            rows.append(row)
    print(table(rows))
    old = None
    if "import" not in asked.without:
        old = importing.measure(importing.COUNT // (10 if asked.quick else 1))
        print("\n" + importing.lines(old))
    fetched = None
    if "imap" not in asked.without:
        fetched = imap.measure(imap.COUNT // (4 if asked.quick else 1))
        print("\n" + imap.lines(fetched))
    told = ""
    if "digests" not in asked.without:
        told = digests(quick=asked.quick)
    read = ""
    if "reading" not in asked.without:
        read = reading.report(quick=asked.quick)
        print("\n" + read)
    keep(found, rows, old, fetched, said, told)
    if asked.readme:
        into_readme(
            acceptance_lines(found) if found else "",
            table(rows),
            importing.lines(old) if old else "",
            imap.lines(fetched) if fetched else "",
            told,
            read,
            said,
        )


if __name__ == "__main__":
    main()
