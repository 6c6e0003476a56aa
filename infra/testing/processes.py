"""Servers as processes of their own, on free ports, which end with the block that started them."""

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
PLAIN = ssl.create_default_context()  # of no use on loopback; httpx would take 25 ms for each client to make one
PATIENCE = 20  # seconds until a server has to be up or down


@dataclass(frozen=True)
class Running:
    """A server of `make run`: its process, its server.json, its folder and the files that take what it prints."""

    process: subprocess.Popen[bytes]
    card: dict[str, Any]
    data: Path
    stdout: Path
    stderr: Path

    @property
    def api(self) -> str:
        return str(self.card["api"])

    def client(self, number: int = 0) -> httpx.Client:
        """Signed in with one of the credentials in server.json."""
        credential = self.card["credentials"][number]
        return httpx.Client(base_url=self.api, auth=(credential["key"], credential["secret"]), verify=PLAIN)


@contextmanager
def running_server(data: Path, *arguments: str) -> Iterator[Running]:
    """The server of `make run` on a free port; it leaves the block after SIGTERM, whatever happens inside."""
    command = [sys.executable, "-m", "infra.serve", "--port", "0", "--data", str(data), *arguments]
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
    """A process in the project folder. Files take its output, because a pipe that nobody reads would stop it."""
    with stdout.open("wb") as out, stderr.open("wb") as err:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=out, stderr=err)
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[Any]) -> None:
    """Ends a process, by force if it does not end by itself."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """What a command answers that ends by itself."""
    return subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=3 * PATIENCE, check=False
    )


def await_that(happens: Callable[[], bool], process: subprocess.Popen[bytes], stderr: Path) -> None:
    """Returns as soon as something is so. Fails with the end of stderr if the process ends or takes too long."""
    latest = time.monotonic() + PATIENCE
    while not happens():
        alive = process.poll() is None and time.monotonic() < latest
        assert alive, f"exit code {process.poll()}, stderr: {stderr.read_text()[-2000:]}"
        time.sleep(0.05)


def answers(url: str) -> bool:
    """Whether there is any answer at this address."""
    try:
        httpx.get(url, verify=PLAIN)
    except httpx.TransportError:
        return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**changes: str) -> dict[str, str]:
    """This process's environment with changes; an empty text removes a variable."""
    return {name: value for name, value in (os.environ | changes).items() if value}


def _identity(file: Path) -> tuple[int, int] | None:
    # A file that was replaced has another inode, since both existed at once.
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns
