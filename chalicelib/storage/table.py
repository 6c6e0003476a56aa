"""Reading and counting. Reads are strongly consistent, so that what was just written is read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import copy_context
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from pynamodb.exceptions import DoesNotExist

from chalicelib import errors
from chalicelib.storage.faults import translated
from chalicelib.storage.item import Alarms, Item, Key, connection
from chalicelib.storage.models import Counter

A = TypeVar("A")
B = TypeVar("B")
K = TypeVar("K", bound=Item)

LAST = "~"  # sorts behind everything that follows a prefix in a key
MOST_KEYS = 100  # of one BatchGetItem
AT_ONCE = 8  # requests under way side by side
PAGE = 250  # alarms that are asked for at once


def get(kind: type[K], *ids: Any) -> K | None:
    """The item of that kind with these ids, or None."""
    with translated():
        try:
            partition, sort = kind.key(*ids)
            return kind.get(partition, sort, consistent_read=True)
        except DoesNotExist:
            return None


def get_many(keys: Iterable[Key]) -> dict[Key, Item]:
    """The items under these keys, of whatever kind, in one request for each hundred. What is not there is left out."""
    wanted = list(dict.fromkeys(keys))
    found: dict[Key, Item] = {}
    while wanted:
        with translated():
            named: list[Any] = [{"pk": pk, "sk": sk} for pk, sk in wanted[:MOST_KEYS]]
            page = connection().batch_get_item(named, consistent_read=True)
        left = page.get("UnprocessedKeys", {}).get(Item.Meta.table_name, {}).get("Keys", ())
        wanted = wanted[MOST_KEYS:] + [(key["pk"]["S"], key["sk"]["S"]) for key in left]
        items = (Item.from_raw_data(raw) for raw in page["Responses"][Item.Meta.table_name])
        found |= {(item.pk, item.sk): item for item in items}
    return found


def having(
    kind: type[K], partition: str, prefix: str, *, limit: int | None = None, backwards: bool = False
) -> Iterator[K]:
    """The items of that kind in a partition, in the order of their keys."""
    under = kind.sk.startswith(prefix)
    with translated():
        yield from kind.query(partition, under, consistent_read=True, limit=limit, scan_index_forward=not backwards)


def rows(
    partition: str, first: str, last: str, after: str | None = None, reach: int | None = None
) -> Iterator[dict[str, dict[str, str]]]:
    """What lies between two sort keys, as DynamoDB answers it, without building objects.

    `after` begins behind that sort key; `reach` is how many the caller will read at most, so that no more is fetched.
    """
    resume = {"pk": {"S": partition}, "sk": {"S": after}} if after else None
    while True:
        with translated():
            page = connection().query(
                partition,
                range_key_condition=Item.sk.between(first, last),
                consistent_read=True,
                exclusive_start_key=resume,
                limit=reach,
            )
        yield from page["Items"]
        resume = page.get("LastEvaluatedKey")
        if not resume:
            return


def texts(partition: str, prefix: str, after: str | None = None, reach: int | None = None) -> Iterator[tuple[str, str]]:
    """Sort key and document text of what lies under a prefix; `after` and `reach` as for rows."""
    for row in rows(partition, prefix, prefix + LAST, after, reach):
        yield row["sk"]["S"], row["doc"]["S"]


def side_by_side(calls: Sequence[Callable[[], A]]) -> list[A]:
    """What requests answer that need not wait for one another, so many at once."""
    from concurrent.futures import ThreadPoolExecutor  # few requests need it, and every cold start would pay

    if not calls:
        return []
    with ThreadPoolExecutor(min(len(calls), AT_ONCE)) as pool:
        contexts = [copy_context() for _ in calls]  # in which their cost is counted
        return [*pool.map(lambda context, call: context.run(call), contexts, calls)]


def alarms(shard: int, until: str) -> Iterator[Key]:
    """Where there are alarms to be sent by then, the earliest first; the index may be a moment behind."""
    resume = None
    while True:
        with translated():
            page = connection().query(
                str(shard),
                range_key_condition=Alarms.alarm_at <= until,
                index_name=Alarms.Meta.index_name,
                exclusive_start_key=resume,
                limit=PAGE,
            )
        yield from ((row["pk"]["S"], row["sk"]["S"]) for row in page["Items"])
        resume = page.get("LastEvaluatedKey")
        if not resume:
            return


def together(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """What two requests answer, side by side, each of its own type."""
    both: list[Any] = side_by_side([first, second])
    return both[0], both[1]


def begun(lists: Sequence[Iterator[A]]) -> list[Iterator[A]]:
    """The same lists, the first request of each already answered, side by side."""
    firsts = side_by_side([partial(next, one, None) for one in lists])
    return [rest if first is None else chain([first], rest) for first, rest in zip(firsts, lists, strict=True)]


def count_up(account: int | None, name: str, by: int = 1) -> int:
    """Counts an account's counter up, atomically; answers where it stands then."""
    counter = Counter.at(account, name)
    with translated():
        counter.update([Counter.last.add(by), Counter.kind.set(Counter)], add_version_condition=False)
    return counter.last


def new_ids(account: int, count: int) -> range:
    """So many ids in a row that nothing in the account has yet; actions are counted by themselves."""
    last = count_up(account, "ids", by=count)
    return range(last - count + 1, last + 1)


def count_from(account: int | None, name: str, least: int) -> None:
    """Makes sure that a counter has come as far as `least`."""
    behind = Counter.last.does_not_exist() | (Counter.last < least)
    try:
        with translated():
            counter = Counter.at(account, name)
            counter.update([Counter.last.set(least), Counter.kind.set(Counter)], behind, add_version_condition=False)
    except errors.Stale:
        return  # it is further already


@translated()
def create_table() -> bool:
    """Makes the table of a local store, or the index that an older one lacks; answers whether it had to."""
    if not Item.exists():
        Item.create_table(wait=True)
        return True
    if connection().describe_table().get("GlobalSecondaryIndexes"):
        return False
    schema: Any = Item._get_schema()  # PynamoDB adds no index to a table that is there
    [index] = schema["global_secondary_indexes"]
    keys = sorted(index["key_schema"], key=lambda key: key["KeyType"])
    new = {"IndexName": index["index_name"], "KeySchema": keys, "Projection": index["projection"]}
    change = {
        "TableName": Item.Meta.table_name,
        "AttributeDefinitions": schema["attribute_definitions"],
        "GlobalSecondaryIndexUpdates": [{"Create": new}],
    }
    connection().connection.dispatch("UpdateTable", change)
    return True
