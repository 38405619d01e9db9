"""The mails of the bench: a short post and a long reply with a quote, half of each.

Every mail carries a marker of its own in its first line, so that a sink can tell which
post a copy belongs to.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

MARKER = re.compile(rb"bench-[0-9a-z]+-[0-9]+-end")

SENTENCE = (
    "the printer on our second floor stops after three pages and shows a light that "
    "nobody here knows we switched it off and on twice yesterday and the export of "
    "last month came out empty again could you tell us when somebody has time to look "
    "at it because invoices must leave before friday thank you very much indeed"
)
WORDS = SENTENCE.split()


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail with its envelope."""

    marker: str
    sender: str
    recipient: str
    content: bytes
    """With CRLF line ends, before dot-stuffing."""


def mails(
    run: str, count: int, sender: str, recipient: str, *, subject: str = "Printer"
) -> Iterator[Mail]:
    """Give `count` mails that differ; `run` keeps the markers of two runs apart."""
    for number in range(count):
        marker = f"bench-{run}-{number}-end"
        content = _head(f"{number}.{run}", sender, recipient, subject)
        content += _body(marker, is_long=number % 2 == 1)
        yield Mail(marker, sender, recipient, content)


def _head(name, sender, recipient, subject):
    # The marker is not in the Message-ID: References would carry it into later mails.
    lines = (
        f"From: Member <{sender}>",
        f"To: {recipient}",
        f"Subject: {subject}",
        "Date: Mon, 02 Nov 2026 10:00:00 +0000",
        f"Message-ID: <{name}@client.example>",
        "MIME-Version: 1.0",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: 8bit",
        "",
        "",
    )
    return "\r\n".join(lines).encode()


def _body(marker, *, is_long):
    chance = random.Random(marker)
    lines = [f"Case {marker}.", "", *_lines(chance, 12 if is_long else 26)]
    if is_long:
        lines += [
            "",
            "On Sun, 1 Nov 2026 at 09:00, Somebody <some@body.example> wrote:",
        ]
        lines += [f"> {line}" for line in _lines(chance, 90)]
    return "\r\n".join([*lines, ""]).encode()


def _lines(chance, count):
    for _ in range(count):
        yield " ".join(chance.choices(WORDS, k=12))
