"""Responses are read as botocore reads them."""

import json
import zlib
from typing import Any

import pytest
from botocore.parsers import create_parser
from pynamodb.constants import BINARY, BINARY_SET

from chalicelib.storage.fastpath.response_parser import ParserFactory
from chalicelib.storage.models.base import BytesAttribute, Row
from infra.row_chart import row_classes
from tests.storage.fastpath.clients import plain_client

ITEM = {"pk": {"S": "a"}, "n": {"N": "1"}, "b": {"BOOL": False}, "m": {"M": {"l": {"L": [{"NULL": True}]}}}}
CONSUMED = {"TableName": "t", "CapacityUnits": 1.5}
RESPONSES: dict[str, dict[str, Any]] = {
    "GetItem": {"Item": ITEM, "ConsumedCapacity": CONSUMED},
    "Query": {"Items": [ITEM], "Count": 1, "ScannedCount": 1, "LastEvaluatedKey": {"pk": {"S": "a"}}},
    "BatchGetItem": {"Responses": {"t": [ITEM]}, "UnprocessedKeys": {}, "ConsumedCapacity": [CONSUMED]},
    "PutItem": {},
    "UpdateItem": {"Attributes": ITEM},
    "TransactWriteItems": {"ConsumedCapacity": [CONSUMED]},
}
ERROR = {
    "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    "message": "Transaction cancelled",
    "CancellationReasons": [
        {"Code": "None"},
        {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"},
    ],
}


def parse_both(operation: str, status: int, body: dict[str, Any]) -> tuple[Any, Any]:
    """Return a response as this service reads it, and as botocore does."""
    content = json.dumps(body).encode()
    headers = {"x-amzn-requestid": "R", "x-amz-crc32": str(zlib.crc32(content))}
    response = {"status_code": status, "headers": headers, "body": content}
    shape = plain_client().meta.service_model.operation_model(operation).output_shape
    parsers = ParserFactory().create_parser("json"), create_parser("json")
    ours, theirs = (parser.parse(response, shape) for parser in parsers)
    return ours, theirs


@pytest.mark.parametrize("operation", RESPONSES)
def test_a_response_is_read_as_botocore_reads_it(operation: str) -> None:
    ours, theirs = parse_both(operation, 200, RESPONSES[operation])
    assert ours == theirs


def test_bytes_are_left_as_text_and_decoded_by_their_attribute() -> None:
    ours, theirs = parse_both("GetItem", 200, {"Item": {"stamp": {"B": "AAEC"}}})
    values = [response["Item"]["stamp"]["B"] for response in (ours, theirs)]
    assert values == ["AAEC", b"\0\1\2"]
    assert [Row.stamp.deserialize(value) for value in values] == [b"\0\1\2"] * 2


def test_every_binary_attribute_decodes_bytes_itself() -> None:
    attributes = [attribute for row in row_classes() for attribute in row.get_attributes().values()]
    assert all(isinstance(one, BytesAttribute) for one in attributes if one.attr_type in (BINARY, BINARY_SET))


def test_an_error_is_read_as_botocore_reads_it() -> None:
    ours, theirs = parse_both("TransactWriteItems", 400, ERROR)
    assert ours == theirs
    assert ours["Error"]["Code"] == "TransactionCanceledException"
