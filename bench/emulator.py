"""The embedded store, changed for measuring: no snapshots, direct access to its rows, and fast large partitions."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from infra import local_api, store
from infra.testing.capacity import Item, Json, Key, item_size

PAGE_BYTES = 1024 * 1024  # the limit of one Query
LAST_CHARACTER = "\U0010ffff"


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Yield the address of the API, with an empty table in the embedded store of this process."""
    # Snapshots of a large store would take most of the time.
    embedded = store.EmbeddedStore(folder, persistent=False)
    os.environ.update(embedded.environment | embedded.mail_environment)
    server = local_api.listen(0)
    embedded.start()
    thread = threading.Thread(target=server.server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server.server_address[1]}"
    try:
        _prepare(url)
        with _fast_queries():
            yield url
    finally:
        server.shutdown()
        server.server.server_close()
        embedded.stop()


def _prepare(url: str) -> None:
    """Create the table, and let mails be sent with links to this address."""
    from chalicelib import config  # imported late, because it reads the environment
    from chalicelib.mail import sending
    from chalicelib.storage import table

    config.PUBLIC_URL = url
    table.create_table()
    sending.verify_sender()


def get_row(key: Key) -> Item | None:
    """Return the row under a key."""
    row: Item | None = _table()["items"].get(key[0], {}).get(key[1])
    return row


def put_row(key: Key, row: Item) -> None:
    """Store a row under its key, past the API."""
    _dynamodb()._set_item(_table(), *key, row)


def delete_row(key: Key) -> None:
    """Delete the row under a key, past the API."""
    _dynamodb()._remove_item(_table(), *key)


def _dynamodb() -> Any:
    from ministack.services import dynamodb  # imported late, because it reads the environment

    return dynamodb


@cache
def _table() -> Json:
    [[_, table]] = _dynamodb()._tables.all_items()
    only: Json = table
    return only


@contextmanager
def _fast_queries() -> Iterator[None]:
    """Show a Query only the rows that it may return. ministack reads the whole partition, at 65 microseconds a row."""
    module = _dynamodb()
    original_query, tables = module._query, module._tables

    def query(request: Json) -> Any:
        if "IndexName" in request:
            return original_query(request)
        partition = request["ExpressionAttributeValues"][":0"]["S"]
        rows = page(_table()["items"].get(partition, {}), request)
        module._tables = {request["TableName"]: {**_table(), "items": {partition: rows}}}
        try:
            return original_query(request)
        finally:
            module._tables = tables

    module._query = query
    try:
        yield
    finally:
        module._query = original_query


def page(rows: Mapping[str, Item], request: Json) -> dict[str, Item]:
    """Return the rows of a partition that the page of a Query may hold, and one more if there is another page."""
    low, high = _sort_key_range(request)
    forward = request.get("ScanIndexForward", True)
    keys = sorted((key for key in rows if low <= key <= high), reverse=not forward)
    after = request.get("ExclusiveStartKey", {}).get("sk", {}).get("S")
    if after:
        keys = [key for key in keys if (key > after if forward else key < after)]
    result: dict[str, Item] = {}
    size = 0
    for key in keys:
        result[key] = rows[key]
        size += item_size(rows[key])
        if size > PAGE_BYTES:  # this row is beyond the page, so that the emulator announces a next one
            break
    return result


def _sort_key_range(request: Json) -> tuple[str, str]:
    """Return the first and the last sort key of a Query that PynamoDB has made."""
    condition, values = request["KeyConditionExpression"], request["ExpressionAttributeValues"]
    if "BETWEEN" in condition:
        return values[":1"]["S"], values[":2"]["S"]
    if "begins_with" in condition:
        return values[":1"]["S"], values[":1"]["S"] + LAST_CHARACTER
    return "", LAST_CHARACTER
