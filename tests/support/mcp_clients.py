"""Clients of the Model Context Protocol, each with packages of its own. `make .venv/mcp-clients/all` installs them."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from infra.testing.processes import run
from tests.support.node import NODE

Json = dict[str, Any]
Call = tuple[str, Json]  # the name of a tool and its arguments

FOLDER = Path(sys.prefix) / "mcp-clients"
SCRIPTS = Path(__file__).parent.parent / "tools/mcp_clients"
INSPECTOR = FOLDER / "inspector/node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"
TOOL_FAILED = 5  # the exit code of the inspector if the result of a tool is an error


class PythonClient:
    """A process of one of the Python clients. It takes tasks on standard input, because it takes a second to start."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self._process, self._url = process, url

    def talk(self, authorization: str, calls: Sequence[Call], **more: str | None) -> Json:
        """Let the client connect, list the tools and call some of them. Return what it has got from the server."""
        assert self._process.stdin
        assert self._process.stdout
        task = {"url": self._url, "authorization": authorization, "calls": calls} | more
        self._process.stdin.write(f"{json.dumps(task)}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the client has failed: its output is above"
        talked: Json = json.loads(line)
        return talked


@contextmanager
def python_client(name: str, url: str) -> Iterator[PythonClient]:
    """Run a Python client until the end of the block. Fail the test if it is not installed."""
    python = FOLDER / name / "bin/python"
    _require(python)
    command = [str(python), str(SCRIPTS / name / f"{name}_client.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield PythonClient(process, url)


def run_inspector(url: str, authorization: str, method: str, *arguments: str) -> Json:
    """Let the command line of the inspector send one message, and return the result. Fails if it finds a fault."""
    _require(INSPECTOR)
    header = f"Authorization: {authorization}"
    command = [str(NODE), str(INSPECTOR), "--cli", url, "--transport", "http", "--header", header, "--method", method]
    shown = run([*command, *arguments])
    assert shown.returncode in (0, TOOL_FAILED), shown.stderr
    result: Json = json.loads(shown.stdout)
    assert result.get("isError", False) == (shown.returncode == TOOL_FAILED)
    return result


def _require(file: Path) -> None:
    if not file.exists():
        pytest.fail(f"{file} is not there. Run `make .venv/mcp-clients/all` first.")
