"""Thousands of generated bad requests to a running server: each gets an answer, and none of them a 5xx.

The store of the server refuses what DynamoDB would refuse.
"""

import base64
import socket
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.testing.processes import Running, running_server
from tests.load.bad_requests import BadRequest, Generator
from tests.support import counts

pytestmark = pytest.mark.slow

SEED = 20_261_127
CLIENTS = 4
REQUESTS = counts.choose(quick=1_500, full=100_000)


class Client:
    """Sends requests as they are over one connection, and opens another one when the server has closed it."""

    def __init__(self, server: Running) -> None:
        address = urlsplit(server.api)
        self._address = address.hostname or "", address.port or 0
        credential = server.server_file["credentials"][0]
        pair = f"{credential['key']}:{credential['secret']}"
        self._authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
        self._connection: socket.socket | None = None

    def send(self, request: BadRequest) -> tuple[int, bytes]:
        """Send a request. Return status and body, or 0 and the error if the connection was dropped."""
        if self._connection is None:
            self._connection = socket.create_connection(self._address, timeout=60)
        connection = self._connection
        try:
            connection.sendall(self._encode(request))
            response = HTTPResponse(connection, method=request.method)
            response.begin()
            answer = response.status, response.read()
        except (OSError, HTTPException) as error:
            self.close()
            return 0, repr(error).encode()
        if response.will_close:
            self.close()
        return answer

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def _encode(self, request: BadRequest) -> bytes:
        authorization = self._authorization if request.authorization is None else request.authorization
        headers = {"Host": "localhost", "Authorization": authorization, "Content-Length": str(len(request.body))}
        lines = [f"{name}: {value}\r\n".encode("latin-1") for name, value in (headers | request.headers).items()]
        return b"%s %s HTTP/1.1\r\n%s\r\n%s" % (request.method.encode(), request.target, b"".join(lines), request.body)


def is_wrong(request: BadRequest, status: int, body: bytes) -> bool:
    """Return whether an answer is no answer, an internal error, or an error without an explanation."""
    has_explanation = request.method == "HEAD" or b"detail" in body or b"error" in body or b"<html" in body
    return not 200 <= status < 500 or (status >= 400 and not has_explanation)


def send_share(server: Running, account: int, share: int) -> tuple[Counter[int], list[Any]]:
    """Send the share of one client. Return how often each status was answered, and what was wrong."""
    client, statuses, wrong = Client(server), Counter[int](), []
    for request in Generator(SEED + share, account).requests(REQUESTS // CLIENTS):
        status, body = client.send(request)
        statuses[status] += 1
        if is_wrong(request, status, body):
            wrong.append(
                (status, request.method, request.target[:200], request.headers, request.body[:200], body[:300])
            )
    client.close()
    return statuses, wrong


@pytest.mark.nightly
def test_no_bad_request_gets_an_internal_error_or_no_answer(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with running_server(tmp_path / "data", program=("tests.support.checked_server",)) as server:
        with server.client() as client:
            account = client.get("/api/session/context").json()["account"]["id"]
        with ThreadPoolExecutor(CLIENTS) as pool:
            shares = pool.map(lambda share: send_share(server, account, share), range(CLIENTS))
            outcomes = list(shares)
    statuses = sum((one for one, _ in outcomes), Counter[int]())
    record_property("statuses", dict(statuses))
    wrong = [one for _, some in outcomes for one in some]
    assert wrong[:5] == [], f"{len(wrong)} answers are wrong: {statuses}"
    refused = sum(count for status, count in statuses.items() if status >= 400)
    assert refused > 0.8 * statuses.total(), f"Most of the requests should be refused: {statuses}"


def test_the_same_seed_generates_the_same_requests() -> None:
    assert list(Generator(SEED, 1).requests(50)) == list(Generator(SEED, 1).requests(50))
