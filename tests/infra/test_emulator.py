"""The copy of the embedded store's tables, of which a snapshot is written while requests go on."""

from collections.abc import Iterator
from typing import Any

import pytest
from ministack.services import dynamodb

from infra import emulator
from tests.support import emulated_table

TABLE = "copied"
KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
Json = dict[str, Any]


def carry_out(operation: str, **parameters: Any) -> None:
    answer = emulated_table.carry_out(operation, TABLE, **parameters)
    assert answer["status"] == 200, answer


@pytest.fixture
def table() -> Iterator[Json]:
    """A table with one row, as the emulator has it."""
    emulated_table.create_table(TABLE)
    carry_out("PutItem", Item=KEY | {"doc": {"S": "first"}})
    [found] = [one for (*_, name), one in dynamodb._tables.all_items() if name == TABLE]
    yield found
    carry_out("DeleteTable")


def copied() -> Json:
    """Return the copy of the table."""
    [found] = [one for (*_, name), one in emulator.copy_tables().all_items() if name == TABLE]
    return dict(found)


def test_a_copy_shares_its_rows_so_that_making_it_takes_no_time(table: Json) -> None:
    assert copied()["items"]["a"]["b"] is table["items"]["a"]["b"]


def test_later_writes_do_not_change_a_copy(table: Json) -> None:
    copy = copied()
    change: Json = {"UpdateExpression": "SET doc = :1", "ExpressionAttributeValues": {":1": {"S": "second"}}}
    carry_out("UpdateItem", Key=KEY, **change)
    carry_out("PutItem", Item={"pk": {"S": "a"}, "sk": {"S": "c"}})
    carry_out("PutItem", Item={"pk": {"S": "z"}, "sk": {"S": "c"}})
    assert copy["items"] == {"a": {"b": KEY | {"doc": {"S": "first"}}}}
    assert table["items"]["a"]["b"]["doc"] == {"S": "second"}
    carry_out("DeleteItem", Key=KEY)
    assert copy["items"]["a"]["b"]["doc"] == {"S": "first"}


def test_a_copy_has_everything_else_that_the_emulator_keeps_of_a_table(table: Json) -> None:
    [found] = [one for (*_, name), one in dynamodb.get_state()["tables"].all_items() if name == TABLE]
    assert copied() == {**found, "items": {"a": {"b": table["items"]["a"]["b"]}}}
