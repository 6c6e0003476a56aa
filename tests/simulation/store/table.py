"""The rows of the table, and the writes that change them.

Items are never changed in place, so that copies share them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Self

from infra.testing.capacity import WRITE_BLOCK, index_write_units, item_size
from infra.testing.capacity import Item as AnyItem
from tests.simulation.store.errors import UnsupportedRequestError

Json = dict[str, Any]
Item = dict[str, dict[str, Any]]  # in DynamoDB's JSON, with bytes as Base64 text
Key = tuple[str, str]  # pk and sk

TABLE_KEYS, INDEX_KEYS = ("pk", "sk"), ("alarm_shard", "alarm_at")
INDEX: Json = {
    "IndexName": "alarms",
    "KeySchema": [
        {"AttributeName": "alarm_shard", "KeyType": "HASH"},
        {"AttributeName": "alarm_at", "KeyType": "RANGE"},
    ],
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}
KEY_TYPES = {"pk": "S", "sk": "S", "alarm_shard": "N", "alarm_at": "S"}


class StoredRow(NamedTuple):
    """An item and its size in bytes."""

    item: Item
    size: int


class RowChange(NamedTuple):
    """A row before and after a commit. None means that it did not exist."""

    key: Key
    before: Item | None
    after: Item | None


class Commit(NamedTuple):
    """One atomic write. The checks of a transaction change nothing and are not among the changes."""

    number: int
    changes: tuple[RowChange, ...]


class Write(NamedTuple):
    """What a write does to a row. A check leaves the row as it is."""

    key: Key
    before: StoredRow | None
    after: StoredRow | None

    @property
    def size(self) -> int:
        """The bytes of the row before or after the write, of which the larger one counts."""
        return max(self.before.size if self.before else 0, self.after.size if self.after else 0)

    @property
    def units(self) -> int:
        """The write units that the write uses in the table, outside of a transaction."""
        return max(1, -(-self.size // WRITE_BLOCK))

    @property
    def index_units(self) -> int:
        """The write units that the write uses in the index."""
        before, after = _indexed(self.before), _indexed(self.after)
        return index_write_units(INDEX, before, after) if before or after else 0

    @property
    def change(self) -> RowChange | None:
        """The change of the row, or None for a check and for the deletion of a row that does not exist."""
        if self.before is self.after:
            return None
        return RowChange(self.key, self.before.item if self.before else None, self.after.item if self.after else None)


class Table:
    """Rows by partition key and sort key."""

    def __init__(self) -> None:
        self.partitions: dict[str, dict[str, StoredRow]] = {}
        self._indexed: dict[Key, Item] = {}  # the items that have the sort key of the index

    def get(self, key: Key) -> StoredRow | None:
        """Return the row under a key, or None."""
        return self.partitions.get(key[0], {}).get(key[1])

    def apply(self, writes: Sequence[Write]) -> None:
        """Carry out some writes."""
        for (partition, sort), _, after in writes:
            if after and INDEX_KEYS[1] in after.item:
                self._indexed[partition, sort] = after.item
            else:
                self._indexed.pop((partition, sort), None)
            if after:
                self.partitions.setdefault(partition, {})[sort] = after
            elif rows := self.partitions.get(partition):
                rows.pop(sort, None)

    def rows_by_key(self) -> Iterator[tuple[Key, StoredRow]]:
        """Return all rows with their keys, in the order in which they were written first."""
        for partition, rows in self.partitions.items():
            for sort, row in rows.items():
                yield (partition, sort), row

    def indexed_items(self) -> list[Item]:
        """Return all items that have the sort key of the index."""
        return list(self._indexed.values())

    def copy(self) -> Self:
        """Return a table of its own with the same rows."""
        copied = type(self)()
        copied.partitions = {partition: dict(rows) for partition, rows in self.partitions.items()}
        copied._indexed = self._indexed.copy()
        return copied


def stored_row(item: Item) -> StoredRow:
    """Return the row of an item. Raises UnsupportedRequestError for a value or a key of a type that no row has."""
    check_values(item)
    for name, kind in KEY_TYPES.items():
        if name in item and kind not in item[name]:
            raise UnsupportedRequestError(f"a key {name} that is {item[name]}")
    return StoredRow(item, item_size(item))


def check_values(values: Mapping[str, Json]) -> None:
    """Raise UnsupportedRequestError if a value is not a text, a canonical integer, bytes or a boolean."""
    for value in values.values():
        [(kind, content)] = value.items()
        if kind == "N":
            if not content.isdecimal() or content.startswith("0"):
                _check_integer(content)
        elif kind not in ("S", "B", "BOOL"):
            raise UnsupportedRequestError(f"the type {kind}")


def _check_integer(text: str) -> None:
    digits = text.removeprefix("-")
    if text != "0" and (not digits.isdecimal() or digits.startswith("0")):
        raise UnsupportedRequestError(f"the number {text}")


def read_key(key: Json) -> Key:
    """Return a key in DynamoDB's JSON as a pair. Raises UnsupportedRequestError if it is no key of the table."""
    match key:
        case {"pk": {"S": str(partition)}, "sk": {"S": str(sort)}} if len(key) == len(TABLE_KEYS):
            return partition, sort
    raise UnsupportedRequestError(f"the key {key}")


def _indexed(row: StoredRow | None) -> AnyItem | None:
    """Return the item of a row if it is in the index."""
    return row.item if row and INDEX_KEYS[0] in row.item and INDEX_KEYS[1] in row.item else None
