"""The capacity of DynamoDB requests is calculated by the published rules for sizes, reads, writes and indexes."""

from typing import Any

import pytest

from infra.testing.capacity import Item, Units, index_write_units, item_size, key_of, request_units

Json = dict[str, Any]


def item(size: int, /, *, sk: str = "b", **more: Json) -> Json:
    """Return an item of so many bytes with these attributes."""
    bare = {"pk": {"S": "a"}, "sk": {"S": sk}, **more}
    return {**bare, "doc": {"S": "x" * (size - item_size(bare) - 3)}}


KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
OTHER = {"pk": {"S": "a"}, "sk": {"S": "c"}}
CHECK = {"ConditionCheck": {"Key": KEY}}

SIZES: list[tuple[Json, int]] = [
    ({"S": ""}, 0),
    ({"S": "grün"}, 5),
    ({"N": "0"}, 1),
    ({"N": "7"}, 2),
    ({"N": "100"}, 2),
    ({"N": "1234"}, 3),
    ({"N": "12345"}, 4),
    ({"N": "-12.5"}, 4),
    ({"N": "0.005"}, 2),
    ({"BOOL": True}, 1),
    ({"NULL": True}, 1),
    ({"B": "AAEC"}, 3),
    ({"B": b"AAEC"}, 4),
    ({"L": []}, 3),
    ({"L": [{"S": "ab"}, {"BOOL": False}]}, 3 + 3 + 2),
    ({"M": {"name": {"S": "ab"}}}, 3 + 4 + 2 + 1),
]


@pytest.mark.parametrize(("value", "size"), SIZES)
def test_the_size_of_an_item_is_that_of_its_names_and_values(value: Json, size: int) -> None:
    assert item_size({"grün": value}) == 5 + size


def batch(*found: Json, keys: int, unprocessed: int = 0, consistent: bool = True) -> tuple[Json, Json]:
    entry = {"Keys": [KEY] * keys, "ConsistentRead": consistent}
    return {"RequestItems": {"t": entry}}, {
        "Responses": {"t": list(found)},
        "UnprocessedKeys": {"t": {"Keys": [KEY] * unprocessed}} if unprocessed else {},
    }


def query(*found: Json, **sent: Any) -> tuple[Json, Json]:
    return {"ConsistentRead": True, **sent}, {"Items": list(found), "Count": len(found), "ScannedCount": len(found)}


READS: dict[str, tuple[str, tuple[Json, Json], float]] = {
    "no such item": ("GetItem", ({"ConsistentRead": True}, {}), 1),
    "no such item, eventually consistent": ("GetItem", ({}, {}), 0.5),
    "four kilobytes": ("GetItem", ({"ConsistentRead": True}, {"Item": item(4096)}), 1),
    "a byte more": ("GetItem", ({"ConsistentRead": True}, {"Item": item(4097)}), 2),
    "a byte more, eventually consistent": ("GetItem", ({}, {"Item": item(4097)}), 1),
    "an empty page": ("Query", query(), 1),
    "a page is rounded up as a whole": ("Query", query(*[item(1024)] * 4), 1),
    "a page of an index": ("Query", query(*[item(1024)] * 5, ConsistentRead=False), 1),
    "each item of a batch is rounded up": ("BatchGetItem", batch(*[item(1024)] * 4, keys=4), 4),
    "missing items count": ("BatchGetItem", batch(item(4097), keys=3), 4),
    "unprocessed keys do not": ("BatchGetItem", batch(item(4096), keys=3, unprocessed=2), 1),
    "a batch, eventually consistent": ("BatchGetItem", batch(item(4096), keys=1, consistent=False), 0.5),
}


@pytest.mark.parametrize(("operation", "exchange", "read"), READS.values(), ids=READS)
def test_reads_are_counted_in_blocks_of_four_kilobytes(
    operation: str, exchange: tuple[Json, Json], read: float
) -> None:
    assert request_units(operation, *exchange, {}, {}, []) == Units(read=read)


