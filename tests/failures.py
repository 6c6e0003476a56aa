"""DynamoDB as it is on a bad day: what botocore is made to see instead of an answer."""

import json
from collections.abc import Callable
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

from chalicelib.storage.item import connection

EVENTS = connection().connection.client.meta.events
Hook = Callable[[str, Callable[..., Any]], None]


def failing(operation: str, code: str, times: int) -> Callable[..., Any]:
    """DynamoDB's answer to the first so many requests of an operation: this error, and nothing done."""
    left = [times]

    def answer(model: Any, **_: Any) -> Any:
        if model.name != operation or not left[0]:
            return None
        left[0] -= 1
        response = AWSResponse("http://dynamodb", 400, {}, None)
        return response, {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 400}}

    return answer


def losing_the_answer(operation: str) -> Callable[..., Any]:
    """Lets DynamoDB carry out the first such request and loses its answer on the way back."""
    lost: list[bool] = []

    def lose(request: Any, **_: Any) -> None:
        if not lost:
            lost.append(True)
            parameters = json.loads(request.body)
            client = boto3.client("dynamodb")
            getattr(client, {"PutItem": "put_item", "DeleteItem": "delete_item"}[operation])(**parameters)
            raise ReadTimeoutError(endpoint_url=request.url)

    return lose
