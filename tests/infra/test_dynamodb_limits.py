"""Each documented limit of DynamoDB: a request at the limit passes the check, and one beyond it fails the test."""

from typing import Any

import boto3
import pytest

from chalicelib import config
from tests.support import dynamodb_limits
from tests.support.dynamodb_limits import LimitExceededError, check_request

Json = dict[str, Any]

KEY: Json = {"pk": {"S": "p"}, "sk": {"S": "s"}}
TABLE = {"TableName": config.TABLE_NAME}
ONE_MB = 1024 * 1024


def put(**attributes: Json) -> Json:
    return TABLE | {"Item": KEY | attributes}


def get(**key: Json) -> Json:
    return TABLE | {"Key": KEY | key}


def text(length: int) -> Json:
    return {"S": "x" * length}


def nested(depth: int) -> Json:
    value: Json = text(1)
    for _ in range(depth):
        value = {"L": [value]}
    return value


def keys(count: int) -> list[Json]:
    return [KEY | {"sk": {"S": str(number)}} for number in range(count)]


def transaction(items: list[Json], **more: Any) -> Json:
    return {"TransactItems": [{"Put": TABLE | {"Item": item}} for item in items], **more}


def update(expression: str, names: Json | None = None, **values: Json) -> Json:
    substitutions = {"ExpressionAttributeNames": names or {}, "ExpressionAttributeValues": values}
    return get() | {"UpdateExpression": expression} | substitutions


def query(start: str = "B", limit: int = 1) -> Json:
    condition = "#0 = :0 AND #1 BETWEEN :1 AND :2"
    values = {":0": {"S": "p"}, ":1": {"S": "A"}, ":2": {"S": "C"}}
    start_key = KEY | {"sk": {"S": start}}
    request = {"KeyConditionExpression": condition, "ExpressionAttributeValues": values, "Limit": limit}
    return TABLE | request | {"ExclusiveStartKey": start_key}


def batch_get(keys: list[Json]) -> Json:
    return {"RequestItems": {config.TABLE_NAME: {"Keys": keys}}}


def batch_write(items: list[Json]) -> Json:
    return {"RequestItems": {config.TABLE_NAME: [{"PutRequest": {"Item": item}} for item in items]}}


