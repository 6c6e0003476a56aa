"""/openapi.json: the tools that other people use accept it without a warning."""

import shutil
from pathlib import Path

import pytest

from chalicelib.routes import contract
from tests.support.node import TOOLS, run_tool

pytestmark = pytest.mark.slow


@pytest.mark.nightly
def test_spectral_finds_no_error_and_no_warning_in_the_document() -> None:
    ruleset = ("--ruleset", TOOLS / "spectral.yaml", "--fail-severity", "hint")
    linted = run_tool("@stoplight/spectral-cli/dist/index.js", "lint", *ruleset, contract.FILE)
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert "No results with a severity of 'hint' or higher found!" in linted.stdout


@pytest.mark.nightly
def test_a_client_in_typescript_passes_strict_checks_with_the_types_of_the_document(tmp_path: Path) -> None:
    for name in ("tsconfig.json", "client.ts"):
        shutil.copy(TOOLS / name, tmp_path)
    made = run_tool("openapi-typescript/bin/cli.js", contract.FILE, "--output", tmp_path / "api.ts")
    assert made.returncode == 0, made.stdout + made.stderr
    checked = run_tool("typescript/bin/tsc", "--project", tmp_path)
    assert checked.returncode == 0, checked.stdout
