"""The tools of agents as /mcp offers them: what they cost a model, what they take, and what they say to mistakes."""

import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from chalicelib import json_text
from infra.testing.world import World
from tests.support.agents import PATH, Agent

Json = dict[str, Any]

MOST_LIST_BYTES = 12_000
WRONG: list[tuple[str, Json, str, str]] = [
    ("find_actions", {"overdu": True}, "overdu", "is not a known name; did you mean overdue?"),
    ("find_actions", {"status": "late"}, "status", "must be one of icebox, to do, doing, done"),
    ("find_actions", {"sort": "size"}, "sort", "contains 'size', which is not one of id, title,"),
    ("find_actions", {"limit": 101}, "limit", "must be a whole number from 1 to 100"),
    ("find_actions", {"fields": ["id", "title"]}, "fields", "must be one text, with commas between the words"),
    ("find_actions", {"cursor": "x"}, "cursor", "must be a cursor from"),
    ("read_plan", {"ogsm_canvas_id": 1, "cursor": "x"}, "cursor", "must be the next of the page before"),
    ("read_plan", {"view": "review"}, "ogsm_canvas_id", "is required for view=review"),
    ("create_action", {}, "title", "is required"),
    ("create_action", {"title": 7}, "title", "must be text"),
    ("create_action", {"title": "x", "due": "tomorrow"}, "due", "must be a date, YYYY-MM-DD"),
    ("create_action", {"title": "x", "labels": ["a", 7]}, "labels/1", "must be text"),
    ("create_action", {"title": "x", "start": "2024-02-02", "due": "2024-02-01"}, "due", "must not be before start"),
    ("update_action", {"action_id": None, "title": "x"}, "action_id", "must be a whole number"),
    ("browse_workspace", {"workspace_id": 1, "part": "members", "stack_id": 2}, "stack_id", "goes with part=items"),
    ("browse_workspace", {"workspace_id": 1, "part": "inbox", "stack_id": 2}, "stack_id", "goes with part=items"),
    ("create_activity", {"name": "x", "workspace_id": 1, "stack_id": 2}, "workspace_id", "cannot be combined"),
    ("act_on_activity", {"activity_id": 1, "verb": "fly"}, "verb", "must be one of play, pause"),
    ("act_on_activity", {"activity_id": 1, "verb": "play", "note": "x"}, "note", "goes with the verb decline only"),
    ("act_on_activity", {"activity_id": 1, "verb": "move"}, "workspace_id", "is required unless stack_id is given"),
    ("act_on_activity", {"activity_id": 1, "verb": "archive", "stack_id": 2}, "workspace_id", "is required"),
    ("hand_over", {"to": ["x"]}, "activity_id", "is required unless delegation_id or workspace_id is given"),
    ("hand_over", {"to": ["x"], "activity_id": 1, "workspace_id": 1}, "workspace_id", "must be given alone, of"),
    ("hand_over", {"to": ["x", "y"], "activity_id": 1}, "to", "must name one person for an activity"),
    ("hand_over", {"to": ["x"], "workspace_id": 1, "sign_off": True}, "sign_off", "does not go with workspace_id"),
    ("hand_over", {"to": [], "workspace_id": 1}, "to", "must name somebody"),
    ("hand_over", {"to": ["a b@x"], "activity_id": 1}, "to", "must be an e-mail address"),
    ("hand_over", {"to": ["ada@acme.example", "a b@x"], "workspace_id": 1}, "to", "must be an e-mail address"),
    ("delete", {"kind": "member", "id": "x"}, "workspace_id", "is required for a member"),
    ("delete", {"kind": "action", "id": 1, "workspace_id": 1}, "workspace_id", "goes with kind=member only"),
    ("delete", {"kind": "stack", "id": 1, "archive_items": True}, "archive_items", "goes with kind=workspace only"),
    ("undo", {}, "seq", "is required unless request_id is given"),
    ("undo", {"seq": 1, "request_id": "x"}, "seq", "cannot be combined"),
]
NOT_FOUND: list[tuple[str, Json, str]] = [
    ("update_action", {"action_id": 999, "title": "x"}, "For action_id, see find_actions."),
    ("read_plan", {"ogsm_canvas_id": 999}, "For ogsm_canvas_id, see read_plan without ogsm_canvas_id."),
    ("browse_workspace", {"workspace_id": 999, "part": "items"}, "For workspace_id, see get_context."),
    ("comment", {"activity_id": 999, "body": "x"}, "For activity_id, see list_my_work or browse_workspace."),
    ("get_object", {"kind": "user", "id": "No such user!"}, "For id, see find_people."),
    ("get_object", {"kind": "action", "id": "Grow"}, "For id, see find_actions."),
    ("delete", {"kind": "stack", "id": 999}, "For id, see browse_workspace with part=stacks."),
    ("undo", {"seq": 999}, "For seq, see list_changes."),
    ("undo", {"request_id": "x"}, "For request_id, see list_changes."),
]


@pytest.fixture
def agent(world: World) -> Agent:
    """Return an agent of the owner of the workspace."""
    return Agent(world.owner)


def test_the_list_of_tools_is_short(ada: httpx.Client) -> None:
    assert len(Agent(ada).post("tools/list").content) <= MOST_LIST_BYTES


