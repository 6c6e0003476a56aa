"""The function of the change feed on this machine: it gets every record of the stream, in order, until it succeeds."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from infra import change_stream
from infra.stream_records import Record, StreamRecords


def record(number: int) -> Record:
    return {"dynamodb": {"SequenceNumber": str(number), "NewImage": {"kind": {"S": "action"}, "n": {"N": str(number)}}}}


@dataclass
class Handled:
    """A function that keeps the numbers of its records, and fails some times."""

    batches: list[list[int]]
    failures: int = 0

    def __call__(self, event: Any, context: Any) -> None:
        changes = [record["dynamodb"] for record in event["Records"]]
        self.batches.append([int(change.pop("SequenceNumber")) for change in changes])
        assert context.get_remaining_time_in_millis() > 0
        if self.failures:
            self.failures -= 1
            raise RuntimeError("This batch fails.")


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Handled:
    handled = Handled([])
    monkeypatch.setattr(change_stream, "load_functions", lambda: [(handled, change_stream.TIMEOUT)])
    monkeypatch.setattr(change_stream, "FIRST_PAUSE", 0.001)
    return handled


@pytest.fixture
def records() -> StreamRecords:
    return StreamRecords()


def await_that(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_the_function_gets_all_records_in_order_in_batches(records: StreamRecords, function: Handled) -> None:
    numbers = [10**20 + number for number in range(1, 251)]
    records.restore(0, [record(number) for number in numbers])
    with change_stream.running(records):
        await_that(lambda: not records.list_unread())
    assert [len(batch) for batch in function.batches] == [100, 100, 50]
    assert [number for batch in function.batches for number in batch] == numbers
    assert records.handled == 250


def test_a_batch_that_fails_is_repeated_unchanged_until_it_succeeds(
    records: StreamRecords, function: Handled, caplog: pytest.LogCaptureFixture
) -> None:
    function.failures = 3
    numbers = [10**20 + number for number in range(1, 121)]
    records.restore(0, [record(number) for number in numbers])
    with change_stream.running(records):
        await_that(lambda: not records.list_unread())
    assert function.batches == [numbers[:100]] * 4 + [numbers[100:]]
    assert caplog.text.count("nRuntimeError: This batch fails.") == 3


def test_the_server_stops_while_a_batch_fails_and_keeps_the_records(
    records: StreamRecords, function: Handled, monkeypatch: pytest.MonkeyPatch
) -> None:
    function.failures = 1_000_000
    monkeypatch.setattr(change_stream, "FIRST_PAUSE", 3600.0)
    records.restore(0, [record(10**20 + 1)])
    with change_stream.running(records):
        await_that(lambda: bool(function.batches))
    assert (len(records.list_unread()), records.handled) == (1, 0)
