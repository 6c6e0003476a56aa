"""tools/call: from the parameters of a message to a call of its tool, and from the outcome to the result."""

from collections.abc import Mapping
from typing import Any

from chalicelib import errors
from chalicelib.json_text import JsonObject
from chalicelib.mcp import messages
from chalicelib.mcp.clients import ELICIT, NEEDED_CAPABILITIES, Client
from chalicelib.mcp.descriptions import describe_tool_result
from chalicelib.mcp.messages import RpcError
from chalicelib.mcp.tools import Elicitation, InputRequest, InputRequired, Tool, ToolCall, ToolResult
from chalicelib.mcp.transport import McpRequest

ANSWER = "answer"  # the name of the question of an Elicitation
ACTIONS = ("accept", "decline", "cancel")


def find_tool(tools: Mapping[str, Tool], params: JsonObject) -> Tool:
    """Return the tool that the parameters name. Raises RpcError."""
    name = params.get("name")
    tool = tools.get(name) if isinstance(name, str) else None
    if tool is None:
        raise RpcError(messages.INVALID_PARAMS, f"There is no tool {messages.show(name)}. tools/list has their names.")
    return tool


def call_tool(tool: Tool, params: JsonObject, client: Client, request: McpRequest) -> JsonObject:
    """Call a tool as the parameters say, and return its result.

    An error of the API becomes a result with this error, so that the model can read it. Raises RpcError, and errors of
    the StateSealer.
    """
    call = _read_call(tool, params, client, request)
    try:
        outcome = tool.run(call)
    except errors.Problem as problem:
        outcome = ToolResult(problem.detail, is_error=True)
    if isinstance(outcome, ToolResult):
        return describe_tool_result(outcome, client)
    required = _to_input_required(outcome) if isinstance(outcome, Elicitation) else outcome
    described = _describe_input_required(required, client)
    if required.state is not None:
        described["requestState"] = request.states.seal(required.state, _bound_to(tool, call.arguments))
    return described


def _read_call(tool: Tool, params: JsonObject, client: Client, request: McpRequest) -> ToolCall:
    arguments, responses = _read_object(params, "arguments"), _read_object(params, "inputResponses")
    state = None
    if (sealed := params.get("requestState")) is not None:
        if not isinstance(sealed, str):
            raise RpcError(messages.INVALID_PARAMS, "requestState must be a string.")
        state = request.states.unseal(sealed, _bound_to(tool, arguments))
    answer = _read_answer(responses) if state is not None else None
    return ToolCall(arguments, request.context, client.supports(ELICIT), answer, state, responses)


def _read_object(params: JsonObject, name: str) -> JsonObject:
    value = params.get(name)
    if value is not None and not isinstance(value, dict):
        raise RpcError(messages.INVALID_PARAMS, f"{name} must be an object.")
    return value or {}


def _read_answer(responses: JsonObject) -> Mapping[str, Any] | None:
    """Return what the user has answered to an Elicitation, or None if it is no answer."""
    answer = responses.get(ANSWER)
    if not isinstance(answer, dict) or answer.get("action") not in ACTIONS:
        return None
    return answer if isinstance(answer.get("content", {}), dict) else None


def _bound_to(tool: Tool, arguments: JsonObject) -> object:
    """Return what a state is signed for: the same call."""
    return [tool.name, arguments]


def _to_input_required(question: Elicitation) -> InputRequired:
    params = {"mode": "form", "message": question.message, "requestedSchema": question.schema}
    return InputRequired({ANSWER: InputRequest(ELICIT, params)}, question.state)


def _describe_input_required(required: InputRequired, client: Client) -> JsonObject:
    """Return the requests that the client can carry out. Raises RpcError if there are none."""
    possible = {name: one for name, one in required.requests.items() if client.supports(one.method)}
    if not possible:
        needed: JsonObject = {NEEDED_CAPABILITIES[one.method]: {} for one in required.requests.values()}
        text = f"This tool needs a client with the capability {' or '.join(needed)}."
        raise RpcError(messages.MISSING_CAPABILITY, text, {"requiredCapabilities": needed})
    described = {name: {"method": one.method, "params": one.params} for name, one in possible.items()}
    return {"resultType": "input_required", "inputRequests": described}
