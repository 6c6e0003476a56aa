"""DynamoDB as it is on a bad day: what botocore is made to see instead of an answer."""

import json
import threading
from collections.abc import Callable
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

from chalicelib.storage.connection import client

EVENTS = client.meta.events
Hook = Callable[[str, Callable[..., Any]], None]


def failing(operation: str, code: str, times: int) -> Callable[..., Any]:
    """DynamoDB's answer to the first so many requests of an operation: this error, and nothing done."""
    left = [times]

    def answer(model: Any, **_: Any) -> Any:
        if model.name != operation or not left[0]:
            return None
        left[0] -= 1
        return fail(code)

    return answer


def fail(code: str = "InternalServerError") -> Any:
    """An error for an answer, and nothing done."""
    response = AWSResponse("http://dynamodb", 400, {}, None)
    return response, {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 400}}


class Killed(BaseException):
    """Nothing catches this."""


def kill() -> Any:
    """The end of the process."""
    raise Killed


class Requests:
    """What is sent to DynamoDB and SES, of which one may come to nothing: of the queries or of the other steps."""

    def __init__(self) -> None:
        self.queries: list[str] = []
        self.steps: list[str] = []
        self.fatal: dict[int, Callable[[], Any]] = {}
        self._lock = threading.Lock()

    def sent(self, model: Any, **_: Any) -> Any:
        with self._lock:  # the shards are asked side by side
            names = self.queries if model.name == "Query" else self.steps
            names.append(model.name)
            number = -len(names) if names is self.queries else len(names)
            return self.fatal[number]() if number in self.fatal else None


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