ROOM = 400 * 1024 - len("pkpsksx")  # beside the key and the name of one attribute
SUBSTITUTED = 2 * ONE_MB - len(":v")
OPERATIONS = " + ".join([":v"] * 301)
OPERANDS = ", ".join([":v"] * 100)
LARGE = text(ONE_MB // 3)
TWELVE = [key | {"x": LARGE} for key in keys(12)]

LIMITS: dict[str, tuple[str, Json, Json]] = {  # the operation, a request at the limit, and one beyond it
    "size of an item": ("PutItem", put(x=text(ROOM)), put(x=text(ROOM + 1))),
    "size of an item in bytes": ("PutItem", put(x={"S": "é" * (ROOM // 2)}), put(x={"S": "é" * (ROOM // 2 + 1)})),
    "partition key": ("GetItem", get(pk=text(2048)), get(pk=text(2049))),
    "sort key": ("DeleteItem", get(sk=text(1024)), get(sk=text(1025))),
    "empty key": ("PutItem", put(pk=text(1)), put(pk=text(0))),
    "empty sort key": ("UpdateItem", get(sk=text(1)), get(sk=text(0))),
    "empty key of an index": ("PutItem", put(alarm_at=text(1)), put(alarm_at=text(0))),
    "name of an attribute": ("PutItem", put(**{"n" * 65_535: text(1)}), put(**{"n" * 65_536: text(1)})),
    "digits": ("PutItem", put(x={"N": "9" * 38 + "000"}), put(x={"N": "9" * 39})),
    "digits of a fraction": ("PutItem", put(x={"N": "0.0" + "9" * 38}), put(x={"N": "1." + "9" * 38})),
    "large number": ("PutItem", put(x={"N": "-9.9e125"}), put(x={"N": "1e126"})),
    "small number": ("PutItem", put(x={"N": "1e-130"}), put(x={"N": "1e-131"})),
    "zero": ("PutItem", put(x={"N": "0.0"}), put(x={"N": "0.1e-130"})),
    "nesting": ("PutItem", put(x=nested(32)), put(x=nested(33))),
    "empty set": ("PutItem", put(x={"SS": ["a"]}), put(x={"SS": []})),
    "repeated element of a set": ("PutItem", put(x={"SS": ["a", "b"]}), put(x={"SS": ["a", "a"]})),
    "length of an expression": ("UpdateItem", update("x" * 4096), update("x" * 4097)),
    "length of a placeholder": ("UpdateItem", update("x", {"#" * 255: "n"}), update("x", {"#" * 256: "n"})),
    "substitutions": (
        "UpdateItem",
        update("x", **{":v": text(SUBSTITUTED)}),
        update("x", {"#": "n"}, **{":v": text(SUBSTITUTED)}),
    ),
    "operators": ("UpdateItem", update(f"SET x = {OPERATIONS}"), update(f"SET x = {OPERATIONS} + :v")),
    "operands of IN": (
        "PutItem",
        put() | {"ConditionExpression": f"x IN ({OPERANDS})"},
        put() | {"ConditionExpression": f"x IN ({OPERANDS}, :v)"},
    ),
    "items of a transaction": ("TransactWriteItems", transaction(keys(100)), transaction(keys(101))),
    "empty transaction": ("TransactWriteItems", transaction(keys(1)), transaction([])),
    "bytes of a transaction": ("TransactWriteItems", transaction(TWELVE[:11]), transaction(TWELVE)),
    "item of a transaction twice": ("TransactWriteItems", transaction(keys(2)), transaction([*keys(2), *keys(1)])),
    "key in a transaction": ("TransactGetItems", transaction([KEY]), transaction([KEY | {"sk": text(1025)}])),
    "token": (
        "TransactWriteItems",
        transaction(keys(1), ClientRequestToken="x" * 36),
        transaction(keys(1), ClientRequestToken="x" * 37),
    ),
    "keys of a batch": ("BatchGetItem", batch_get(keys(100)), batch_get(keys(101))),
    "key of a batch twice": ("BatchGetItem", batch_get(keys(2)), batch_get([*keys(2), *keys(1)])),
    "writes of a batch": ("BatchWriteItem", batch_write(keys(25)), batch_write(keys(26))),
    "write of a batch twice": ("BatchWriteItem", batch_write(keys(2)), batch_write([*keys(2), *keys(1)])),
    "item of a batch": (
        "BatchWriteItem",
        batch_write([put(x=text(ROOM))["Item"]]),
        batch_write([put(x=text(ROOM + 1))["Item"]]),
    ),
    "limit of a query": ("Query", query(limit=2**31 - 1), query(limit=2**31)),
    "limit of no item": ("Query", query(limit=1), query(limit=0)),
    "start of a query": ("Query", query("C"), query("D")),
    "key at the start of a query": ("Query", query("B" * 1024), query("B" * 1025)),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_request_at_a_limit_passes_and_one_beyond_it_fails(name: str) -> None:
    operation, at_limit, beyond = LIMITS[name]
    check_request(operation, at_limit)
    with pytest.raises(LimitExceededError):
        check_request(operation, beyond)


@pytest.mark.usefixtures("url")
def test_every_request_to_the_store_of_the_tests_is_checked() -> None:
    with dynamodb_limits.noting() as violations:
        for _ in range(2):
            with pytest.raises(LimitExceededError):
                boto3.client("dynamodb").put_item(**put(x={"N": "9" * 39}))
        assert violations[-2:] == ["PutItem: a number has more than 38 digits"] * 2
    assert violations == []
