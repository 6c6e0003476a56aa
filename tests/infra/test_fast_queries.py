"""Queries of the embedded store: they look at the rows of a page only, and answer as ministack does by itself."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ministack.services import dynamodb

from infra import fast_queries
from tests.support import emulated_table

TABLE = "fast-queries"
Json = dict[str, Any]

LARGE = {f"{letter}{number}": {"doc": {"S": "x" * 300_000}} for letter in "abc" for number in range(6)}
BACKWARDS = {"ScanIndexForward": False}
FROM_B2 = {"ExclusiveStartKey": {"sk": {"S": "b2"}}}

PAGES: dict[str, tuple[str, str, Json, str]] = {
    "the first page": ("", "~", {}, "a0 a1 a2 a3"),
    "the last page": ("", "~", BACKWARDS, "c5 c4 c3 c2"),
    "the second page": ("b", "b~", FROM_B2, "b3 b4 b5"),
    "the second page, backwards": ("b", "b~", FROM_B2 | BACKWARDS, "b1 b0"),
    "between two keys": ("a5", "b1", {}, "a5 b0 b1"),
    "the newest row": ("b", "b~", BACKWARDS | {"Limit": 1}, "b5 b4"),
}


@pytest.mark.parametrize(("low", "high", "sent", "keys"), PAGES.values(), ids=PAGES)
def test_the_emulator_sees_one_page_and_the_next_row(low: str, high: str, sent: Json, keys: str) -> None:
    assert " ".join(fast_queries.page(LARGE, low, high, sent)) == keys


def carry_out(operation: str, **parameters: Any) -> Json:
    return emulated_table.carry_out(operation, TABLE, **parameters)


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """A table with rows, and a function that makes the queries of this test fast."""
    emulated_table.create_table(TABLE)
    for number in range(6):
        carry_out("PutItem", Item={"pk": {"S": "a"}, "sk": {"S": f"b{number}"}, "doc": {"S": "x" * 300_000}})
    monkeypatch.setattr(dynamodb, "_query", dynamodb._query)  # restores it at the end
    yield fast_queries.install
    carry_out("DeleteTable")


CONDITION = "(#0 = :0 AND #1 BETWEEN :1 AND :2)"
NAMES = {"ExpressionAttributeNames": {"#0": "pk", "#1": "sk"}}
VALUES = {":0": {"S": "a"}, ":1": {"S": "b1"}, ":2": {"S": "b9"}}
QUERY = NAMES | {"KeyConditionExpression": CONDITION, "ExpressionAttributeValues": VALUES}
QUERIES: dict[str, Json] = {
    "a page": QUERY,
    "backwards": QUERY | BACKWARDS,
    "limited": QUERY | {"Limit": 2},
    "limited to all": QUERY | {"Limit": 5},
    "a later page": QUERY | {"ExclusiveStartKey": {"pk": {"S": "a"}, "sk": {"S": "b2"}}},
    "no rows": QUERY | {"ExpressionAttributeValues": VALUES | {":0": {"S": "none"}}},
    "a filter": QUERY | {"FilterExpression": "attribute_not_exists(doc)", "Limit": 3},
    "counting": QUERY | {"Select": "COUNT"},
    "a wrong type": QUERY | {"ExpressionAttributeValues": VALUES | {":0": {"N": "1"}}},
    "wrong bounds": QUERY | {"ExpressionAttributeValues": VALUES | {":1": {"S": "c"}}},
    "another condition": {"KeyConditionExpression": "pk = :0", "ExpressionAttributeValues": {":0": {"S": "a"}}},
    "another table": QUERY | {"TableName": "none"},
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_fast_query_has_the_same_answer(name: str, fast: Callable[[], None]) -> None:
    expected = carry_out("Query", **QUERIES[name])
    fast()
    assert carry_out("Query", **QUERIES[name]) == expected
    assert carry_out("Query", **QUERY)["Count"] == 3, "the table is whole again"
