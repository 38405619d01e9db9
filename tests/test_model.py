"""Thousands of random stories, and what Parlour promises after each step of them."""

import logging
import os
import shutil

import pytest
import structlog
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model import telling
from tests.model.stories import Story
from tests.model.world import ByTheDoor, Straight
from tests.postgresql import postgresql_database

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "0"))
"""How many stories `make model` tells; without it few, and always the same."""
QUICK = bool(os.environ.get("MODEL_QUICK"))
"""Stop at the first fault without looking for the shortest story."""
STEPS = 20


def tell(world, few, *, share=1):
    """Tell stories in one world, and print how many steps they had.

    `few` of them in a usual run, always the same; else one in `share` of EXAMPLES.
    """
    most = max(1, EXAMPLES // share) if EXAMPLES else few
    begun = telling.count.steps
    phases = [Phase.generate] if QUICK else [Phase.generate, Phase.shrink]
    try:
        run_state_machine_as_test(
            lambda: Story(world),
            settings=settings(
                max_examples=most,
                stateful_step_count=STEPS,
                deadline=None,
                derandomize=not EXAMPLES,
                database=None,
                print_blob=True,
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
                phases=phases,
            ),
        )
    finally:
        steps, broken = telling.count.steps - begun, telling.count.broken
        print(f"{most} stories at the most, {steps} steps")
        if broken:
            print(f"broken in step {broken - begun}")


@pytest.fixture(autouse=True)
def _silence():
    """A log of thousands of stories, most of which go well, helps nobody."""
    before = structlog.get_config()
    quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=quiet)
    yield
    structlog.configure(**before)


@pytest.fixture
def sqlite_url(sqlite_template, tmp_path):
    path = tmp_path / "parlour.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.mark.timeout(0 if EXAMPLES else 600)
def test_stories_straight(sqlite_url, tmp_path, reader):
    """Into the journal and out of the outbox, without a socket: the most."""
    with Straight(sqlite_url, tmp_path, reader) as world:
        tell(world, 18)


@pytest.mark.timeout(0 if EXAMPLES else 600)
def test_stories_on_postgresql(
    postgresql_server, postgresql_template, tmp_path, reader
):
    with (
        postgresql_database(postgresql_server, postgresql_template) as url,
        Straight(url.render_as_string(hide_password=False), tmp_path, reader) as world,
    ):
        tell(world, 4, share=10)


@pytest.mark.timeout(0 if EXAMPLES else 600)
def test_stories_by_the_door(sqlite_url, tmp_path, reader):
    """SMTP in, SMTP out, and explain says what process does."""
    with ByTheDoor(sqlite_url, tmp_path, reader) as world:
        tell(world, 4, share=20)
