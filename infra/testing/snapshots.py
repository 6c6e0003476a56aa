"""Worlds that many tests begin with: made once by the real commands, and then put back as they were."""

import copy
from collections.abc import Callable
from typing import Any, TypeVar

from moto.dynamodb.models import dynamodb_backends

T = TypeVar("T")

ACCOUNT, REGION = "123456789012", "us-east-1"
_kept: dict[str, tuple[Any, Any]] = {}


def recalled(name: str, make: Callable[[], T]) -> T:
    """What `make` answers, with the table as it leaves it. moto takes a tenth of a second for an account."""
    backend = dynamodb_backends[ACCOUNT][REGION]
    if name in _kept:
        tables, answer = _kept[name]
        backend.tables = copy.deepcopy(tables)
        result: T = answer
        return result
    made = make()
    _kept[name] = copy.deepcopy(backend.tables), made
    return made
