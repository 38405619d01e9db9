"""Thousands of random stories, and what Parlour promises after each step of them."""

import logging
import os
import shutil

import pytest
import structlog
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model import stories
from tests.model.stories import Story
from tests.model.world import ByTheDoor, Straight

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "0"))
STEPS = int(os.environ.get("MODEL_STEPS", "20"))


def tell(world, examples):
    """Tell that many stories in one world, and print how many steps they had."""
    begun = stories.steps
    run_state_machine_as_test(
        lambda: Story(world),
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not EXAMPLES,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        ),
    )
    print(f"{examples} stories, {stories.steps - begun} steps")


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


def test_stories(sqlite_url, tmp_path, reader):
    with Straight(sqlite_url, tmp_path, reader) as world:
        tell(world, EXAMPLES or 100)


def test_stories_by_the_door(sqlite_url, tmp_path, reader):
    with ByTheDoor(sqlite_url, tmp_path, reader) as world:
        tell(world, 10)
