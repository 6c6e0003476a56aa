"""Make changes through the service in this process, and record them as the table's stream would deliver them."""

import copy
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bench import calls
from bench.emulator import get_row
from infra import store
from infra.change_stream import BATCH_SIZE
from infra.schedule import Context
from infra.stream_records import Record, StreamRecords
from infra.testing.capacity import NONE, Units, item_size

if TYPE_CHECKING:
    from infra.testing.meter import Request

T = TypeVar("T")
Json = dict[str, Any]

ITEMS, ACTIVITY = "/api/workspaces/{workspace_id}/items", "/api/activities/{activity_id}"
WORDS = "What it is about, in some words. " * 6  # activities have about 1 KB with them


@dataclass
class Recorded:
    """What recording some changes needs of DynamoDB, and the rows that it stored."""

    changes: int = 0
    runs: int = 0
    requests: int = 0
    units: Units = NONE
    stored_rows: int = 0
    stored_bytes: int = 0


class Service:
    """The service with one account, whose admin makes the changes."""

    def __init__(self, stream: StreamRecords) -> None:
        from app import app  # these read the environment, which the store decides
        from chalicelib.storage.connection import client
        from infra import operations
        from infra.testing.meter import indexes_of

        self._app, self._client, self._stream = app, client, stream
        self._indexes = indexes_of(client)
        created = operations.create_account(name="Acme", email="ada@acme.example", first_name="Ada", last_name="Ada")
        self.account, self.user = created["account"]["id"], created["user"]["id"]
        self.record_metered(self._take_batches())

    def send(self, event: Json) -> Json:
        """Handle an event, and return the response. Exits the program if it is an error."""
        response: Json = self._app(event, Context())
        if response["statusCode"] >= 400:
            sys.exit(f"{event['httpMethod']} {event['path']} returns {response['statusCode']}: {response['body']}")
        return response

    def call(self, method: str, resource: str, ids: Mapping[str, object] | None = None, body: Any = None) -> Any:
        """Call the service as the admin, and return the headers of the response."""
        event = calls.build_event(method, resource, account=self.account, user=self.user, ids=ids, body=body)
        return self.send(event)["headers"]

    def run(self, make: "Callable[[Objects], None]", objects: "Objects") -> list[list[Record]]:
        """Make changes, and return the batches in which the stream delivers them."""
        make(objects)
        return self._take_batches()

    def _take_batches(self) -> list[list[Record]]:
        """Return copies of all unread records, as those of a stream that began long ago.

        Changes of the first minute of a stream need less.
        """
        from infra.testing.stream_records import LONG_AGO

        unread = self._stream.list_unread()
        if unread:
            self._stream.mark_handled(unread)
        records = [copy.deepcopy(record) | {"eventSourceARN": LONG_AGO} for record in unread]
        return [records[start : start + BATCH_SIZE] for start in range(0, len(records), BATCH_SIZE)]

    def record_metered(self, batches: list[list[Record]]) -> Recorded:
        """Record changes, and return what that needs of DynamoDB."""
        _, requests = self.metered(lambda: _record(batches))
        rows = [get_row(key) for one in requests if one.operation == "PutItem" for key in one.before]
        entries = [row for row in rows if row and row["kind"]["S"] == "feed_entry"]
        return Recorded(
            changes=len(entries),
            runs=len(batches),
            requests=len(requests),
            units=sum((one.units for one in requests), NONE),
            stored_rows=len(rows),
            stored_bytes=sum(map(item_size, rows)),
        )

    def record_timed(self, batches: list[list[Record]]) -> float:
        """Record changes, and return the CPU time in milliseconds."""
        return self.timed(lambda: _record(batches))

    def metered(self, work: Callable[[], T]) -> "tuple[T, list[Request]]":
        """Do some work, and return its result and its requests to DynamoDB."""
        from infra.testing.meter import Meter

        meter = Meter(get_row, self._indexes)
        with meter.watch(self._client):
            return work(), meter.requests

    def timed(self, work: Callable[[], object]) -> float:
        """Do some work, and return its CPU time in milliseconds, without that of the store."""
        [store_thread] = [thread for thread in threading.enumerate() if thread.name == "store"]
        of_store = time.pthread_getcpuclockid(store_thread.ident or 0)
        start, start_of_store = time.process_time(), time.clock_gettime(of_store)
        work()
        return 1000 * (time.process_time() - start - time.clock_gettime(of_store) + start_of_store)


