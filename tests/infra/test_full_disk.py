"""`make run` on a disk that is full: it refuses writes, loses nothing, and goes on when there is space again."""

import json
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from infra.testing.processes import Running, answers, await_that, running_server, started

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux can limit a process that is running"),
]

ACTIONS = "/api/v2/actions.json"
LARGE = "x" * 100_000  # a description
LIMIT = 64 * 1024  # bytes; less than a large action takes in the log, but more than the output of the server
WRITERS = 8
DISK_SIZE = "16m"
IN_NAMESPACE = ("unshare", "--mount", "--map-root-user")  # works without being root where the system allows it
MOUNT = f'mount -t tmpfs -o size={DISK_SIZE} none "$0" && exec "$@"'


@dataclass(frozen=True)
class SmallDisk:
    """A server whose data folder is on a disk of its own, and the way to fill that disk."""

    running: Running

    @property
    def _ballast(self) -> Path:
        return self.running.data.parent / "ballast"

    def fill(self) -> None:
        """Leave no space on the disk."""
        with self._ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))

    def make_space(self) -> None:
        """Leave space on the disk again."""
        self._ballast.unlink()


@contextmanager
def server_on_small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """Run the server in a mount namespace with a small disk. The disk vanishes together with the server."""
    disk = tmp_path / "disk"
    disk.mkdir(exist_ok=True)
    stdout, stderr = tmp_path / "stdout", tmp_path / "stderr"
    serve = [sys.executable, "-m", "infra.serve", "--port", "0", "--data", str(disk / "data"), "--without-plan"]
    with started([*IN_NAMESPACE, "sh", "-c", MOUNT, str(disk), *serve], stdout, stderr) as process:
        data = Path(f"/proc/{process.pid}/root{disk}/data")
        await_that((data / "server.json").exists, process, stderr)
        running = Running(process, json.loads((data / "server.json").read_text()), data, stdout, stderr)
        await_that(lambda: answers(f"{running.api}/health"), process, stderr)
        yield SmallDisk(running)


def can_mount(tmp_path: Path) -> bool:
    """Return whether this user may mount a disk in a namespace."""
    command = [*IN_NAMESPACE, "sh", "-c", MOUNT, str(tmp_path), "true"]
    return (
        shutil.which("unshare") is not None
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    if not can_mount(tmp_path):
        pytest.skip("this user may not mount a disk")
    with server_on_small_disk(tmp_path) as small:
        yield small


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Running]:
    """A server that cannot write beyond the first bytes of a file. It gets the same errors as on a broken disk."""
    with running_server(tmp_path / "data") as running:
        yield running


def set_limit(running: Running, size: int) -> None:
    """Let a server write no further than so many bytes into a file."""
    resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.nightly
def test_a_full_disk_loses_no_acknowledged_write(disk: SmallDisk, tmp_path: Path) -> None:
    written = write_until_refused(disk.running)
    disk.fill()
    written |= write_until_refused(disk.running)
    assert read_titles(disk.running) >= written
    assert httpx.get(f"{disk.running.api}/health").status_code == 503
    saved = Path(shutil.copytree(disk.running.data, tmp_path / "saved"))  # as a kill at this moment would leave it
    with running_server(saved) as second:
        assert read_titles(second) >= written


@pytest.mark.nightly
def test_a_server_goes_on_when_there_is_space_again(disk: SmallDisk, tmp_path: Path) -> None:
    disk.fill()
    written = write_until_refused(disk.running)
    disk.make_space()
    await_health(disk.running, 200)
    with disk.running.client() as client:
        action = client.post(ACTIONS, json={"title": "after all"}).raise_for_status().json()
    assert read_titles(disk.running) >= {*written, "after all"}
    saved = Path(shutil.copytree(disk.running.data, tmp_path / "saved"))
    with running_server(saved) as second, second.client() as client:
        assert read_titles(second) >= {*written, "after all"}
        assert client.post(ACTIONS, json={"title": "next"}).json()["id"] > action["id"]


@pytest.mark.nightly
def test_a_stop_on_a_full_disk_exits_with_1_and_says_that_nothing_is_lost(disk: SmallDisk) -> None:
    disk.fill()
    write_until_refused(disk.running)
    disk.running.process.send_signal(signal.SIGTERM)
    assert disk.running.process.wait(30) == 1
    last = disk.running.stderr.read_text().splitlines()[-1]
    assert last.startswith("The server could not save everything. ")
    assert "No data is lost" in last


def test_a_write_that_the_disk_refuses_is_answered_with_503_and_has_no_effect(limited: Running) -> None:
    set_limit(limited, LIMIT)
    with limited.client() as client:
        client.timeout = httpx.Timeout(60)
        refused = client.post(ACTIONS, json={"title": "refused", "description": LARGE})
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert client.get("/health").status_code == 503
        assert "refused" not in read_titles(limited)
    assert "Writes are refused" in limited.stderr.read_text()


@pytest.mark.nightly
def test_a_server_recovers_by_itself_from_errors_of_the_disk(limited: Running, tmp_path: Path) -> None:
    set_limit(limited, LIMIT)
    with limited.client() as client:
        client.timeout = httpx.Timeout(60)
        assert client.post(ACTIONS, json={"title": "refused", "description": LARGE}).status_code == 503
        set_limit(limited, resource.RLIM_INFINITY)
        await_health(limited, 200)
        written = client.post(ACTIONS, json={"title": "written"}).raise_for_status().json()
    limited.process.send_signal(signal.SIGKILL)
    limited.process.wait()
    with running_server(limited.data) as second, second.client() as client:
        titles = read_titles(second)
        assert "written" in titles
        assert "refused" not in titles
        assert client.post(ACTIONS, json={"title": "next"}).json()["id"] > written["id"]


@pytest.mark.nightly
def test_a_stop_that_cannot_save_exits_with_1_and_the_next_start_has_everything(limited: Running) -> None:
    with limited.client() as client:
        client.post(ACTIONS, json={"title": "written", "description": LARGE}).raise_for_status()
    set_limit(limited, LIMIT)
    limited.process.send_signal(signal.SIGTERM)
    assert limited.process.wait(30) == 1
    with running_server(limited.data) as second:
        assert "written" in read_titles(second)


def write_until_refused(running: Running) -> set[str]:
    """Create large actions with many clients until each gets a 503. Return the titles of the acknowledged ones."""

    def write(number: int) -> set[str]:
        acknowledged: set[str] = set()
        with running.client() as client:
            client.timeout = httpx.Timeout(60)
            for count in range(10**6):
                title = f"{time.monotonic_ns()}, writer {number}, action {count}"
                answer = client.post(ACTIONS, json={"title": title, "description": LARGE})
                if answer.status_code == 503:
                    return acknowledged
                answer.raise_for_status()
                acknowledged.add(title)
        raise AssertionError("the disk never was full")

    with ThreadPoolExecutor(WRITERS) as pool:
        return set().union(*pool.map(write, range(WRITERS)))


def read_titles(running: Running) -> set[str]:
    """Return the titles of all actions."""
    titles, page = set(), ACTIONS
    with running.client() as client:
        client.timeout = httpx.Timeout(60)
        while page:
            answer = client.get(page).raise_for_status()
            titles |= {action["title"] for action in answer.json()}
            page = answer.links.get("next", {}).get("url", "")
    return titles


def await_health(running: Running, status: int) -> None:
    """Wait until /health answers with a status."""

    def is_there() -> bool:
        return httpx.get(f"{running.api}/health").status_code == status

    await_that(is_there, running.process, running.stderr)
