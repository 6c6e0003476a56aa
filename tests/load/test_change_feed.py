"""The change feed under load, on the server of `make run`: it has every acknowledged write once, and in order."""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from threading import Condition
from typing import Any

import httpx
import pytest

from infra.testing.capacity import NONE, Units
from infra.testing.processes import PATIENCE, PLAIN, Running, environment, run, running_server
from infra.testing.world import create_workspace, personal_workspace_id
from tests.support import counts

pytestmark = [pytest.mark.slow, pytest.mark.nightly]  # with the full count it takes half an hour

ACCOUNTS, WRITERS = 3, 2  # the writers of each account
KPIS = 45  # of the strategy that each writer archives and publishes again, and its KPIs with it
CHANGES_OF_ROUND = 9 + 2 * (1 + KPIS)
ROUNDS = counts.choose(quick=1, full=166)  # of each writer; 1 are 606 changes, and 166 are 100,596
AHEAD = 10  # changes of an account that may be missing from its feed; then its writers wait
POLL = 0.5  # seconds between two reads of a feed, each of which takes as long as a change
PAGE = 250

Step = tuple[str, str | None]  # a verb, and the name of the object afterwards
Steps = dict[str, list[tuple[Step, float]]]  # those of each object in their order, each with its time in seconds


@dataclass
class Account:
    """An account, with what its writers were answered and what its feed has shown."""

    api: str
    credential: dict[str, str]
    answered: Steps = field(default_factory=lambda: defaultdict(list))
    seen: Steps = field(default_factory=lambda: defaultdict(list))
    missing: int = 0  # changes that the feed has not shown yet
    shown: Condition = field(default_factory=Condition)

    def client(self) -> httpx.Client:
        """Return a client of the account's admin."""
        auth = self.credential["key"], self.credential["secret"]
        return httpx.Client(base_url=self.api, auth=auth, verify=PLAIN, timeout=PATIENCE)

    def await_room(self, count: int) -> None:
        """Wait until few changes are missing from the feed, and note that so many more will be made."""
        with self.shown:
            assert self.shown.wait_for(lambda: self.missing < AHEAD, timeout=PATIENCE), "The feed has stopped."
            self.missing += count

    def note_seen(self, change: Any) -> None:
        """Note a change that the feed has shown, and let a writer make another one."""
        subject, shown = change["object"], change["after"] or {}
        step = change["verb"], shown.get("title") or shown.get("name")
        self.seen[f"{subject['kind']}/{subject['id']}"].append((step, time.monotonic()))
        with self.shown:
            self.missing -= 1
            self.shown.notify_all()

    def lags(self) -> list[float]:
        """Return the seconds from each answer until the change was seen. It may have been seen before the answer."""
        pairs = [pair for name, steps in self.answered.items() for pair in zip(steps, self.seen[name], strict=True)]
        return [max(0.0, seen - answered) for (_, answered), (_, seen) in pairs]


class Writer:
    """A client that creates actions and items in an account, changes them and deletes them, and archives a strategy."""

    def __init__(self, account: Account, client: httpx.Client, number: int) -> None:
        self._account, self._client, self._name = account, client, f"Writer {number}"
        self._items = f"/api/workspaces/{personal_workspace_id(client)}/items"
        self._other = create_workspace(client, self._name)
        self._strategy = self._create("strategies", title=self._name)
        named = {"title": self._name, "strategies": [{"id": id_in(self._strategy)}]}
        self._kpis = [self._create("kpis", **named) for _ in range(KPIS)]

    def _create(self, noun: str, **body: Any) -> str:
        return str(self._client.post(f"/api/v2/{noun}.json", json=body).raise_for_status().headers["location"])

    def write_all(self) -> None:
        """Make the changes of all rounds."""
        for number in range(ROUNDS):
            self._write(number)

    def _write(self, number: int) -> None:
        name, later = f"{self._name}: {number}", f"{self._name}: {number}, later"
        action = self._send("action", ("create", name), "POST", "/api/v2/actions.json", title=name)
        item = self._send("activity", ("create", name), "POST", self._items, type="Activity", name=name)
        self._send("action", ("update", later), "PATCH", action, title=later)
        self._send("activity", ("update", later), "PATCH", item, name=later)
        self._archive(is_archived=True)
        self._send("activity", ("move", later), "PUT", f"{item}/move", workspace_id=self._other)
        self._send("activity", ("update", name), "PATCH", item, name=name)
        self._send("action", ("update", name), "PATCH", action, title=name)
        self._archive(is_archived=False)
        self._send("action", ("delete", None), "DELETE", action)
        self._send("activity", ("delete", None), "DELETE", item)

    def _send(self, kind: str, step: Step, method: str, path: str, **body: Any) -> str:
        """Make a change and note that it was answered. Return the address of the object."""
        self._account.await_room(1)
        answer = self._client.request(method, path, json=body or None)
        assert answer.is_success, answer.text
        address = str(answer.headers["location"] if step[0] == "create" else path)
        self._note(kind, address.removesuffix("/move"), step)
        return address

    def _archive(self, *, is_archived: bool) -> None:
        """Archive the strategy or publish it, which changes its KPIs too."""
        self._account.await_room(1 + KPIS)
        answer = self._client.patch(self._strategy, json={"archived": is_archived})
        assert answer.is_success, answer.text
        for kind, address in [("strategy", self._strategy), *(("kpi", kpi) for kpi in self._kpis)]:
            self._note(kind, address, ("update", self._name))

    def _note(self, kind: str, address: str, step: Step) -> None:
        self._account.answered[f"{kind}/{id_in(address)}"].append((step, time.monotonic()))


