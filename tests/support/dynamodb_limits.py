"""The documented limits of DynamoDB's requests, most of which moto and ministack do not enforce.

The source is "Constraints in Amazon DynamoDB" in the Amazon DynamoDB Developer Guide and the API reference of each
operation, on 2026-11-27. Not checked is what a request does not show: the size of an item after an update, and of an
answer.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from infra.testing.capacity import item_size

Json = dict[str, Any]

KB, MB = 1024, 1024 * 1024
MAX_ITEM_BYTES = 400 * KB
# The keys of the table and of its index, with the largest number of bytes of a text in them.
TABLE_KEY, INDEX_KEY = {"pk": 2048, "sk": 1024}, {"alarm_at": 1024}
MAX_DEPTH = 32
MAX_NAME_BYTES = 64 * KB - 1
MAX_DIGITS, MIN_MAGNITUDE, MAX_MAGNITUDE = 38, -130, 125
EXPRESSIONS = tuple(f"{name}Expression" for name in ("Condition", "Update", "Filter", "KeyCondition", "Projection"))
MAX_EXPRESSION_BYTES, MAX_PLACEHOLDER_BYTES, MAX_SUBSTITUTION_BYTES = 4 * KB, 255, 2 * MB
MAX_OPERATORS, MAX_OPERANDS = 300, 100
OPERATOR = re.compile(r"[+-]|\b(?:if_not_exists|list_append)\b")
OPERANDS = re.compile(r"\bIN\s*\(([^)]*)\)")
MAX_TRANSACTION_ITEMS, MAX_TRANSACTION_BYTES, MAX_TOKEN_LENGTH = 100, 4 * MB, 36
MAX_BATCH_READS, MAX_BATCH_WRITES, MAX_BATCH_BYTES = 100, 25, 16 * MB
MAX_LIMIT = 2**31 - 1
BETWEEN = re.compile(r"BETWEEN (:\w+) AND (:\w+)")


class LimitExceededError(AssertionError):
    """A request that DynamoDB would refuse, whatever is stored."""


violations: list[str] = []  # of all requests in this process


def install() -> None:
    """Check all requests to moto's DynamoDB for the rest of the process."""
    from moto.core.botocore_stubber import BotocoreStubber  # a server that checks its requests has no moto

    process: Callable[..., Any] = BotocoreStubber.process_request

    def check_and_process(stubber: object, request: Any) -> Any:
        target = request.headers.get("X-Amz-Target", b"")
        target = target.decode() if isinstance(target, bytes) else target
        if target.startswith("DynamoDB_2012"):
            check_and_note(target.partition(".")[2], json.loads(request.body))
        return process(stubber, request)

    setattr(BotocoreStubber, "process_request", check_and_process)  # noqa: B010 - mypy has no other way


@contextmanager
def noting() -> Iterator[list[str]]:
    """Yield the violations in the block, and forget them, so that they do not fail the test."""
    before = len(violations)
    yield violations
    del violations[before:]


def check_and_note(operation: str, request: Json) -> None:
    """Check a request, and note what is wrong, because the service may catch the error. Raises LimitExceededError."""
    try:
        check_request(operation, request)
    except LimitExceededError as error:
        violations.append(f"{operation}: {error}")
        raise


def check_request(operation: str, request: Json) -> None:
    """Raise LimitExceededError if a request, in DynamoDB's JSON, exceeds a limit."""
    check = CHECKS.get(operation)
    if check:
        check(request)


def _require(holds: bool, rule: str) -> None:
    if not holds:
        raise LimitExceededError(rule)


def _check_one(request: Json) -> None:
    """Check a read or write of one item."""
    _check_part(request)


def _check_part(request: Json) -> int:
    """Check a read or write of one item, alone or in a transaction. Return the size of the item or of its key."""
    _check_expressions(request)
    if "Item" in request:
        return _check_item(request["Item"])
    _check_key(request["Key"])
    return item_size(request["Key"])


def _check_key(key: Json) -> None:
    for name, most in TABLE_KEY.items():
        _check_key_text(name, key[name], most)


def _check_key_text(name: str, value: Json, most: int) -> None:
    size = len(value["S"].encode())
    if not 0 < size <= most:
        _require(size > 0, f"the key {name} is empty")
        raise LimitExceededError(f"the key {name} has {size} bytes, and at most {most} are allowed")


def _check_item(item: Json) -> int:
    """Check an item, and return its size."""
    _check_key(item)
    for name, most in INDEX_KEY.items():
        if name in item:
            _check_key_text(name, item[name], most)
    for name, value in item.items():
        _require(len(name.encode()) <= MAX_NAME_BYTES, "the name of an attribute is longer than 64 KB")
        _check_value(value)
    size = item_size(item)
    _require(size <= MAX_ITEM_BYTES, f"the item has {size} bytes, and at most {MAX_ITEM_BYTES} are allowed")
    return size


