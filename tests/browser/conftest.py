"""Debian's Chromium, driven by Playwright; it looks at one demo."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.demo.running import running

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def chromium():
    """A browser without a window; Playwright's own ones are never fetched.

    It ends with these tests: while Playwright lives, its event loop runs in this
    thread and no test could run another.
    """
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("there is no Chromium (apt-get install chromium)")
    with sync_playwright() as playwright:
        # Its sandbox wants rights that a container has not; it sees our pages alone.
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with running(tmp_path_factory.mktemp("demo") / "demo") as visitor:
        yield visitor
