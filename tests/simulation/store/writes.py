"""What a single write, or one of a transaction, does to its row."""

from collections.abc import Callable
from typing import NamedTuple

from infra.testing.capacity import key_of
from tests.simulation.store.errors import (
    CONDITION_FAILED,
    CONDITION_MESSAGE,
    VALIDATION,
    StoreError,
    UnsupportedRequestError,
)
from tests.simulation.store.expressions import parse_condition, parse_update
from tests.simulation.store.requests import check_parameters, check_placeholders
from tests.simulation.store.table import (
    KEY_TYPES,
    TABLE_KEYS,
    Item,
    Json,
    Key,
    StoredRow,
    Table,
    Write,
    read_key,
    stored_row,
)

MAX_ITEM_BYTES = 400 * 1024
TOO_LARGE = "Item size to update has exceeded the maximum allowed size"
CONDITION = frozenset({"ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"})


class Kind(NamedTuple):
    """A kind of write: its parameters beside those of conditions, and what it does to a row."""

    needed: frozenset[str]
    optional: frozenset[str]
    plan: Callable[[Key, StoredRow | None, Json], StoredRow | None]


def written_key(action: Json) -> Key:
    """Return the key of the row that a write concerns."""
    return key_of(action["Item"]) if "Item" in action else read_key(action["Key"])


def plan_write(table: Table, kind: Kind, action: Json) -> Write:
    """Return what a write does. Raises StoreError if its condition does not hold or if the item becomes too large."""
    check_parameters(action, kind.needed, kind.optional)
    _check_expressions(action)
    key = written_key(action)
    before = table.get(key)
    if "ConditionExpression" in action:
        condition = parse_condition(action["ConditionExpression"])
        names, values = action.get("ExpressionAttributeNames", {}), action.get("ExpressionAttributeValues", {})
        if not condition.holds(before.item if before else {}, names, values):
            raise StoreError(CONDITION_FAILED, CONDITION_MESSAGE)
    return Write(key, before, kind.plan(key, before, action))


def _check_expressions(action: Json) -> None:
    expressions = [action[name] for name in ("ConditionExpression", "UpdateExpression") if name in action]
    if expressions:
        check_placeholders(action, *expressions)
    elif "ExpressionAttributeNames" in action or "ExpressionAttributeValues" in action:
        raise UnsupportedRequestError("placeholders without an expression")


def _put(_: Key, __: StoredRow | None, action: Json) -> StoredRow:
    return stored_row(action["Item"])


def _update(key: Key, before: StoredRow | None, action: Json) -> StoredRow:
    if action.get("ReturnValues", "ALL_NEW") != "ALL_NEW":
        raise UnsupportedRequestError(f"the ReturnValues {action['ReturnValues']}")
    item: Item = before.item if before else {name: {"S": part} for name, part in zip(TABLE_KEYS, key, strict=True)}
    update = parse_update(action["UpdateExpression"]).update
    after = stored_row(update(item, action["ExpressionAttributeNames"], action.get("ExpressionAttributeValues", {})))
    if any(after.item.get(name) != item.get(name) for name in KEY_TYPES):
        raise UnsupportedRequestError("updates of keys")
    if after.size > MAX_ITEM_BYTES:
        raise StoreError(VALIDATION, TOO_LARGE)
    return after


def _delete(_: Key, __: StoredRow | None, ___: Json) -> None:
    return None


def _check(_: Key, before: StoredRow | None, __: Json) -> StoredRow | None:
    return before


# The kinds of writes in a transaction.
KINDS = {
    "ConditionCheck": Kind(frozenset({"TableName", "Key", "ConditionExpression"}), CONDITION, _check),
    "Delete": Kind(frozenset({"TableName", "Key"}), CONDITION, _delete),
    "Put": Kind(frozenset({"TableName", "Item"}), CONDITION, _put),
    "Update": Kind(frozenset({"TableName", "Key", "UpdateExpression"}), CONDITION, _update),
}
ALONE = frozenset({"ReturnConsumedCapacity"})
# The operations that write one row.
SINGLE_WRITES = {
    "DeleteItem": Kind(KINDS["Delete"].needed | ALONE, CONDITION, _delete),
    "PutItem": Kind(KINDS["Put"].needed | ALONE, CONDITION, _put),
    "UpdateItem": Kind(KINDS["Update"].needed | ALONE, CONDITION | {"ReturnValues"}, _update),
}
