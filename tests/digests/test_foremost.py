"""Of a desk with more open cases than a digest shows, it shows the right ones."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from digests import select
from digests.office import Mails, Office
from digests.sections import Window
from storage.activity import Turn
from storage.desk_work import OpenCase, Week
from tests.town import ACME

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
WINDOW = Window(at=AT, until=AT + timedelta(days=1), since=AT - timedelta(days=1))
ANA, CARLA = 1, 9
QUIET = Week(open=0, first_reply=None, kept=0, promised=0)


def open_cases(chance):
    """Many of a desk, among which a digest has to choose."""
    for number in range(1, 261):
        opened_at = AT - timedelta(hours=chance.randint(1, 400))
        promised_at = opened_at + timedelta(hours=chance.randint(0, 400))
        yield OpenCase(
            activity=number,
            customer=CARLA,
            owner=chance.choice([None, None, ANA]),
            turn=chance.choice([Turn.NEW, Turn.OURS, Turn.CUSTOMERS]),
            opened_at=opened_at,
            waiting_since=opened_at if chance.random() < 0.9 else None,
            promised_at=promised_at if chance.random() < 0.5 else None,
            day_only=False,
            answered_at=None,
            asked_again=0,
            noted_by=None,
        )


def office(cases):
    return Office(
        desk=ACME,
        at=AT,
        members=frozenset({ANA}),
        watchers=frozenset({ANA}),
        must_hear=False,
        keepers={each.activity: ANA for each in cases if each.owner == ANA},
        cases={each.activity: each for each in cases},
        lost=(),
        mails=Mails((), (), ()),
        troubles=(),
        closed=(),
        weeks=(QUIET, QUIET),
        waiting=0,
    )


def shown(found, standings):
    """What a digest shows that has nothing to tell but how these cases stand."""
    return select.choose(
        [
            select.Case(
                activity=each,
                posts=(),
                is_owner=standing.is_owner,
                waiting_since=standing.waiting_since,
                promised_at=standing.promised_at,
                standing=standing,
            )
            for each, standing in standings.items()
            if each in found
        ],
        AT,
        WINDOW,
    )


@pytest.mark.parametrize("seed", range(20))
def test_what_is_left_out_would_not_have_been_shown(seed):
    desk = office(list(open_cases(Random(seed))))
    standings, foremost = desk.standings(ANA), desk.foremost(ANA, WINDOW)
    told = foremost.standings.keys() | foremost.left_out
    assert len(foremost.standings) == 200
    assert foremost.left_out
    before, after = shown(told, standings), shown(foremost.standings, standings)
    assert [each.case.activity for each in after.items] == [
        each.case.activity for each in before.items
    ]
    assert after.rest + len(foremost.left_out) == before.rest
    assert after.needs + len(foremost.left_out) == before.needs
