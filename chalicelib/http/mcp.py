"""The HTTP side of the Model Context Protocol: how a request reaches the server of it, and how errors are reported."""

from collections.abc import Sequence

from chalicelib import json_text
from chalicelib.domain.access import Caller
from chalicelib.errors import Problem
from chalicelib.http import bodies, log, signed_states
from chalicelib.http.request import ApiRequest, raw_body
from chalicelib.http.response import ApiResponse
from chalicelib.json_text import JsonObject
from chalicelib.mcp import messages
from chalicelib.mcp.server import Server, ServerInfo
from chalicelib.mcp.tools import Tool
from chalicelib.mcp.transport import McpRequest

PURPOSE = "tool"  # of signed states


class SignedStates:
    """Signs the states of tools for the caller of a request. It is a StateSealer of chalicelib.mcp.transport."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def seal(self, state: JsonObject, bound_to: object) -> str:
        """Return the state as text that only the caller can give back, for five minutes. Raises errors.Forbidden."""
        return signed_states.sign(self._caller, PURPOSE, state, bound_to)

    def unseal(self, text: str, bound_to: object) -> JsonObject:
        """Return the state in a text. Raises as signed_states.read."""
        return signed_states.read(self._caller, PURPOSE, text, bound_to)


def answer_messages(request: ApiRequest, info: ServerInfo, tools: Sequence[Tool]) -> ApiResponse:
    """Answer the message in the body of a request, or the batch of messages. Raises errors.TooLarge.

    The access log names the tools that were called.
    """
    body = raw_body(request.raw)
    bodies.require_allowed_size(len(body))
    called: list[str] = []
    server = Server(info, tools, lambda: log.write_exception(request.request_id), called.append)
    answer = server.answer(McpRequest(request.raw.headers, body, request, SignedStates(request.caller)))
    return ApiResponse(answer.text, answer.status, log_fields={"tools": called} if called else {})


def format_error(problem: Problem) -> ApiResponse:
    """Return an error that concerns the whole request as an error of JSON-RPC, which names no message."""
    code = messages.INVALID_REQUEST if problem.status < 500 else messages.INTERNAL_ERROR
    described = messages.describe_error(None, messages.RpcError(code, problem.detail))
    return ApiResponse(json_text.dump_sendable(described), problem.status, problem.headers)
