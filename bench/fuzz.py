"""Reads mutated mails until one breaks the reader: `make fuzz`.

    python -m bench.fuzz [--count N] [--seed S] [--minutes M]
    python -m bench.fuzz --guided [--minutes M] [FOLDER]

The first way changes mails of our own by chance; the same seed gives the same mails.
The second lets atheris look for octets that reach new code; what it learnt stays in
FOLDER. A finding is printed and the run ends with status 1: make a test of it.
"""

import argparse
import importlib
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from bench.odd import SEEDS, SIGNS
from parsers import mail as plain_reader
from parsers.printed import as_json

MOST_SECONDS = 2.0
_BROKEN = ("the content could not be read", "the structure could not be read")


class Finding(Exception):  # noqa: N818
    """A mail that the reader did not take as it must take every mail."""


def check(
    raw: bytes, most: float = MOST_SECONDS, reader: ModuleType = plain_reader
) -> None:
    """Read a mail and print it as JSON; raises Finding where that goes wrong."""
    begun = time.process_time()
    mail = reader.read(raw)
    json.dumps(as_json(mail)).encode()
    taken = time.process_time() - begun
    for defect in _BROKEN:
        if defect in mail.defects:
            raise Finding(defect)
    for said in (mail.text, mail.reply, mail.html, mail.subject):
        said.encode()
    if taken > most:
        raise Finding(f"{taken:.1f} seconds")


def mutations(seed: int) -> Iterator[bytes]:
    """Give changed mails without end, the same ones for the same seed."""
    chance = random.Random(seed)
    while True:
        raw = bytearray(chance.choice(SEEDS))
        for _ in range(chance.randint(1, 10)):
            _change(raw, chance)
        yield bytes(raw)


def _change(raw: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(raw) + 1)
    match chance.randrange(8):
        case 0:
            raw[at : at + 1] = bytes([chance.randrange(256)])
        case 1:
            del raw[at : at + chance.randint(1, 60)]
        case 2:
            raw[at:at] = raw[at : at + chance.randint(1, 200)]
        case 3:
            other = chance.choice(SEEDS)
            start = chance.randrange(len(other))
            raw[at:at] = other[start : start + chance.randint(1, 300)]
        case 4:
            raw[at:at] = chance.choice(SIGNS) * chance.choice((1, 1, 1, 2, 50))
        case 5:
            lines = bytes(raw).split(b"\n")
            first = lines[: chance.randint(2, 12)]
            chance.shuffle(first)
            lines[: len(first)] = first
            one, other_one = (chance.randrange(len(lines)) for _ in range(2))
            lines[one], lines[other_one] = lines[other_one], lines[one]
            raw[:] = b"\n".join(lines)
        case 6:
            raw[:] = raw.replace(*chance.choice(_LINE_ENDS))
        case _:
            del raw[at:]
            raw += chance.choice(SEEDS)[-200:]


_LINE_ENDS = ((b"\r\n", b"\n"), (b"\n", b"\r\n"), (b"\r\n", b"\r"), (b"\n\n", b"\n"))


def campaign(count: int, seed: int, minutes: float) -> int:
    """Read so many mails, or as many as the time allows; give the exit status."""
    begun = time.monotonic()
    slowest, done = 0.0, 0
    for number, raw in enumerate(mutations(seed)):
        if number >= count or time.monotonic() - begun > minutes * 60:
            break
        before = time.process_time()
        try:
            check(raw)
        except Exception as fault:
            print(f"mail {number} of seed {seed}: {fault!r}\n{raw!r}")
            return 1
        slowest = max(slowest, time.process_time() - before)
        done = number + 1
        if done % 50_000 == 0:
            print(f"{done} read", flush=True)
    took = time.monotonic() - begun
    print(f"{done} mails of seed {seed}: 0 findings in {took:.0f} s")
    print(f"the slowest took {slowest:.3f} s of processor time")
    return 0


def guided(arguments: list[str], minutes: float) -> None:
    """Let atheris choose the octets; it ends the process itself."""
    import atheris  # noqa: PLC0415

    for folder in arguments[:1]:
        for number, seed in enumerate(SEEDS):
            Path(folder, f"seed-{number}").write_bytes(seed)
    known: Any = atheris
    for name in [name for name in sys.modules if name.split(".")[0] == "parsers"]:
        del sys.modules[name]  # to come back with what atheris watches
    with known.instrument_imports(include=["parsers"]):
        reader = importlib.import_module("parsers.mail")
    options = [f"-max_total_time={int(minutes * 60)}", "-max_len=4096"]
    known.Setup(
        [sys.argv[0], *options, *arguments],
        lambda raw: check(raw, reader=reader),
    )
    known.Fuzz()


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="bench.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--guided", action="store_true")
    parser.add_argument("folder", nargs="*")
    asked = parser.parse_args()
    if asked.guided:
        guided(asked.folder, asked.minutes)
        return 0
    return campaign(asked.count, asked.seed, asked.minutes)


if __name__ == "__main__":
    sys.exit(main())
