"""Measures the reading of mail: against mail-parser's bare parse, and at its worst.

    python -m bench.reading [--quick]

The first figure is a ratio of processor time over the same mails in one run. The worst
cases are mails made to hang or fill a reader, up to 30 MB; each is read in a process of
its own, whose processor time and memory above the mail's own octets are told.
"""

import argparse
import base64
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import mailparser

from bench.mails import WORDS
from parsers.mail import read

ROUNDS = 5
MB = 1_000_000
HEAD = b"From: a@x.example\r\nTo: b@y.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"


def mixed(count: int = 400) -> list[bytes]:
    """Make mails as a support address gets them; always the same ones."""
    chance = random.Random(7)
    kinds = (_plain, _reply, _alternative, _newsletter, _with_file, _bounce)
    return [kinds[number % len(kinds)](chance, number) for number in range(count)]


def _sentences(chance: random.Random, lines: int) -> list[str]:
    return [" ".join(chance.choices(WORDS, k=11)) for _ in range(lines)]


def _mail(number: int) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["Received"] = (
        f"from mail{number}.example (mail{number}.example [192.0.2.7]) by "
        "mx.acme.example with ESMTPS id 4Xyz for <support@acme.example>; "
        "Mon, 2 Nov 2026 10:00:00 +0000"
    )
    mail["From"] = f"Carla Gómez <carla{number}@gomez.example>"
    mail["To"] = "Acme Support <support@acme.example>"
    mail["Subject"] = "Re: Die Rechnung für März fehlt"
    mail["Date"] = "Mon, 02 Nov 2026 10:00:00 +0000"
    mail["Message-ID"] = f"<{number}.bench@gomez.example>"
    mail["In-Reply-To"] = "<1.bench@acme.example>"
    mail["References"] = "<0.bench@acme.example> <1.bench@acme.example>"
    return mail


def _plain(chance, number):
    mail = _mail(number)
    mail.set_content("\n".join(_sentences(chance, 15)))
    return mail.as_bytes()


def _quoted(chance):
    new = "\n".join(_sentences(chance, 5))
    quote = "\n".join(f"> {line}" for line in _sentences(chance, 60))
    return f"{new}\n\nOn Sun, 1 Nov 2026, Ana Ruiz <ana@acme.example> wrote:\n{quote}\n"


def _reply(chance, number):
    mail = _mail(number)
    mail.set_content(_quoted(chance))
    return mail.as_bytes()


def _alternative(chance, number):
    mail = _mail(number)
    text = _quoted(chance)
    mail.set_content(text)
    lines = "".join(f"<div>{line}</div>" for line in text.splitlines())
    mail.add_alternative(f"<html><body>{lines}</body></html>", subtype="html")
    return mail.as_bytes()


def _newsletter(chance, number):
    mail = _mail(number)
    mail["List-Unsubscribe"] = "<mailto:out@news.example>"
    rows = "".join(
        f'<tr><td style="padding:4px"><a href="https://news.example/{at}">{line}</a>'
        "</td></tr>"
        for at, line in enumerate(_sentences(chance, 60))
    )
    mail.set_content(f"<html><body><table>{rows}</table></body></html>", subtype="html")
    return mail.as_bytes()


def _with_file(chance, number):
    mail = _mail(number)
    mail.set_content("\n".join(_sentences(chance, 5)))
    mail.add_attachment(
        chance.randbytes(60_000), maintype="image", subtype="png", filename="Bild ä.png"
    )
    return mail.as_bytes()


def _bounce(_, number):
    head = _mail(number).as_bytes().partition(b"\r\n\r\n")[0]
    return (
        b"From: MAILER-DAEMON@mx.example\r\nTo: support@acme.example\r\n"
        b"Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"'
        b"\r\n\r\n--b\r\n\r\nThe mail could not be delivered.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mx.example\r\n\r\n"
        b"Final-Recipient: rfc822; x@y.example\r\n"
        b"Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 unknown"
        b"\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        + head
        + b"\r\n--b--\r\n"
    )