def test_a_client_with_a_handshake_gets_the_same_tools_and_the_data_as_text(agent: Agent, world: World) -> None:
    headers = {"MCP-Protocol-Version": "2025-06-18"}
    listed = world.owner.post(PATH, json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, headers=headers)
    assert {tool["name"] for tool in listed.json()["result"]["tools"]} == set(agent.list_tools())
    params = {"name": "get_context", "arguments": {}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    result = world.owner.post(PATH, json=message, headers=headers).json()["result"]
    assert json_text.load(result["content"][0]["text"]) == result["structuredContent"] == agent.call("get_context")


@pytest.mark.parametrize(("tool", "arguments", "argument", "rule"), WRONG, ids=lambda value: str(value)[:40])
def test_a_wrong_argument_is_named_with_its_rule(
    agent: Agent, tool: str, arguments: Json, argument: str, rule: str
) -> None:
    refusal = agent.refusal(tool, **arguments)
    [error] = refusal["errors"]
    assert (refusal["status"], error["argument"]) == (422, argument)
    assert rule in error["rule"]


def test_all_wrong_arguments_are_named_at_once_with_the_arguments_that_there_are(agent: Agent) -> None:
    refusal = agent.refusal("create_activity", nam="x", priority="urgent")
    assert [error["argument"] for error in refusal["errors"]] == ["nam", "priority", "name"]
    assert refusal["hint"].startswith("Arguments of this tool, required: name; optional: description, priority,")


def test_null_means_that_an_argument_is_left_out_where_it_means_nothing_else(agent: Agent) -> None:
    assert agent.call("find_actions", q=None, overdue=None, cursor=None, limit=None) == {"actions": []}


@pytest.mark.parametrize(("tool", "arguments", "hint"), NOT_FOUND, ids=lambda value: str(value)[:40])
def test_an_id_that_does_not_exist_leads_to_the_tool_that_has_ids(
    agent: Agent, tool: str, arguments: Json, hint: str
) -> None:
    refusal = agent.refusal(tool, **arguments)
    assert refusal["status"] == 404
    assert hint in refusal["hint"]


def test_a_verb_that_does_not_fit_is_refused_with_those_that_do(agent: Agent, world: World) -> None:
    refusal = agent.refusal("act_on_activity", activity_id=world.item(), verb="pause")
    assert refusal["status"] == 409
    assert "It allows: play, finish, delegate, take_over, delete." in refusal["detail"]


def test_a_read_credential_reads_and_is_told_why_it_cannot_write(world: World) -> None:
    agent = Agent(world.clients["read credential"])
    assert agent.call("get_context")["may_write"] is False
    refusal = agent.refusal("create_action", title="x")
    assert (refusal["status"], refusal["hint"].partition(".")[0]) == (403, "The credential may only read")
    assert agent.call("find_actions") == {"actions": []}


@pytest.mark.parametrize("tool", ["get_object", "delete"])
def test_a_wrong_id_of_any_kind_is_refused_with_the_tool_that_lists_such_objects(
    agent: Agent, world: World, tool: str
) -> None:
    tools = agent.list_tools()
    for kind in tools[tool]["inputSchema"]["properties"]["kind"]["enum"]:
        place = {"workspace_id": world.workspace} if kind == "member" else {}
        refusal = agent.refusal(tool, kind=kind, id=999_999, **place)
        assert refusal["status"] == 404
        assert refusal["hint"].rpartition("For id, see ")[2].split()[0].rstrip(".") in tools, kind


def test_who_may_not_do_it_is_told_whom_to_ask(world: World) -> None:
    refusal = Agent(world.member).refusal("delete", kind="workspace", id=world.workspace)
    assert (refusal["status"], "Ask somebody who may" in refusal["hint"]) == (403, True)


def test_texts_of_agents_cannot_break_the_answer(agent: Agent) -> None:
    refusal = agent.refusal("find_actions", **{"\ud800": "\ud800", "a/b~c": "x"})
    assert [error["argument"] for error in refusal["errors"]] == ["?", "a/b~c"]


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Json]]:
    """Return a function that returns the lines of the access log."""
    monkeypatch.setattr(logging.getLogger("access"), "propagate", True)
    caplog.set_level(logging.INFO, logger="access")
    return lambda: [json_text.load(record.message) for record in caplog.records if record.name == "access"]


def test_a_call_is_one_line_in_the_log_and_its_cost_counts_all_requests(
    agent: Agent, world: World, logged: Callable[[], list[Json]]
) -> None:
    agent.call("find_actions")  # the first request of a day stores when the credential was used
    before = len(logged())
    world.owner.get("/api/v2/actions.json")
    world.owner.get("/api/session/context")
    agent.call("find_actions")
    agent.call("get_context")
    actions, session, find_actions, get_context = logged()[before:]
    assert {find_actions["route"], get_context["route"]} == {PATH}
    assert [line.get("tools") for line in (session, find_actions, get_context)] == [
        None,
        ["find_actions"],
        ["get_context"],
    ]
    assert find_actions["calls"] == actions["calls"]
    assert get_context["calls"] > session["calls"]
    assert get_context["rcu"] > session["rcu"]


def test_the_changes_of_a_call_have_the_request_id_of_its_answer(agent: Agent) -> None:
    answer = agent.post("tools/call", {"name": "create_action", "arguments": {"title": "x"}})
    assert answer.json()["result"]["structuredContent"]["request_id"] == answer.headers["x-request-id"]
