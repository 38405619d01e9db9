"""In CI a skipped test is a failure: there, what a test needs has to be installed.

And the longest files come first, so that the processes of a run end together.
"""

import os
from collections import Counter

import pytest

LONG = (
    "tests/test_kill9.py",
    "tests/digests/test_deaths.py",
    "tests/test_imap_kills.py",
    "tests/test_dialogues.py",
    "tests/test_model.py",
    "tests/browser/test_browser.py",
    "tests/cli/test_import.py",
    "tests/cli/test_serve.py",
    "tests/test_postfix.py",
    "tests/digests/test_periods.py",
    "tests/test_doors.py",
    "tests/demo/test_demo.py",
    "tests/activities/test_listen.py",
    "tests/cli/test_digest.py",
    "tests/cli/test_schedule.py",
)
"""Files that take long with few tests; a missing one only makes a run longer."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the long files first, then those with the most tests.

    Files are dealt out whole, to whichever process is free.
    """
    tests = Counter(map(file_of, items))
    places = {file: place for place, file in enumerate(LONG)}

    def place(item: pytest.Item) -> tuple[int, int, str]:
        file = file_of(item)
        return places.get(file, len(LONG)), -tests[file], file

    items.sort(key=place)


def file_of(item: pytest.Item) -> str:
    """Give the file of a test, from the root of the tree."""
    return item.nodeid.partition("::")[0]


def skips(config: pytest.Config) -> list[pytest.TestReport | pytest.CollectReport]:
    """Give the reports of all tests and files that were skipped."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return list(reporter.stats.get("skipped", ())) if reporter else []


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run in CI when anything was skipped."""
    if os.environ.get("CI") and skips(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say which skips are failures, above the line that counts them."""
    found = skips(config)
    if os.environ.get("CI") and found:
        terminalreporter.section("skipped, which CI does not allow", red=True)
        for report in found:
            terminalreporter.line(f"{report.nodeid}: {_reason(report)}")


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    where = report.longrepr
    return str(where[2]) if isinstance(where, tuple) else str(where)
