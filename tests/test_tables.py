"""Each rule that docs/tables.md names has the tests it names, on both databases."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SAID = (TESTS.parent / "docs" / "tables.md").read_text("utf-8")
ROWS = {"R1": 9, "R2": 12, "R3": 8, "R4": 7, "B1": 13, "B2": 14}
WANTED = [
    f"{table}.{row}" for table, rows in ROWS.items() for row in range(1, rows + 1)
]
WANTED += [f"T{number}" for number in (*range(1, 12), *range(16, 26))]
NAMED = sorted(set(re.findall(r"`(test_\w+)`", SAID)))


@cache
def functions(path: Path) -> dict[str, ast.FunctionDef]:
    """Give the functions of a module by name."""
    tree = ast.parse(path.read_text("utf-8"))
    return {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}


def homes(name: str) -> list[Path]:
    """Give the modules that have a test of this name."""
    return [path for path in TESTS.rglob("test_*.py") if name in functions(path)]


def needs(path: Path, name: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """Give every fixture that a function asks for, directly or not."""
    around = [path, *(folder / "conftest.py" for folder in path.parents)]
    found: set[str] = set()
    for where in around:
        if TESTS in where.parents and where.exists() and name in functions(where):
            asked = {each.arg for each in functions(where)[name].args.args}
            for each in asked - seen - {name}:
                found |= {each} | needs(path, each, seen | {name})
            return found
    return found


def test_every_row_and_threat_is_in_the_list():
    listed = re.findall(r"^- \*\*([RBT][\d.]+)\*\*", SAID, re.MULTILINE)
    assert sorted(set(listed)) == sorted(WANTED)


def test_every_dialogue_that_is_named_is_there():
    named = set(re.findall(r"`([\w-]+\.txt)`", SAID))
    assert named <= {each.name for each in (TESTS / "dialogues").glob("*.txt")}
    assert named


@pytest.mark.parametrize("name", NAMED)
def test_a_named_test_exists_and_runs_on_both_databases(name):
    [home] = homes(name) or [None]
    assert home is not None, f"docs/tables.md names {name}, which is nowhere"
    assert "database_url" in needs(home, name)
