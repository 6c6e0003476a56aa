"""Fixtures of the tests in a browser. Each of their modules has a `server` of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from infra.testing.processes import Running
from tests.support.browser import Visitor, launched_browser, read_axe, watched_visits


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run Chromium."""
    with launched_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the script of axe, which checks accessibility."""
    return read_axe()


@pytest.fixture
def visit(server: Running, browser: Browser) -> Iterator[Visitor]:
    """Return what opens pages of the server of the module. The test fails if the browser complains about one."""
    with watched_visits(server, browser) as visitor:
        yield visitor
