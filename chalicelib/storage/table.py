"""Reads of the table. They are strongly consistent, so that callers see their own writes at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from pynamodb.exceptions import TableDoesNotExist
from pynamodb.expressions.condition import Condition

from chalicelib import config
from chalicelib.storage.connection import ALARM_INDEX, STREAM, TABLE, client, table_connection
from chalicelib.storage.failures import translate_errors
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Item, K, Key, Range, Ref, Row, StoredText
from chalicelib.storage.rows import Entry, Rows, StoredEntry

if TYPE_CHECKING:  # it imports this module, and only dry runs need it
    from chalicelib.storage.planned_rows import PlannedRows

E = TypeVar("E")

MAX_BATCH_KEYS = 100  # DynamoDB's limit for one BatchGetItem
ALARM_PAGE_SIZE = 250  # alarms in one Query

# The rows that the dry run of the present request has planned so far. Its reads see them. None outside of a dry run.
planned_rows: ContextVar["PlannedRows | None"] = ContextVar("planned_rows", default=None)


def get(ref: Ref[K]) -> K | None:
    """Return the row that a reference names, or None."""
    with translate_errors():
        item = table_connection.get_item(ref.pk, ref.sk, consistent_read=True).get("Item")
    if planned := planned_rows.get():
        item = planned.see(ref[:2], item)
    return ref.kind.from_raw_data(item) if item else None


def get_many(refs: Iterable[Ref[Row]]) -> Rows:
    """Return the rows that these references name, of any kind. References without a row are missing from the result.

    Sends one request for each hundred references.
    """
    keys = missing = list(dict.fromkeys(ref[:2] for ref in refs))
    items: dict[Key, Item] = {}
    while missing:
        batch, missing = missing[:MAX_BATCH_KEYS], missing[MAX_BATCH_KEYS:]
        with translate_errors():
            page = table_connection.batch_get_item(_batch_keys(batch), consistent_read=True)
        unprocessed = page.get("UnprocessedKeys", {}).get(config.TABLE_NAME, {}).get("Keys", ())
        missing += [_key_of(item) for item in unprocessed]
        items |= {_key_of(item): item for item in page["Responses"][config.TABLE_NAME]}
    if planned := planned_rows.get():
        items = planned.see_many(keys, items)
    return Rows({key: Row.from_raw_data(item) for key, item in items.items()})


def _batch_keys(keys: Iterable[Key]) -> list[Any]:
    return [{"pk": partition, "sk": sort} for partition, sort in keys]


def _key_of(item: Item) -> Key:
    return item["pk"]["S"], item["sk"]["S"]


def query(row_range: Range[K], *, limit: int | None = None, backwards: bool = False) -> Iterator[K]:
    """Return the rows of a range, in the order of their keys.

    `limit` is the largest number of rows to return. `backwards` reverses the order.
    """
    for item in islice(_query_range(row_range, limit=limit, scan_index_forward=not backwards), limit):
        yield row_range.kind.from_raw_data(item)


def find_first(row_range: Range[K]) -> K | None:
    """Return the row of a range with the lowest key, or None if there is no row."""
    return next(query(row_range, limit=1), None)


def find_last(row_range: Range[K]) -> K | None:
    """Return the row of a range with the highest key, or None if there is no row."""
    return next(query(row_range, limit=1, backwards=True), None)


def query_rows(row_range: Range[Row]) -> Rows:
    """Return the rows of a range with several kinds."""
    return Rows({_key_of(item): Row.from_raw_data(item) for item in _query_range(row_range)})


def query_texts(
    row_range: Range[Row], after: str | None = None, limit: int | None = None
) -> Iterator[StoredEntry[str]]:
    """Yield the document texts of a range, each with its position, without building rows.

    `after` continues behind that position. `limit` is the number of entries that the caller will read at most, so that
    no more are fetched. Reading the first one raises errors.WrongCursor if the range cannot have the position.
    """
    for item in _query_current(row_range, after, limit):
        yield Entry(item["sk"]["S"], StoredText(item["doc"]["S"]))


def query_entries(
    row_range: Range[Row], read_entry: Callable[[Item], E | None], after: str | None = None, limit: int | None = None
) -> Iterator[E]:
    """Yield what a function of the model reads from each item of a range, without building rows.

    Items are skipped for which it returns None. `after` and `limit` have the same meaning as for `query_texts`.
    """
    entries = map(read_entry, _query_current(row_range, after, limit))
    return (entry for entry in entries if entry is not None)


def query_entries_of_kinds(
    row_range: Range[Row], readers: Mapping[type[K], Callable[[Item], E | None]]
) -> Mapping[type[K], list[E]]:
    """Return what functions of the models read from the items of a range, by kind and in the order of the keys.

    Items of kinds without a function are skipped, and those for which it returns None. A kind without items has an
    empty list.
    """
    wanted = {Row.kind.get_discriminator(kind): (kind, read_entry) for kind, read_entry in readers.items()}
    found: dict[type[K], list[E]] = defaultdict(list)
    for item in _query_range(row_range):
        if item["kind"]["S"] in wanted:
            kind, read_entry = wanted[item["kind"]["S"]]
            entry = read_entry(kind.upgrade_item(item))
            if entry is not None:
                found[kind].append(entry)
    return found


def query_rows_of_kinds(row_range: Range[K], kinds: Iterable[type[K]]) -> list[K]:
    """Return the rows of some kinds in a range with several, in the order of the keys."""
    wanted = {Row.kind.get_discriminator(kind) for kind in kinds}
    items = _query_range(row_range)
    return [row_range.kind.from_raw_data(item) for item in items if item["kind"]["S"] in wanted]


def query_rows_and_texts(row_range: Range[Row], kind: type[Row]) -> tuple[Rows, list[StoredEntry[str]]]:
    """Return the rows of a range, and instead of the rows of one kind their document texts with their positions."""
    rows: dict[Key, Row] = {}
    entries: list[StoredEntry[str]] = []
    name = Row.kind.get_discriminator(kind)
    for item in _query_range(row_range):
        if item["kind"]["S"] == name:
            entries.append(Entry(item["sk"]["S"], StoredText(kind.upgrade_item(item)["doc"]["S"])))
        else:
            rows[_key_of(item)] = Row.from_raw_data(item)
    return Rows(rows), entries


def _query_current(row_range: Range[Row], after: str | None, limit: int | None) -> Iterator[Item]:
    """Return the items of a range of one kind, with documents of an older version upgraded."""
    return map(row_range.kind.upgrade_item, _query_range(row_range, after, limit=limit))


def _query_range(row_range: Range[Row], after: str | None = None, **options: Any) -> Iterator[Item]:
    if after is not None:
        row_range.require_position(after)
    planned, is_forward = planned_rows.get(), options.get("scan_index_forward", True)
    begin = planned.find_start(row_range, is_forward=is_forward) if planned and after is None else after
    start = None if begin is None else {"pk": {"S": row_range.pk}, "sk": {"S": begin}}
    condition = Row.sk.between(row_range.first, row_range.last)
    items = _query(row_range.pk, condition, exclusive_start_key=start, **options)
    return planned.see_range(row_range, items, after, is_forward=is_forward) if planned else items


def due_alarms(shard: int, until: str) -> Iterator[Ref[Activity]]:
    """Return references to the activities whose alarm is due at a time, the earliest alarm first.

    The index that answers this may lag behind the table for a moment.
    """
    is_due = Activity.alarm_at <= until
    pages = _query(str(shard), is_due, index_name=ALARM_INDEX, limit=ALARM_PAGE_SIZE, consistent_read=False)
    return (Ref(*_key_of(item), Activity) for item in pages)


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
    """Create the table of a local store. Return whether it was created; False means that it exists already."""
    try:
        table_connection.describe_table()
    except TableDoesNotExist:
        table_connection.connection.dispatch("CreateTable", dict(TABLE))
        client.get_waiter("table_exists").wait(TableName=config.TABLE_NAME, WaiterConfig={"Delay": 1})
        return True
    return False


@translate_errors()
def set_stream(is_enabled: bool) -> None:
    """Switch the stream of a local store's table on or off. A table of an earlier release has none yet."""
    table = client.describe_table(TableName=config.TABLE_NAME)["Table"]
    if table.get("StreamSpecification", {}).get("StreamEnabled", False) != is_enabled:
        wanted = STREAM if is_enabled else {"StreamEnabled": False}
        client.update_table(TableName=config.TABLE_NAME, StreamSpecification=wanted)
