"""In CI a skipped test is a failure: there, what a test needs has to be installed."""

import os

import pytest


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
