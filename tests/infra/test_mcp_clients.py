"""POST /mcp of the server of `make run`, as real clients of the Model Context Protocol see it."""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.testing.processes import PATIENCE, PLAIN, Running, running_server
from tests.support.node import NODE

pytestmark = pytest.mark.slow

Json = dict[str, Any]
Call = tuple[str, Json]

FOLDER = Path(sys.prefix) / "mcp-clients"
SCRIPTS = Path(__file__).parent.parent / "tools/mcp_clients"
INSPECTOR = FOLDER / "inspector/node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"

ACTIONS = "/api/v2/actions.json"
READS: list[Call] = [
    ("get_context", {}),
    ("find_actions", {"q": "Action title", "limit": 5}),
    ("find_actions", {"limit": 500}),
    ("find_actions", {"labels": "x"}),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_server(tmp_path_factory.mktemp("server") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def api(server: Running) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def basic(server: Running) -> str:
    credential = server.server_file["credentials"][0]
    return "Basic " + base64.b64encode(f"{credential['key']}:{credential['secret']}".encode()).decode()


def bearer(api: httpx.Client, scope: str) -> str:
    answer = api.post("/oauth/token", json={"grant_type": "client_credentials", "scope": scope})
    return f"Bearer {answer.json()['access_token']}"


def talk(name: str, server: Running, authorization: str, calls: Sequence[Call], **more: Any) -> Json:
    """Let a Python client list the tools and call some of them. Return what it has got."""
    python = FOLDER / name / "bin/python"
    if not python.exists():
        pytest.fail(f"{python} is not there. Run `make .venv/mcp-clients/all` first.")
    task = {"url": f"{server.api}/mcp", "authorization": authorization, "calls": calls} | more
    made: Json = json.loads(run([str(python), str(SCRIPTS / name / f"{name}_client.py")], json.dumps(task)))
    return made


def run(command: Sequence[str], text: str = "", statuses: Sequence[int] = (0,)) -> str:
    """Run a client to its end and return its output. `statuses` are the exit codes that are expected."""
    made = subprocess.run(command, input=text, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert made.returncode in statuses, made.stderr
    return made.stdout


def assert_reads(api: httpx.Client, talked: Json) -> None:
    """Check the tools, and the answers to READS: two that succeed and two with wrong arguments."""
    names = [tool["name"] for tool in talked["tools"]]
    assert {"get_context", "find_actions", "delete"} <= set(names)
    assert len(names) == len(set(names))
    context, found, too_many, unknown = talked["results"]
    assert [one["is_error"] for one in talked["results"]] == [False, False, True, True]
    assert json.loads(context["text"])["user"]["id"] == api.get("/api/me").json()["id"]
    [action] = [one for one in api.get(ACTIONS).json() if one["title"] == "Action title"]
    assert [one["id"] for one in json.loads(found["text"])["actions"]] == [action["id"]]
    assert "limit" in too_many["text"]
    assert "labels" in unknown["text"]
    assert found["structured"] in (json.loads(found["text"]), None), "early clients know texts only"


def create_action(api: httpx.Client) -> str:
    """Create an action and return its address."""
    created: str = api.post(ACTIONS, json={"title": "Short-lived"}).headers["location"]
    return created


def deletion_of(address: str) -> Call:
    return "delete", {"kind": "action", "id": int(address.rpartition("/")[2].removesuffix(".json"))}


@pytest.mark.parametrize(("mode", "version"), [("auto", "2026-07-28"), ("legacy", "2025-11-25")])
def test_the_official_client_reads_with_basic_credentials(
    server: Running, api: httpx.Client, mode: str, version: str
) -> None:
    talked = talk("official", server, basic(server), READS, mode=mode, answer=None)
    assert talked["version"] == version
    assert_reads(api, talked)


def test_the_official_client_reads_with_an_access_token_and_writes_only_with_its_scope(
    server: Running, api: httpx.Client
) -> None:
    create = ("create_action", {"title": "Made by a tool"})
    for scope in ("read", "write"):
        talked = talk("official", server, bearer(api, scope), [*READS, create], mode="auto", answer=None)
        created = talked["results"].pop()
        assert_reads(api, talked)
        assert created["is_error"] == (scope == "read"), created
    assert len([one for one in api.get(ACTIONS).json() if one["title"] == "Made by a tool"]) == 1


def test_the_official_client_asks_its_user_before_it_deletes(server: Running, api: httpx.Client) -> None:
    for answer, status in (("decline", 200), ("accept", 404)):
        address = create_action(api)
        talked = talk("official", server, basic(server), [deletion_of(address)], mode="auto", answer=answer)
        [question] = talked["questions"]
        assert "Short-lived" in question
        assert [one["structured"]["done"] for one in talked["results"]] == [answer == "accept"]
        assert api.get(address).status_code == status
