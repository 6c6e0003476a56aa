"""Snapshots of moto's table, so that what many tests begin with is made once and put back for each of them."""

import copy
from collections.abc import Callable
from typing import Any, TypeVar

from moto.dynamodb.models import dynamodb_backends

T = TypeVar("T")

ACCOUNT, REGION = "123456789012", "us-east-1"
_snapshots: dict[str, tuple[Any, Any]] = {}


def build_or_restore(name: str, build: Callable[[], T]) -> T:
    """Return what `build` returns, and leave the table as `build` leaves it.

    `build` is called the first time. Later, the table of that time is put back, because moto takes a tenth of a
    second for an account.
    """
    backend = dynamodb_backends[ACCOUNT][REGION]
    if name in _snapshots:
        tables, answer = _snapshots[name]
        backend.tables = copy.deepcopy(tables)
        result: T = answer
        return result
    built = build()
    _snapshots[name] = copy.deepcopy(backend.tables), built
    return built
