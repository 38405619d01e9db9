"""Themes are counted by distinct customers, in whole numbers; small ones keep still."""

from datetime import UTC, datetime, timedelta

import pytest

from digests.themes import Mention, Spoke, count, fairness, percent, quote

END = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
WEEK = timedelta(days=7)
BEGIN = END - WEEK


def said(word, *when):
    """Mentions of a word: each a customer, and how many days before the end."""
    return [Mention(word, who, END - timedelta(days=days)) for who, days in when]


def counted(*mentions):
    everything = [each for some in mentions for each in some]
    first = {}
    for each in everything:
        first[each.word] = min(each.at, first.get(each.word, each.at))
    found, more = count(everything, first, BEGIN, END)
    return [(one.word, one.customers, one.before, one.is_new) for one in found], more


@pytest.mark.parametrize(
    ("mentions", "found"),
    [
        ([], []),
        # Who wrote three times is one customer.
        (said("a", (1, 1), (1, 2), (1, 3), (2, 0)), [("a", 2, 0, True)]),
        # The end of a week belongs to it, and its beginning to the week before.
        (said("a", (1, 0), (2, 7)), [("a", 1, 1, False)]),
        # Each week before is counted by itself; what lies farther back is not.
        (
            said("a", (1, 1), (1, 8), (1, 9), (1, 15), (2, 15), (3, 34), (4, 35.1)),
            [("a", 1, 4, False)],
        ),
        # What nobody said this week is not told.
        (said("a", (1, 8)), []),
    ],
)
def test_a_theme_is_counted_by_customers(mentions, found):
    assert counted(mentions) == (found, 0)


def test_five_themes_of_most_customers_and_the_new_ones_first():
    old = [
        said(word, *((n, 1) for n in range(20 - at)), (99, 8))
        for at, word in enumerate("abcd")
    ]
    new = [said("n", (1, 1), (2, 1)), said("m", (1, 1)), said("z", (1, 1), (99, 9))]
    found, more = counted(*old, *new)
    assert [word for word, *_ in found] == ["n", "a", "b", "c", "d"]
    assert more == 2


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [(5, 5, 300), (5, 20, 0), (5, 40, -50), (4, 40, None), (9, 4, None), (7, 24, 17)],
)
def test_a_change_is_told_from_five_customers_on(now, before, change):
    mentions = said("a", *((n, 1) for n in range(now)))
    mentions += said("a", *((n, 8) for n in range(before)))
    [one], _ = count(mentions, {"a": END - 2 * WEEK}, BEGIN, END)
    assert one.change == change


@pytest.mark.parametrize(
    ("mails", "shares"),
    [
        ([1, 1, 1, 9], None),
        ([1, 1, 1, 1, 6], (1, 20, 60, 60)),
        ([1] * 20 + [20, 20], (2, 9, 67, 67)),
        ([0] * 9 + [1] * 4, None),
    ],
)
def test_the_loudest_are_compared_with_their_share_of_customers(mails, shares):
    found = fairness([Spoke(at, each, 2 * each) for at, each in enumerate(mails)])
    got = found and (
        found.loudest,
        found.of_customers,
        found.of_mails,
        found.of_answers,
    )
    assert got == shares


def test_a_share_of_no_answers_is_none():
    assert fairness([Spoke(at, 1, 0) for at in range(5)]).of_answers is None
    assert [percent(1, 3), percent(1, 2), percent(2, 3), percent(-1, 8)] == [
        33,
        50,
        67,
        -12,
    ]


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        ([], ""),
        (["Hi."], ""),
        (
            ["Hello, nice tool. The import says BAD  date.\nBye"],
            "The import says BAD date.",
        ),
        (["It stops at once!", "Why a bad date?"], "Why a bad date?"),
        (["It stops at once!\n-- \nbad date here"], "It stops at once!"),
        (["bad date " + "x" * 300], "bad date " + "x" * 130 + "…"),
    ],
)
def test_a_quote_is_the_customers_own_sentence(texts, shown):
    found = quote(texts, "bad date", 140)
    assert found == shown or (len(shown) > 100 and len(found) <= 140)
