"""Where a case stands in the digest of whoever answers for it, and what is news."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digests.sections import ORDER, Section, Standing, Window, find
from digests.select import Case, Post, choose

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MORNING = Window(at=NOW, until=NOW + 16 * HOUR, since=NOW - 16 * HOUR)
AFTERNOON = Window(at=NOW + 8 * HOUR, until=NOW + DAY, since=NOW, is_afternoon=True)
MINE = Standing(
    is_owner=True,
    has_owner=True,
    is_customers_turn=False,
    opened_at=NOW - 20 * DAY,
    waiting_since=None,
    promised_at=None,
    is_late=False,
    answered_at=NOW - 2 * HOUR,
)
WAITS = replace(MINE, waiting_since=NOW - 5 * HOUR)
SILENT = replace(MINE, is_customers_turn=True, answered_at=NOW - 3 * DAY - HOUR)
NOBODYS = replace(MINE, is_owner=False, has_owner=False)


def due(at, standing=WAITS, **facts):
    return replace(standing, promised_at=at, **facts)


@pytest.mark.parametrize(
    ("standing", "window", "found"),
    [
        # Promised: before the next digest, or past.
        (due(NOW - HOUR, is_late=True), MORNING, ("promised", "late", True)),
        (due(NOW + 3 * HOUR), MORNING, ("promised", "due", True)),
        (due(NOW + 16 * HOUR), MORNING, ("waiting", "waits", False)),
        (due(NOW + 3 * HOUR), AFTERNOON, ("promised", "due", True)),
        (due(NOW - HOUR, is_late=True), AFTERNOON, ("promised", "late", False)),
        (due(NOW + 3 * HOUR, NOBODYS), MORNING, ("promised", "due", True)),
        (due(NOW + 3 * HOUR, MINE), MORNING, ("promised", "due", True)),
        (due(NOW + 30 * HOUR, MINE), MORNING, None),
        # Waiting, and loose ends: at first, then every three days.
        (WAITS, MORNING, ("waiting", "waits", False)),
        (replace(WAITS, waiting_since=NOW + HOUR), MORNING, None),
        (MINE, MORNING, ("waiting", "loose", True)),
        (MINE, AFTERNOON, ("waiting", "loose", False)),
        (replace(MINE, answered_at=NOW - DAY), MORNING, ("waiting", "loose", False)),
        (
            replace(MINE, answered_at=NOW - 3 * DAY - HOUR),
            MORNING,
            ("waiting", "loose", True),
        ),
        (MINE, replace(MORNING, since=None), ("waiting", "loose", True)),
        # Silent customers.
        (replace(SILENT, answered_at=NOW - 2 * DAY), MORNING, None),
        (SILENT, MORNING, ("silent", "silent", True)),
        (SILENT, AFTERNOON, None),
        (
            replace(SILENT, answered_at=NOW - 4 * DAY),
            MORNING,
            ("silent", "silent", False),
        ),
        (replace(SILENT, asked_again=1), MORNING, ("silent", "silent", True)),
        (replace(SILENT, asked_again=2), MORNING, ("silent", "close", True)),
        # Nobody has it, or its owner is not there.
        (NOBODYS, MORNING, ("unowned", "unowned", True)),
        (NOBODYS, AFTERNOON, None),
        (replace(NOBODYS, opened_at=NOW + HOUR), MORNING, None),
        (replace(WAITS, is_owner=False), MORNING, ("unowned", "owner_away", True)),
        (replace(MINE, is_owner=False), MORNING, None),
    ],
)
def test_where_a_case_stands(standing, window, found):
    given = find(standing, window)
    assert (given and (given.section, given.why, given.is_news)) == found


def test_sections_come_in_their_order_and_shouting_moves_nothing():
    """Digests 3.1 and 3.3: by section, then by score, then who waits longest."""
    post = Post(event=1, author=9, at=NOW - HOUR)
    standings = [
        None,
        NOBODYS,
        SILENT,
        MINE,
        WAITS,
        due(NOW + 3 * HOUR),
        due(NOW - HOUR, is_late=True),
    ]
    cases = [
        Case(
            activity=number,
            posts=(post,) if standing is None else (),
            is_owner=standing is not None and standing.is_owner,
            waiting_since=standing.waiting_since if standing else None,
            promised_at=standing.promised_at if standing else None,
            standing=standing,
        )
        for number, standing in enumerate(standings)
    ]
    chosen = choose(cases, NOW, MORNING)
    assert [each.section for each in chosen.full] == sorted(
        (each.section for each in chosen.full), key=ORDER.index
    )
    assert [each.case.activity for each in chosen.full] == [6, 5, 4, 3, 2, 1, 0]
    assert (chosen.needs, chosen.changed) == (6, 1)
    loud = tuple(post._replace(event=number) for number in range(40))
    cases[4] = replace(cases[4], posts=loud)
    again = choose(cases, NOW, MORNING)
    assert [each.case.activity for each in again.full] == [6, 5, 4, 3, 2, 1, 0]
    assert again.full[-1].section is Section.CHANGED
