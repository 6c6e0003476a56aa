"""The change stream of `make run` across restarts and crashes: no record is lost, and each keeps its SequenceNumber."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.testing.processes import Running, await_that, kill, running_server
from tests.support.store_requests import call

pytestmark = pytest.mark.slow

TABLE, PARTITION, KIND = "ogsm-workspaces-dev", "watched", "follow"
Noted = list[tuple[str, str]]  # the names of rows and the SequenceNumbers of the records about them


@dataclass(frozen=True)
class Watch:
    """The file in which the function of the change feed notes its calls."""

    file: Path

    @property
    def program(self) -> list[str]:
        return ["tests.support.watched_changes", str(self.file)]

    def fail(self, *, is_failing: bool) -> None:
        """Let the function fail from now on, or not."""
        switch = self.file.with_name(f"{self.file.name}.fail")
        if is_failing:
            switch.touch()
        else:
            switch.unlink()

    def calls(self) -> list[tuple[bool, Noted]]:
        """Return whether each call succeeded, and its records."""
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        parsed = [json.loads(line) for line in lines]
        return [(succeeded, [(name, number) for name, number in noted]) for succeeded, noted in parsed]

    def records(self, *, succeeded: bool) -> Noted:
        """Return the records of all calls that succeeded, or of the last one that failed."""
        batches = [noted for result, noted in self.calls() if result == succeeded]
        return [one for noted in batches for one in noted] if succeeded else batches[-1]


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return Watch(tmp_path / "noted")


def put(running: Running, *names: str) -> None:
    for name in names:
        item = {"pk": {"S": PARTITION}, "sk": {"S": name}, "kind": {"S": KIND}}
        assert call(running, "PutItem", TableName=TABLE, Item=item).status_code == 200


def await_records(running: Running, watch: Watch, count: int, *, succeeded: bool) -> Noted:
    """Wait until the function was called with so many records."""

    def happened() -> bool:
        return any(result == succeeded for result, _ in watch.calls()) and (
            len(watch.records(succeeded=succeeded)) >= count
        )

    await_that(happened, running.process, running.stderr)
    return watch.records(succeeded=succeeded)


def test_records_that_fail_survive_a_kill_and_a_restart_with_their_numbers(tmp_path: Path, watch: Watch) -> None:
    data = tmp_path / "data"
    watch.fail(is_failing=True)
    with running_server(data, program=watch.program) as running:
        put(running, "1", "2")
        [first] = await_records(running, watch, 1, succeeded=False)
        kill(running)
    with running_server(data, program=watch.program) as running:
        before = await_records(running, watch, 2, succeeded=False)
        assert before[0] == first
        put(running, "3")
    with running_server(data, program=watch.program) as running:  # the snapshot has the records, and the log is empty
        put(running, "4")
        watch.fail(is_failing=False)
        handled = await_records(running, watch, 4, succeeded=True)
    assert [name for name, _ in handled] == ["1", "2", "3", "4"]
    assert handled[:2] == before
    numbers = [int(number) for _, number in handled]
    assert numbers == sorted(set(numbers))


def test_a_kill_repeats_only_records_that_were_handled_since_the_last_write(tmp_path: Path, watch: Watch) -> None:
    data = tmp_path / "data"
    with running_server(data, program=watch.program) as running:
        put(running, "1", "2")
        await_records(running, watch, 2, succeeded=True)
        put(running, "3")
        first = await_records(running, watch, 3, succeeded=True)
        kill(running)
    with running_server(data, program=watch.program) as running:
        put(running, "4")
        again = await_records(running, watch, 5, succeeded=True)[3:]
    assert again[0] == first[2]
    assert again[1][0] == "4"


def test_a_data_folder_of_an_earlier_release_gets_the_stream(tmp_path: Path, watch: Watch) -> None:
    data = tmp_path / "data"
    with running_server(data, program=watch.program) as running:
        off = {"StreamSpecification": {"StreamEnabled": False}}
        assert call(running, "UpdateTable", TableName=TABLE, **off).status_code == 200
        put(running, "1")
    with running_server(data, program=watch.program) as running:
        put(running, "2")
        assert [name for name, _ in await_records(running, watch, 1, succeeded=True)] == ["2"]


def test_every_change_is_in_the_feed_once_and_in_order_although_the_server_is_killed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    created: list[int] = []
    for number in range(2):
        with running_server(data) as running, running.client() as client:
            for index in range(10):
                answer = client.post("/api/v2/actions.json", json={"title": f"{number} {index}"})
                created.append(answer.json()["id"])
            kill(running)
    with running_server(data) as running, running.client() as client:
        query = {"kind": "action", "limit": "100"}
        await_that(
            lambda: len(client.get("/api/changes", params=query).json()) >= len(created),
            running.process,
            running.stderr,
        )
        changes = client.get("/api/changes", params=query).json()
        seqs = list_seqs(running)
    assert [change["object"]["id"] for change in changes] == created, "The feed begins after the demo account."
    assert seqs == list(range(len(seqs)))


def list_seqs(running: Running) -> list[int]:
    """Return the seq of every entry of the feed, also of changes that the clients of this test may not see."""
    values = {":feed": {"S": "ACCOUNT#000000001#CHANGES"}}
    query = {"KeyConditionExpression": "pk = :feed", "ExpressionAttributeValues": values}
    rows = call(running, "Query", TableName=TABLE, **query).json()["Items"]
    return [int(row["sk"]["S"].rpartition("#")[2]) for row in rows]
