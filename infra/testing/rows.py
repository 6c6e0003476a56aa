"""Write and delete rows past the API, in batches and without conditions."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from chalicelib.storage.connection import table_connection
from chalicelib.storage.models.base import Ref, Row

BATCH_SIZE = 25  # DynamoDB's limit for one BatchWriteItem


def store_rows(rows: Iterable[Row]) -> None:
    """Store rows in their next version, which is 1 for new rows."""
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH_SIZE)):
        _check(table_connection.batch_write_item(put_items=[row.next_item() for row in batch]))


def delete_rows(refs: Iterable[Ref[Row]]) -> None:
    """Delete the rows that these references name."""
    remaining = iter(refs)
    while batch := list(islice(remaining, BATCH_SIZE)):
        keys_of_batch = [{"pk": ref.pk, "sk": ref.sk} for ref in batch]
        _check(table_connection.batch_write_item(delete_items=keys_of_batch))


def _check(response: dict[str, Any]) -> None:
    assert not response.get("UnprocessedItems"), "The store has not written all rows."
