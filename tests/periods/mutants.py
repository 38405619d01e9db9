"""Faults planted into the digests, to see that the stories of periods find each.

`python -m tests.periods.mutants [WORD ...]` (`make digestmutants`) copies the
tree, plants one fault and tells stories in the copy until one breaks a promise. Exits
with 1 when a fault survives. The first list is found by `tests.periods`, the second by
the test that is named.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.model.mutants import TREE, Mutant

_PARTS = ("gateway", "parsers", "digests", "storage", "templates", "tests")
PERIODS = 400
SEED = 4
LONGEST = 900

_DUE = "digests/due.py"
_UNTOLD = "storage/untold.py"
_CADENCE = "digests/cadence.py"
_MADE_GOOD = "tests/digests/test_made_good.py"
_LATE = "tests/digests/test_committed_late.py"

BY_STORIES = (
    Mutant(
        "nothing has to settle",
        _DUE,
        "SETTLES = timedelta(minutes=2)",
        "SETTLES = timedelta(minutes=0)",
    ),
    Mutant(
        "weekdays are taken in UTC",
        _CADENCE,
        "if at := instant(timetable.zone, day, timetable.minute):",
        "if (at := instant(timetable.zone, day, timetable.minute)) and ("
        "at.weekday() in timetable.weekdays):",
    ),
    Mutant(
        "the newest post is left for later",
        _DUE,
        "high > low and waiting.first <= high",
        "high > low and waiting.first < high",
    ),
    Mutant(
        "a range begins one too late",
        _DUE,
        "low = before.range_hi if before else 0",
        "low = before.range_hi + 1 if before else 0",
    ),
    Mutant(
        "what waited is dropped at a change of mode",
        "digests/content.py",
        "if standing is None and seat is not None and seat.hearing is Hearing.MUTED:",
        "if standing is None and seat and seat.hearing is not Hearing.DIGEST:",
    ),
    Mutant(
        "nobody notes what a digest told",
        _UNTOLD,
        ".values(digest_id=Digest.id)",
        ".values(digest_id=None)",
    ),
    Mutant(
        "the lease of the schedule is not checked",
        "storage/job.py",
        '.where(Job.name == name, Job.slot == "", free)',
        '.where(Job.name == name, Job.slot == "")',
    ),
    Mutant(
        "who has paused gets digests",
        _DUE,
        "elif is_gone(reader.person, made.at) and not made.is_preview:",
        "elif False:",
    ),
    Mutant(
        "what a lost digest told stays told",
        "storage/digest_returned.py",
        "    if is_ours:\n",
        "    if False:\n",
    ),
    Mutant(
        "a digest of a clock that was ahead keeps all others back",
        _DUE,
        "if last.slot_at > made.now:",
        "if False:",
    ),
    Mutant(
        "a mail is noted as sent before it is",
        "gateway/outbound/dispatch.py",
        "            outcome: Outcome = courier.carry(",
        '            self._note_sent(one, "250")\n'
        "            outcome: Outcome = courier.carry(",
    ),
)
BY_TESTS = (
    (
        Mutant(
            "what a clock that was ahead put off stays put off",
            "gateway/activities/domains.py",
            "        return lease.let_go(session, beyond=beyond, now=now)\n",
            "        return 0\n",
        ),
        _MADE_GOOD,
    ),
    (
        Mutant(
            "a post of a clock that was ahead keeps all others back",
            _UNTOLD,
            "if (received_at <= ahead and youngest > before) or not is_old:",
            "if received_at > before or not is_old:",
        ),
        _MADE_GOOD,
    ),
    (
        Mutant(
            "a transaction at work is not waited for",
            _UNTOLD,
            "rows = session.execute(_NEWEST_VISIBLE.order_by(Event.id.desc()))",
            "rows = session.execute(_NEWEST.order_by(Event.id.desc()))",
        ),
        _LATE,
    ),
)
MUTANTS = (*BY_STORIES, *(mutant for mutant, _ in BY_TESTS))


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one fault."""

    mutant: Mutant
    by: str
    """What it broke; empty when it survived."""


def hunt(mutant: Mutant, test: str = "") -> Found:
    """Plant one fault into a copy and tell stories, or run a test, in it."""
    told = [
        *("-m", "tests.periods", "--quick", "--seed", str(SEED)),
        *("--periods", str(PERIODS)),
    ]
    tested = ["-m", "pytest", "-q", "-p", "no:cacheprovider", test]
    with tempfile.TemporaryDirectory(prefix="parlour-mutant-") as folder:
        tree = Path(folder)
        for part in _PARTS:
            shutil.copytree(TREE / part, tree / part)
        for name in ("pyproject.toml", "conftest.py"):
            shutil.copy(TREE / name, tree / name)
        mutant.plant(tree)
        try:
            done = subprocess.run(
                [sys.executable, *(tested if test else told)],
                cwd=tree,
                capture_output=True,
                check=False,
                timeout=LONGEST,
            )
        except subprocess.TimeoutExpired:
            return Found(mutant, "")
    said = done.stdout.decode() + done.stderr.decode()
    broken = re.search(r"^story \d+ of seed \d+: (.*)|^E +(\w.*)", said, re.MULTILINE)
    if done.returncode and broken is None:
        raise RuntimeError(said[-2000:])
    return Found(mutant, (broken[1] or broken[2]) if broken else "")


def main(wanted: list[str]) -> int:
    """Hunt all faults, or those whose names hold one of these words."""
    hunted = [(each, "") for each in BY_STORIES] + list(BY_TESTS)
    survived = 0
    for mutant, test in hunted:
        if wanted and not any(word in mutant.name for word in wanted):
            continue
        found = hunt(mutant, test)
        by = found.by or "NOBODY: it survived"
        print(f"{mutant.name:56} | {by[:100]}", flush=True)
        survived += not found.by
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
