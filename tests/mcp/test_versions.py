"""The versions of the protocol: how each begins, which headers it needs, and the errors of the modern one."""

import base64
from typing import Any

import pytest

from tests.support.mcp_messages import META, MODERN, CoreServer, message, modern

Json = dict[str, Any]

SUPPORTED = ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
METHOD_NOT_FOUND, INVALID_PARAMS, HEADER_MISMATCH, UNSUPPORTED = -32601, -32602, -32020, -32022
CALL = {"name": "echo", "arguments": {}}
VERSION, CAPABILITIES = f"{META}protocolVersion", f"{META}clientCapabilities"


def encoded(text: str) -> str:
    return f"=?base64?{base64.b64encode(text.encode()).decode()}?="


@pytest.mark.parametrize(
    ("wanted", "answered"),
    [
        *((version, version) for version in SUPPORTED[1:]),
        *[("2026-07-28", "2025-11-25"), ("2030-01-01", "2025-11-25"), ("", "2025-11-25"), (None, "2025-11-25")],
        *[(5, "2025-11-25"), (["2025-06-18"], "2025-11-25"), ({}, "2025-11-25")],
    ],
)
def test_initialize_answers_the_wanted_version_or_the_newest_with_a_handshake(
    core: CoreServer, wanted: object, answered: str
) -> None:
    answer = core.send(message("initialize", {"protocolVersion": wanted, "capabilities": {}}))
    assert answer.result == {
        "protocolVersion": answered,
        "capabilities": {"tools": {}},
        "serverInfo": {"name": "tests", "title": "Tests", "version": "1.2.3"},
        "instructions": "Only for tests.",
    }


def test_initialize_needs_no_version_in_its_header(core: CoreServer) -> None:
    answer = core.send(message("initialize", {"protocolVersion": "2025-06-18"}), {"mcp-protocol-version": "2030-01-01"})
    assert answer.result["protocolVersion"] == "2025-06-18"


@pytest.mark.parametrize("version", [*SUPPORTED[1:], None])
def test_legacy_versions_have_ping_and_tools(core: CoreServer, version: str | None) -> None:
    assert core.send_legacy("ping", version=version).result == {}
    listed = core.send_legacy("tools/list", version=version).result
    assert listed.keys() == {"tools"}
    assert core.send_legacy("tools/call", CALL, version=version).result.keys() == {"content", "structuredContent"}


@pytest.mark.parametrize("version", [*SUPPORTED[1:], None])
@pytest.mark.parametrize("method", ["nothing", "", "server/discover", "resources/list", "prompts/list", "tools/List"])
def test_legacy_errors_have_the_status_200(core: CoreServer, version: str | None, method: str) -> None:
    answer = core.send_legacy(method, version=version)
    assert (answer.status, answer.error["code"]) == (200, METHOD_NOT_FOUND)


def test_the_modern_version_says_what_the_server_offers(core: CoreServer) -> None:
    assert core.send_modern("server/discover").result == {
        "resultType": "complete",
        "supportedVersions": SUPPORTED,
        "capabilities": {"tools": {}},
        "instructions": "Only for tests.",
        "ttlMs": 300_000,
        "cacheScope": "private",
        "_meta": {f"{META}serverInfo": {"name": "tests", "title": "Tests", "version": "1.2.3"}},
    }


def test_every_modern_result_says_its_type_and_the_server_and_lists_say_how_long_they_last(core: CoreServer) -> None:
    listed, called = core.send_modern("tools/list").result, core.send_modern("tools/call", CALL).result
    for result in (listed, called):
        assert (result["resultType"], result["_meta"][f"{META}serverInfo"]["version"]) == ("complete", "1.2.3")
    assert (listed["ttlMs"], listed["cacheScope"]) == (300_000, "private")
    assert not {"ttlMs", "cacheScope"} & called.keys()


