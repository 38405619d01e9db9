"""The twins of a team's digest say the same in the same order, however much it is."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from templates.letter import compose
from tests.templates.specimen import head
from tests.templates.specimens import html_of, text_of
from tests.templates.team_digest import item, team_digest


class _Words(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_data(self, data):
        self.found.append(data)


def said(html):
    parser = _Words()
    parser.feed(html[html.index("<body") :])
    return " ".join(" ".join(parser.found).split())


@pytest.mark.parametrize("count", [0, 1, 12, 43])
@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ja"])
def test_both_twins_have_the_same_facts_in_the_same_order(count, language):
    whole = team_digest()
    full, rest = min(count, 12), max(0, count - 42)
    values = replace(
        whole,
        promised=tuple(
            replace(whole.promised[at % 3], number=at + 1, subject=f"Case {at}")
            for at in range(full)
        ),
        lines=tuple(
            item(number, "unowned", is_yours=False, subject=f"Case {number - 1}")
            for number in range(13, min(count, 42) + 1)
        ),
        rest=rest,
        waiting=(),
        silent=(),
        unowned=(),
        needs=(),
        changed=(),
        work=replace(whole.work, held=(), quiet=(), kept=()),
    )
    letter = compose(head(activity="", subject="", language=language), values)
    html, text = html_of(letter), text_of(letter)
    assert len(html.encode()) < 60_000
    assert "http-equiv" not in html
    assert "src=" not in html
    for twin in (said(html), text):
        numbers = [int(one) for one in re.findall(r"#(\d+) ·", twin)]
        assert numbers == list(range(1, min(count, 42) + 1))
        assert re.findall(r"Case \d+", twin) == [
            f"Case {at}" for at in range(len(numbers))
        ]
    facts = re.findall(r"\d{2}:\d{2}|\w+@\w+\.example|550 5\.1\.1|#\d+", text)
    shown = re.findall(r"\d{2}:\d{2}|\w+@\w+\.example|550 5\.1\.1|#\d+", said(html))
    typed = re.compile(r"^[\w+-]+@|^#\d+$")
    assert [one for one in facts if not typed.match(one)] == [
        one for one in shown if not typed.match(one)
    ]
