"""Start servers as processes on free ports, and stop them at the end of a block."""

import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

PROJECT = Path(__file__).parent.parent.parent
PLAIN = ssl.create_default_context()  # shared by all clients, because httpx would need 25 ms to create one for each
PATIENCE = 60  # seconds to wait for a server to start or stop


@dataclass(frozen=True)
class Running:
    """A running server of `make run`: its process, its server.json, its data folder and the files with its output."""

    process: subprocess.Popen[bytes]
    server_file: dict[str, Any]
    data: Path
    stdout: Path
    stderr: Path

    @property
    def api(self) -> str:
        return str(self.server_file["api"])

    def client(self, number: int = 0) -> httpx.Client:
        """Return a client with one of the credentials in server.json."""
        credential = self.server_file["credentials"][number]
        return httpx.Client(base_url=self.api, auth=(credential["key"], credential["secret"]), verify=PLAIN)


@contextmanager
def running_server(
    data: Path, *arguments: str, program: Sequence[str] = ("infra.serve",), with_plan: bool = False
) -> Iterator[Running]:
    """Run the server of `make run` on a free port, and stop it with SIGTERM at the end of the block.

    `program` is the module that runs the server, with its first arguments. `with_plan` creates the plan of the example
    company in a new demo account, which takes a second.
    """
    command = [sys.executable, "-m", *program, "--port", "0", "--data", str(data), *arguments]
    command += [] if with_plan else ["--without-plan"]
    card = data / "server.json"
    stdout, stderr = data.with_name(f"{data.name}.stdout"), data.with_name(f"{data.name}.stderr")
    old = _identity(card)
    with started(command, stdout, stderr) as process:
        await_that(lambda: _identity(card) not in (None, old), process, stderr)
        running = Running(process, json.loads(card.read_text()), data, stdout, stderr)
        await_that(lambda: answers(f"{running.api}/health"), process, stderr)
        yield running


@contextmanager
def started(
    command: Sequence[str], stdout: Path, stderr: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process in the project folder. Its output goes to files, because nobody would empty a pipe."""
    with stdout.open("wb") as out, stderr.open("wb") as err:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=out, stderr=err)
    try:
        yield process
    finally:
        end(process)


def kill(running: Running) -> None:
    """Kill a server as `kill -9` does."""
    running.process.kill()
    running.process.wait()


def end(process: subprocess.Popen[Any]) -> None:
    """Stop a process, and kill it if it does not stop in time."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, and return its exit code and output."""
    return subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=3 * PATIENCE, check=False
    )


def await_that(happens: Callable[[], bool], process: subprocess.Popen[bytes], stderr: Path) -> None:
    """Wait until something happens. Fails with the end of stderr if the process ends or takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not happens():
        may_wait = process.poll() is None and time.monotonic() < deadline
        assert may_wait, f"exit code {process.poll()}, stderr: {stderr.read_text()[-2000:]}"
        time.sleep(0.05)


def answers(url: str) -> bool:
    """Return whether a server answers at this address."""
    try:
        httpx.get(url, verify=PLAIN)
    except httpx.TransportError:
        return False
    return True


def free_port() -> int:
    """Return a free port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**changes: str) -> dict[str, str]:
    """Return the environment of this process with changes. An empty text removes a variable."""
    return {name: value for name, value in (os.environ | changes).items() if value}


def _identity(file: Path) -> tuple[int, int] | None:
    # A file that replaces another one has another inode, because both exist for a moment.
    try:
        status = file.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns
