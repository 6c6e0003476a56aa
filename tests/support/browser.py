"""Chromium for tests: windows that note what goes wrong in them, and the check for accessibility."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from infra.testing.processes import Running

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = "disable-gpu disable-quic no-first-run disable-background-networking disable-component-update disable-sync"
ARGUMENTS = ["--no-sandbox", *(f"--{name}" for name in QUIET.split())]

Json = dict[str, Any]

PATIENCE = 30_000  # milliseconds; the machine may be busy with other tests
expect.set_options(timeout=PATIENCE)

LOADING = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")
FOUND = """axe.run(document, {...%s, resultTypes: ["violations"]}).then(found => JSON.stringify(
  found.violations.map(one => [one.id, one.nodes.map(node => node.target.join(" ") + ": " + node.failureSummary)])))"""


class Visitor:
    """Opens pages of a server, and notes every address that they load and every complaint of the browser."""

    def __init__(self, server: Running, browser: Browser) -> None:
        self.server, self.browser = server, browser
        self.contexts: list[BrowserContext] = []
        self.addresses: list[str] = []
        self.complaints: list[str] = []
        self.allowed: set[str] = set()

    def __call__(self, path: str, *, as_: int | None = None, fails: str = "", **more: Any) -> Page:
        """Open a page in a browser window without history. The statuses in `fails` are expected.

        `as_` is the number of a credential in server.json to sign in with.
        """
        self.allowed.update(fails.split())
        size = {"width": more.pop("width", 1280), "height": 900}
        if as_ is not None:
            who = self.server.server_file["credentials"][as_]
            more["http_credentials"] = {"username": who["key"], "password": who["secret"]}
        look: Json = {"viewport": size, "reduced_motion": "reduce"}
        context = self.browser.new_context(base_url=self.server.api, **look, **more)
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        context.on("request", lambda request: self.addresses.append(request.url))
        context.on("console", self._note)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        page = context.new_page()
        page.goto(path)
        return page

    def _note(self, message: ConsoleMessage) -> None:
        status = LOADING.match(message.text)
        if message.type in ("error", "warning") and not (status and status[1] in self.allowed):
            self.complaints.append(message.text)


@contextmanager
def launched_browser() -> Iterator[Browser]:
    """Start Chromium, and end it at the end of the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def watched_visits(server: Running, browser: Browser) -> Iterator[Visitor]:
    """Open pages in a block. Fails if they loaded anything from another host, or if the browser complained."""
    visitor = Visitor(server, browser)
    yield visitor
    for context in visitor.contexts:
        context.close()
    assert visitor.addresses
    assert not [one for one in visitor.addresses if not one.startswith(f"{server.api}/")], "loaded from another host"
    assert not visitor.complaints


def read_axe() -> str:
    """Return the script that checks a page for accessibility."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text()


def check_accessibility(page: Page, axe: str, **options: Any) -> None:
    """Fail if axe finds a violation, or if the page is wider than its window."""
    devtools = page.context.new_cdp_session(page)  # the page's policy would not let a script of a test in
    devtools.send("Runtime.evaluate", {"expression": axe})
    asked = {"expression": FOUND % json.dumps(options), "awaitPromise": True, "returnByValue": True}
    found = devtools.send("Runtime.evaluate", asked)["result"]["value"]
    assert json.loads(found) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
