"""What a request takes from DynamoDB, counted where botocore sends it, so that no request escapes."""

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
    """What one request took from DynamoDB: requests, read and write units, milliseconds."""

    calls: int = 0
    read_units: float = 0
    write_units: float = 0
    milliseconds: float = 0


_LOCK = threading.Lock()
_cost: ContextVar[Cost | None] = ContextVar("cost", default=None)


@contextmanager
def measure() -> Iterator[Cost]:
    """Counts what the block takes from DynamoDB."""
    taken = Cost()
    token = _cost.set(taken)
    try:
        yield taken
    finally:
        _cost.reset(token)


def watch(client: Any) -> None:
    """Counts everything that this botocore client sends."""
    client.meta.events.register_first("before-call.dynamodb", _begin)
    client.meta.events.register("after-call.dynamodb", _count)


def _begin(context: dict[str, Any], **_: Any) -> None:
    context["began"] = clock.stopwatch()


def _count(parsed: dict[str, Any], context: dict[str, Any], model: Any, **_: Any) -> None:
    cost = _cost.get()
    if cost is None:
        return
    with _LOCK:  # two requests may be under way at once
        _add(cost, parsed, context, model)


def _add(cost: Cost, parsed: dict[str, Any], context: dict[str, Any], model: Any) -> None:
    cost.calls += 1 + int(parsed["ResponseMetadata"].get("RetryAttempts", 0))
    cost.milliseconds += (clock.stopwatch() - context["began"]) * 1000
    consumed = parsed.get("ConsumedCapacity") or []
    units = sum(part["CapacityUnits"] for part in (consumed if isinstance(consumed, list) else [consumed]))
    if model.name in READS:
        cost.read_units += units
    else:
        cost.write_units += units
