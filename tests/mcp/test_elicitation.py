"""Questions to the user of a client: a first call that asks, and a second one with the answer and the state."""

from typing import Any

import pytest

from tests.support.mcp_messages import Answered, CoreServer
from tests.support.mcp_tools import BOOLEAN, CONFORMANCE_TOOLS

Json = dict[str, Any]

INVALID_PARAMS, MISSING_CAPABILITY = -32602, -32021
FORMS: Json = {"elicitation": {}}
DELETE = {"name": "delete", "arguments": {"id": 7}}
YES = {"action": "accept", "content": {"sure": True}}


def ask(core: CoreServer, capabilities: Json | None = None) -> Answered:
    return core.send_modern("tools/call", DELETE, capabilities=FORMS if capabilities is None else capabilities)


def reply(core: CoreServer, answer: object, **changed: Any) -> Answered:
    """Call the tool again with an answer of the user, and with the state unless it is changed."""
    asked = {"inputResponses": {"answer": answer}, "requestState": ask(core).result["requestState"]}
    params = {name: value for name, value in (DELETE | asked | changed).items() if value is not None}
    return core.send_modern("tools/call", params, capabilities=FORMS)


def test_a_tool_asks_the_user_by_a_form(core: CoreServer) -> None:
    result = ask(core).result
    assert result["resultType"] == "input_required"
    schema = {"type": "object", "properties": {"sure": BOOLEAN}, "required": ["sure"]}
    params = {"mode": "form", "message": "Delete 7?", "requestedSchema": schema}
    assert result["inputRequests"] == {"answer": {"method": "elicitation/create", "params": params}}
    assert isinstance(result["requestState"], str)
    assert "content" not in result


def test_the_answer_and_the_state_reach_the_tool(core: CoreServer) -> None:
    result = reply(core, YES).result
    assert (result["resultType"], result["content"][0]["text"]) == ("complete", "Deleted in version 3.")


@pytest.mark.parametrize("answer", [{"action": "decline"}, {"action": "cancel"}, {"action": "accept"}])
def test_a_user_can_say_no(core: CoreServer, answer: Json) -> None:
    assert reply(core, answer).result["content"][0]["text"] == "The user said no."


@pytest.mark.parametrize("answer", [5, [], {}, {"action": "maybe"}, {"action": ["accept"]}, YES | {"content": 5}, "x"])
def test_the_tool_asks_again_if_the_answer_is_none(core: CoreServer, answer: object) -> None:
    assert reply(core, answer).result["resultType"] == "input_required"


def test_an_answer_without_its_state_is_none(core: CoreServer) -> None:
    assert reply(core, YES, requestState=None).result["resultType"] == "input_required"


@pytest.mark.parametrize("changed", [{"arguments": {"id": 8}}, {"arguments": {}}, {"name": "echo"}])
def test_a_state_belongs_to_one_call(core: CoreServer, changed: Json) -> None:
    answer = reply(core, YES, **changed)
    assert (answer.status, answer.error["code"]) == (400, INVALID_PARAMS)
    assert "not made for this request" in answer.error["message"]


@pytest.mark.parametrize(
    ("changed", "name"),
    [({"requestState": 5}, "requestState"), ({"inputResponses": []}, "inputResponses")],
)
def test_malformed_replies_are_refused(core: CoreServer, changed: Json, name: str) -> None:
    answer = reply(core, YES, **changed)
    assert (answer.status, answer.error["code"]) == (400, INVALID_PARAMS)
    assert name in answer.error["message"]


@pytest.mark.parametrize(
    ("capabilities", "can_elicit"),
    [
        ({"elicitation": {}}, True),
        ({"elicitation": {"form": {}}}, True),
        ({"elicitation": {"form": {}, "url": {}}}, True),
        ({"elicitation": {"url": {}}}, False),
        ({"elicitation": True}, False),
        ({"sampling": {}}, False),
        ({}, False),
    ],
)
def test_a_tool_knows_whether_the_client_has_forms(core: CoreServer, capabilities: Json, can_elicit: bool) -> None:
    result = ask(core, capabilities).result
    assert (result["resultType"] == "input_required") == can_elicit
    assert ("confirm_token" in str(result)) != can_elicit


def test_legacy_clients_cannot_be_asked(core: CoreServer) -> None:
    assert "confirm_token" in core.send_legacy("tools/call", DELETE).result["content"][0]["text"]


def send_to(suffix: str, capabilities: Json, **params: Any) -> Answered:
    """Call one of the tools that send any requests to the client."""
    call = {"name": f"test_input_required_result_{suffix}"} | params
    return CoreServer(CONFORMANCE_TOOLS).send_modern("tools/call", call, capabilities=capabilities)


def test_several_requests_are_sent_at_once_if_the_client_carries_them_out() -> None:
    everything: Json = {"elicitation": {}, "sampling": {}, "roots": {}}
    for capabilities, names in (
        (everything, {"user_name", "greeting", "client_roots"}),
        ({"sampling": {}}, {"greeting"}),
        ({"roots": {"listChanged": True}}, {"client_roots"}),
    ):
        result = send_to("multiple_inputs", capabilities).result
        assert result["inputRequests"].keys() == names


@pytest.mark.parametrize(
    ("suffix", "needed"), [("sampling", {"sampling": {}}), ("capabilities", {"elicitation": {}, "sampling": {}})]
)
def test_a_client_that_carries_out_none_of_them_learns_what_it_lacks(suffix: str, needed: Json) -> None:
    answer = send_to(suffix, {"roots": {}})
    assert (answer.status, answer.error["code"]) == (400, MISSING_CAPABILITY)
    assert answer.error["data"] == {"requiredCapabilities": needed}


def test_without_a_state_the_responses_alone_come_back() -> None:
    assert "requestState" not in send_to("elicitation", FORMS).result
    response = {"action": "accept", "content": {"name": "Ada"}}
    result = send_to("elicitation", FORMS, inputResponses={"user_name": response}).result
    assert result["content"] == [{"type": "text", "text": "Hello, Ada!"}]


def test_a_tool_can_ask_more_than_once() -> None:
    first = send_to("multi_round", FORMS).result
    answered = {"action": "accept", "content": {}}
    second = send_to(
        "multi_round", FORMS, inputResponses={"step1": answered}, requestState=first["requestState"]
    ).result
    assert second["inputRequests"].keys() == {"step2"}
    last = send_to("multi_round", FORMS, inputResponses={"step2": answered}, requestState=second["requestState"])
    assert last.result["content"][0]["text"] == "done"