def ratio() -> tuple[float, float, float]:
    """Give processor ms a mail: a complete reading, mail-parser's, and the ratio."""
    mails = mixed()
    ours, bare = [], []
    for _ in range(ROUNDS + 1):
        # Turn by turn, so that whatever else runs here burdens both alike.
        for reader, times in ((read, ours), (mailparser.parse_from_bytes, bare)):
            began = time.process_time()
            for raw in mails:
                reader(raw)
            times.append((time.process_time() - began) / len(mails) * 1000)
    # The first round loads what is loaded late; the least is what the machine can do.
    return min(ours), min(bare), min(ours) / min(bare)


def _parts(body: bytes) -> bytes:
    return HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + body


def _html(page: bytes) -> bytes:
    return HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + page


WORST: dict[str, Callable[[], bytes]] = {
    "50,000 quotes in a From": lambda: b"From: " + b'"' * 50_001 + HEAD[4:] + b"\r\nx",
    "100,000 parts": lambda: _parts(b"--b\r\n\r\nx\r\n" * 100_000),
    "20,000 nested divs": lambda: _html(b"<div>" * 20_000 + b"x"),
    '40,000 times "On "': lambda: HEAD + b"\r\n" + b"On " * 40_000,
    "10,000 parts inside parts": lambda: (
        HEAD
        + b"".join(
            b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
            for n in range(10_000)
        )
    ),
    "30 MB of text": lambda: HEAD + b"\r\n" + b"the quick brown fox\r\n" * 1_400_000,
    "30 MB of HTML": lambda: _html(b"<p><b>fox</b> jumps</p>\r\n" * 1_150_000),
    "30 MB in one line": lambda: HEAD + b"\r\n" + b"a" * 30 * MB,
    "30 MB of header": lambda: b"X-A: b\r\n" * 3_700_000 + HEAD + b"\r\nx",
    "a file of 22 MB": lambda: _parts(
        b"--b\r\nContent-Type: image/png; name=x.png\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(random.Random(1).randbytes(22 * MB))
        + b"\r\n--b--\r\n"
    ),
    "30 MB of quotes": lambda: HEAD + b"\r\n" + b"> > > quoted text\r\n" * 1_500_000,
    "30 MB of addresses": lambda: (
        b"To: " + b"a@b.example,\r\n " * 2_000_000 + b"c@d.example\r\n" + HEAD + b"\r\n"
    ),
}


def measured(name: str) -> dict[str, float]:
    """Read one of the worst in a process of its own; processor seconds and memory."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.reading", "--one", name],
        capture_output=True, check=True, text=True, timeout=120,
    )  # fmt: skip
    return json.loads(done.stdout)


def one(name: str) -> None:
    raw = WORST[name]()
    # What was needed to make the mail is not what reading it needs.
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = _peak()
    began = time.process_time()
    read(raw)
    print(
        json.dumps(
            {
                "mb": len(raw) / MB,
                "seconds": time.process_time() - began,
                "memory_mb": (_peak() - before) / MB,
            }
        )
    )


def _peak() -> int:
    status = Path("/proc/self/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def report(*, quick: bool = False) -> str:
    """Measure and give the report, as Markdown."""
    ours, bare, times = ratio()
    first = (
        f"Reading a mixed mail completely: {ours:.2f} ms of processor time, "
        f"mail-parser's bare parse {bare:.2f} ms, **ratio {times:.2f}** "
        "(plain, replies, HTML, newsletters, files, bounces; best of "
        f"{ROUNDS} rounds)."
    )
    lines = [
        first,
        "",
        "| worst cases | MB | CPU s | memory MB | memory x size |",
        "|---|---|---|---|---|",
    ]
    for name in WORST:
        if quick and "30 MB" in name:
            continue
        found = measured(name)
        lines.append(
            f"| {name} | {found['mb']:.2g} | {found['seconds']:.2f} | "
            f"{found['memory_mb']:.0f} | {found['memory_mb'] / found['mb']:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the reading of mail.")
    parser.add_argument("--quick", action="store_true", help="without the largest")
    parser.add_argument("--one", choices=WORST, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        one(asked.one)
        return
    print(f"Load before the run {os.getloadavg()[0]:.1f}.\n")
    print(report(quick=asked.quick))


if __name__ == "__main__":
    main()
