"""Requests for items get the same answers from moto with and without the short way to it."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib import config
from chalicelib.storage import table
from tests.support import moto_requests

KEY = {"pk": {"S": "1"}, "sk": {"S": "1"}}
OTHER = {"pk": {"S": "1"}, "sk": {"S": "2"}}
ITEM: dict[str, Any] = {
    **KEY,
    "B": {"S": "an attribute with the name of a type"},
    "binary": {"B": b"\x00\xff"},
    "binaries": {"BS": [b"x"]},
    "number": {"N": "1.5"},
    "map": {"M": {"B": {"L": [{"B": b"y"}, {"BOOL": True}, {"NULL": True}]}, "BS": {"S": "x"}}},
}
PLACE: dict[str, Any] = {"TableName": config.TABLE_NAME}
ABSENT = {"ConditionExpression": "attribute_not_exists(pk)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
VALUES = {"ExpressionAttributeValues": {":one": {"N": "1"}, ":b": {"B": b"z"}}}
CHANGE = {"UpdateExpression": "SET x = :b, y = :one"}
FIND = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "1"}}}
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("put_item", PLACE | {"Item": ITEM}),
    ("put_item", PLACE | {"Item": ITEM, "ReturnValues": "ALL_OLD"}),
    ("put_item", PLACE | {"Item": ITEM} | ABSENT),
    ("put_item", {"TableName": "none", "Item": ITEM}),
    ("get_item", PLACE | {"Key": KEY, "ReturnConsumedCapacity": "TOTAL"}),
    ("get_item", PLACE | {"Key": OTHER}),
    ("update_item", PLACE | {"Key": KEY, "UpdateExpression": "SET #unknown = :b"} | VALUES),
    ("update_item", PLACE | {"Key": OTHER, "ReturnValues": "ALL_NEW"} | CHANGE | VALUES),
    ("batch_get_item", {"RequestItems": {config.TABLE_NAME: {"Keys": [KEY, OTHER]}}}),
    ("query", PLACE | FIND),
    ("query", PLACE | FIND | {"Limit": 1, "ScanIndexForward": False, "ProjectionExpression": "pk, x"}),
    ("query", PLACE | FIND | {"Select": "COUNT"}),
    ("scan", PLACE),
    ("transact_get_items", {"TransactItems": [{"Get": PLACE | {"Key": KEY}}, {"Get": PLACE | {"Key": OTHER}}]}),
    ("transact_write_items", {"TransactItems": [{"Put": PLACE | {"Item": ITEM}}, {"Delete": PLACE | {"Key": OTHER}}]}),
    ("transact_write_items", {"TransactItems": [{"Put": PLACE | {"Item": ITEM} | ABSENT}]}),
    ("batch_write_item", {"RequestItems": {config.TABLE_NAME: [{"PutRequest": {"Item": ITEM}}]}}),
    ("delete_item", PLACE | {"Key": KEY, "ReturnValues": "ALL_OLD"}),
]


def answers_to_calls() -> list[dict[str, Any]]:
    """Make the calls one after the other on an empty table, and return the answers and errors."""
    client = boto3.client("dynamodb")
    client.delete_table(**PLACE)
    table.create_table()
    found = []
    for operation, parameters in CALLS:
        try:
            answer = getattr(client, operation)(**parameters)
        except ClientError as error:
            answer = error.response
        status = answer.pop("ResponseMetadata")["HTTPStatusCode"]
        found.append(answer | {"status": status})
    return found


@pytest.mark.usefixtures("url")
def test_answers_and_errors_are_those_that_moto_gives_on_its_usual_way(monkeypatch: pytest.MonkeyPatch) -> None:
    short = answers_to_calls()
    monkeypatch.setattr(moto_requests, "OPERATIONS", set())
    usual = answers_to_calls()
    assert short == usual
    assert short[4]["Item"] == ITEM
    assert [answer["status"] for answer in short].count(400) == 4
