"""GetItem, BatchGetItem and Query."""

from collections.abc import Callable, Iterable, Sequence
from operator import gt, lt
from typing import Any, NamedTuple

from infra.testing.capacity import item_size, read_units
from tests.simulation.store.errors import VALIDATION, StoreError, UnsupportedRequestError
from tests.simulation.store.expressions import KeyCondition, parse_key_condition
from tests.simulation.store.requests import check_parameters, check_placeholders
from tests.simulation.store.table import INDEX, INDEX_KEYS, TABLE_KEYS, Item, Json, StoredRow, Table, read_key

MAX_PAGE_BYTES, MAX_BATCH_BYTES = 1024 * 1024, 16 * 1024 * 1024
EXPRESSION = ("ExpressionAttributeNames", "ExpressionAttributeValues", "KeyConditionExpression")
GET = frozenset({"TableName", "Key", "ConsistentRead", "ReturnConsumedCapacity"})
BATCH_GET, BATCH_ENTRY = frozenset({"RequestItems", "ReturnConsumedCapacity"}), frozenset({"Keys", "ConsistentRead"})
QUERY = frozenset({"TableName", *EXPRESSION, "ConsistentRead", "ReturnConsumedCapacity"})
QUERY_OPTIONS = frozenset({"ExclusiveStartKey", "IndexName", "Limit", "ScanIndexForward"})
BOUNDS = (
    "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower"
    " bound; lower bound operand: AttributeValue: {{S:{}}}, upper bound operand: AttributeValue: {{S:{}}}"
)


class Found(NamedTuple):
    """What a read found: the body of the response and the read units."""

    response: Json
    units: float


class _Range(NamedTuple):
    """The partition and the sort keys of a query. `first` is None if the range has no lower end."""

    partition: Any
    first: str | None
    last: str

    def contains(self, sort: str) -> bool:
        return sort <= self.last and (self.first is None or self.first <= sort)


def get_item(table: Table, request: Json) -> Found:
    """Carry out GetItem."""
    check_parameters(request, GET)
    _require_consistent(request)
    row = table.get(read_key(request["Key"]))
    return Found({"Item": row.item} if row else {}, read_units(row.size if row else 0, consistent=True))


def batch_get_items(table: Table, request: Json) -> Found:
    """Carry out BatchGetItem. Keys behind the first 16 MB stay unprocessed."""
    check_parameters(request, BATCH_GET)
    [(name, entry)] = request["RequestItems"].items()
    check_parameters(entry, BATCH_ENTRY)
    _require_consistent(entry)
    keys = entry["Keys"]
    if len({read_key(key) for key in keys}) < len(keys):
        raise StoreError(VALIDATION, "Provided list of item keys contains duplicates")
    rows = [table.get(read_key(key)) for key in keys]
    count = _fitting(((row.size if row else 0) for row in rows), MAX_BATCH_BYTES)
    units = sum(read_units(row.size if row else 0, consistent=True) for row in rows[:count])
    unprocessed = {name: entry | {"Keys": keys[count:]}} if count < len(keys) else {}
    items = [row.item for row in rows[:count] if row]
    return Found({"Responses": {name: items}, "UnprocessedKeys": unprocessed}, units)


def query(table: Table, request: Json) -> Found:
    """Carry out a Query of the table."""
    check_parameters(request, QUERY, QUERY_OPTIONS - {"IndexName"})
    _require_consistent(request)
    wanted = _read_range(request, TABLE_KEYS, "S")
    rows = table.partitions.get(wanted.partition, {})
    sorts = [sort for sort in rows if wanted.first is not None and wanted.first <= sort <= wanted.last]
    if "ExclusiveStartKey" in request:
        partition, start = read_key(request["ExclusiveStartKey"])
        if partition != wanted.partition or not wanted.contains(start):
            raise UnsupportedRequestError(f"the start key {partition} / {start} of another range")
        is_behind = _direction(request)
        sorts = [sort for sort in sorts if is_behind(sort, start)]
    sorts.sort(reverse=_is_backwards(request))
    return _page([rows[sort] for sort in sorts], request, TABLE_KEYS, consistent=True)


