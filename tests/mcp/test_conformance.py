"""The official conformance suite finds in the endpoint what a server of tools has to do, and no mistake.

It cannot send a credential, so a proxy adds one. `tests/tools/mcp` lists the scenarios that fail, each with a reason.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.routes import mcp as route
from infra.testing.processes import run
from tests.support.mcp_tools import CONFORMANCE_TOOLS
from tests.support.node import NODE
from tests.support.signing_proxy import signing_proxy

pytestmark = pytest.mark.slow

FOLDER = Path(sys.prefix) / "mcp/node_modules"
EXPECTED = Path(__file__).parent.parent / "tools/mcp"
NEWEST, STABLE = "conformance", "conformance-stable"


@pytest.fixture
def endpoint(url: str, acme: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return an address of the endpoint that needs no credential and offers the tools of the suite."""
    monkeypatch.setattr(route, "_load_tools", lambda: CONFORMANCE_TOOLS)
    credential = acme["credential"]
    with signing_proxy(url, credential["key"], credential["secret"]) as proxy:
        yield f"{proxy}/mcp"


@pytest.mark.parametrize(
    ("package", "version", "least_passed"),
    [
        (NEWEST, "2026-07-28", 119),
        (NEWEST, "2025-11-25", 48),
        (NEWEST, "2025-06-18", 35),
        pytest.param(STABLE, "2025-11-25", 15, marks=pytest.mark.nightly),
        pytest.param(STABLE, "2025-06-18", 9, marks=pytest.mark.nightly),
    ],
)
def test_the_suite_finds_no_failure_but_the_expected_ones(
    endpoint: str, tmp_path: Path, package: str, version: str, least_passed: int
) -> None:
    script = FOLDER / package / "dist/index.js"
    if not script.exists():
        pytest.fail(f"{script} is not there. Run `make .venv/mcp/done` first.")
    options = ["--suite", "all", "--spec-version", version, "--output-dir", str(tmp_path)]
    expected = str(EXPECTED / f"expected-{version}.yml")
    suite = run([str(NODE), str(script), "server", "--url", endpoint, *options, "--expected-failures", expected])
    assert suite.returncode == 0, suite.stdout[-5_000:] + suite.stderr
    assert "Baseline check passed" in suite.stdout
    total = re.search(r"Total: (\d+) passed, (\d+) failed", suite.stdout)
    assert total is not None
    assert int(total[1]) >= least_passed
