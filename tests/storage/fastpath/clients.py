"""Clients with and without the shortcuts, and the requests that they send."""

from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from pynamodb.connection import Connection

from chalicelib.storage.fastpath.client import create_client

AWS = "https://dynamodb.us-east-1.amazonaws.com"
KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
CALLS: dict[str, Callable[[Any], Any]] = {
    "get": lambda client: client.get_item(TableName="t", Key=KEY, ConsistentRead=True),
    "put": lambda client: client.put_item(TableName="t", Item=KEY | {"doc": {"S": "é"}}),
    "query": lambda client: client.query(TableName="t", KeyConditionExpression="pk = :p", Limit=2),
}


class Body(bytes):
    """An empty JSON object, with the method by which botocore reads a body."""

    def stream(self) -> Any:
        yield b"{}"


def sent(client: Any, call: Callable[[Any], Any]) -> AWSPreparedRequest:
    """Return the request that a call would send."""
    requests: list[AWSPreparedRequest] = []

    def keep(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        requests.append(request)
        return AWSResponse(request.url, 200, {}, Body())

    client.meta.events.register_first("before-send.dynamodb", keep)
    call(client)
    return requests[0]


def fast_client(host: str | None = None) -> Any:
    """Return a client with all shortcuts."""
    return create_client(_connection(host))


def plain_client(host: str | None = None) -> Any:
    """Return a client as PynamoDB and botocore create it."""
    return _connection(host).client


def _connection(host: str | None) -> Connection:
    return Connection(region="us-east-1", host=host, connect_timeout_seconds=2, read_timeout_seconds=5)
