"""How far long work has come, as a terminal and as a log see it."""

import io

import pytest

from gateway.cli import progress
from gateway.cli.progress import Progress, duration


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(progress, "_TERMINAL_SECONDS", 0.0)
    monkeypatch.setattr(progress, "_PLAIN_SECONDS", 0.0)


def test_plain_lines_where_nobody_watches():
    out = io.StringIO()
    with Progress("mails", 1000, out=out) as shown:
        for _ in range(3):
            shown.step()
    lines = out.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[2].startswith("3 of 1,000 mails, ")
    assert " a second, " in lines[2]
    assert lines[2].endswith(" left")
    assert "\x1b" not in out.getvalue()


def test_one_line_that_is_cleared_on_a_terminal():
    out = Terminal()
    with Progress("mails", 4, out=out) as shown:
        shown.step()
        shown.step()
    text = out.getvalue()
    assert "\n" not in text
    assert "############............  2 of 4 mails" in text
    assert text.endswith("\r\x1b[K")


@pytest.mark.parametrize("total", [None, 0, 1])
def test_without_a_true_total_it_only_counts(total):
    out = io.StringIO()
    with Progress("mails", total, done=5, out=out) as shown:
        shown.reach(5)
        shown.step()
    assert [line.partition(",")[0] for line in out.getvalue().splitlines()] == [
        "5 mails",
        "6 mails",
    ]
    assert "left" not in out.getvalue()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (90, "2 min"),
        (3600, "1 h"),
        (3600 * 5 + 61, "5 h 1 min"),
        (86_400 * 2, "2 days"),
        (86_400 * 3 + 3600 * 4, "3 days 4 h"),
        (86_400 * 40, "40 days"),
        (86_400 * 1000, "2.7 years"),
    ],
)
def test_spans_in_words(seconds, said):
    assert duration(seconds) == said
