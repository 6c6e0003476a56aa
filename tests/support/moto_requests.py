"""A short way to moto's DynamoDB: a request is answered without what moto does for the protocols of other services.

Moto makes a Werkzeug request of each request, and parses and serializes it by the model of its operation. That takes
most of its time. The JSON of a request for items is already in the form that moto's operations read, but for binary
values, and their answers are in the form that DynamoDB sends. All other operations go moto's usual way.
"""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from moto.core.responses import ActionResult
from moto.dynamodb.responses import DynamoHandler

from infra.testing.snapshots import ACCOUNT

Answer = tuple[int, dict[str, str], str]

TARGET = "DynamoDB_20120810."
ADDRESS = re.compile(r"https://dynamodb\.([a-z0-9-]+)\.amazonaws\.com/")
OPERATIONS = {
    *("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"),
    *("BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems"),
}
BINARY = re.compile(rb'"BS?"')


class ItemHandler(DynamoHandler):
    """Moto's operations on items, with the request's JSON as their parameters and their result as the answer's JSON."""

    def __init__(self, region: str, operation: str, params: dict[str, Any], headers: Any) -> None:
        super().__init__()
        self.region, self.current_account = region, ACCOUNT
        self.operation, self.params, self.headers = operation, params, headers
        self.response_headers = {"server": "amazon.com"}

    @staticmethod
    def _enrich_response(headers: dict[str, str], body: Any) -> tuple[dict[str, str], Any]:
        """Add the id of the request, which moto makes of 52 random letters."""
        return {name: str(value) for name, value in headers.items()} | {"x-amzn-requestid": "MOTO"}, body

    def _get_action(self) -> str:
        return self.operation

    def serialized(self, action_result: ActionResult) -> Any:
        """Return the status, the headers and the body of an answer. Moto serializes errors."""
        result = action_result.result
        if not isinstance(result, dict):
            return super().serialized(action_result)
        given = {name: value for name, value in result.items() if value is not None}
        headers = self.response_headers | {"Content-Type": "application/x-amz-json-1.0"}
        return 200, headers, json.dumps(given, default=_encode_binary)


def shortened(usual: Callable[..., Any]) -> Callable[..., Any]:
    """Return a replacement of `BotocoreStubber.process_request` that answers requests for items itself."""

    def process_request(stubber: object, request: AWSPreparedRequest) -> Any:
        handler = _find_handler(request)
        return handler.call_action() if handler else usual(stubber, request)

    return process_request


def _find_handler(request: AWSPreparedRequest) -> ItemHandler | None:
    """Return the handler of a request for items, or None."""
    address = ADDRESS.match(request.url)
    if not address:
        return None
    target, sent = request.headers["X-Amz-Target"], request.body
    body = sent if isinstance(sent, bytes) else sent.encode()
    operation = (target.decode() if isinstance(target, bytes) else target).removeprefix(TARGET)
    if operation not in OPERATIONS:
        return None
    params = json.loads(body, object_hook=_decode_binary if BINARY.search(body) else None)
    return ItemHandler(address[1], operation, params, request.headers)


def _decode_binary(value: dict[str, Any]) -> dict[str, Any]:
    """Return an attribute's value with bytes in place of their Base64 text. Other objects are returned as they are."""
    match value:
        case {"B": str(text)}:
            return {"B": base64.b64decode(text)}
        case {"BS": [str(), *_] as texts}:
            return {"BS": [base64.b64decode(text) for text in texts]}
    return value


def _encode_binary(value: Any) -> str:
    """Return a binary value as DynamoDB sends it. Raises TypeError for other values that JSON does not have."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} is no value of DynamoDB")
