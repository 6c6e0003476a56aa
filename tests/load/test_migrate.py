"""`infra.admin migrate` beside requests, on the server of `make run`: stopped, killed and continued."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from infra.testing.processes import Running, await_that, environment, run, running_server, started
from tests.support import counts
from tests.support.concurrent_clients import signed_in

pytestmark = pytest.mark.slow

LIST = "/api/v2/actions.json"
STORED = counts.choose(quick=1_200, full=10_000)
CLIENTS = 4
AS_NEWER_RELEASE = ("tests.support.older_actions", "run")
MIGRATE = [sys.executable, "-m", *AS_NEWER_RELEASE, "infra.admin", "migrate"]
Json = dict[str, Any]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A server of the newer release whose table contains thousands of older actions."""
    with running_server(tmp_path / "data", program=(*AS_NEWER_RELEASE, "infra.serve")) as server:
        account = str(server.server_file["credentials"][0]["account"])
        store = [sys.executable, "-m", "tests.support.older_actions", "store", account, str(STORED)]
        assert run(store, environment(**server.server_file["env"])).returncode == 0
        yield server


class Worker:
    """A client that changes and deletes actions of its own until it is told to stop, and notes what is true of them."""

    def __init__(self, number: int, stop: Event) -> None:
        self.number, self.stop = number, stop
        self.titles: dict[int, str | None] = {}  # None means deleted

    def work(self, running: Running) -> None:
        """Send requests for every CLIENTS-th action, from the last one to the first and again."""
        with signed_in(running) as client:
            ids = [action["id"] for action in client.get(LIST).json() if action["id"] % CLIENTS == self.number]
            for round_number in range(1_000_000):
                for action_id in reversed(ids):
                    if self.stop.is_set():
                        return
                    address = f"/api/v2/actions/{action_id}.json"
                    if self.titles.get(action_id, "") is None:
                        continue
                    if round_number and action_id % 5 == 0:
                        assert client.delete(address).status_code == 200
                        self.titles[action_id] = None
                        continue
                    etag = client.get(address).headers["etag"]
                    title = f"round {round_number}"
                    answer = client.patch(address, json={"title": title}, headers={"If-Match": etag})
                    assert answer.status_code == 200, answer.text
                    self.titles[action_id] = title


@pytest.mark.nightly
def test_older_rows_are_rewritten_while_requests_go_on(running: Running, tmp_path: Path) -> None:
    stop = Event()
    workers = [Worker(number, stop) for number in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        done = [pool.submit(worker.work, running) for worker in workers]
        try:
            stopped = _migrate_until(running, tmp_path / "stopped", signal.SIGINT)
            _migrate_until(running, tmp_path / "killed", signal.SIGKILL)
            finished = _migrate(running, "--start", json.loads(stopped)["next"])
        finally:
            stop.set()
        for one in done:
            one.result()
    assert finished["finished"]
    again = _migrate(running)
    assert (again["migrated"], again["newer"], again["too_large"]) == (0, 0, 0)
    _check_actions(running, {key: title for worker in workers for key, title in worker.titles.items()})


def _migrate_until(running: Running, output: Path, end: signal.Signals) -> str:
    """Start the command, send it a signal after its first page, and return its stdout."""
    stdout, stderr = output.with_suffix(".stdout"), output.with_suffix(".stderr")
    with started(MIGRATE, stdout, stderr, environment(**running.server_file["env"])) as process:
        await_that(lambda: "--start" in stderr.read_text(), process, stderr)
        process.send_signal(end)
        process.wait(60)
    return stdout.read_text()


def _migrate(running: Running, *arguments: str) -> Json:
    outcome: subprocess.CompletedProcess[str] = run([*MIGRATE, *arguments], environment(**running.server_file["env"]))
    assert outcome.returncode == 0, outcome.stderr
    summary: Json = json.loads(outcome.stdout)
    return summary


def _check_actions(running: Running, titles: dict[int, str | None]) -> None:
    """Fail unless the actions are as the clients left them, with everything else as it was stored."""
    found: dict[int, Json] = {}
    address = f"{LIST}?q=Text"
    with signed_in(running) as client:
        while address:
            answer = client.get(address)
            found |= {action["id"]: action for action in answer.json()}
            address = answer.links.get("next", {}).get("url", "")
    deleted = {action_id for action_id, title in titles.items() if title is None}
    assert len(found) >= STORED - len(deleted)
    assert not deleted & found.keys()
    for action_id, action in found.items():
        assert (action["description"], action["traffic_light"]) == (f"Text {action_id}", None)
        assert action["title"] == titles.get(action_id, "old")
