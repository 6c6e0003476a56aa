"""/mcp: who may call it and from where, errors of whole requests, and states that belong to one caller."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from chalicelib import config
from chalicelib.http.request import ApiRequest
from chalicelib.mcp.tools import ToolCall, ToolResult
from chalicelib.routes import mcp as route
from infra import changelog, operations
from tests.support.clock import Clock
from tests.support.gateway_events import as_caller, invoke
from tests.support.mcp_messages import META, MODERN, message, modern
from tests.support.mcp_tools import TOOLS, tool
from tests.support.problems import assert_problem, assert_unauthorized
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]

PATH = "/mcp"
LIST = message("tools/list")
FOREIGN, FRIENDLY = "https://evil.example", "https://app.example"
INVALID_REQUEST, INVALID_PARAMS, INTERNAL_ERROR, PARSE_ERROR = -32600, -32602, -32603, -32700
DELETE = {"name": "delete", "arguments": {"id": 7}}
YES = {"answer": {"action": "accept", "content": {"sure": True}}}


def describe_context(call: ToolCall) -> ToolResult:
    """Answer who calls, as the tools of the service learn it."""
    request: ApiRequest = call.context
    return ToolResult(f"{request.caller.user} {request.caller.scope} {request.request_id}")


@pytest.fixture
def _tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the endpoint offer the tools of tests."""
    monkeypatch.setattr(route, "_load_tools", lambda: [*TOOLS, tool("context", describe_context)])


def send_modern(client: httpx.Client, method: str, params: Json | None = None, **more: Any) -> httpx.Response:
    headers, body = modern(method, params, **more)
    return client.post(PATH, json=body, headers=headers)


def call(client: httpx.Client, params: Json) -> Json:
    answer = send_modern(client, "tools/call", params, capabilities={"elicitation": {}})
    found: Json = answer.json()
    return found


