"""What the service asks of DynamoDB, noted where botocore sends it: when, at what price, and what it overwrites."""

import copy
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import Any, Self

from chalicelib import config
from infra.testing import capacity
from infra.testing.capacity import Item, Json, Key, Units

Look = Callable[[Key], Item | None]  # what lies under a key in the store, past the client that is watched


@dataclass(frozen=True)
class Request:
    """One request: its operation, its units, when it began, in seconds, and what lay where it writes."""

    operation: str
    units: Units
    began: float
    before: dict[Key, Item | None]


def indexes_of(client: Any) -> list[Json]:
    """The indexes of the service's table, which every write may have to write too."""
    table: Json = client.describe_table(TableName=config.TABLE_NAME)["Table"]
    return list(table.get("GlobalSecondaryIndexes", ()))


class Meter:
    """Notes the requests of a botocore client, in the order in which they end."""

    def __init__(self, look: Look, indexes: Sequence[Json]) -> None:
        self.noted: list[Request] = []
        self._look, self._indexes = look, indexes

    @contextmanager
    def on(self, client: Any) -> Iterator[Self]:
        """Watches the client within the block."""
        hooks: dict[str, Callable[..., None]] = {"before-call.dynamodb": self._begin, "after-call.dynamodb": self._end}
        for event, hook in hooks.items():
            client.meta.events.register(event, hook)
        try:
            yield self
        finally:
            for event, hook in hooks.items():
                client.meta.events.unregister(event, hook)

    def _begin(self, model: Any, params: Json, context: Json, **_: Any) -> None:
        asked = json.loads(params["body"])
        before = {key: copy.deepcopy(self._look(key)) for key in capacity.written(model.name, asked)}
        context["metered"] = asked, before, time.perf_counter()

    def _end(self, model: Any, parsed: Json, context: Json, **_: Any) -> None:
        asked, before, began = context["metered"]
        after = {key: self._look(key) for key in before}
        units = capacity.units(model.name, asked, parsed, before, after, self._indexes)
        self.noted.append(Request(model.name, units, began, before))


def total(requests: Sequence[Request]) -> Units:
    """What they take together."""
    return reduce(Units.__add__, (one.units for one in requests), capacity.NONE)
