"""The start of `make run` after a crash: the log is carried out on the last snapshot, with the same results."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.testing.processes import Running, kill, run, running_server
from tests.support.store_requests import call

pytestmark = pytest.mark.slow

TABLE = "ogsm-workspaces-dev"
LOG_FILES = ("dynamodb.log", "dynamodb.log-wal")
PRIVATE = "replay"  # the partition of these tests


def key(name: str) -> dict[str, Any]:
    return {"pk": {"S": PRIVATE}, "sk": {"S": name}}


def put(running: Running, name: str, **more: Any) -> httpx.Response:
    return call(running, "PutItem", TableName=TABLE, Item=key(name), **more)


def count_up(running: Running) -> str:
    """Add 1 to a counter and return the result."""
    answer = call(
        running,
        "UpdateItem",
        TableName=TABLE,
        Key=key("counter"),
        UpdateExpression="ADD hits :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )
    return str(answer.json()["Attributes"]["hits"]["N"])


def count_up_in_transaction(running: Running, token: str) -> httpx.Response:
    update = {
        "TableName": TABLE,
        "Key": key("counter of transactions"),
        "UpdateExpression": "ADD hits :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    return call(running, "TransactWriteItems", TransactItems=[{"Update": update}], ClientRequestToken=token)


def write_everything(running: Running) -> None:
    """Send every kind of write: those that succeed, those that fail, and those that depend on the ones before."""
    new = {"ConditionExpression": "attribute_not_exists(pk)"}
    assert [count_up(running) for _ in range(3)] == ["1", "2", "3"]
    assert [put(running, "first", **new).status_code for _ in range(2)] == [200, 400]
    assert call(running, "DeleteItem", TableName=TABLE, Key=key("first")).status_code == 200
    assert put(running, "first", **new).status_code == 200
    batch = {TABLE: [{"PutRequest": {"Item": key(f"batch {number}")}} for number in range(5)]}
    assert call(running, "BatchWriteItem", RequestItems=batch).status_code == 200
    failing = {"Put": {"TableName": TABLE, "Item": key("first"), **new}}
    other = {"Put": {"TableName": TABLE, "Item": key("never")}}
    assert call(running, "TransactWriteItems", TransactItems=[other, failing]).status_code == 400
    assert [count_up_in_transaction(running, token).status_code for token in ("a", "a", "b")] == [200] * 3
    assert call(running, "PutItem", TableName=TABLE, Item={"pk": {"N": "1"}}).status_code == 400
    assert call(running, "PutItem", TableName="unknown", Item=key("x")).status_code == 400


def rows(running: Running) -> dict[str, Any]:
    """Return the rows of these tests by their names."""
    answer = call(
        running,
        "Query",
        TableName=TABLE,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": PRIVATE}},
    )
    return {row["sk"]["S"]: row for row in answer.json()["Items"]}


@pytest.fixture
def killed(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """The data folder of a server that was killed after its first writes, and its rows."""
    with running_server(tmp_path / "data") as running:
        write_everything(running)
        before = rows(running)
        kill(running)
    assert not (tmp_path / "data" / "dynamodb.json").exists()
    return tmp_path / "data", before


def test_every_kind_of_write_has_the_same_result_when_it_is_replayed(killed: tuple[Path, dict[str, Any]]) -> None:
    data, before = killed
    assert {"counter", "counter of transactions", "first", "batch 4"} < before.keys()
    assert before["counter of transactions"]["hits"] == {"N": "2"}
    for _ in range(2):  # the second start replays the same log again
        with running_server(data) as running:
            assert rows(running) == before
            kill(running)
    with running_server(data) as running:
        assert count_up(running) == "4"


def test_a_crash_between_the_snapshot_and_the_truncation_applies_nothing_twice(
    killed: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    data, before = killed
    old = tmp_path / "old"
    old.mkdir()
    for name in LOG_FILES:
        shutil.copy(data / name, old)
    with running_server(data):
        pass  # its stop saves a snapshot and truncates the log
    assert (data / "dynamodb.json").is_file()
    for name in LOG_FILES:
        shutil.copy(old / name, data)
    with running_server(data) as running:
        assert rows(running) == before
        assert count_up(running) == "4"
        kill(running)
    with running_server(data) as running:
        assert count_up(running) == "5"


@pytest.mark.nightly
def test_writes_survive_a_kill_after_the_log_was_moved_away(killed: tuple[Path, dict[str, Any]]) -> None:
    data, before = killed
    with running_server(data):
        pass
    (data / "dynamodb.log").unlink()
    with running_server(data) as running:
        assert rows(running) == before
        assert count_up(running) == "4"
        kill(running)
    with running_server(data) as running:
        assert count_up(running) == "5"


def test_a_token_stands_for_one_transaction_until_that_is_carried_out(tmp_path: Path) -> None:
    with running_server(tmp_path / "data") as running:
        assert count_up_in_transaction(running, "token").status_code == 200
        other = {"Put": {"TableName": TABLE, "Item": key("other")}}
        answer = call(running, "TransactWriteItems", TransactItems=[other], ClientRequestToken="token")
        assert answer.status_code == 400
        assert answer.json()["__type"] == "IdempotentParameterMismatchException"
        put(running, "in the way")
        item = {"TableName": TABLE, "Item": key("in the way"), "ConditionExpression": "attribute_not_exists(pk)"}
        refused, repeated = [], {"TransactItems": [{"Put": item}], "ClientRequestToken": "of another"}
        refused.append(call(running, "TransactWriteItems", **repeated).status_code)
        call(running, "DeleteItem", TableName=TABLE, Key=key("in the way"))
        assert [*refused, call(running, "TransactWriteItems", **repeated).status_code] == [400, 200]


def test_a_log_without_its_snapshot_is_explained_in_one_line(killed: tuple[Path, dict[str, Any]]) -> None:
    data, _ = killed
    with running_server(data):
        pass
    (data / "dynamodb.json").unlink()
    assert "has a log, but not the data file" in startup_error(data)


def test_a_damaged_log_is_explained_in_one_line_and_left_untouched(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "dynamodb.log").write_bytes(b"no log" * 1000)
    assert str(data / "dynamodb.log") in startup_error(data)
    assert (data / "dynamodb.log").read_bytes() == b"no log" * 1000


@pytest.mark.nightly
def test_a_frequent_snapshot_truncates_the_log_while_requests_go_on(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running_server(data, program=["tests.support.frequent_snapshots"]) as running:
        results = [count_up(running) for _ in range(200)]
        kill(running)
    assert results == [str(number) for number in range(1, 201)]
    assert json.loads((data / "dynamodb.json").read_text())["payload"]["log_position"] > 20
    with running_server(data) as running:
        assert count_up(running) == "201"


def startup_error(data: Path) -> str:
    """Start a server that cannot start, and return the line that it prints."""
    outcome = run([sys.executable, "-m", "infra.serve", "--port", "0", "--data", str(data)])
    assert (outcome.returncode, outcome.stdout) == (1, "")
    [line] = outcome.stderr.splitlines()
    assert line.startswith("The server cannot start. ")
    return line
