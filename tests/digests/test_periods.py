"""Each post reaches each reader in exactly one mail, read from their mails alone (R7).

Whatever people write, choose and travel, however clocks are set, whoever dies at which
statement or in the middle of a mail, however many are at work: once two slots passed,
all is told, once. `make periods` tells thousands of these stories.
"""

import os
import random

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.periods.__main__ import place_of
from tests.periods.story import BEGINNINGS, STEPS, Story

STORIES = int(os.environ.get("PARLOUR_STORIES") or 0)
ANY_STEP = st.one_of(
    [st.tuples(st.just(name), st.sampled_from(of)) for name, of in STEPS.items()]
)
# Without something to tell nothing can go wrong.
SAYS = st.tuples(st.just("says"), st.sampled_from(STEPS["says"]))
DAY = st.lists(st.one_of(SAYS, ANY_STEP), min_size=1, max_size=3)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request, tmp_path_factory):
    with place_of(request.param, tmp_path_factory.mktemp("place")) as found:
        yield found


def test_each_post_reaches_each_reader_in_exactly_one_mail(place):
    few = 4 if place.house.database.is_sqlite else 1

    @settings(
        max_examples=STORIES or few,
        derandomize=not STORIES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        days=st.lists(DAY, min_size=6, max_size=10),
        begins=st.sampled_from(BEGINNINGS),
        seed=st.integers(0, 99),
    )
    def told(days, begins, seed):
        chance = random.Random(seed)
        story = Story(place, begins)
        for day in days:
            note(str(day))
            story.day(day, chance)
        story.end()

    told()
