"""Reads of the table. They are strongly consistent, so that callers see their own writes at once."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from pynamodb.exceptions import TableDoesNotExist
from pynamodb.expressions.condition import Condition

from chalicelib import config
from chalicelib.storage.connection import ALARM_INDEX, TABLE, client, table_connection
from chalicelib.storage.failures import translate_errors
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Item, Key, Row
from chalicelib.storage.stored_text import StoredText

K = TypeVar("K", bound=Row)

LAST_SORT_KEY = "~"  # prefix + LAST_SORT_KEY sorts after all sort keys with that prefix
MAX_BATCH_KEYS = 100  # DynamoDB's limit for one BatchGetItem
ALARM_PAGE_SIZE = 250  # alarms in one Query


def get(kind: type[K], *ids: Any) -> K | None:
    """Return the row of a kind with these ids, or None."""
    partition, sort = kind.key(*ids)
    with translate_errors():
        item = table_connection.get_item(partition, sort, consistent_read=True).get("Item")
    return kind.from_raw_data(item) if item else None


def get_many(keys: Iterable[Key]) -> dict[Key, Row]:
    """Return the rows with these keys, of any kind. Keys without a row are missing from the result.

    Sends one request for each hundred keys.
    """
    missing = list(dict.fromkeys(keys))
    rows: dict[Key, Row] = {}
    while missing:
        batch, missing = missing[:MAX_BATCH_KEYS], missing[MAX_BATCH_KEYS:]
        with translate_errors():
            page = table_connection.batch_get_item(_batch_keys(batch), consistent_read=True)
        unprocessed = page.get("UnprocessedKeys", {}).get(config.TABLE_NAME, {}).get("Keys", ())
        missing += [_key_of(item) for item in unprocessed]
        rows |= {_key_of(item): Row.from_raw_data(item) for item in page["Responses"][config.TABLE_NAME]}
    return rows


def _batch_keys(keys: Iterable[Key]) -> list[Any]:
    return [{"pk": partition, "sk": sort} for partition, sort in keys]


def _key_of(item: Item) -> Key:
    return item["pk"]["S"], item["sk"]["S"]


def query(
    kind: type[K], partition: str, prefix: str, *, limit: int | None = None, backwards: bool = False
) -> Iterator[K]:
    """Return the rows whose sort key begins with the prefix, in the order of their sort keys.

    All rows with that prefix must be of the given kind. `limit` is the largest number of rows to return. `backwards`
    reverses the order.
    """
    items = _query(partition, Row.sk.startswith(prefix), limit=limit, scan_index_forward=not backwards)
    for item in islice(items, limit):
        yield kind.from_raw_data(item)


def query_raw(
    partition: str, first: str, last: str, after: str | None = None, limit: int | None = None
) -> Iterator[Item]:
    """Return the items from one sort key to another as DynamoDB sends them, without building rows.

    `after` continues behind that sort key. `limit` is the number of items that the caller will read at most, so that
    no more are fetched.
    """
    start = {"pk": {"S": partition}, "sk": {"S": after}} if after else None
    return _query(partition, Row.sk.between(first, last), exclusive_start_key=start, limit=limit)


def query_documents(
    partition: str, prefix: str, after: str | None = None, limit: int | None = None
) -> Iterator[tuple[str, StoredText]]:
    """Return sort key and stored text of all items whose sort key begins with the prefix.

    `after` and `limit` have the same meaning as for `query_raw`.
    """
    for item in query_raw(partition, prefix, prefix + LAST_SORT_KEY, after, limit):
        yield item["sk"]["S"], item["doc"]["S"]


def due_alarms(shard: int, until: str) -> Iterator[Key]:
    """Return the keys of the activities whose alarm is due at a time, the earliest alarm first.

    The index that answers this may lag behind the table for a moment.
    """
    is_due = Activity.alarm_at <= until
    pages = _query(str(shard), is_due, index_name=ALARM_INDEX, limit=ALARM_PAGE_SIZE, consistent_read=False)
    return (_key_of(item) for item in pages)


def _query(partition: str, condition: Condition, *, consistent_read: bool = True, **options: Any) -> Iterator[Item]:
    """Return the items of a Query, page by page. A page has at most 1 MB, or `limit` items."""
    start = options.pop("exclusive_start_key", None)
    while True:
        with translate_errors():
            page = table_connection.query(
                partition,
                range_key_condition=condition,
                consistent_read=consistent_read,
                exclusive_start_key=start,
                **options,
            )
        yield from page["Items"]
        start = page.get("LastEvaluatedKey")
        if not start:
            return


@translate_errors()
def create_table() -> bool:
    """Create the table of a local store, or the index that an older table lacks. Return whether one was created."""
    try:
        description = table_connection.describe_table()
    except TableDoesNotExist:
        table_connection.connection.dispatch("CreateTable", dict(TABLE))
        client.get_waiter("table_exists").wait(TableName=config.TABLE_NAME, WaiterConfig={"Delay": 1})
        return True
    if description.get("GlobalSecondaryIndexes"):
        return False
    [index] = TABLE["GlobalSecondaryIndexes"]
    update = {
        "TableName": config.TABLE_NAME,
        "AttributeDefinitions": TABLE["AttributeDefinitions"],
        "GlobalSecondaryIndexUpdates": [{"Create": index}],
    }
    table_connection.connection.dispatch("UpdateTable", update)
    return True
