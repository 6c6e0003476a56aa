"""POST /mcp of the server of `make run`, as real clients of the Model Context Protocol see it."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from infra.testing.processes import Running, running_server
from tests.support.mcp_clients import Call, PythonClient, python_client, run_inspector

pytestmark = pytest.mark.slow

Json = dict[str, Any]

ACTIONS = "/api/v2/actions.json"
TITLE, SHORT_LIVED, MADE = "Action title", "Short-lived", "Made by a tool"
# Two calls that succeed, and two with wrong arguments.
READS: list[Call] = [
    ("get_context", {}),
    ("find_actions", {"q": TITLE, "limit": 5}),
    ("find_actions", {"limit": 500}),
    ("find_actions", {"labels": "x"}),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_server(tmp_path_factory.mktemp("server") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def url(server: Running) -> str:
    return f"{server.api}/mcp"


@pytest.fixture(scope="module")
def api(server: Running) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


@pytest.fixture(scope="module")
def official(url: str) -> Iterator[PythonClient]:
    with python_client("official", url) as client:
        yield client


@pytest.fixture(scope="module")
def basic(server: Running) -> str:
    credential = server.server_file["credentials"][0]
    return "Basic " + base64.b64encode(f"{credential['key']}:{credential['secret']}".encode()).decode()


def bearer(api: httpx.Client, scope: str) -> str:
    answer = api.post("/oauth/token", json={"grant_type": "client_credentials", "scope": scope})
    return f"Bearer {answer.json()['access_token']}"


def assert_reads(api: httpx.Client, talked: Json) -> None:
    """Check the tools, and the results of READS."""
    names = [tool["name"] for tool in talked["tools"]]
    assert {"get_context", "find_actions", "delete"} <= set(names)
    assert len(names) == len(set(names))
    assert [one["is_error"] for one in talked["results"]] == [False, False, True, True]
    context, found, too_many, unknown = talked["results"]
    assert json.loads(context["text"])["user"]["id"] == api.get("/api/me").json()["id"]
    [action] = [one for one in api.get(ACTIONS).json() if one["title"] == TITLE]
    assert [one["id"] for one in json.loads(found["text"])["actions"]] == [action["id"]]
    assert "limit" in too_many["text"]
    assert "labels" in unknown["text"]
    for one in (context, found):
        assert one["structured"] in (json.loads(one["text"]), None), "early clients know texts only"


def create_action(api: httpx.Client) -> str:
    """Create an action and return its address."""
    created: str = api.post(ACTIONS, json={"title": SHORT_LIVED}).headers["location"]
    return created


def deletion_of(address: str, **more: str) -> Call:
    action_id = int(address.rpartition("/")[2].removesuffix(".json"))
    return "delete", {"kind": "action", "id": action_id} | more


@pytest.mark.parametrize(("mode", "version"), [("auto", "2026-07-28"), ("legacy", "2025-11-25")])
def test_the_official_client_reads_in_the_newest_version_and_in_the_one_before(
    official: PythonClient, api: httpx.Client, basic: str, mode: str, version: str
) -> None:
    talked = official.talk(basic, READS, mode=mode, answer=None)
    assert talked["version"] == version
    assert_reads(api, talked)
    assert talked["results"][0]["structured"], "this client knows structured results"


def test_the_official_client_may_do_what_the_scope_of_its_access_token_allows(
    official: PythonClient, api: httpx.Client
) -> None:
    for scope in ("read", "write"):
        talked = official.talk(
            bearer(api, scope), [*READS, ("create_action", {"title": MADE})], mode="auto", answer=None
        )
        created = talked["results"].pop()
        assert_reads(api, talked)
        assert created["is_error"] == (scope == "read"), created
    assert [one["title"] for one in api.get(ACTIONS).json()].count(MADE) == 1


@pytest.mark.parametrize(("answer", "status"), [("decline", 200), ("accept", 404)])
def test_the_official_client_asks_its_user_before_it_deletes(
    official: PythonClient, api: httpx.Client, basic: str, answer: str, status: int
) -> None:
    address = create_action(api)
    talked = official.talk(basic, [deletion_of(address)], mode="auto", answer=answer)
    [question] = talked["questions"]
    assert SHORT_LIVED in question
    assert [one["structured"]["done"] for one in talked["results"]] == [answer == "accept"]
    assert api.get(address).status_code == status


def test_an_early_client_reads_and_confirms_a_deletion_with_the_token_of_its_preview(
    url: str, api: httpx.Client, basic: str
) -> None:
    address = create_action(api)
    with python_client("early", url) as client:
        talked = client.talk(basic, [*READS, deletion_of(address)])
        assert talked["version"] == "2024-11-05"
        preview = json.loads(talked["results"].pop()["text"])
        assert_reads(api, talked)
        assert (preview["done"], api.get(address).status_code) == (False, 200)
        assert SHORT_LIVED in preview["would"][0]
        talked = client.talk(basic, [deletion_of(address, confirm_token=preview["confirm_token"])])
    assert [json.loads(one["text"])["done"] for one in talked["results"]] == [True]
    assert api.get(address).status_code == 404


@pytest.mark.nightly
def test_fastmcp_reads(url: str, api: httpx.Client, basic: str) -> None:
    with python_client("fastmcp", url) as client:
        assert_reads(api, client.talk(basic, READS))


@pytest.mark.nightly
def test_the_inspector_finds_no_fault_in_the_tools_and_calls_them(url: str, api: httpx.Client, basic: str) -> None:
    tools = run_inspector(url, basic, "tools/list", "--strict")["tools"]
    results = []
    for name, arguments in READS:
        pairs = [f"{key}={value}" for key, value in arguments.items()]
        named = ["--tool-name", name, *(["--tool-arg", *pairs] if pairs else [])]
        result = run_inspector(url, basic, "tools/call", *named)
        [content] = [one for one in result["content"] if one["type"] == "text"]
        shown = {"structured": result.get("structuredContent"), "text": content["text"]}
        results.append(shown | {"is_error": result.get("isError", False)})
    assert_reads(api, {"tools": tools, "results": results})
