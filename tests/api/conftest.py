"""Fixtures of the tests in a browser, whose modules have a `server` of their own each, and of those of webhooks."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from chalicelib import clock as product_clock
from chalicelib import config
from infra.testing.processes import Running
from infra.testing.world import World
from tests.support.browser import Visitor, launched_browser, read_axe, watched_visits
from tests.support.change_stream import ChangeStream
from tests.support.clock import Clock
from tests.support.webhook_receiver import Receiver, running_receiver
from tests.support.webhook_runs import WebhookRuns


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


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Run a receiver of webhooks on this machine, which is allowed as in development."""
    monkeypatch.setattr(config, "WEBHOOK_ALLOW_LOCAL", True)
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> list[float]:
    """Return the list of pauses that the runs make. The clock goes on, and nobody waits."""
    made: list[float] = []

    def pause(seconds: float) -> None:
        if seconds >= 1:  # the others are those between attempts to commit
            made.append(seconds)
            clock.goes(int(seconds))

    monkeypatch.setattr(product_clock, "sleep", pause)
    return made


@pytest.fixture
def runs(world: World, stream: ChangeStream, receiver: Receiver, clock: Clock, pauses: list[float]) -> WebhookRuns:
    """Return what delivers to webhooks of a world. The clock stands still but for pauses."""
    return WebhookRuns(world, stream, receiver, clock)