def _check_value(value: Json, depth: int = 0) -> None:
    [(kind, content)] = value.items()
    if kind == "N":
        _check_number(content)
    elif kind in ("SS", "NS", "BS"):
        _require(bool(content), "a set is empty")
        _require(len(set(content)) == len(content), "a set has an element twice")
    elif kind in ("L", "M"):
        _require(depth < MAX_DEPTH, f"attributes are nested more than {MAX_DEPTH} levels deep")
        for one in content if kind == "L" else content.values():
            _check_value(one, depth + 1)


def _check_number(text: str) -> None:
    significand, _, exponent = text.lower().lstrip("+-").partition("e")
    whole, _, fraction = significand.partition(".")
    digits = (whole + fraction).lstrip("0")
    if digits:  # not zero
        _require(len(digits.rstrip("0")) <= MAX_DIGITS, f"a number has more than {MAX_DIGITS} digits")
        magnitude = len(digits) - len(fraction) - 1 + int(exponent or 0)
        _require(MIN_MAGNITUDE <= magnitude <= MAX_MAGNITUDE, "the magnitude of a number is out of range")


def _check_expressions(request: Json) -> None:
    for name in EXPRESSIONS:
        if name in request:
            _check_expression(name, request[name])
    names, values = (request.get(f"ExpressionAttribute{kind}") or {} for kind in ("Names", "Values"))
    for placeholder in (*names, *values):
        _require(len(placeholder.encode()) <= MAX_PLACEHOLDER_BYTES, "a placeholder is longer than 255 bytes")
    for value in values.values():
        _check_value(value)
    size = item_size(values) + sum(len(key.encode()) + len(name.encode()) for key, name in names.items())
    _require(size <= MAX_SUBSTITUTION_BYTES, "the names and values of an expression have more than 2 MB")


def _check_expression(name: str, expression: str) -> None:
    _require(len(expression.encode()) <= MAX_EXPRESSION_BYTES, f"the {name} is longer than 4 KB")
    for operands in OPERANDS.findall(expression):
        _require(operands.count(",") < MAX_OPERANDS, f"IN has more than {MAX_OPERANDS} operands")
    if name == "UpdateExpression":
        operators = len(OPERATOR.findall(expression))
        _require(operators <= MAX_OPERATORS, f"the UpdateExpression has more than {MAX_OPERATORS} operators")


def _check_transaction(request: Json) -> None:
    actions = [action for one in request["TransactItems"] for action in one.values()]
    _require(len(request.get("ClientRequestToken", "")) <= MAX_TOKEN_LENGTH, "the token is longer than 36 characters")
    _check_number_of(actions, MAX_TRANSACTION_ITEMS)
    sizes = [_check_part(action) for action in actions]
    _check_distinct([(action["TableName"], action.get("Key") or action["Item"]) for action in actions])
    size = sum(sizes)
    _require(size <= MAX_TRANSACTION_BYTES, f"the transaction has {size} bytes, and at most 4 MB are allowed")


def _check_batch_get(request: Json) -> None:
    keys = [(table, key) for table, one in request["RequestItems"].items() for key in one["Keys"]]
    _check_number_of(keys, MAX_BATCH_READS)
    for _, key in keys:
        _check_key(key)
    _check_distinct(keys)


def _check_batch_write(request: Json) -> None:
    writes = [
        (table, action.get("Item") or action["Key"])
        for table, requests in request["RequestItems"].items()
        for one in requests
        for action in one.values()
    ]
    _check_number_of(writes, MAX_BATCH_WRITES)
    for _, item in writes:
        _check_item(item)
    _check_distinct(writes)
    _require(sum(item_size(item) for _, item in writes) <= MAX_BATCH_BYTES, "the batch has more than 16 MB")


def _check_number_of(operations: Sequence[object], most: int) -> None:
    count = len(operations)
    _require(1 <= count <= most, f"the request has {count} operations, and 1 to {most} are allowed")


def _check_distinct(keys: Sequence[tuple[str, Json]]) -> None:
    distinct = {(table, key["pk"]["S"], key["sk"]["S"]) for table, key in keys}
    _require(len(distinct) == len(keys), "two operations of a request concern the same item")


def _check_query(request: Json) -> None:
    _check_expressions(request)
    _require(1 <= request.get("Limit", 1) <= MAX_LIMIT, "Limit is not an integer of 32 bits above 0")
    start = request.get("ExclusiveStartKey")
    if not start:
        return
    _check_key(start)
    values = request.get("ExpressionAttributeValues", {})
    if bounds := BETWEEN.search(request.get("KeyConditionExpression", "")):
        first, last = (values[name].get("S", "") for name in bounds.groups())
        _require(first <= start["sk"]["S"] <= last, "the start key is outside of the queried range")


CHECKS: dict[str, Callable[[Json], None]] = {
    **dict.fromkeys(("GetItem", "PutItem", "UpdateItem", "DeleteItem"), _check_one),
    **dict.fromkeys(("TransactWriteItems", "TransactGetItems"), _check_transaction),
    "BatchGetItem": _check_batch_get,
    "BatchWriteItem": _check_batch_write,
    **dict.fromkeys(("Query", "Scan"), _check_query),
}
