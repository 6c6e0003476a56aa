"""What a request takes of DynamoDB's capacity, worked out from what was asked, what was answered and what lay there.

Emulators tell some of it and only roughly. The rules are those of the Amazon DynamoDB Developer Guide, "DynamoDB item
sizes and formats", "DynamoDB read and write operations" and "Transactions: How it works", as of 2026-11-22. Items are
as DynamoDB's own JSON has them, `{"name": {"S": "text"}}`. Sizes are bytes, units are request units.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Item = Mapping[str, Json]
Key = tuple[str, str]  # pk and sk
Items = Mapping[Key, Item | None]

READ_BLOCK, WRITE_BLOCK = 4096, 1024
NESTED = 3  # of each list and map, and one more for each thing in it
OF_A_TRANSACTION = 2  # to prepare and to commit


@dataclass(frozen=True)
class Units:
    """Read and write request units."""

    read: float = 0
    write: float = 0

    def __add__(self, other: "Units") -> "Units":
        return Units(self.read + other.read, self.write + other.write)


NONE = Units()


def size(item: Item | None) -> int:
    """What an item weighs: its names and its values."""
    return sum(_text(name) + _value(value) for name, value in (item or {}).items())


def _value(value: Json) -> int:
    [(kind, held)] = value.items()
    if kind == "S":
        return _text(held)
    if kind == "N":
        return _number(held)
    if kind in ("BOOL", "NULL"):
        return 1
    names, values = ((), held) if kind == "L" else (held, held.values())
    return NESTED + sum(map(_text, names)) + sum(_value(one) + 1 for one in values)


def _text(text: str) -> int:
    return len(text.encode())


def _number(text: str) -> int:
    """A byte for two digits that count, one more, and one for a sign."""
    digits = text.lstrip("-").replace(".", "").strip("0")
    return math.ceil(len(digits) / 2) + 1 + text.startswith("-")


def reading(weight: int, *, consistent: bool) -> float:
    """The units of a read of so many bytes; what is not there counts as the least that can be read."""
    blocks = max(1, math.ceil(weight / READ_BLOCK))
    return blocks if consistent else blocks / 2


def writing(before: Item | None, after: Item | None) -> int:
    """The units of a write: the larger of what was there and what is there now counts."""
    return max(1, math.ceil(max(size(before), size(after)) / WRITE_BLOCK))


def indexing(index: Json, before: Item | None, after: Item | None) -> int:
    """What a write costs in one index besides: nothing where the index does not see it."""
    old, new = _entry(index, before), _entry(index, after)
    if old == new:
        return 0
    moves = old and new and any(old[name] != new[name] for name in _keys(index))
    if moves:
        return writing(old, None) + writing(None, new)
    return writing(old, new)


def _keys(index: Json) -> list[str]:
    return [part["AttributeName"] for part in index["KeySchema"]]


def _entry(index: Json, item: Item | None) -> Item | None:
    """An item as an index has it; None where it lacks a key of the index."""
    if item is None or not all(name in item for name in _keys(index)):
        return None
    projection = index["Projection"]
    if projection["ProjectionType"] == "ALL":
        return item
    names = {"pk", "sk", *_keys(index), *projection.get("NonKeyAttributes", ())}
    return {name: value for name, value in item.items() if name in names}


def key_of(named: Item) -> Key:
    """The key in an item, or in what names one."""
    return named["pk"]["S"], named["sk"]["S"]


def written(operation: str, asked: Json) -> list[Key]:
    """The keys that a request writes, or holds fast while it writes others."""
    if operation in ("PutItem", "UpdateItem", "DeleteItem"):
        return [key_of(asked.get("Item") or asked["Key"])]
    if operation == "TransactWriteItems":
        parts = [one for part in asked["TransactItems"] for one in part.values()]
        return [key_of(one.get("Item") or one["Key"]) for one in parts]
    if operation == "BatchWriteItem":  # of benches and tests, which fill the table
        parts = [one for wanted in asked["RequestItems"].values() for part in wanted for one in part.values()]
        return [key_of(one.get("Item") or one["Key"]) for one in parts]
    return []


def units(operation: str, asked: Json, answered: Json, before: Items, after: Items, indexes: Sequence[Json]) -> Units:
    """What one request takes. `before` and `after` have what lay under the keys that it writes.

    Raises KeyError for an operation that the service does not use.
    """
    if operation in READERS:
        return Units(read=READERS[operation](asked, answered))
    times = WRITERS[operation]
    pairs = [(before[key], after[key]) for key in written(operation, asked)]
    table = sum(times * writing(*pair) for pair in pairs)
    return Units(write=table + sum(indexing(index, *pair) for index in indexes for pair in pairs))


def _of_get(asked: Json, answered: Json) -> float:
    return reading(size(answered.get("Item")), consistent=asked.get("ConsistentRead", False))


def _of_query(asked: Json, answered: Json) -> float:
    """A page is weighed as a whole. What a filter dropped would count too, and is not in the answer."""
    if answered["ScannedCount"] != answered["Count"] or "ProjectionExpression" in asked:
        raise ValueError("what this query read is not what it answers")
    return reading(sum(map(size, answered["Items"])), consistent=asked.get("ConsistentRead", False))


def _of_batch(asked: Json, answered: Json) -> float:
    """Each item is weighed by itself, and those that are not there count as well."""
    total: float = 0
    for table, wanted in asked["RequestItems"].items():
        consistent = wanted.get("ConsistentRead", False)
        found = answered["Responses"].get(table, [])
        left = answered.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        absent = len(wanted["Keys"]) - len(found) - len(left)
        total += sum(reading(size(item), consistent=consistent) for item in found)
        total += absent * reading(0, consistent=consistent)
    return total


WRITERS = dict.fromkeys(("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"), 1)
WRITERS["TransactWriteItems"] = OF_A_TRANSACTION
READERS: dict[str, Callable[[Json, Json], float]] = {
    "BatchGetItem": _of_batch,
    "GetItem": _of_get,
    "Query": _of_query,
}
