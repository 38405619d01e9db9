"""A mailbox of a support desk as years make it: threads of 1 to 30 mails, and noise.

    python -m bench.mailbox FILE COUNT [SEED]

Customers write, the team answers with the whole mail quoted below, several threads at a
time, in the order in which mail came. Some mails are newsletters and vacation notes,
some stand there twice, as "All Mail" has them. The same seed makes the same mailbox.
"""

import heapq
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from bench.mails import WORDS

DESK = "support@acme.example"
TEAM = ("Ana Ruiz <ana@acme.example>", "Bo Berg <bo@acme.example>")
BEGINS = datetime(2021, 1, 4, 8, tzinfo=UTC)
LONGEST = 30
"""Mails in one thread; each length from 1 to it is as likely."""
_AT_A_TIME = 300
"""Threads that are going on."""
_MACHINE, _TWICE = 0.04, 0.02


@dataclass(order=True)
class _Thread:
    at: datetime
    number: int
    left: int = field(compare=False)
    customer: str = field(compare=False)
    subject: str = field(compare=False)
    ids: list[str] = field(default_factory=list, compare=False)
    said: list[str] = field(default_factory=list, compare=False)


def mails(count: int, seed: int = 1) -> Iterator[tuple[datetime, bytes]]:
    """Give `count` mails with LF line ends, and when each came."""
    chance = random.Random(seed)
    going: list[_Thread] = []
    made = threads = 0
    before = None
    at = BEGINS
    while made < count:
        while len(going) < _AT_A_TIME:
            threads += 1
            heapq.heappush(going, _thread(chance, threads, at))
        luck = chance.random()
        if before and luck < _TWICE:
            yield before
        elif luck < _TWICE + _MACHINE:
            yield at, _machine(chance, made, at)
        else:
            thread = heapq.heappop(going)
            at = thread.at
            before = at, _mail(chance, thread)
            yield before
            thread.left -= 1
            thread.at += timedelta(minutes=chance.randint(20, 6000))
            if thread.left:
                heapq.heappush(going, thread)
        made += 1


def _thread(chance: random.Random, number: int, at: datetime) -> _Thread:
    words = " ".join(chance.choices(WORDS, k=4))
    return _Thread(
        at=at + timedelta(minutes=chance.randint(1, 400)),
        number=number,
        left=chance.randint(1, LONGEST),
        # A customer has several cases over the years.
        customer=f"customer{chance.randint(1, max(10, number // 3))}",
        subject=f"{words} {number}".capitalize(),
    )


def _mail(chance: random.Random, thread: _Thread) -> bytes:
    place = len(thread.ids)
    customer = f"Carla {thread.customer} <{thread.customer}@customers.example>"
    by_team = place % 2 == 1
    sender = TEAM[thread.number % 2] if by_team else customer
    recipient = customer if by_team else f"Acme Support <{DESK}>"
    name = f"<{thread.number}.{place}@{'acme' if by_team else 'customers'}.example>"
    lines = [
        f"From: {sender}",
        f"To: {recipient}",
        *([f"Cc: {DESK}"] if by_team else []),
        f"Subject: {'Re: ' if place else ''}{thread.subject}",
        f"Date: {format_datetime(thread.at)}",
        f"Message-ID: {name}",
    ]
    if place:
        lines.append(f"In-Reply-To: {thread.ids[-1]}")
        lines.append("References: " + "\n ".join(thread.ids[-12:]))
    text = _text(chance, place)
    lines += [
        "MIME-Version: 1.0",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: 8bit",
        "",
        text,
    ]
    if place:
        lines += ["", f"On {thread.at:%d.%m.%Y at %H:%M} somebody@acme.example wrote:"]
        quoted = "\n".join(reversed(thread.said))[:6000].splitlines()
        lines += [f"> {line}" for line in quoted]
    thread.ids.append(name)
    thread.said.append(text)
    return ("\n".join(lines) + "\n").encode()


def _text(chance: random.Random, place: int) -> str:
    count = chance.randint(3, 20)
    lines = [" ".join(chance.choices(WORDS, k=12)) for _ in range(count)]
    return "\n".join([f"Hello, this is mail {place + 1} about it.", "", *lines])


def _machine(chance: random.Random, number: int, at: datetime) -> bytes:
    mark = chance.choice(
        ["List-Id: <news.vendor.example>", "Auto-Submitted: auto-replied"]
    )
    return (
        f"From: Vendor <news{number}@vendor.example>\nTo: {DESK}\n{mark}\n"
        f"Subject: News {number}\nDate: {format_datetime(at)}\n"
        f"Message-ID: <{number}@vendor.example>\n\n{_text(chance, 0)}\n"
    ).encode()


def write_mbox(path: Path, count: int, seed: int = 1) -> None:
    """Write such a mailbox as one mbox file (RFC 4155, with mboxrd's quoting)."""
    with path.open("wb") as file:
        for at, mail in mails(count, seed):
            file.write(f"From sender@mail.example {at:%a %b %d %H:%M:%S %Y}\n".encode())
            file.write(mail.replace(b"\nFrom ", b"\n>From ") + b"\n")


if __name__ == "__main__":
    write_mbox(
        Path(sys.argv[1]),
        int(sys.argv[2]),
        int(sys.argv[3]) if len(sys.argv) > 3 else 1,
    )
