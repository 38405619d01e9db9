"""Parlour as its users run it: `parlour serve` with a settings file, by its front door.

The limits that keep a stranger or a robot from doing this to a real desk are raised,
and bench.run prints which.
"""

import secrets
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.fanout import Thread
from bench.load import load
from bench.machine import free_port, running, wait_for_port
from bench.mails import Mail
from bench.sink import Log

DESK = "support@acme.example"
OWNER = "ana@acme.example"
CUSTOMER = "carla@customer.example"
ANY = 1_000_000
INVITED_AT_ONCE = 10
#: Raised, because one thread gets hundreds of posts of one person within a minute.
LIMITS = {
    "burst_posts": ANY,
    "posts_per_hour": ANY,
    "busy_posts_per_hour": ANY,
    "quick_answers": ANY,
    "commands_per_session": ANY,
    "similar_mails": ANY,
    "machine_letters_per_hour": ANY,
    "machine_letters_per_day": ANY,
    "acknowledgements_per_sender_day": ANY,
    "acknowledgements_per_domain_hour": ANY,
    "outsiders_per_activity": ANY,
    "invitations_per_inviter_day": ANY,
    "invitations_per_invitee_month": ANY,
}


def settings(folder: Path, smtp: int, web: int, sink: int) -> Path:
    """Write a settings file; all else is the default."""
    path = folder / "parlour.toml"
    limits = "\n".join(f"{name} = {number}" for name, number in LIMITS.items())
    path.write_text(
        f"""base_url = "http://127.0.0.1:{web}"
secret = "{secrets.token_hex(24)}"
data_dir = "data"

[smtp]
listen = "127.0.0.1:{smtp}"

[web]
listen = "127.0.0.1:{web}"

[outbound]
host = "127.0.0.1"
port = {sink}

[[desk]]
name = "Acme Support"
address = "{DESK}"
reply = "support+{{token}}@acme.example"
team = ["Ana Ruiz <{OWNER}>"]

[limits]
{limits}
"""
    )
    return path


@contextmanager
def serving(folder: Path, sink: int) -> Iterator[tuple[int, int]]:
    """Run `parlour serve`; give its process number and its SMTP port."""
    smtp, web = free_port(), free_port()
    path = settings(folder, smtp, web, sink)
    log = folder / "parlour.log"
    command = (*program(), "serve", "--config", str(path))
    with running(*command, ready=False, log=log) as (process, _):
        try:
            wait_for_port(smtp, process, 30)
            yield process.pid, smtp
        except (RuntimeError, TimeoutError):
            print("".join(log.read_text().splitlines(keepends=True)[-20:]))
            raise


def program() -> tuple[str, ...]:
    """Give the command of Parlour in this environment, installed or not."""
    script = Path(sysconfig.get_path("scripts")) / "parlour"
    if script.exists():
        return (str(script),)
    return (sys.executable, "-m", "gateway.cli")


@contextmanager
def thread(folder: Path, sink: int, readers: int) -> Iterator[Thread]:
    """A thread whose customer writes and whose owner and guests read: K in all."""
    log = Log(folder / "sink.log")
    with serving(folder, sink) as (process, port):
        opened = by_front_door(port, log, readers)
        yield Thread(process=process, port=port, sender=CUSTOMER, recipient=opened)


def by_front_door(port: int, log: Log, readers: int) -> str:
    """Open a case, invite, join, all by mail; give the customer's reply address.

    The customer writes to the desk; the owner answers and invites K - 1 guests with
    `/invite`; each says yes by reply to the invitation.
    """
    marker = f"bench-open{time.monotonic_ns():x}-0-end"
    _say(port, CUSTOMER, DESK, f"Case {marker}.\r\nThe printer stops.")
    (owners,) = _letters(log, "message", {OWNER})
    guests = sorted(f"m{number}@guests.example" for number in range(1, readers))
    _say(port, OWNER, owners, "We look into it. Is it the big one?")
    for first in range(0, len(guests), INVITED_AT_ONCE):
        some = guests[first : first + INVITED_AT_ONCE]
        _say(port, OWNER, owners, "".join(f"/invite {guest}\r\n" for guest in some))
    invitations = _letters(log, "invitation", set(guests)) if guests else []
    for guest, address in zip(guests, invitations, strict=True):
        _say(port, guest, address, "yes")
    if guests:
        _letters(log, "confirmation", set(guests))
    (customers,) = _letters(log, "message", {CUSTOMER})
    return customers


def _say(port: int, sender: str, recipient: str, text: str) -> None:
    name = f"{time.monotonic_ns():x}@client.example"
    content = (
        f"From: {sender}\r\nTo: {recipient}\r\nSubject: Printer\r\n"
        f"Date: Mon, 02 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{name}>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"{text}\r\n"
    ).encode()
    result = load(port, [Mail("one", sender, recipient, content)], connections=1)
    if result.refused:
        raise RuntimeError(f"{sender} to {recipient}: {result.refused}")


def _letters(log: Log, kind: str, people: set[str]) -> list[str]:
    """Wait for a letter of that kind to each; give their reply addresses, by name."""
    deadline = time.monotonic() + 25
    while time.monotonic() < deadline:
        log.read()
        found = {
            recipient: reply_to
            for what, recipient, reply_to, _ in log.letters
            if what == kind and recipient in people
        }
        if len(found) == len(people):
            return [_bare(found[person]) for person in sorted(found)]
        time.sleep(0.05)
    raise TimeoutError(f"{len(people) - len(found)} of {len(people)} got no {kind}")


def _bare(header: str) -> str:
    return header.rpartition("<")[2].rstrip(">").strip()
