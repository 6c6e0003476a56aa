"""How botocore speaks to DynamoDB here: what is spared changes nothing of what is sent and answered."""

import json
import zlib
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.parsers import create_parser

from chalicelib.storage.models.base import connection

ITEM = {"pk": {"S": "a"}, "n": {"N": "1"}, "b": {"BOOL": False}, "m": {"M": {"l": {"L": [{"NULL": True}]}}}}
CONSUMED = {"TableName": "t", "CapacityUnits": 1.5}
ANSWERS: dict[str, dict[str, Any]] = {
    "GetItem": {"Item": ITEM, "ConsumedCapacity": CONSUMED},
    "Query": {"Items": [ITEM], "Count": 1, "ScannedCount": 1, "LastEvaluatedKey": {"pk": {"S": "a"}}},
    "BatchGetItem": {"Responses": {"t": [ITEM]}, "UnprocessedKeys": {}, "ConsumedCapacity": [CONSUMED]},
    "PutItem": {},
    "UpdateItem": {"Attributes": ITEM},
    "TransactWriteItems": {"ConsumedCapacity": [CONSUMED]},
}
REFUSAL = {
    "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    "message": "Transaction cancelled",
    "CancellationReasons": [
        {"Code": "None"},
        {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"},
    ],
}


def ours() -> Any:
    return connection().connection.client


def answered(status: int, body: dict[str, Any]) -> dict[str, Any]:
    content = json.dumps(body).encode()
    headers = {"x-amzn-requestid": "R", "x-amz-crc32": str(zlib.crc32(content))}
    return {"status_code": status, "headers": headers, "body": content}


@pytest.mark.parametrize("operation", ANSWERS)
def test_answers_are_read_as_botocore_reads_them(operation: str) -> None:
    shape = ours().meta.service_model.operation_model(operation).output_shape
    answer = answered(200, ANSWERS[operation])
    assert ours()._endpoint._response_parser_factory.create_parser("json").parse(answer, shape) == create_parser(
        "json"
    ).parse(answer, shape)


def test_refusals_are_read_as_botocore_reads_them() -> None:
    shape = ours().meta.service_model.operation_model("TransactWriteItems").output_shape
    told = ours()._endpoint._response_parser_factory.create_parser("json").parse(answered(400, REFUSAL), shape)
    assert told == create_parser("json").parse(answered(400, REFUSAL), shape)
    assert told["Error"]["Code"] == "TransactionCanceledException"


def test_requests_say_who_sends_them_and_are_signed_by_botocore() -> None:
    sent: list[Any] = []

    def keep(request: Any, **_: Any) -> AWSResponse:
        sent.append(request)
        return AWSResponse(request.url, 200, {}, Body())

    ours().meta.events.register_first("before-send.dynamodb.GetItem", keep)
    try:
        ours().get_item(TableName="t", Key={"pk": {"S": "a"}, "sk": {"S": "b"}})
    finally:
        ours().meta.events.unregister("before-send.dynamodb.GetItem", keep)
    assert sent[0].headers["User-Agent"] == b"ogsm-workspaces"
    assert sent[0].headers["Authorization"].startswith(b"AWS4-HMAC-SHA256 Credential=")


class Body(bytes):
    """An empty object, as a response streams it."""

    def stream(self) -> Any:
        yield b"{}"


def test_other_sessions_keep_all_of_botocore() -> None:
    stock = botocore.session.get_session().create_client("sesv2", region_name="us-east-1")
    assert "Botocore/" in stock.meta.config.user_agent