WRITES: dict[str, tuple[str, Json, Item | None, Item | None, int]] = {
    "a new item": ("PutItem", {"Item": item(1024)}, None, item(1024), 1),
    "a byte more": ("PutItem", {"Item": item(1025)}, None, item(1025), 2),
    "a smaller item in its place": ("PutItem", {"Item": item(10)}, item(2049), item(10), 3),
    "nothing to delete": ("DeleteItem", {"Key": KEY}, None, None, 1),
    "a deletion": ("DeleteItem", {"Key": KEY}, item(3072), None, 3),
    "a counter": ("UpdateItem", {"Key": KEY}, item(100), item(101), 1),
    "a transaction": ("TransactWriteItems", {"TransactItems": [{"Put": {"Item": item(1025)}}]}, None, item(1025), 4),
    "a batch of writes": (
        "BatchWriteItem",
        {"RequestItems": {"t": [{"PutRequest": {"Item": item(1025)}}]}},
        None,
        item(1025),
        2,
    ),
    "a condition check": ("TransactWriteItems", {"TransactItems": [CHECK]}, item(1500), item(1500), 4),
}


@pytest.mark.parametrize(("operation", "sent", "before", "after", "write"), WRITES.values(), ids=WRITES)
def test_writes_are_counted_in_kilobytes_of_the_larger_state(
    operation: str, sent: Json, before: Item | None, after: Item | None, write: int
) -> None:
    key = key_of(KEY)
    assert request_units(operation, sent, {}, {key: before}, {key: after}, []) == Units(write=write)


def test_all_parts_of_a_transaction_count() -> None:
    sent = {"TransactItems": [CHECK, {"Delete": {"Key": OTHER}}]}
    before = {key_of(KEY): item(10), key_of(OTHER): item(10, sk="c")}
    after = {**before, key_of(OTHER): None}
    assert request_units("TransactWriteItems", sent, {}, before, after, []) == Units(write=4)


def due(at: str) -> Json:
    return {"due": {"S": at}}


KEYS_ONLY: Json = {"KeySchema": [{"AttributeName": "due"}], "Projection": {"ProjectionType": "KEYS_ONLY"}}
NAMED: Json = {**KEYS_ONLY, "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["kind"]}}
ALL = {**KEYS_ONLY, "Projection": {"ProjectionType": "ALL"}}


INDEXES: dict[str, tuple[Json, Item | None, Item | None, int]] = {
    "an item without a key of the index": (ALL, item(9000), item(9001), 0),
    "a new entry": (ALL, None, item(1025, **due("1")), 2),
    "a new entry with keys only": (KEYS_ONLY, None, item(1025, **due("1")), 1),
    "a new entry with some attributes": (NAMED, None, item(2000, **due("1"), kind={"S": "x" * 1024}), 2),
    "an item that gains the key": (ALL, item(100), item(110, **due("1")), 1),
    "a deleted entry": (ALL, item(1025, **due("1")), None, 2),
    "an entry under another key": (KEYS_ONLY, item(100, **due("1")), item(100, **due("2")), 2),
    "a changed entry": (ALL, item(1025, **due("1")), item(100, **due("1")), 2),
    "a change of other attributes": (KEYS_ONLY, item(100, **due("1")), item(900, **due("1")), 0),
}


@pytest.mark.parametrize(("index", "before", "after", "write"), INDEXES.values(), ids=INDEXES)
def test_an_index_costs_the_entries_that_change(
    index: Json, before: Item | None, after: Item | None, write: int
) -> None:
    assert index_write_units(index, before, after) == write


def test_an_index_is_written_once_in_a_transaction() -> None:
    made = item(100, **due("1"))
    sent = {"TransactItems": [{"Put": {"Item": made}}]}
    key = key_of(made)
    assert request_units("TransactWriteItems", sent, {}, {key: None}, {key: made}, [ALL]) == Units(write=2 + 1)


def test_unknown_sizes_and_operations_are_refused() -> None:
    sent, response = query()
    with pytest.raises(ValueError, match="read more"):
        request_units("Query", sent, {**response, "ScannedCount": 1}, {}, {}, [])
    with pytest.raises(ValueError, match="read more"):
        request_units("Query", sent | {"ProjectionExpression": "doc"}, response, {}, {}, [])
    with pytest.raises(KeyError):
        request_units("Scan", {}, {}, {}, {}, [])
