"""Access to the embedded store: only a program that knows the access key of this start may use it.

The store listens on loopback, where every program of the machine and every page in a browser can reach it. So each
request needs a signature (Signature Version 4) with a key that is made anew at each start and kept in server.json.
Checking a signature takes 0.1 ms, about a twentieth of the time of a write.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ALGORITHM = "AWS4-HMAC-SHA256"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class StoreRequest:
    """A request to the store. The names of its headers are in lower case."""

    method: str
    target: str  # the path and the query, as the client has sent them
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """Return the path without the query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """Return the query."""
        return self.target.partition("?")[2]


@dataclass(frozen=True)
class StoreResponse:
    """A response of the store."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def make_access_key() -> Credentials:
    """Return a random access key and its secret, of 128 and 256 bits."""
    return Credentials(secrets.token_hex(16), secrets.token_urlsafe(32))


def error_response(status: int, code: str, message: str) -> StoreResponse:
    """Return an error in the format of DynamoDB."""
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-errortype": code}
    return StoreResponse(status, headers, json.dumps({"__type": code, "message": message}).encode())


def find_refusal(request: StoreRequest, access_key: Credentials) -> StoreResponse | None:
    """Return the response to a request that may not use the store, and None for one that may."""
    if "origin" in request.headers:
        return _refuse("The store does not answer web pages.")
    host = request.headers.get("host", "")
    if host.rpartition(":")[0] not in LOOPBACK and host not in LOOPBACK:  # a foreign name may resolve to 127.0.0.1
        return _refuse("The store answers only at a loopback address.")
    if not _is_signed(request, access_key):
        return _refuse("Sign the request with the access key in server.json.")
    return None


def _refuse(message: str) -> StoreResponse:
    return error_response(403, "UnrecognizedClientException", message)


def _is_signed(request: StoreRequest, access_key: Credentials) -> bool:
    """Return whether the request has the signature that botocore makes of it with the access key."""
    algorithm, _, parameters = request.headers.get("authorization", "").partition(" ")
    fields = dict(field.strip().partition("=")[::2] for field in parameters.split(","))
    scope = fields.get("Credential", "").split("/")
    if algorithm != ALGORITHM or len(scope) != 5 or not _are_equal(scope[0], access_key.access_key):
        return False
    signed = {name: request.headers.get(name, "") for name in fields.get("SignedHeaders", "").split(";")}
    _, _, region, service, _ = scope
    copy = AWSRequest(
        request.method, f"http://{request.headers['host']}{request.target}", headers=signed, data=request.body
    )
    copy.context["timestamp"] = request.headers.get("x-amz-date", "")
    signer = SigV4Auth(access_key, service, region)
    expected = signer.signature(signer.string_to_sign(copy, signer.canonical_request(copy)), copy)
    return _are_equal(expected, fields.get("Signature", ""))


def _are_equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())  # as bytes, because of text that is not ASCII