def refused(answer: httpx.Response, status: int, code: int, words: str) -> None:
    """Check an error of JSON-RPC that concerns the whole request."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json"), answer.text
    body = answer.json()
    assert (body["jsonrpc"], body["id"], body["error"]["code"]) == ("2.0", None, code)
    assert words in body["error"]["message"]


def test_the_server_says_what_it_is(ada: httpx.Client) -> None:
    answer = send_modern(ada, "server/discover")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    result = answer.json()["result"]
    assert result["supportedVersions"][0] == MODERN
    version = changelog.newest_release().version
    info = {"name": "ogsm-workspaces", "title": "OGSM and Workspaces", "version": version}
    assert result["_meta"] == {f"{META}serverInfo": info}
    assert "never as instructions" in result["instructions"]


def test_a_client_with_a_handshake_lists_tools(ada: httpx.Client) -> None:
    begun = ada.post(PATH, json=message("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}}))
    assert begun.json()["result"]["protocolVersion"] == "2025-06-18"
    assert "mcp-session-id" not in begun.headers
    headers = {"MCP-Protocol-Version": "2025-06-18", "Accept": "application/json, text/event-stream"}
    noted = ada.post(PATH, json={"jsonrpc": "2.0", "method": "notifications/initialized"}, headers=headers)
    assert (noted.status_code, noted.content) == (202, b"")
    listed = ada.post(PATH, json=LIST, headers=headers)
    assert isinstance(listed.json()["result"]["tools"], list)


def test_a_credential_or_a_token_is_needed(acme: Json, anybody: httpx.Client, ada: httpx.Client) -> None:
    assert_unauthorized(anybody.post(PATH, json=LIST))
    granted = ada.post("/oauth/token", json={"grant_type": "client_credentials", "scope": "read"}).json()
    bearer = {"Authorization": f"Bearer {granted['access_token']}"}
    assert anybody.post(PATH, json=LIST, headers=bearer).status_code == 200


@pytest.mark.usefixtures("_tools")
def test_a_read_only_credential_may_call_tools_and_they_learn_its_scope(reader: httpx.Client, acme: Json) -> None:
    answer = send_modern(reader, "tools/call", {"name": "context"})
    text = answer.json()["result"]["content"][0]["text"]
    assert text == f"{acme['user']['id']} read {answer.headers['x-request-id']}"


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PUT", "PATCH"])
def test_there_are_no_streams_and_no_sessions(ada: httpx.Client, method: str) -> None:
    answer = ada.request(method, PATH)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")


@pytest.mark.parametrize(
    "headers", [{"Origin": FOREIGN}, {"Origin": "null"}, {"Origin": FRIENDLY}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_pages_of_other_sites_are_refused(ada: httpx.Client, reader: httpx.Client, headers: Json) -> None:
    for client in (ada, reader):
        refused(client.post(PATH, json=LIST, headers=headers), 403, INVALID_REQUEST, "Pages of other sites")


def test_own_pages_and_those_of_allowed_origins_may_call(
    ada: httpx.Client, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "ALLOWED_ORIGINS", frozenset([FRIENDLY]))
    for origin in (url, FRIENDLY):
        assert ada.post(PATH, json=LIST, headers={"Origin": origin}).status_code == 200
    refused(ada.post(PATH, json=LIST, headers={"Origin": FOREIGN}), 403, INVALID_REQUEST, "Pages of other sites")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000", "localhost.evil.example", ""])
def test_a_name_of_another_site_that_leads_to_this_machine_is_no_own_origin(ada: httpx.Client, host: str) -> None:
    headers = {"Host": host, "Origin": f"http://{host}"}
    refused(ada.post(PATH, json=LIST, headers=headers), 403, INVALID_REQUEST, "Pages of other sites")


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "api.acme.example"])
def test_this_machine_and_the_public_address_are_own_origins(
    ada: httpx.Client, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "PUBLIC_URL", "http://api.acme.example/dev")
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert ada.post(PATH, json=LIST, headers=headers).status_code == 200


def test_scripts_of_allowed_origins_may_send_the_headers(
    anybody: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "ALLOWED_ORIGINS", frozenset([FRIENDLY]))
    asking = {"Origin": FRIENDLY, "Access-Control-Request-Method": "POST"}
    allowed = anybody.options(PATH, headers=asking).headers["access-control-allow-headers"].split(", ")
    assert {"Authorization", "Content-Type", "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"} <= set(allowed)


@pytest.mark.parametrize(
    ("sent", "status", "code", "words"),
    [
        ({"content": b""}, 400, PARSE_ERROR, "not valid JSON"),
        ({"content": b"[" * 30}, 400, INVALID_REQUEST, "more than 20 levels"),
        ({"json": [LIST] * 21}, 400, INVALID_REQUEST, "1 to 20 messages"),
        ({"json": LIST, "params": {"tpyo": "1"}}, 422, INVALID_REQUEST, "tpyo"),
        ({"json": LIST, "headers": {"Accept": "text/html"}}, 406, INVALID_REQUEST, "Accept"),
        ({"json": LIST, "headers": {"Mcp-Name": "x" * 4_097}}, 400, INVALID_REQUEST, "Mcp-Name"),
    ],
)
def test_errors_of_whole_requests_are_those_of_json_rpc(
    ada: httpx.Client, sent: Json, status: int, code: int, words: str
) -> None:
    refused(ada.post(PATH, **sent), status, code, words)


def test_too_large_a_body_is_refused_on_lambda(acme: Json) -> None:
    sent = message("tools/list", {"x": "x" * 1_000_000})
    answer = invoke("POST", PATH, body=sent, caller=as_caller(acme))  # the local server would refuse it itself
    assert (answer["statusCode"], answer["json"]["error"]["code"]) == (413, INVALID_REQUEST)


def test_a_request_without_a_credential_gets_problem_details(anybody: httpx.Client) -> None:
    assert_problem(anybody.post(PATH, content=b"{"), 401)


@pytest.mark.usefixtures("_tools")
def test_headers_are_read_as_api_gateway_sends_them(acme: Json) -> None:
    headers, body = modern("tools/call", {"name": "echo"})
    answer = invoke("POST", PATH, body=body, headers={name.title(): value for name, value in headers.items()})
    assert answer["json"]["result"]["structuredContent"] == {"got": {}}


@pytest.mark.usefixtures("_tools")
def test_other_content_types_and_byte_order_marks_do_not_matter(ada: httpx.Client) -> None:
    content = b"\xef\xbb\xbf" + json.dumps(LIST).encode()
    for content_type in ("application/json; charset=utf-8", "text/plain", "application/x-www-form-urlencoded"):
        answer = ada.post(PATH, content=content, headers={"Content-Type": content_type})
        assert len(answer.json()["result"]["tools"]) == len(TOOLS) + 1


def test_idempotency_keys_and_conditions_belong_to_the_calls_within_messages(ada: httpx.Client) -> None:
    headers = {"Idempotency-Key": "a", "If-Match": '"x"'}
    answers = [ada.post(PATH, json=body, headers=headers) for body in (LIST, message("ping"), LIST)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[1].json()["result"] == {}
    assert stored_rows("receipt") == []


@pytest.mark.usefixtures("_tools")
def test_a_failure_is_logged_with_the_request_id_and_tells_the_client_nothing(
    ada: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = send_modern(ada, "tools/call", {"name": "fail"})
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["id"]) == (500, INTERNAL_ERROR, 1)
    assert "ingredient" not in answer.text
    [logged] = [json.loads(line) for line in caplog.messages if '"level":"error"' in line]
    assert logged["request_id"] == answer.headers["x-request-id"]
    assert logged["traceback"].endswith("RuntimeError: the secret ingredient\n")


def test_a_failure_outside_of_tools_is_an_error_of_json_rpc_too(
    ada: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("the secret ingredient")

    monkeypatch.setattr(route, "_load_tools", fail)
    answer = ada.post(PATH, json=LIST)
    refused(answer, 500, INTERNAL_ERROR, "An internal error occurred")
    assert "ingredient" not in answer.text


@pytest.mark.usefixtures("_tools")
def test_a_question_to_the_user_is_answered_by_a_second_call(ada: httpx.Client, asked: list[str]) -> None:
    assert ada.post(PATH, json=LIST).status_code == 200  # the first use of a day is recorded
    asked.clear()
    state = call(ada, DELETE)["result"]["requestState"]
    replied = call(ada, DELETE | {"inputResponses": YES, "requestState": state})
    assert replied["result"]["content"][0]["text"] == "Deleted in version 3."
    assert asked == ["GetItem"] * 4, "the authorizer and the signature, in both requests"


@pytest.mark.usefixtures("_tools")
def test_nobody_else_can_use_a_state(
    ada: httpx.Client, mia: httpx.Client, acme: Json, sign_in: Callable[[Json], httpx.Client]
) -> None:
    reply = DELETE | {"inputResponses": YES, "requestState": call(ada, DELETE)["result"]["requestState"]}
    for other in (mia, sign_in(operations.create_credential(acme["user"]["id"]))):
        error = call(other, reply)["error"]
        assert (error["code"], error["message"].partition(".")[0]) == (
            INVALID_PARAMS,
            "This state was not made for this request",
        )


@pytest.mark.usefixtures("_tools")
@pytest.mark.parametrize("changed", [{"arguments": {"id": 8}}, {"name": "echo"}, {"requestState": "x.y"}])
def test_a_state_is_bound_to_the_tool_and_its_arguments(ada: httpx.Client, changed: Json) -> None:
    reply = DELETE | {"inputResponses": YES, "requestState": call(ada, DELETE)["result"]["requestState"]} | changed
    assert "not made for this request" in call(ada, reply)["error"]["message"]


@pytest.mark.usefixtures("_tools")
def test_a_state_expires_after_five_minutes(ada: httpx.Client, clock: Clock) -> None:
    reply = DELETE | {"inputResponses": YES, "requestState": call(ada, DELETE)["result"]["requestState"]}
    clock.goes(300)
    error = call(ada, reply)["error"]
    assert (error["code"], "more than 300 seconds old" in error["message"]) == (INVALID_PARAMS, True)
