"""Count the DynamoDB requests and capacity units of a block of code.

The counting uses botocore's events, so that it includes every request.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from chalicelib import clock

READS = ("GetItem", "Query", "BatchGetItem", "TransactGetItems")


@dataclass()
class Cost:
    """The DynamoDB requests of a block, their capacity units, and their total time in milliseconds."""

    calls: int = 0
    read_units: float = 0
    write_units: float = 0
    milliseconds: float = 0


_LOCK = threading.Lock()
_cost: ContextVar[Cost | None] = ContextVar("cost", default=None)


@contextmanager
def measure() -> Iterator[Cost]:
    """Count the requests of the block, including those that it sends in parallel."""
    cost = Cost()
    token = _cost.set(cost)
    try:
        yield cost
    finally:
        _cost.reset(token)


def watch(client: Any) -> None:
    """Count all requests of a botocore client from now on."""
    client.meta.events.register_first("before-call.dynamodb", _start_stopwatch)
    client.meta.events.register("after-call.dynamodb", _count)


def _start_stopwatch(context: dict[str, Any], **_: Any) -> None:
    context["began"] = clock.stopwatch()


def _count(parsed: dict[str, Any], context: dict[str, Any], model: Any, **_: Any) -> None:
    cost = _cost.get()
    if cost is None:
        return
    with _LOCK:  # parallel requests share one Cost
        _add(cost, parsed, context, model)


def _add(cost: Cost, parsed: dict[str, Any], context: dict[str, Any], model: Any) -> None:
    cost.calls += 1 + int(parsed["ResponseMetadata"].get("RetryAttempts", 0))
    cost.milliseconds += (clock.stopwatch() - context["began"]) * 1000
    consumed = parsed.get("ConsumedCapacity") or []  # a list if the operation may concern several tables
    tables = consumed if isinstance(consumed, list) else [consumed]
    units = sum(table["CapacityUnits"] for table in tables)
    if model.name in READS:
        cost.read_units += units
    else:
        cost.write_units += units
