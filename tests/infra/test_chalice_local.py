"""Plain `chalice local` as a process of its own, with moto's DynamoDB: it answers as API Gateway does."""

import base64
import json
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import pytest

from chalicelib.http.authorizer import REALM
from infra.testing.processes import answers, await_that, environment, free_port, run, started

pytestmark = pytest.mark.slow

ACTIONS = "/api/v2/actions.json"
CHALICE = str(Path(sys.executable).parent / "chalice")
PROBLEM = "application/problem+json"
MARKER = "bWFya2VyOm1hcmtlcg=="  # marker:marker


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Return the environment of a store in a process of its own, because in this one moto answers every call to AWS."""
    port = str(free_port())
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port]
    with _serving(command, f"http://127.0.0.1:{port}", tmp_path_factory.mktemp("moto")) as store:
        yield environment(AWS_ENDPOINT_URL_DYNAMODB=store)


@pytest.fixture(scope="module")
def credential(surroundings: dict[str, str]) -> tuple[str, str]:
    """Return key and secret of an account, in a table that the operator's commands created."""
    assert _admin(surroundings, "create-table") == {"table": "ogsm-workspaces-dev", "created": True}
    person = ("--email", "ada@acme.example", "--first-name", "Ada", "--last-name", "Admin")
    made = _admin(surroundings, "create-account", "--name", "Acme", *person)["credential"]
    return made["key"], made["secret"]


