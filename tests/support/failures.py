"""Failures of DynamoDB: handlers for events of botocore that answer in its place, or lose what it answered."""

import base64
import json
import threading
from collections.abc import Callable
from typing import Any

import boto3
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

from chalicelib.storage.connection import client
from tests.support import counts

EVENTS = client.meta.events
Hook = Callable[[str, Callable[..., Any]], None]
MOST_REQUESTS = 60  # more than any request of a test sends to DynamoDB


def failing(operation: str, code: str, times: int) -> Callable[..., Any]:
    """Return a handler that answers the first requests of an operation with an error, and does nothing."""
    left = [times]

    def answer(model: Any, **_: Any) -> Any:
        if model.name != operation or not left[0]:
            return None
        left[0] -= 1
        return fail(code)

    return answer


def fail(code: str = "InternalServerError") -> Any:
    """Return an error as botocore's handlers answer it in place of DynamoDB."""
    response = AWSResponse("http://dynamodb", 400, {}, None)
    return response, {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 400}}


class Killed(BaseException):
    """The end of the process: an exception that nothing catches."""


def kill() -> Any:
    """Raise Killed."""
    raise Killed


class Requests:
    """The requests that are sent to DynamoDB and SES. A test chooses by number which of them fail.

    Queries, which may be sent in parallel, are counted down from -1, all other requests up from 1.
    """

    def __init__(self) -> None:
        self.queries: list[str] = []
        self.steps: list[str] = []
        self.fatal: dict[int, Callable[[], Any]] = {}
        self._lock = threading.Lock()

    def sent(self, model: Any, **_: Any) -> Any:
        """Note a request, and let it fail if its number was chosen."""
        with self._lock:  # the shards are queried in parallel
            names = self.queries if model.name == "Query" else self.steps
            names.append(model.name)
            number = -len(names) if names is self.queries else len(names)
            return self.fatal[number]() if number in self.fatal else None


class Outage:
    """An outage of DynamoDB that begins after some requests.

    The first request that fails is carried out if `lost` is true, and only its answer is lost.
    """

    def __init__(self, on: Hook, lost: bool) -> None:
        self.left: int | None = None
        self.struck = False
        self.lost = lost
        on("before-call.dynamodb", self._before)
        on("after-call.dynamodb", self._after)

    def begins(self, after: int) -> None:
        """Let every request fail after so many. The authorizer's counts too."""
        self.left, self.struck = after, False

    def ends(self) -> None:
        """Let requests through again."""
        self.left = None

    def _before(self, **_: Any) -> Any:
        if self.left is None:
            return None
        self.left -= 1
        if self.left >= 0 or (self.lost and not self.struck):
            return None
        self.struck = True
        return fail()

    def _after(self, http_response: Any, parsed: Any, **_: Any) -> None:
        if self.left is not None and self.left < 0 and not self.struck:
            self.struck = True
            http_response.status_code = 400
            parsed["Error"] = {"Code": "InternalServerError", "Message": "no"}


def failure_points() -> range:
    """Return the numbers of requests after which an outage begins: every one in a full run, otherwise every fourth.

    A test goes through them until the outage comes too late to interrupt it.
    """
    return range(1, MOST_REQUESTS, counts.choose(quick=4, full=1))


def losing_the_answer(operation: str) -> Callable[..., Any]:
    """Return a handler that lets DynamoDB carry out the first request of an operation, and loses its answer.

    If it is a transaction, the same request is then answered without being carried out again, as DynamoDB does.
    """
    tokens: list[str] = []

    def lose(request: Any, **_: Any) -> AWSResponse | None:
        parameters = json.loads(request.body, object_hook=_decode_bytes)
        token = parameters.get("ClientRequestToken", "")
        if not tokens:
            tokens.append(token)
            getattr(boto3.client("dynamodb"), xform_name(operation))(**parameters)
            raise ReadTimeoutError(endpoint_url=request.url)
        return _EmptyAnswer(request.url, 200, {}, None) if token and token in tokens else None

    return lose


def _decode_bytes(value: dict[str, Any]) -> dict[str, Any]:
    """Return a part of a request with bytes in place of their Base64 text."""
    return {"B": base64.b64decode(value["B"])} if value.keys() == {"B"} else value


class _EmptyAnswer(AWSResponse):  # type: ignore[misc]
    content = b"{}"
