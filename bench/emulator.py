"""The embedded store made fit for measuring: no snapshots, its rows at hand, and quick where a partition is large."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from infra import serve, store
from infra.testing.capacity import Item, Json, Key, size

PAGE = 1024 * 1024  # bytes that one Query reads at most
LAST = "\U0010ffff"


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address at which the API answers, over an empty table of the embedded store in this process."""
    # Snapshots of a large store would take most of the time.
    embedded = store.EmbeddedStore(folder, persistent=False)
    os.environ.update(embedded.environment | embedded.mail_environment)
    server = serve.listen(0)
    embedded.start()
    thread = threading.Thread(target=server.server.serve_forever)
    thread.start()
    try:
        _prepare()
        with _narrowing():
            yield f"http://127.0.0.1:{server.server.server_address[1]}"
    finally:
        server.shutdown()
        server.server.server_close()
        embedded.stop()


def _prepare() -> None:
    from chalicelib.mail import sending  # reads the environment as it is imported
    from chalicelib.storage import table

    table.create_table()
    sending.verify_sender()


def look(key: Key) -> Item | None:
    """What lies under a key."""
    found: Item | None = _table()["items"].get(key[0], {}).get(key[1])
    return found


def lay(key: Key, item: Item | None) -> None:
    """Puts an item under its key, past the API; None removes what lies there."""
    if item is None:
        _dynamodb()._remove_item(_table(), *key)
    else:
        _dynamodb()._set_item(_table(), *key, item)


def _dynamodb() -> Any:
    from ministack.services import dynamodb  # reads the environment as it is imported

    return dynamodb


@cache
def _table() -> Json:
    [[_, table]] = _dynamodb()._tables.all_items()
    found: Json = table
    return found


@contextmanager
def _narrowing() -> Iterator[None]:
    """Lets a Query look at what it may answer. ministack looks at the whole partition, 65 microseconds a row."""
    module = _dynamodb()
    ask, tables = module._query, module._tables

    def narrowed(asked: Json) -> Any:
        if "IndexName" in asked:
            return ask(asked)
        partition = asked["ExpressionAttributeValues"][":0"]["S"]
        found = page(_table()["items"].get(partition, {}), asked)
        module._tables = {asked["TableName"]: {**_table(), "items": {partition: found}}}
        try:
            return ask(asked)
        finally:
            module._tables = tables

    module._query = narrowed
    try:
        yield
    finally:
        module._query = ask


def page(rows: Mapping[str, Item], asked: Json) -> dict[str, Item]:
    """At least one page of a partition: what lies between the sort keys that are asked for, behind the last page."""
    low, high = _bounds(asked)
    forward = asked.get("ScanIndexForward", True)
    keys = sorted((key for key in rows if low <= key <= high), reverse=not forward)
    after = asked.get("ExclusiveStartKey", {}).get("sk", {}).get("S")
    if after:
        keys = [key for key in keys if (key > after if forward else key < after)]
    found: dict[str, Item] = {}
    weight = 0
    for key in keys:
        found[key] = rows[key]
        weight += size(rows[key])
        if weight > PAGE:  # so there is more than one page, and the emulator says so
            break
    return found


def _bounds(asked: Json) -> tuple[str, str]:
    """The first and last sort key that a Query of PynamoDB's may answer."""
    condition, values = asked["KeyConditionExpression"], asked["ExpressionAttributeValues"]
    if "BETWEEN" in condition:
        return values[":1"]["S"], values[":2"]["S"]
    if "begins_with" in condition:
        return values[":1"]["S"], values[":1"]["S"] + LAST
    return "", LAST