@pytest.fixture(scope="module")
def api(surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `chalice local`."""
    port = str(free_port())
    command = [CHALICE, "local", "--stage", "dev", "--no-autoreload", "--port", port]
    with _serving(command, f"http://127.0.0.1:{port}", tmp_path_factory.mktemp("chalice"), surroundings) as url:
        yield url


@pytest.fixture
def anybody(api: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=api) as client:
        yield client


@pytest.fixture
def ada(api: str, credential: tuple[str, str]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=api, auth=credential) as client:
        yield client


@pytest.mark.parametrize("authorization", ["", f"Basic {MARKER}", "Basic !", f"Bearer {MARKER}", MARKER])
def test_without_a_valid_credential_the_answer_is_401(anybody: httpx.Client, authorization: str) -> None:
    refused = anybody.get(ACTIONS, headers={"Authorization": authorization} if authorization else {})
    _check_problem(refused, 401)
    assert refused.headers["www-authenticate"] == REALM


def test_the_right_key_needs_the_right_secret(anybody: httpx.Client, credential: tuple[str, str]) -> None:
    refused = anybody.get(ACTIONS, auth=(credential[0], f"{credential[1]}x"))
    _check_problem(refused, 401)
    assert refused.headers["www-authenticate"] == REALM


def test_an_unknown_path_is_404_with_and_without_a_credential(anybody: httpx.Client, ada: httpx.Client) -> None:
    for client in (anybody, ada):
        for path in ("/api", "/api/v2", "/api/v2/nothing.json?x=1"):
            _check_problem(client.get(path), 404)


@pytest.mark.parametrize("scheme", ["Basic", "Bearer", "AWS4-HMAC-SHA256"])
def test_an_unknown_path_does_not_tell_what_was_sent_as_credential(anybody: httpx.Client, scheme: str) -> None:
    missed = anybody.get("/nothing", headers={"Authorization": f"{scheme} {MARKER}"})
    _check_problem(missed, 404)
    assert MARKER not in f"{missed.headers} {missed.text}"


def test_an_unknown_method_of_a_known_path_is_405_with_allow(anybody: httpx.Client, ada: httpx.Client) -> None:
    for client in (anybody, ada):
        refused = client.delete(ACTIONS)
        _check_problem(refused, 405)
        assert refused.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_an_action_makes_the_round_trip(ada: httpx.Client) -> None:
    made = ada.post(ACTIONS, json={"title": "Ünïcode ✓"})
    assert made.status_code == 201
    address = made.headers["location"]
    assert (made.json()["title"], ada.get(address).json()) == ("Ünïcode ✓", made.json())
    changed = ada.patch(address, json={"progress": 7})
    assert (changed.status_code, changed.json()) == (200, made.json() | {"progress": 7})
    assert changed.json() in ada.get(ACTIONS).json()
    assert ada.delete(address).status_code == 200
    _check_problem(ada.get(address), 404)


@pytest.mark.parametrize(
    ("path", "signed_in", "status"), [(ACTIONS, True, 200), (ACTIONS, False, 401), ("/x", True, 404)]
)
def test_head_has_no_body_and_the_connection_stays_usable(
    api: str, credential: tuple[str, str], path: str, signed_in: bool, status: int
) -> None:
    authorization = f"Authorization: Basic {base64.b64encode(':'.join(credential).encode()).decode()}\r\n"
    head = f"HEAD {path} HTTP/1.1\r\n{authorization if signed_in else ''}\r\n"
    answer = _spoken(api, f"{head}GET /health HTTP/1.1\r\nConnection: close\r\n\r\n")
    first, _, second = answer.partition("\r\n\r\n")
    assert first.startswith(f"HTTP/1.1 {status} ")
    assert second.startswith("HTTP/1.1 200 ")
    assert second.endswith('{"status":"ok"}')


def test_a_chunked_body_is_accepted(ada: httpx.Client) -> None:
    made = ada.post(ACTIONS, content=iter([b'{"title":', b'"In parts"}']), headers={"Content-Type": "application/json"})
    assert (made.status_code, made.json()["title"]) == (201, "In parts")


def test_a_malformed_request_is_400_and_ends_the_connection(api: str) -> None:
    unclear = f"POST {ACTIONS} HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\n"
    _check_last_problem(_spoken(api, f"{unclear}GET /health HTTP/1.1\r\n\r\n"), 400)


@pytest.mark.parametrize(
    ("path", "status", "allow"),
    [("/health", 405, "GET, HEAD, OPTIONS"), (ACTIONS, 405, "GET, HEAD, POST, OPTIONS"), ("/nothing", 404, None)],
)
def test_a_method_that_http_server_does_not_know_is_refused_like_others(
    ada: httpx.Client, path: str, status: int, allow: str | None
) -> None:
    answer = ada.request("PROPFIND", path)
    _check_problem(answer, status)
    assert answer.headers.get("allow") == allow
    assert ada.get("/health").status_code == 200


@contextmanager
def _serving(command: list[str], url: str, folder: Path, surroundings: dict[str, str] | None = None) -> Iterator[str]:
    """Start a server in a process, and return its address once it answers."""
    with started(command, folder / "stdout", folder / "stderr", surroundings) as process:
        await_that(lambda: answers(url), process, folder / "stderr")
        yield url


def _admin(surroundings: dict[str, str], *arguments: str) -> dict[str, Any]:
    outcome = run([sys.executable, "-m", "infra.admin", *arguments], surroundings)
    assert outcome.returncode == 0, outcome.stderr
    answer: dict[str, Any] = json.loads(outcome.stdout)
    return answer


def _check_problem(answer: httpx.Response, status: int) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    problem = answer.json()
    assert (problem["status"], problem["title"]) == (status, HTTPStatus(status).phrase)
    assert problem["instance"] == answer.url.path
    assert problem["request_id"] == answer.headers["x-request-id"]


def _check_last_problem(spoken: str, status: int) -> None:
    """Check that there is one problem document and nothing after it."""
    head, _, body = spoken.partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert f"Content-Type: {PROBLEM}" in head.splitlines()
    problem = json.loads(body)
    assert (problem["status"], problem["title"]) == (status, HTTPStatus(status).phrase)


def _spoken(api: str, text: str) -> str:
    """Send text to the server, and return all that it answers until it closes the connection."""
    url = httpx.URL(api)
    with socket.create_connection((url.host, url.port or 80), timeout=10) as connection:
        connection.sendall(text.encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()
