"""The records of the embedded store's stream: their numbers, their order, and that handled records take no memory."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra import emulator
from infra.stream_records import Record, StreamRecords, number_of

TABLE = "stream-records"
KEYS = [("pk", "HASH"), ("sk", "RANGE")]
Json = dict[str, Any]


def carry_out(operation: str, **parameters: Any) -> Json:
    """Carry out an operation on the table. Fail if the emulator refuses it."""
    body = json.dumps({"TableName": TABLE} | parameters).encode()
    answer = asyncio.run(emulator.carry_out(operation, body))
    assert answer.status == 200, answer.body
    return dict(json.loads(answer.body))


def item(name: str, kind: str = "action", **more: str) -> Json:
    return {"pk": {"S": "a"}, "sk": {"S": name}, "kind": {"S": kind}} | {key: {"S": text} for key, text in more.items()}


def put(name: str, kind: str = "action", **more: str) -> None:
    carry_out("PutItem", Item=item(name, kind, **more))


@pytest.fixture(autouse=True)
def table() -> Iterator[None]:
    """An empty table with a stream in the emulator of this process."""
    carry_out(
        "CreateTable",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in KEYS],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in KEYS],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    yield
    carry_out("DeleteTable")


@pytest.fixture
def records() -> StreamRecords:
    queue = StreamRecords()
    queue.follow(TABLE, ["action", "stack"])
    return queue


def names(batch: list[Record]) -> list[str]:
    return [record["dynamodb"]["Keys"]["sk"]["S"] for record in batch]


def test_a_record_has_the_shape_that_lambda_passes_on(records: StreamRecords) -> None:
    put("1", note="old")
    put("1", note="new")
    records.collect(7)
    _, record = records.list_unread()
    assert (record["eventName"], record["eventSource"], record["eventVersion"]) == ("MODIFY", "aws:dynamodb", "1.1")
    assert record["eventSourceARN"].startswith(f"arn:aws:dynamodb:us-east-1:000000000000:table/{TABLE}/stream/20")
    change = record["dynamodb"]
    assert (change["OldImage"], change["NewImage"]) == (item("1", note="old"), item("1", note="new"))
    assert change["Keys"] == {"pk": {"S": "a"}, "sk": {"S": "1"}}
    assert (change["StreamViewType"], change["SequenceNumber"]) == ("NEW_AND_OLD_IMAGES", "100000000000000007001")


def test_the_numbers_follow_from_the_positions_of_the_writes_and_rise(records: StreamRecords) -> None:
    put("1")
    records.collect(41)
    writes = [{"Put": {"TableName": TABLE, "Item": item(name)}} for name in ("2", "3")]
    carry_out("TransactWriteItems", TransactItems=[*writes, {"Delete": {"TableName": TABLE, "Key": key("1")}}])
    records.collect(42)
    assert [number_of(one) for one in records.list_unread()] == [41_000, 42_000, 42_001, 42_002]
    assert names(records.list_unread()) == ["1", "2", "3", "1"]
    assert len({one["eventID"] for one in records.list_unread()}) == 4


def key(name: str) -> Json:
    return {"pk": {"S": "a"}, "sk": {"S": name}}


def test_only_the_wanted_kinds_are_kept_also_of_rows_that_are_deleted(records: StreamRecords) -> None:
    for name, kind in (("1", "counter"), ("2", "stack"), ("3", "feed_entry")):
        put(name, kind)
        carry_out("DeleteItem", Key=key(name))
    records.collect(1)
    assert [(one["eventName"], *names([one])) for one in records.list_unread()] == [("INSERT", "2"), ("REMOVE", "2")]
    assert [number_of(one) for one in records.list_unread()] == [1_002, 1_003], "they do not depend on the kinds"


def test_a_batch_has_the_oldest_records_and_stays_the_same_until_it_is_handled(records: StreamRecords) -> None:
    for number in range(1, 6):
        put(str(number))
        records.collect(number)
    first = records.wait_for_batch(3)
    assert names(first) == names(records.wait_for_batch(3)) == ["1", "2", "3"]
    records.mark_handled(first)
    assert (names(records.wait_for_batch(3)), records.handled) == (["4", "5"], 3_000)
    records.close()
    assert records.wait_for_batch(3) == []
    assert names(records.list_unread()) == ["4", "5"]


def test_handled_records_take_no_memory(records: StreamRecords) -> None:
    for number in range(1, 200):
        put(str(number))
        records.collect(number)
        records.mark_handled(records.wait_for_batch(100))
    assert records.list_unread() == []
    assert emulator.take_stream_records(TABLE) == []


def test_records_that_were_handled_before_a_crash_do_not_return_when_the_log_is_carried_out_again() -> None:
    put("1")
    put("2")
    before = StreamRecords()
    before.follow(TABLE, ["action"])
    before.collect(1)
    after = StreamRecords()
    after.follow(TABLE, ["action"])
    after.restore(number_of(before.list_unread()[0]), before.list_unread())
    assert names(after.list_unread()) == ["2"]
    put("3")
    after.collect(0)
    put("4")
    after.collect(2)
    assert names(after.list_unread()) == ["2", "4"]


def test_nobody_keeps_records_of_a_store_that_is_not_followed() -> None:
    queue = StreamRecords()
    put("1")
    queue.collect(1)
    assert queue.list_unread() == []
