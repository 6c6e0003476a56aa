"""Reading and counting. Reads are strongly consistent, so that what was just written is read."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pynamodb.exceptions import DoesNotExist

from chalicelib.storage.failures import translate_errors
from chalicelib.storage.models.base import AlarmIndex, Key, Row, connection

K = TypeVar("K", bound=Row)

LAST_SORT_KEY = "~"  # sorts behind everything that follows a prefix in a key
MAX_BATCH_KEYS = 100  # of one BatchGetItem
ALARM_PAGE_SIZE = 250  # alarms that are asked for at once


def get(kind: type[K], *ids: Any) -> K | None:
    """The item of that kind with these ids, or None."""
    with translate_errors():
        try:
            partition, sort = kind.key(*ids)
            return kind.get(partition, sort, consistent_read=True)
        except DoesNotExist:
            return None


def get_many(keys: Iterable[Key]) -> dict[Key, Row]:
    """The items under these keys, of whatever kind, in one request for each hundred. What is not there is left out."""
    wanted = list(dict.fromkeys(keys))
    found: dict[Key, Row] = {}
    while wanted:
        with translate_errors():
            named: list[Any] = [{"pk": pk, "sk": sk} for pk, sk in wanted[:MAX_BATCH_KEYS]]
            page = connection().batch_get_item(named, consistent_read=True)
        left = page.get("UnprocessedKeys", {}).get(Row.Meta.table_name, {}).get("Keys", ())
        wanted = wanted[MAX_BATCH_KEYS:] + [(key["pk"]["S"], key["sk"]["S"]) for key in left]
        items = (Row.from_raw_data(raw) for raw in page["Responses"][Row.Meta.table_name])
        found |= {(item.pk, item.sk): item for item in items}
    return found


def query(
    kind: type[K], partition: str, prefix: str, *, limit: int | None = None, backwards: bool = False
) -> Iterator[K]:
    """The items of that kind in a partition, in the order of their keys."""
    under = kind.sk.startswith(prefix)
    with translate_errors():
        yield from kind.query(partition, under, consistent_read=True, limit=limit, scan_index_forward=not backwards)


def query_raw(
    partition: str, first: str, last: str, after: str | None = None, reach: int | None = None
) -> Iterator[dict[str, dict[str, str]]]:
    """What lies between two sort keys, as DynamoDB answers it, without building objects.

    `after` begins behind that sort key; `reach` is how many the caller will read at most, so that no more is fetched.
    """
    resume = {"pk": {"S": partition}, "sk": {"S": after}} if after else None
    while True:
        with translate_errors():
            page = connection().query(
                partition,
                range_key_condition=Row.sk.between(first, last),
                consistent_read=True,
                exclusive_start_key=resume,
                limit=reach,
            )
        yield from page["Items"]
        resume = page.get("LastEvaluatedKey")
        if not resume:
            return


def query_documents(
    partition: str, prefix: str, after: str | None = None, reach: int | None = None
) -> Iterator[tuple[str, str]]:
    """Sort key and document text of what lies under a prefix; `after` and `reach` as for rows."""
    for row in query_raw(partition, prefix, prefix + LAST_SORT_KEY, after, reach):
        yield row["sk"]["S"], row["doc"]["S"]


def due_alarms(shard: int, until: str) -> Iterator[Key]:
    """Where there are alarms to be sent by then, the earliest first; the index may be a moment behind."""
    resume = None
    while True:
        with translate_errors():
            page = connection().query(
                str(shard),
                range_key_condition=AlarmIndex.alarm_at <= until,
                index_name=AlarmIndex.Meta.index_name,
                exclusive_start_key=resume,
                limit=ALARM_PAGE_SIZE,
            )
        yield from ((row["pk"]["S"], row["sk"]["S"]) for row in page["Items"])
        resume = page.get("LastEvaluatedKey")
        if not resume:
            return


@translate_errors()
def create_table() -> bool:
    """Makes the table of a local store, or the index that an older one lacks; answers whether it had to."""
    if not Row.exists():
        Row.create_table(wait=True)
        return True
    if connection().describe_table().get("GlobalSecondaryIndexes"):
        return False
    schema: Any = Row._get_schema()  # PynamoDB adds no index to a table that is there
    [index] = schema["global_secondary_indexes"]
    keys = sorted(index["key_schema"], key=lambda key: key["KeyType"])
    new = {"IndexName": index["index_name"], "KeySchema": keys, "Projection": index["projection"]}
    change = {
        "TableName": Row.Meta.table_name,
        "AttributeDefinitions": schema["attribute_definitions"],
        "GlobalSecondaryIndexUpdates": [{"Create": new}],
    }
    connection().connection.dispatch("UpdateTable", change)
    return True
