"""Write and delete rows past the API, in batches and without conditions."""

from collections.abc import Iterable, Sequence
from itertools import islice

from chalicelib.storage.connection import table_connection
from chalicelib.storage.models.base import Key, Row

BATCH_SIZE = 25  # DynamoDB's limit for one BatchWriteItem


def store_rows(rows: Iterable[Row]) -> None:
    """Store rows in their next version, which is 1 for new rows."""
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH_SIZE)):
        _write(put_items=[row.next_item() for row in batch])


def delete_rows(keys: Iterable[Key]) -> None:
    """Delete the rows with these keys."""
    remaining = iter(keys)
    while batch := list(islice(remaining, BATCH_SIZE)):
        _write(delete_items=[{"pk": partition, "sk": sort} for partition, sort in batch])


def _write(**items: Sequence[object]) -> None:
    response = table_connection.batch_write_item(**items)
    assert not response.get("UnprocessedItems"), "The store has not written all rows."
