"""Faster replacements for the parts of moto that take most of its time. They change none of its answers but one.

moto refuses items from 405,000 bytes on, and sums up all attributes whenever one of them is set. Here the limit of an
update is exact. tests/support/dynamodb_limits.py checks the items in requests.
"""

import copy
import sys
from collections import deque
from collections.abc import Callable
from functools import cache
from typing import Any

from moto.core import responses
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.serialize import ResponseSerializer
from moto.core.utils import method_names_from_class
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.exceptions import ItemSizeToUpdateTooLarge
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table

from infra.testing.capacity import item_size
from tests.support.dynamodb_limits import MAX_ITEM_BYTES
from tests.support.moto_requests import shortened

serialize_structure: Callable[..., Any] = ResponseSerializer._serialize_type_structure
cast: Callable[[DynamoType], Any] = DynamoType.cast_value.fget  # type: ignore[attr-defined]
update_item: Callable[..., Any] = DynamoDBBackend.update_item
lex: Callable[[ConditionExpressionParser], deque[Any]] = ConditionExpressionParser._lex_condition_expression


def install() -> None:
    """Replace these parts of moto for the rest of the process."""
    exchanged: list[tuple[Any, str, Any]] = [
        (DynamoDBBackend, "update_item", _update_copy),
        (Item, "__deepcopy__", _copied),
        (Item, "instances_tracked", deque(maxlen=0)),  # moto would keep every copy of an item
        (Table, "instances_tracked", deque(maxlen=0)),
        (ConditionExpressionParser, "_lex_condition_expression", _lex),
        (DynamoType, "cast_value", property(_cast)),
        (LimitedSizeDict, "__setitem__", dict.__setitem__),
        (ResponseSerializer, "_serialize_type_structure", _serialize_structure),
        (responses, "method_names_from_class", cache(method_names_from_class)),
        (BotocoreStubber, "process_request", _unmeasured(shortened(BotocoreStubber.process_request))),
    ]
    for owner, name, part in exchanged:
        assert hasattr(owner, name), f"moto has no {name} any more"
        setattr(owner, name, part)
    Table.__deepcopy__ = _copy_table  # type: ignore[attr-defined]


def _copy_table(table: Table, _: dict[int, Any]) -> Table:
    """Copy a table, but share its items.

    moto copies the whole table for each write of a transaction, to put it back if the transaction fails.
    """
    copied = copy.copy(table)
    for name, value in vars(table).items():
        if isinstance(value, dict | list):
            setattr(copied, name, copy.copy(value))
    copied.items.update({key: dict(items) for key, items in table.items.items()})
    return copied


def _update_copy(backend: DynamoDBBackend, table_name: str, key: dict[str, Any], *arguments: Any, **named: Any) -> Any:
    """Update a copy of the item. Nothing else in moto changes an item in place, so that copies of a table share it."""
    items = backend.tables[table_name].items.get(DynamoType(key["pk"]), {})
    sort = DynamoType(key["sk"])
    before = items.get(sort)
    if before:
        items[sort] = copy.deepcopy(before)
    updated = update_item(backend, table_name, key, *arguments, **named)
    if before and item_size(items[sort].to_json()["Attributes"]) > MAX_ITEM_BYTES:
        items[sort] = before
        raise ItemSizeToUpdateTooLarge
    return updated


def _copied(item: Item, memo: dict[int, Any]) -> Item:
    """Copy an item, but share its text attributes, which nothing changes in place."""
    copied: Item = object.__new__(Item)
    copied.hash_key, copied.range_key = item.hash_key, item.range_key
    copied.attrs = LimitedSizeDict.__new__(LimitedSizeDict)
    dict.update(copied.attrs, item.attrs)
    for name, value in item.attrs.items():
        if not isinstance(value.value, str):
            dict.__setitem__(copied.attrs, name, copy.deepcopy(value, memo))
    return copied


def _cast(value: DynamoType) -> Any:
    """Return text without a conversion. Every query compares and sorts all keys of the table, which are text."""
    return value.value if value.type == "S" else cast(value)


def _lex(parser: ConditionExpressionParser) -> deque[Any]:
    """Return the tokens of a condition, which depend on its text alone. Moto compiles patterns for each of them."""
    return deque(_tokens(parser.condition_expression))


@cache
def _tokens(condition: str | None) -> tuple[Any, ...]:
    return tuple(lex(ConditionExpressionParser(condition, None, None)))


def _serialize_structure(serializer: Any, serialized: dict[str, Any], value: Any, shape: Any, key: str) -> None:
    """Serialize an attribute's value by its one type. moto would look for each of the ten types under several names."""
    if shape.name != "AttributeValue" or not isinstance(value, dict):
        serialize_structure(serializer, serialized, value, shape, key)
        return
    inner: dict[str, Any] = {}
    for name, part in value.items():
        serializer._serialize(inner, part, shape.members[name], name)
    serializer._default_serialize(serialized, inner, shape, key)


def _unmeasured(work: Callable[..., Any]) -> Callable[..., Any]:
    """Run a part of moto without coverage, which measures the project alone and is called for every function."""

    def run(*arguments: Any, **named: Any) -> Any:
        tracer = sys.gettrace()
        sys.settrace(None)
        try:
            return work(*arguments, **named)
        finally:
            sys.settrace(tracer)

    return run