class Objects:
    """So many actions and items, which the functions below create, change and delete."""

    def __init__(self, service: Service, count: int) -> None:
        self.service, self.count = service, count
        self.actions: list[str] = []  # the last part of the address of each
        self.items: list[str] = []
        self.workspaces = [self._create_workspace(), self._create_workspace()]
        service.record_metered(service.run(lambda _: None, self))

    def _create_workspace(self) -> int:
        return int(last_part(self.service.call("POST", "/api/workspaces", body={"name": "Plans"})))


def last_part(headers: Mapping[str, str]) -> str:
    """Return the last part of the address of a new object."""
    return headers["Location"].rpartition("/")[2]


def create_actions(objects: Objects) -> None:
    """Create the actions."""
    for number in range(objects.count):
        objects.actions.append(last_part(objects.service.call("POST", calls.ACTIONS, body=calls.new_action(number))))


def update_actions(objects: Objects) -> None:
    """Change each action."""
    for action in objects.actions:
        objects.service.call("PATCH", calls.ACTION, {"action_id": action}, calls.CHANGED)


def delete_actions(objects: Objects) -> None:
    """Delete the actions."""
    for action in objects.actions:
        objects.service.call("DELETE", calls.ACTION, {"action_id": action})


def create_items(objects: Objects) -> None:
    """Create the items."""
    for number in range(objects.count):
        body = {"type": "Activity", "name": f"Item {number}", "description": WORDS}
        headers = objects.service.call("POST", ITEMS, {"workspace_id": objects.workspaces[0]}, body)
        objects.items.append(last_part(headers))


def update_items(objects: Objects) -> None:
    """Change each item."""
    for item in objects.items:
        objects.service.call("PATCH", ACTIVITY, {"activity_id": item}, {"name": "Another name"})


def move_items(objects: Objects) -> None:
    """Move each item to the other workspace."""
    for item in objects.items:
        body = {"workspace_id": objects.workspaces[1]}
        objects.service.call("PUT", f"{ACTIVITY}/move", {"activity_id": item}, body)


def delete_items(objects: Objects) -> None:
    """Delete the items."""
    for item in objects.items:
        objects.service.call("DELETE", ACTIVITY, {"activity_id": item})


# The kinds of change, in the order in which they can be made.
CHANGES: Mapping[str, Callable[[Objects], None]] = {
    "create an action": create_actions,
    "update an action": update_actions,
    "delete an action": delete_actions,
    "create an item": create_items,
    "update an item": update_items,
    "move an item": move_items,
    "delete an item": delete_items,
}


def _record(batches: list[list[Record]]) -> None:
    from chalicelib.routes.change_stream import record_changes

    for batch in batches:
        record_changes({"Records": batch}, Context())


@contextmanager
def serving(folder: Path) -> Iterator[Service]:
    """Yield the service on an embedded store, whose stream delivers what the function that records changes gets."""
    embedded = store.EmbeddedStore(folder, persistent=False)
    os.environ.update(embedded.environment)
    embedded.start()
    try:
        from chalicelib import config  # imported late, because it reads the environment
        from chalicelib.domain.changes.kinds import KINDS
        from chalicelib.storage import table

        table.create_table()
        table.set_stream(True)
        embedded.stream.follow(config.TABLE_NAME, KINDS)
        service = Service(embedded.stream)
        logging.getLogger("access").setLevel(logging.ERROR)  # a line for each request would hide the results
        yield service
    finally:
        embedded.stop()
