"""Requests to the embedded store of a running server, signed or not, past the client of the service."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from infra.testing.processes import Running


def store_url(running: Running) -> str:
    """Return the address of the store, without a slash at the end."""
    return str(running.server_file["env"]["AWS_ENDPOINT_URL_DYNAMODB"])


def access_key(running: Running) -> Credentials:
    """Return the access key in server.json."""
    environment = running.server_file["env"]
    return Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])


def sign(
    url: str, body: bytes, key: Credentials, headers: Mapping[str, str], method: str = "POST", service: str = "dynamodb"
) -> httpx.Request:
    """Return a signed request. Its headers are signed, too."""
    request = AWSRequest(method, url, headers=dict(headers), data=body)
    SigV4Auth(key, service, "us-east-1").add_auth(request)
    return httpx.Request(method, url, headers=dict(request.headers), content=body)


def send(request: httpx.Request) -> httpx.Response:
    """Send a request and return the response."""
    with httpx.Client(trust_env=False, timeout=30) as client:
        return client.send(request)


def target(operation: str) -> dict[str, str]:
    """Return the header that names an operation of DynamoDB."""
    return {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Content-Type": "application/x-amz-json-1.0"}


def call(running: Running, operation: str, **parameters: Any) -> httpx.Response:
    """Call an operation of the store's DynamoDB with a valid signature."""
    body = json.dumps(parameters).encode()
    return send(sign(f"{store_url(running)}/", body, access_key(running), target(operation)))
