"""The two twins of a digest, whoever wrote what into it (digests section 4, test 2)."""

import re
from dataclasses import replace

import pytest

from digests.select import AS_LINES, IN_FULL, excerpt
from templates.digested import Told
from templates.letter import compose
from tests.templates.specimen import head
from tests.templates.specimens import SPECIMENS, html_of, links, seen, text_of

WRITTEN = {
    "plain": "The import stops at row 7.",
    "right to left": "\u05d4\u05d9\u05d9\u05d1\u05d5\u05d0 \u05e0\u05e2\u05e6\u05e8",
    "emoji": "\U0001f469\u200d\U0001f52c it stops \U0001f6d1",
    "CJK": "\u8f38\u5165\u304c\u4e03\u884c\u76ee\u3067\u6b62\u307e\u308b",
    "a very long word": "Donaudampfschiff" * 400,
    "a trap": "<script>x()</script> <img src=http://x.example/p.gif> &amp; {{ 7*7 }}",
}


def a_digest(count, text):
    """A digest of so many cases, each about this; a number stands in each subject."""
    whole = SPECIMENS["digest of a colleague"].values
    one = whole.changed[0]
    items = [
        replace(
            one,
            number=number,
            subject=f"s{number}s {excerpt(text, 60)}",
            posts=(Told(author="Ana Ruiz", at=one.at, text=excerpt(text)),)
            if number <= IN_FULL
            else (),
        )
        for number in range(1, min(count, IN_FULL + AS_LINES) + 1)
    ]
    return replace(
        whole,
        needs=(),
        changed=tuple(items[:IN_FULL]),
        lines=tuple(items[IN_FULL:]),
        rest=max(0, count - len(items)),
        count_needs=0,
        count_changed=count,
    )


@pytest.mark.parametrize("count", [1, 12, 43, 5000])
@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_both_twins_say_the_same_in_the_same_order(count, text):
    letter = compose(head(activity="", subject=""), a_digest(count, text))
    html, plain = html_of(letter), text_of(letter)
    # Without styles and pictures it is what is left of the markup.
    read = seen(html)
    in_order = [f"s{number}s" for number in range(1, min(count, 42) + 1)]
    assert re.findall(r"\bs\d+s\b", plain) == in_order
    assert re.findall(r"\bs\d+s\b", read) == in_order
    words = " ".join(excerpt(text).rstrip("\N{HORIZONTAL ELLIPSIS}").split())[:40]
    for twin in (" ".join(plain.split()), " ".join(read.split())):
        if count > 42:
            assert f"And {count - 42} more conversation" in twin
        if len(words) < 40:
            assert words in twin
    assert len(html.encode()) < 60_000
    assert "<script" not in html
    # Nothing is fetched from anywhere; a link is one of ours, or was typed by somebody.
    assert not re.search(r"""(?i)<[^>]+\b(?:src|srcset|background)\s*=""", html)
    assert not re.search(r"(?i)url\(|@import|<link|<iframe|<object", html)
    ours = ("https://desk.acme.example/", "mailto:", "http://x.example/")
    assert [link for link in links(html) if not link.startswith(ours)] == []
