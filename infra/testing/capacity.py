"""Calculate the capacity that a DynamoDB request uses, from the request, its response and the items that it wrote.

Emulators report it in part, and not exactly. The rules are those of three pages of the Amazon DynamoDB Developer Guide
on 2026-11-22: "DynamoDB item sizes and formats", "DynamoDB read and write operations" and "Transactions: How it works".
Items are in DynamoDB's JSON, `{"name": {"S": "text"}}`, in which bytes may be decoded. Sizes are in bytes, units
are request units.
"""

import base64
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Item = Mapping[str, Json]
Key = tuple[str, str]  # pk and sk
Items = Mapping[Key, Item | None]

READ_BLOCK, WRITE_BLOCK = 4096, 1024
NESTED_BYTES = 3  # for each list and map, and one more for each of its values
TRANSACTION_FACTOR = 2  # one write to prepare and one to commit


@dataclass(frozen=True)
class Units:
    """Read and write request units."""

    read: float = 0
    write: float = 0

    def __add__(self, other: "Units") -> "Units":
        return Units(self.read + other.read, self.write + other.write)


NONE = Units()


def item_size(item: Item | None) -> int:
    """Return the size of an item in bytes: that of its names and its values."""
    return sum([len(name.encode()) + _value_size(value) for name, value in item.items()]) if item else 0


def _value_size(value: Json) -> int:
    [(kind, content)] = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return _number_size(content)
    if kind in ("BOOL", "NULL"):
        return 1
    if kind == "B":
        return len(content if isinstance(content, bytes) else base64.b64decode(content))
    if kind in ("SS", "NS", "BS"):
        return sum(_value_size({kind[0]: one}) for one in content)
    names, values = ((), content) if kind == "L" else (content, content.values())
    return NESTED_BYTES + sum(map(_text_size, names)) + sum(_value_size(one) + 1 for one in values)


def _text_size(text: str) -> int:
    return len(text.encode())


def _number_size(text: str) -> int:
    """Return one byte for each two significant digits, one more, and one for a sign."""
    digits = text.lstrip("-").replace(".", "").strip("0")
    return math.ceil(len(digits) / 2) + 1 + text.startswith("-")


def read_units(size: int, *, consistent: bool) -> float:
    """Return the units of a read of so many bytes. An item that does not exist counts as one block."""
    blocks = max(1, math.ceil(size / READ_BLOCK))
    return blocks if consistent else blocks / 2


def write_units(before: Item | None, after: Item | None) -> int:
    """Return the units of a write: the larger one of the old and the new item counts."""
    return max(1, math.ceil(max(item_size(before), item_size(after)) / WRITE_BLOCK))


def index_write_units(index: Json, before: Item | None, after: Item | None) -> int:
    """Return the units that a write uses in an index. There are none if the entry in the index stays the same."""
    old, new = _entry(index, before), _entry(index, after)
    if old == new:
        return 0
    is_moved = old and new and any(old[name] != new[name] for name in _key_names(index))
    if is_moved:
        return write_units(old, None) + write_units(None, new)
    return write_units(old, new)


def _key_names(index: Json) -> list[str]:
    return [part["AttributeName"] for part in index["KeySchema"]]


def _entry(index: Json, item: Item | None) -> Item | None:
    """Return the entry of an item in an index, or None if the item lacks a key of the index."""
    if item is None or not all(name in item for name in _key_names(index)):
        return None
    projection = index["Projection"]
    if projection["ProjectionType"] == "ALL":
        return item
    names = {"pk", "sk", *_key_names(index), *projection.get("NonKeyAttributes", ())}
    return {name: value for name, value in item.items() if name in names}


def key_of(item: Item) -> Key:
    """Return the key of an item; its other attributes may be missing."""
    return item["pk"]["S"], item["sk"]["S"]


def written_keys(operation: str, request: Json) -> list[Key]:
    """Return the keys that a request writes, or checks in the same transaction."""
    if operation in ("PutItem", "UpdateItem", "DeleteItem"):
        return [key_of(request.get("Item") or request["Key"])]
    if operation == "TransactWriteItems":
        parts = [one for part in request["TransactItems"] for one in part.values()]
        return [key_of(one.get("Item") or one["Key"]) for one in parts]
    if operation == "BatchWriteItem":  # only tests send it, to fill the table
        parts = [one for entries in request["RequestItems"].values() for part in entries for one in part.values()]
        return [key_of(one.get("Item") or one["Key"]) for one in parts]
    return []


def request_units(
    operation: str, request: Json, response: Json, before: Items, after: Items, indexes: Sequence[Json]
) -> Units:
    """Return the units that a request uses. `before` and `after` have the items under the keys that it writes.

    Raises KeyError for an operation that the service does not use.
    """
    if operation in READERS:
        return Units(read=READERS[operation](request, response))
    factor = WRITERS[operation]
    pairs = [(before[key], after[key]) for key in written_keys(operation, request)]
    table = sum(factor * write_units(*pair) for pair in pairs)
    return Units(write=table + sum(index_write_units(index, *pair) for index in indexes for pair in pairs))


def _get_item_units(request: Json, response: Json) -> float:
    return read_units(item_size(response.get("Item")), consistent=request.get("ConsistentRead", False))


def _query_units(request: Json, response: Json) -> float:
    """Return the units of a page, whose size is rounded up as a whole.

    Raises ValueError if the query read more than it returned, because the size of the rest is unknown.
    """
    if response["ScannedCount"] != response["Count"] or "ProjectionExpression" in request:
        raise ValueError("The query read more than it returned.")
    return read_units(sum(map(item_size, response["Items"])), consistent=request.get("ConsistentRead", False))


def _batch_get_units(request: Json, response: Json) -> float:
    """Return the units of a batch. The size of each item is rounded up, and items that do not exist count as well."""
    total: float = 0
    for table, entry in request["RequestItems"].items():
        consistent = entry.get("ConsistentRead", False)
        items = response["Responses"].get(table, [])
        unprocessed = response.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        missing = len(entry["Keys"]) - len(items) - len(unprocessed)
        total += sum(read_units(item_size(item), consistent=consistent) for item in items)
        total += missing * read_units(0, consistent=consistent)
    return total


WRITERS = dict.fromkeys(("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"), 1)
WRITERS["TransactWriteItems"] = TRANSACTION_FACTOR
READERS: dict[str, Callable[[Json, Json], float]] = {
    "BatchGetItem": _batch_get_units,
    "GetItem": _get_item_units,
    "Query": _query_units,
}
