"""What a digest shows: needs first, by points, with caps; shouting adds nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digests.content import LINE_LETTERS, NAME_LETTERS, SUBJECT_LETTERS
from digests.select import Case, Post, asks, called, choose, excerpt, score
from templates.digested import Told
from templates.letter import compose
from tests.templates.specimen import head
from tests.templates.specimens import SPECIMENS, html_of, text_of

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def post(number=1, **said):
    return Post(event=number, **{"author": 9, "at": NOW - 5 * HOUR, **said})


def case(*posts, activity=1, **facts):
    return Case(activity=activity, posts=posts or (post(),), **facts)


WAITING = NOW - 10 * HOUR
POINTS = [
    (case(), 12),
    (case(watching_only=True), 7),
    (case(changes=2), 20),
    (case(post(asks="Mei, why?")), 182),
    (case(waiting_since=WAITING), 62),
    (case(waiting_since=NOW - 100 * HOUR), 92),
    (case(is_owner=True), 62),
    (case(is_owner=True, waiting_since=WAITING), 212),
    (case(is_owner=True, promised_at=NOW - HOUR), 152),
    (case(is_owner=True, promised_at=NOW + HOUR), 142),
    (case(is_owner=True, promised_at=NOW + 9 * HOUR), 122),
    (case(is_owner=True, promised_at=NOW + 90 * HOUR), 62),
    (case(post(ignored=True)), 0),
    # Thirty mails of one person weigh as much as one.
    (case(*(post(n) for n in range(30))), 12),
    (case(*(post(n, author=n) for n in range(30))), 20),
]


@pytest.mark.parametrize(("given", "points"), POINTS)
def test_points(given, points):
    assert score(given, NOW) == points


REASONS = [
    (case(), "new", False),
    (case(post(by_customer=True)), "reply", False),
    (case(post(asks="Mei?"), is_owner=True), "asked", True),
    (case(is_owner=True, promised_at=NOW - HOUR), "late", True),
    (case(is_owner=True, promised_at=NOW + HOUR), "due", True),
    (case(is_owner=True, waiting_since=WAITING), "waits", True),
    (case(waiting_since=WAITING, promised_at=NOW), "new", False),
]


@pytest.mark.parametrize(("given", "why", "needs"), REASONS)
def test_the_one_reason(given, why, needs):
    [item] = choose([given], NOW).items
    assert (item.why, item.needs_you) == (why, needs)


@pytest.mark.parametrize(
    ("count", "full", "lines", "rest"),
    [(0, 0, 0, 0), (1, 1, 0, 0), (12, 12, 0, 0), (43, 12, 30, 1), (5000, 12, 30, 4958)],
)
def test_caps(count, full, lines, rest):
    found = choose([case(activity=n) for n in range(count)], NOW)
    assert (len(found.full), len(found.lines), found.rest) == (full, lines, rest)
    assert found.changed == count
    # Ties go to whoever is the oldest.
    assert [each.case.activity for each in found.items] == [*range(min(count, 42))]


def test_what_asks_is_shown_and_the_rest_counted():
    posts = [post(n) for n in range(1, 9)]
    posts[0] = posts[0]._replace(asks="Mei?")
    posts[7] = posts[7]._replace(ignored=True)
    [item] = choose([case(*posts)], NOW).items
    assert [each.event for each in item.shown] == [1, 6, 7]
    assert (item.more, item.ignored) == (4, 1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Hello. Mei, does it parse?", "Mei, does it parse?"),
        ("mei: look at this\nplease", "mei: look at this"),
        ("I think @mei knows. Or not.", "I think @mei knows."),
        ("Mei Tan, could you?", "Mei Tan, could you?"),
        ("Mei wrote the importer.", ""),
        ("Meister, hallo", ""),
    ],
)
def test_who_is_asked_by_name(text, sentence):
    names = {"mei tan", "mei"}
    assert asks(text, names) == sentence
    # Whom no text calls is asked in none, and is not looked for in each.
    assert not sentence or called([text]) & {*names, "@"}


def test_most_texts_call_nobody():
    assert called(["Mei wrote the importer.", "Does it parse?"]) == frozenset()
    assert called(["Mei, does it?", "ask @bo"]) == {"mei", "@"}


def test_an_excerpt_ends_at_a_word_and_before_the_signature():
    assert excerpt("One  two\n\nthree\n-- \nAna") == "One two three"
    assert excerpt("word " * 100).endswith("word\N{HORIZONTAL ELLIPSIS}")
    for hostile in ("\U0001f600", "\u6f22", "&", "x", "\u05d0"):
        cut = excerpt(hostile * 5000)
        assert len(cut) <= 280
        assert len(cut.encode()) < 600


@pytest.mark.parametrize("text", ["\U0001f600", "\u6f22", "&", "x", "\u05d0 "])
def test_the_largest_digest_is_below_sixty_kilobytes(text):
    """Gmail clips at 102 kB."""
    digest = SPECIMENS["digest of a colleague"].values
    name = excerpt(text * 500, NAME_LETTERS)
    said = Told(author=name, at=NOW, text=excerpt(text * 500))
    one = replace(
        digest.changed[0],
        subject=excerpt(text * 500, SUBJECT_LETTERS),
        customer=name,
        organisation=name,
        by=name,
        posts=(said,) * 3,
    )
    line = replace(
        one, posts=(), organisation="", subject=excerpt(text * 500, LINE_LETTERS)
    )
    values = replace(
        digest,
        needs=tuple(replace(one, number=n) for n in range(1, 4)),
        changed=tuple(replace(one, number=n) for n in range(4, 13)),
        lines=tuple(replace(line, number=n) for n in range(13, 43)),
    )
    letter = compose(head(activity="", subject=""), values)
    assert len(html_of(letter).encode()) < 60_000
    assert text_of(letter).count("#42 ") == 1
