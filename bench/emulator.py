"""The embedded store, changed for measuring: no snapshots, and direct access to its rows."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from infra import local_api, store
from infra.testing.capacity import Item, Json, Key


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
