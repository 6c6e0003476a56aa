"""Compressed answers of the local server, which are as API Gateway compresses them."""

import gzip
import http.client
from typing import Any, NamedTuple

import httpx
import pytest

from chalicelib.http import compression
from infra.testing.nouns.actions import store_actions
from tests.support.gateway_events import as_caller, invoke

LIST = "/api/v2/actions.json"
LONG_PATH = "/nothing/" + "x" * 2_000  # which the error repeats
GZIP = "gzip"
Json = dict[str, Any]


class Sent(NamedTuple):
    """An answer with its body as it was sent."""

    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture
def long(ada: httpx.Client, acme: Json) -> httpx.Client:
    """Return a client whose list of actions is long enough to be compressed."""
    store_actions(acme["account"]["id"], 10)
    return ada


def request(client: httpx.Client, method: str, path: str, accepted: str, tag: str = "") -> Sent:
    """Send a request with a client's credential, and return the answer."""
    assert client.auth is not None
    authorization = next(client.auth.sync_auth_flow(client.build_request(method, path))).headers["authorization"]
    headers = {"Authorization": authorization, "Accept-Encoding": accepted} | ({"If-None-Match": tag} if tag else {})
    connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port, timeout=10)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return Sent(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)


@pytest.mark.parametrize(
    "accepted",
    ["gzip", "gzip, deflate, br", "GZIP", "br;q=1.0, gzip;q=0.8, *;q=0.1", "gzip;q=1.0, identity;q=0.5, *;q=0"],
)
def test_a_long_answer_is_compressed_for_clients_that_ask_for_it(long: httpx.Client, accepted: str) -> None:
    plain, packed = request(long, "GET", LIST, ""), request(long, "GET", LIST, accepted)
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert int(packed.headers["content-length"]) == len(packed.body) < len(plain.body)
    assert packed.headers["etag"] == plain.headers["etag"]
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize(
    "accepted",
    ["", "identity", "gzip;q=0", "gzip;q=0.0, *", "br", "*", "gzip;q=0.1, identity", "gzip;q=x", ";;", "<gzip>"],
)
def test_a_long_answer_is_not_compressed_for_others(long: httpx.Client, accepted: str) -> None:
    answer = request(long, "GET", LIST, accepted)
    assert "content-encoding" not in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert answer.body.startswith(b"[{")


def test_the_threshold_is_the_length_from_which_content_is_compressed() -> None:
    assert compression.compress(b"x" * (compression.MIN_BYTES - 1), GZIP) is None
    compressed = compression.compress(b"x" * compression.MIN_BYTES, GZIP)
    assert compressed is not None
    assert gzip.decompress(compressed) == b"x" * compression.MIN_BYTES


def test_a_short_answer_is_not_compressed(ada: httpx.Client) -> None:
    for path, status in (("/health", 200), ("/nothing", 404), (LIST, 200)):
        answer = request(ada, "GET", path, GZIP)
        assert (answer.status, answer.headers.get("content-encoding")) == (status, None)
        assert int(answer.headers["content-length"]) == len(answer.body)
        assert "Accept-Encoding" in answer.headers["vary"], "A longer one would be compressed."


def test_a_long_error_is_compressed_like_other_answers(ada: httpx.Client) -> None:
    for path, status in ((LONG_PATH, 404), (f"{LIST}?{'&'.join(f'x{number}=1' for number in range(90))}", 422)):
        answer = request(ada, "GET", path, GZIP)
        assert (answer.status, answer.headers["content-encoding"]) == (status, "gzip")
        assert answer.headers["content-type"] == "application/problem+json"
        assert b'"detail"' in gzip.decompress(answer.body)


@pytest.mark.parametrize("accepted", ["gzip", ""])
@pytest.mark.parametrize("path", [LIST, "/openapi.json", "/docs"])
def test_head_has_the_headers_of_get_without_its_body(long: httpx.Client, path: str, accepted: str) -> None:
    get, head = (request(long, method, path, accepted) for method in ("GET", "HEAD"))
    assert (head.status, head.body) == (get.status, b"") == (200, b"")
    assert head.headers["content-length"] == str(len(get.body))
    for name in ("content-length", "content-encoding", "content-type", "vary", "etag"):
        assert head.headers.get(name) == get.headers.get(name)


def test_head_has_no_body_where_the_answer_is_an_error(long: httpx.Client) -> None:
    for accepted in ("gzip", ""):
        head = request(long, "HEAD", LONG_PATH, accepted)
        assert (head.status, head.body, head.headers.get("content-encoding")) == (404, b"", accepted or None)


def test_the_tag_of_a_compressed_answer_is_valid_for_both_forms(long: httpx.Client) -> None:
    tag = request(long, "GET", LIST, GZIP).headers["etag"]
    assert not tag.startswith("W/")
    for accepted in ("gzip", ""):
        unchanged = request(long, "GET", LIST, accepted, tag)
        assert (unchanged.status, unchanged.body) == (304, b"")
        assert not {"content-encoding", "content-length"} & unchanged.headers.keys()
    address = f"/api/v2/actions/{long.get(LIST).json()[0]['id']}.json"
    tag = request(long, "GET", address, GZIP).headers["etag"]
    assert long.patch(address, json={"title": "new"}, headers={"If-Match": tag}).status_code == 200


def test_an_answer_without_content_stays_as_it_is(long: httpx.Client) -> None:
    made = long.post("/api/workspaces", json={"name": "x"})
    for method, path in (("OPTIONS", LIST), ("DELETE", made.headers["location"])):
        answer = request(long, method, path, GZIP)
        assert (answer.status, answer.body) == (204, b"")
        assert not {"content-encoding", "content-length"} & answer.headers.keys()


def test_lambda_leaves_the_compression_to_api_gateway(long: httpx.Client, acme: Json) -> None:
    answer = invoke("GET", LIST, caller=as_caller(acme), headers={"accept-encoding": "gzip"})
    assert answer["body"] == long.get(LIST).text
    assert "Content-Encoding" not in answer["headers"], "API Gateway would take it for compressed."
    assert answer["headers"]["Vary"] == "Accept, Accept-Encoding"
