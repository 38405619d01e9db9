"""Faults that are planted into a copy of Parlour, to see that the model finds each.

`python -m tests.model.mutants [WORD ...]` (`make mutants`) copies the tree, plants one
fault by replacing a text in it, and runs the stories of `tests/test_model.py` on that
copy. It prints which promise each fault broke and after how many steps, and exits with
1 when a fault survives.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.model.faults import MUTANTS, Mutant

TREE = Path(__file__).resolve().parents[2]
SECONDS = 120
"""So much of a processor's time one fault has to be found."""
LONGEST = 900
"""And so much of everybody's, on a busy machine."""
STORIES = 400
AT_ONCE = 2
_PARTS = ("gateway", "parsers", "digests", "storage", "templates", "tests")


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one fault."""

    mutant: Mutant
    by: str
    """The promise that it broke; empty when it survived."""
    steps: str
    said: str = ""
    """The last words of a run that ended without a verdict, on an ill machine."""


def hunt(mutant: Mutant) -> Found:
    """Plant one fault into a copy and tell stories until one breaks a promise."""
    with tempfile.TemporaryDirectory(prefix="parlour-mutant-") as folder:
        tree = Path(folder)
        for part in _PARTS:
            # What is compiled already comes along, under the times of its files.
            shutil.copytree(TREE / part, tree / part)
        for name in ("pyproject.toml", "conftest.py"):
            shutil.copy(TREE / name, tree / name)
        mutant.plant(tree)
        found = _judged(mutant, _told(tree))
        return _judged(mutant, _told(tree)) if found.said else found


def _told(tree: Path) -> str:
    """Tell the stories in a tree; give all that was said."""
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider"),
        # Broken says itself what broke: no assertion need be rewritten for that.
        *("--assert=plain", "--timeout", "0", "tests/test_model.py", "-k", "straight"),
    ]
    quick = {
        "MODEL_EXAMPLES": str(STORIES),
        "MODEL_QUICK": "1",
        "PYTHONPATH": str(tree),
    }
    try:
        done = subprocess.run(
            command,
            cwd=tree,
            env=os.environ | quick,
            capture_output=True,
            check=False,
            timeout=LONGEST,
            preexec_fn=_bound,
        )
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode()
    return done.stdout.decode()


def _bound() -> None:
    """Let the child end by itself when its time is over."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _judged(mutant: Mutant, said: str) -> Found:
    broken = re.search(r"^E +[\w.]+\.Broken: (.*)", said, re.MULTILINE)
    steps = re.search(r"broken in step (\d+)", said)
    if broken:
        return Found(mutant, broken[1], steps[1] if steps else "?")
    is_over = "1 passed" in said
    return Found(mutant, "", "-", "" if is_over else said.strip()[-60:] or "too late")


def main(wanted: list[str]) -> int:
    """Hunt all faults, or those whose names hold one of these words."""
    chosen = [
        each
        for each in MUTANTS
        if not wanted or any(word in each.name for word in wanted)
    ]
    survived = 0
    print(f"{'fault':46} | {'steps':>5} | caught by", flush=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for found in pool.map(hunt, chosen):
            by = found.by or found.said or "NOBODY: it survived"
            print(f"{found.mutant.name:46} | {found.steps:>5} | {by[:90]}", flush=True)
            survived += not found.by
    print(f"{len(chosen) - survived} of {len(chosen)} faults were caught")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