def id_in(address: str) -> int:
    """Return the id of the object with an address."""
    return int(address.rpartition("/")[2].removesuffix(".json"))


def read_page(client: httpx.Client, after: int) -> Any:
    answer = client.get("/api/changes", params={"after": after, "limit": PAGE})
    assert answer.is_success, answer.text
    return answer.json()


def read_pages(client: httpx.Client, after: int) -> Iterator[Any]:
    """Yield the changes behind a seq, and wait for more. Fails at a gap, or if there is nothing new for a long time."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for change in read_page(client, after):
            after += 1
            assert change["seq"] == after, "There is a gap."
            deadline = time.monotonic() + PATIENCE
            yield change
        time.sleep(POLL)
    pytest.fail("Changes are missing.")


def begin(client: httpx.Client) -> int:
    """Wait until the feed has all that was written before. Return the last seq."""
    marker = client.post("/api/v2/teams.json", json={"name": "Marker"}).json()["id"]
    is_marker = {"kind": "team", "id": marker}
    return int(next(one["seq"] for one in read_pages(client, 0) if is_marker.items() <= one["object"].items()))


def follow(account: Account, client: httpx.Client, after: int) -> None:
    """Note the changes that the writers make, until all of them are in the feed."""
    changes = read_pages(client, after)
    count = WRITERS * ROUNDS * CHANGES_OF_ROUND
    for _ in range(count):
        account.note_seen(next(changes))
    assert read_page(client, after + count) == []


@dataclass(frozen=True)
class MeteredServer:
    """The server, and the file in which it notes the units of recording changes."""

    running: Running
    notes: Path

    def units(self) -> Units:
        """Return the units of recording until now."""
        lines = (line.split() for line in self.notes.read_text().splitlines())
        return sum((Units(float(read), float(write)) for read, write in lines), NONE)

    def peak_memory(self) -> int:
        """Return the largest memory that the server has had, in MB."""
        status = Path(f"/proc/{self.running.process.pid}/status").read_text()
        [peak] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
        return int(peak) // 1024

    def create_account(self, number: int) -> Account:
        """Create an account with an admin."""
        names = ["--name", "Acme", "--first-name", "Ada", "--last-name", "Lovelace", "--email", f"ada@{number}.example"]
        command = [sys.executable, "-m", "infra.admin", "create-account", *names]
        created = run(command, environment(**self.running.server_file["env"]))
        return Account(self.running.api, json.loads(created.stdout)["credential"])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MeteredServer]:
    notes = tmp_path / "units"
    with running_server(tmp_path / "data", program=["tests.support.metered_changes", str(notes)]) as running:
        yield MeteredServer(running, notes)


def test_the_feeds_of_several_accounts_have_every_acknowledged_write_once_and_in_order(
    server: MeteredServer, capfd: pytest.CaptureFixture[str]
) -> None:
    accounts = [server.create_account(number) for number in range(ACCOUNTS)]
    with ExitStack() as stack, ThreadPoolExecutor(ACCOUNTS * (WRITERS + 1)) as pool:
        readers = [(account, stack.enter_context(account.client())) for account in accounts]
        writers = [
            Writer(account, stack.enter_context(account.client()), number)
            for account in accounts
            for number in range(WRITERS)
        ]
        begun = [begin(client) for _, client in readers]
        before, started = server.units(), time.monotonic()
        work = [pool.submit(writer.write_all) for writer in writers]
        work += [pool.submit(follow, *reader, after) for reader, after in zip(readers, begun, strict=True)]
        for future in work:
            future.result()
    for account in accounts:
        assert steps_of(account.seen) == steps_of(account.answered)
    with capfd.disabled():
        sys.stderr.write(describe(server, accounts, before, time.monotonic() - started))


def steps_of(noted: Steps) -> dict[str, list[Step]]:
    return {name: [step for step, _ in steps] for name, steps in noted.items()}


def describe(server: MeteredServer, accounts: Sequence[Account], before: Units, seconds: float) -> str:
    """Return what was measured."""
    lags = [lag for account in accounts for lag in account.lags()]
    percentiles, after = quantiles(lags, n=100), server.units()
    read, write = ((after.read - before.read) / len(lags), (after.write - before.write) / len(lags))
    return (
        f"\n{len(lags)} changes in {seconds:.0f} s. Until they were seen, looking every {POLL} s: "
        f"p50 {percentiles[49]:.2f} s, p99 {percentiles[98]:.2f} s, at most {max(lags):.2f} s. "
        f"Recording a change: {read:.2f} read units, {write:.2f} write units. "
        f"The server had up to {server.peak_memory()} MB.\n"
    )