def query_index(rows: Iterable[Item], request: Json) -> Found:
    """Carry out a Query of the index. `rows` are all items that may be in the index, as the index sees them.

    DynamoDB promises no order of entries with the same sort key. Here the key of the table decides.
    """
    check_parameters(request, QUERY - {"ConsistentRead"}, QUERY_OPTIONS)
    if request["IndexName"] != INDEX["IndexName"]:
        raise UnsupportedRequestError(f"the index {request['IndexName']}")
    wanted = _read_range(request, INDEX_KEYS, "N")
    entries = {_position(row): row for row in rows if _is_in_index(row, wanted)}
    positions = sorted(entries, reverse=_is_backwards(request))
    if "ExclusiveStartKey" in request:
        start, is_behind = _position(request["ExclusiveStartKey"]), _direction(request)
        positions = [position for position in positions if is_behind(position, start)]
    names = (*TABLE_KEYS, *INDEX_KEYS)
    found = [{name: entries[position][name] for name in names} for position in positions]
    return _page([StoredRow(entry, item_size(entry)) for entry in found], request, names, consistent=False)


def _is_in_index(row: Item, wanted: _Range) -> bool:
    shard, sort = (row.get(name) for name in INDEX_KEYS)
    return shard is not None and sort is not None and shard["N"] == wanted.partition and wanted.contains(sort["S"])


def _position(entry: Item) -> tuple[str, str, str]:
    return entry["alarm_at"]["S"], entry["pk"]["S"], entry["sk"]["S"]


def _is_backwards(request: Json) -> bool:
    return request.get("ScanIndexForward") is False


def _direction(request: Json) -> Callable[[Any, Any], bool]:
    """Return the function that compares a position with the start of the page."""
    return lt if _is_backwards(request) else gt


def _read_range(request: Json, keys: Sequence[str], kind: str) -> _Range:
    """Return the range that a query asks for. `kind` is the type of the partition key."""
    text = request["KeyConditionExpression"]
    names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
    check_placeholders(request, text)
    condition: KeyCondition = parse_key_condition(text)
    if (names[condition.partition_name], names[condition.sort_name]) != tuple(keys):
        raise UnsupportedRequestError(f"the names {names} in a key condition")
    first = values[condition.first]["S"] if condition.first else None
    last = values[condition.last]["S"]
    if first is not None and first > last:
        raise StoreError(VALIDATION, BOUNDS.format(first, last))
    return _Range(values[condition.partition][kind], first, last)


def _page(rows: Sequence[StoredRow], request: Json, key_names: Sequence[str], *, consistent: bool) -> Found:
    """Return the first page of some rows. It has at most `Limit` rows and 1 MB.

    If the limit ends a page, DynamoDB does not look whether there is more, and says where to continue in any case.
    """
    limit = request.get("Limit", len(rows) + 1)
    count = min(_fitting((row.size for row in rows[:limit]), MAX_PAGE_BYTES), limit)
    page = rows[:count]
    response: Json = {"Items": [row.item for row in page], "Count": count, "ScannedCount": count}
    if count < len(rows) or count == limit:
        response["LastEvaluatedKey"] = {name: page[-1].item[name] for name in key_names}
    return Found(response, read_units(sum(row.size for row in page), consistent=consistent))


def _fitting(sizes: Iterable[int], most: int) -> int:
    """Return how many of the first of some things fit into a number of bytes."""
    total = count = 0
    for size in sizes:
        total += size
        if total > most:
            return count
        count += 1
    return count


def _require_consistent(request: Json) -> None:
    if request.get("ConsistentRead") is not True:
        raise UnsupportedRequestError("reads of the table that are not consistent")