@pytest.mark.parametrize("method", ["nothing", "initialize", "ping", "resources/list", "logging/setLevel"])
def test_unknown_methods_are_not_found_in_the_modern_version(core: CoreServer, method: str) -> None:
    answer = core.send_modern(method)
    assert (answer.status, answer.error["code"]) == (404, METHOD_NOT_FOUND)


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"mcp-protocol-version": None}, "MCP-Protocol-Version is missing"),
        ({"mcp-protocol-version": "2025-11-25"}, 'is "2025-11-25", but the body says "2026-07-28"'),
        ({"mcp-protocol-version": "x" * 500}, '"xxx'),
        ({"mcp-method": None}, "Mcp-Method is missing"),
        ({"mcp-method": "tools/list"}, 'is "tools/list", but the body says "tools/call"'),
        ({"mcp-method": "Tools/Call"}, "Mcp-Method is"),
        ({"mcp-name": None}, "Mcp-Name is missing"),
        ({"mcp-name": "delete"}, 'is "delete", but the body says "echo"'),
        ({"mcp-name": "=?base64?!?="}, "cannot be decoded"),
        ({"mcp-name": "=?base64?/w==?="}, "cannot be decoded"),
        ({"mcp-name": encoded("delete")}, 'is "delete"'),
    ],
)
def test_a_header_that_differs_from_the_body_is_refused(core: CoreServer, headers: Json, words: str) -> None:
    right, body = modern("tools/call", CALL)
    sent = {name: value for name, value in (right | headers).items() if value is not None}
    answer = core.send(body, sent)
    assert (answer.status, answer.error["code"]) == (400, HEADER_MISMATCH)
    assert words in answer.error["message"]
    assert len(answer.error["message"]) < 300


@pytest.mark.parametrize("name", ["echo", " echo\t", encoded("echo")])
def test_the_name_of_a_tool_may_be_encoded(core: CoreServer, name: str) -> None:
    headers, body = modern("tools/call", CALL)
    assert core.send(body, headers | {"mcp-name": name}).result["structuredContent"] == {"got": {}}


@pytest.mark.parametrize(
    "meta", [{}, {VERSION: MODERN}, {CAPABILITIES: {}}, {VERSION: MODERN, CAPABILITIES: []}, None, [], "x"]
)
def test_incomplete_metadata_is_refused(core: CoreServer, meta: object) -> None:
    headers, _ = modern("tools/list")
    answer = core.send(message("tools/list", {"_meta": meta}), headers)
    assert (answer.status, answer.error["code"]) == (400, INVALID_PARAMS)
    assert VERSION in answer.error["message"]


@pytest.mark.parametrize("version", ["2030-01-01", "2025-06-18", "", "x"])
def test_a_version_that_is_not_modern_is_unsupported_in_metadata(core: CoreServer, version: str) -> None:
    meta = {VERSION: version, CAPABILITIES: {}}
    headers = {"mcp-protocol-version": version, "mcp-method": "tools/list"}
    answer = core.send(message("tools/list", {"_meta": meta}), headers)
    if not version:  # an empty header is none
        assert answer.error["code"] == HEADER_MISMATCH
        return
    assert (answer.status, answer.error["code"]) == (400, UNSUPPORTED)
    assert answer.error["data"] == {"supported": SUPPORTED, "requested": version}


def test_a_version_that_is_no_text_is_refused(core: CoreServer) -> None:
    headers, body = modern("tools/list")
    body["params"]["_meta"][VERSION] = 5
    assert core.send(body, headers).error["code"] == HEADER_MISMATCH


def test_a_header_with_an_unknown_version_is_refused_without_metadata_too(core: CoreServer) -> None:
    answer = core.send(message("tools/list"), {"mcp-protocol-version": "2030-01-01"})
    assert (answer.status, answer.error["code"]) == (400, UNSUPPORTED)
    assert answer.error["data"] == {"supported": SUPPORTED, "requested": "2030-01-01"}
