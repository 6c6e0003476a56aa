"""tools/list and tools/call: what a client learns of a tool, what the tool gets, and what the client gets back."""

from typing import Any

import pytest

from tests.support.mcp_messages import CoreServer

Json = dict[str, Any]

INVALID_PARAMS, INTERNAL_ERROR = -32602, -32603
LINK = {"type": "resource_link", "uri": "test://one", "name": "One", "mimeType": "application/json"}


def test_a_tool_is_listed_with_its_schemas_and_hints(core: CoreServer) -> None:
    echo, delete, *_ = core.send_legacy("tools/list").result["tools"]
    assert echo == {
        "name": "echo",
        "title": "echo",
        "description": "The tool echo.",
        "inputSchema": {"type": "object", "properties": {}, "additionalProperties": False},
        "outputSchema": {"type": "object"},
        "annotations": {"readOnlyHint": True, "openWorldHint": False},
    }
    assert "outputSchema" not in delete
    assert delete["annotations"] == {
        "readOnlyHint": False,
        "destructiveHint": True,
        "idempotentHint": True,
        "openWorldHint": False,
    }


def test_tools_are_listed_in_the_same_order_every_time(core: CoreServer) -> None:
    lists = [core.send_legacy("tools/list").result["tools"] for _ in range(3)]
    assert [[one["name"] for one in tools] for tools in lists] == [["echo", "delete", "refuse", "fail"]] * 3


@pytest.mark.parametrize("cursor", ["", "x", 5, {}])
def test_there_is_no_second_page(core: CoreServer, cursor: object) -> None:
    for answer in (
        core.send_modern("tools/list", {"cursor": cursor}),
        core.send_legacy("tools/list", {"cursor": cursor}),
    ):
        assert answer.error["code"] == INVALID_PARAMS
    assert core.send_legacy("tools/list", {"cursor": None}).result["tools"]


@pytest.mark.parametrize("arguments", [{}, {"a": [1, {"é": None}]}])
def test_a_result_has_text_data_and_links(core: CoreServer, arguments: Json) -> None:
    params = {"name": "echo", "arguments": arguments}
    expected = {
        "content": [{"type": "text", "text": f"Got {len(arguments)}."}, LINK],
        "structuredContent": {"got": arguments},
    }
    assert core.send_legacy("tools/call", params).result == expected
    modern = core.send_modern("tools/call", params).result
    assert {name: modern[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("version", "count"), [("2025-11-25", 2), ("2025-06-18", 2), ("2025-03-26", 1), ("2024-11-05", 1), (None, 1)]
)
def test_early_clients_get_no_links_because_they_cannot_read_them(
    core: CoreServer, version: str | None, count: int
) -> None:
    result = core.send_legacy("tools/call", {"name": "echo"}, version=version).result
    assert len(result["content"]) == count


@pytest.mark.parametrize("arguments", [[], "x", 5, False])
def test_arguments_must_be_an_object(core: CoreServer, arguments: object) -> None:
    answer = core.send_modern("tools/call", {"name": "echo", "arguments": arguments})
    assert (answer.status, answer.error["code"]) == (400, INVALID_PARAMS)
    assert answer.error["message"] == "arguments must be an object."


@pytest.mark.parametrize("name", ["nothing", "Echo", "x" * 5_000])
def test_an_unknown_tool_is_an_error_of_the_protocol(core: CoreServer, name: str) -> None:
    legacy, modern = (send("tools/call", {"name": name}) for send in (core.send_legacy, core.send_modern))
    assert [(one.status, one.error["code"]) for one in (legacy, modern)] == [
        (200, INVALID_PARAMS),
        (400, INVALID_PARAMS),
    ]
    assert legacy.error["message"].startswith("There is no tool")
    assert "tools/list" in legacy.error["message"]
    assert len(legacy.error["message"]) < 300


@pytest.mark.parametrize("params", [{}, {"name": None}, {"name": ""}, {"name": 5}, {"name": ["echo"]}])
def test_a_call_needs_the_name_of_a_tool(core: CoreServer, params: Json) -> None:
    assert core.send_legacy("tools/call", params).error["code"] == INVALID_PARAMS


def test_an_error_of_the_api_is_a_result_that_the_model_can_read(core: CoreServer) -> None:
    expected = {"content": [{"type": "text", "text": "There is no action 7."}], "isError": True}
    assert core.send_legacy("tools/call", {"name": "refuse"}).result == expected
    modern = core.send_modern("tools/call", {"name": "refuse"}).result
    assert {name: modern[name] for name in expected} == expected


def test_an_unexpected_failure_is_reported_and_tells_nothing(core: CoreServer) -> None:
    modern = core.send_modern("tools/call", {"name": "fail"})
    legacy = core.send_legacy("tools/call", {"name": "fail"})
    assert [(one.status, one.error["code"]) for one in (modern, legacy)] == [
        (500, INTERNAL_ERROR),
        (200, INTERNAL_ERROR),
    ]
    assert "ingredient" not in str([modern, legacy])
    assert core.failures == ["failed", "failed"]
