"""`kill -9` at random moments, while clients write: nothing that was acknowledged is lost, and no id is given twice."""

import random
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from infra.testing.processes import PLAIN, Running, running_server
from tests.support import counts

pytestmark = pytest.mark.slow

KILLS = counts.choose(quick=2, full=100)  # of each program
WRITERS = 8
LONGEST = 1.5  # seconds from the first write to the kill
ACTIONS, CREDENTIALS = "/api/v2/actions.json", "/api/credentials"


@dataclass
class Acknowledged:
    """What all servers of the test have acknowledged."""

    created: list[tuple[int, str]] = field(default_factory=list)  # the ids and titles of actions
    changed: dict[int, str] = field(default_factory=dict)  # the last descriptions of actions, by id
    revoked: list[tuple[str, str]] = field(default_factory=list)  # keys and secrets


@pytest.mark.parametrize(
    "program", [pytest.param("infra.serve", marks=pytest.mark.nightly), "tests.support.frequent_snapshots"]
)
def test_a_kill_loses_no_acknowledged_write_and_gives_no_id_twice(tmp_path: Path, program: str) -> None:
    acknowledged, chance = Acknowledged(), random.Random(1)
    for number in range(KILLS):
        with running_server(tmp_path / "data", program=[program]) as server:
            check(server, acknowledged)
            kill_under_load(server, acknowledged, f"round {number}", chance.uniform(0.05, LONGEST))
    with running_server(tmp_path / "data") as server:
        check(server, acknowledged)
    assert len(acknowledged.created) > KILLS
    assert acknowledged.revoked


def kill_under_load(server: Running, acknowledged: Acknowledged, name: str, seconds: float) -> None:
    """Write with many clients, and kill the server after so many seconds."""
    killing = threading.Timer(seconds, lambda: server.process.send_signal(signal.SIGKILL))
    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write, server, acknowledged, f"{name}, writer {index}") for index in range(WRITERS)]
        killing.start()
    assert server.process.wait(20) == -signal.SIGKILL
    for writer in writers:
        writer.result()


def write(server: Running, acknowledged: Acknowledged, name: str) -> None:
    """Create and change actions, and create and revoke credentials, until the server is gone."""
    with server.client() as client, suppress(httpx.TransportError):
        client.timeout = httpx.Timeout(20)
        for number in range(10**6):
            title = f"{name}, action {number}"
            action = client.post(ACTIONS, json={"title": title}).raise_for_status().json()
            acknowledged.created.append((action["id"], title))
            text = f"changed {number}"
            client.patch(f"/api/v2/actions/{action['id']}.json", json={"description": text}).raise_for_status()
            acknowledged.changed[action["id"]] = text
            if number % 3 == 0:
                made = client.post(CREDENTIALS, json={"label": title}).raise_for_status().json()
                client.delete(f"{CREDENTIALS}/{made['key']}").raise_for_status()
                acknowledged.revoked.append((made["key"], made["secret"]))


def check(server: Running, acknowledged: Acknowledged) -> None:
    """Check that the server still has everything that it has acknowledged."""
    ids = [action for action, _ in acknowledged.created]
    assert len(ids) == len(set(ids)), "an id was given twice"
    stored = read_actions(server)
    assert [one for one in acknowledged.created if stored.get(one[0], ("", ""))[0] != one[1]] == []
    assert [one for one in acknowledged.changed.items() if stored[one[0]][1] != one[1]] == []
    for key, secret in acknowledged.revoked[-50:]:
        assert httpx.get(f"{server.api}{ACTIONS}", auth=(key, secret), verify=PLAIN).status_code == 401


def read_actions(server: Running) -> dict[int, tuple[str, str]]:
    """Return the title and the description of every action, by id."""
    stored: dict[int, tuple[str, str]] = {}
    page = ACTIONS
    with server.client() as client:
        client.timeout = httpx.Timeout(60)
        while page:
            answer = client.get(page).raise_for_status()
            stored |= {action["id"]: (action["title"], action["description"]) for action in answer.json()}
            page = answer.links.get("next", {}).get("url", "")
    return stored
