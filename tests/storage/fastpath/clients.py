"""Clients with and without the shortcuts."""

from typing import Any

from pynamodb.connection import Connection

from chalicelib.storage.fastpath.client import create_client

AWS = "https://dynamodb.us-east-1.amazonaws.com"


def fast_client(host: str | None = None) -> Any:
    """Return a client with all shortcuts."""
    return create_client(_connection(host))


def plain_client(host: str | None = None) -> Any:
    """Return a client as PynamoDB and botocore create it."""
    return _connection(host).client


def _connection(host: str | None) -> Connection:
    return Connection(region="us-east-1", host=host, connect_timeout_seconds=2, read_timeout_seconds=5)
