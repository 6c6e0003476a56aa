"""Evaluate conditions as DynamoDB does, for a dry run, which sends none of them to the table."""

import base64
import operator
from collections.abc import Callable
from typing import Any

from pynamodb.expressions.condition import (
    And,
    Comparison,
    Condition,
    Exists,
    In,
    NotExists,
    Or,
)
from pynamodb.expressions.operand import Path

from chalicelib.storage.models.base import Item

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def holds(condition: Condition, item: Item | None) -> bool:
    """Return whether a condition holds for a row, or for None, which is no row.

    A comparison with an attribute that the row does not have does not hold. Raises NotImplementedError for a kind of
    condition that the service does not use.
    """
    match condition:
        case And():
            return all(holds(part, item) for part in condition.values)
        case Or():
            return any(holds(part, item) for part in condition.values)
        case Exists():
            return _read(condition.values[0], item) is not None
        case NotExists():
            return _read(condition.values[0], item) is None
        case In():
            value, *others = (_read(operand, item) for operand in condition.values)
            return value is not None and value in others
        case Comparison():
            return _compare(condition, item)
    raise NotImplementedError(f"The condition {condition!r} cannot be evaluated.")


def _compare(condition: Comparison, item: Item | None) -> bool:
    left, right = (_read(operand, item) for operand in condition.values)
    if left is None or right is None:
        return False
    if condition.operator in ("=", "<>"):
        return COMPARISONS[condition.operator](left, right)
    (left_type, left_value), (right_type, right_value) = left, right
    return left_type == right_type and COMPARISONS[condition.operator](left_value, right_value)


def _read(operand: Any, item: Item | None) -> tuple[str, Any] | None:
    """Return the type and the value of an operand, or None for an attribute that the row does not have."""
    if not isinstance(operand, Path):
        return _normalize(operand.value)
    [name] = operand.path
    typed = (item or {}).get(name)
    return None if typed is None else _normalize(typed)


def _normalize(typed: dict[str, Any]) -> tuple[str, Any]:
    """Return a typed value so that equal ones compare as equal: numbers as such, and bytes decoded."""
    [(kind, value)] = typed.items()
    if kind == "N":
        return kind, int(value)
    if kind == "B" and isinstance(value, str):
        return kind, base64.b64decode(value)
    return kind, value
