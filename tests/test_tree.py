"""The tree: every module says what it is for, no file tells where it was made."""

import ast
import functools
import re
import subprocess
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("gateway", "parsers", "digests", "storage", "templates")
LONG = 400


def tracked() -> list[Path]:
    """Give the files that git knows, or all but the made ones in a plain copy."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else []
    found = [ROOT / name for name in names if name]
    return [path for path in found or _plain_copy() if path.is_file()]


def _plain_copy() -> list[Path]:
    made = {".git", ".venv", ".boot", "__pycache__", "data", "results"}
    return [path for path in ROOT.rglob("*") if not made & set(path.parts)]


@functools.cache
def texts() -> dict[Path, str]:
    """Give the tracked text files; mail and pictures are octets."""
    found = {}
    for path in tracked():
        try:
            found[path.relative_to(ROOT)] = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return found


def modules() -> dict[Path, str]:
    """Give every Python module of the tree with its source."""
    return {
        path: text
        for path, text in texts().items()
        if path.suffix == ".py" and text.strip()
    }


def test_each_module_opens_with_its_purpose():
    silent = {}
    for path, text in modules().items():
        first = (ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0]
        # A migration's name says it; its docstring may be that of the generator.
        is_migration = path.parts[:3] == ("storage", "migrations", "versions")
        if not (first if is_migration else first.endswith((".", ":", "?", "!"))):
            silent[str(path)] = first
    assert silent == {}


def test_long_modules_are_named():
    long = {
        str(path): lines
        for path, text in modules().items()
        if path.parts[0] in PACKAGES and (lines := len(text.splitlines())) > LONG
    }
    # A question to ask in review, not a failure.
    if long:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.warn(f"longer than {LONG} lines: {long}", stacklevel=1)


# Brackets around one letter keep this file from holding what it looks for.
ADDRESSES = re.compile(
    r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|index-url[ =]+http"
)
MACHINE_PATHS = re.compile(r"(?<![\w./}])/(home|Users|root|work|mnt|opt/wheels)/\w")


@pytest.mark.parametrize("what", [ADDRESSES, MACHINE_PATHS], ids=["registry", "path"])
def test_no_file_tells_where_it_was_made(what):
    found = [
        f"{path}: {match.group()}"
        for path, text in texts().items()
        if (match := what.search(text))
    ]
    assert not found


@pytest.mark.parametrize("name", ["boot", "run", "dev"])
def test_pins_have_hashes_and_no_address(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    assert "://" not in text
    pins = re.findall(
        r"(?m)^([a-z0-9._-]+)==\S+.*\\\n    --hash=sha256:[0-9a-f]{64}", text
    )
    lines = re.findall(r"(?m)^[a-z]\S*", text)
    assert len(pins) == len(lines) > 0


def test_what_runs_is_what_is_tested():
    run, dev = (
        set(re.findall(r"(?m)^\S+==\S+", (ROOT / "requirements" / name).read_text()))
        for name in ("run.txt", "dev.txt")
    )
    assert run - dev == set()


def test_ci_calls_the_command_of_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "make test" in readme
    assert re.search(r"(?m)^timeout .* make test$", (ROOT / ".ci" / "run").read_text())


CITED = re.compile(r"decisions [A-G](?P<decision>\d+)|\((?P<threat>T\d+)\)")


def test_each_rule_that_the_code_cites_is_written_down():
    rules = (ROOT / "docs" / "rules.md").read_text("utf-8")
    written = set(re.findall(r"\*\*[A-G]?(T?\d+)\*\*", rules))
    cited = {
        match["decision"] or match["threat"]: str(path)
        for path, text in modules().items()
        for match in CITED.finditer(text)
    }
    assert {rule: path for rule, path in cited.items() if rule not in written} == {}


LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def test_links_between_documents_lead_somewhere():
    lost = [
        f"{path}: {link}"
        for path, text in texts().items()
        if path.suffix == ".md"
        for link in LINK.findall(text)
        if not (ROOT / path.parent / link).exists()
    ]
    assert lost == []
