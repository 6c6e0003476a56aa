"""Record the requests that a botocore client sends to DynamoDB, with their units and the items that they overwrite."""

import copy
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import Any, Self

from chalicelib import config
from infra.testing import capacity
from infra.testing.capacity import Item, Json, Key, Units

GetRow = Callable[[Key], Item | None]  # reads from the store without the client that is watched


@dataclass(frozen=True)
class Request:
    """A request: its operation, its units, its start in seconds, and the items under the keys that it wrote."""

    operation: str
    units: Units
    started: float
    before: dict[Key, Item | None]


def indexes_of(client: Any) -> list[Json]:
    """Return the indexes of the service's table. A write may have to write them too."""
    table: Json = client.describe_table(TableName=config.TABLE_NAME)["Table"]
    return list(table.get("GlobalSecondaryIndexes", ()))


class Meter:
    """Records the requests of a botocore client, in the order in which they end.

    With `thread`, only those of this thread are recorded.
    """

    def __init__(self, get_row: GetRow, indexes: Sequence[Json], thread: threading.Thread | None = None) -> None:
        self.requests: list[Request] = []
        self._get_row, self._indexes, self._thread = get_row, indexes, thread

    @contextmanager
    def watch(self, client: Any) -> Iterator[Self]:
        """Record the requests of the client within the block."""
        hooks: dict[str, Callable[..., None]] = {"before-call.dynamodb": self._begin, "after-call.dynamodb": self._end}
        for event, hook in hooks.items():
            client.meta.events.register(event, hook)
        try:
            yield self
        finally:
            for event, hook in hooks.items():
                client.meta.events.unregister(event, hook)

    def _begin(self, model: Any, params: Json, context: Json, **_: Any) -> None:
        if self._thread not in (None, threading.current_thread()):
            return
        request = json.loads(params["body"])
        before = {key: copy.deepcopy(self._get_row(key)) for key in capacity.written_keys(model.name, request)}
        context["metered"] = request, before, time.perf_counter()

    def _end(self, model: Any, parsed: Json, context: Json, **_: Any) -> None:
        if "metered" not in context:
            return
        request, before, started = context["metered"]
        after = {key: self._get_row(key) for key in before}
        units = capacity.request_units(model.name, request, parsed, before, after, self._indexes)
        self.requests.append(Request(model.name, units, started, before))


def total_units(requests: Sequence[Request]) -> Units:
    """Return the units that some requests use together."""
    return reduce(Units.__add__, (one.units for one in requests), capacity.NONE)
