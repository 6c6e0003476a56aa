"""A server of the protocol: one stateless POST, with plain JSON answers and neither sessions nor streams."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from chalicelib import errors, json_text
from chalicelib.json_text import JsonObject
from chalicelib.mcp import calls, headers, messages, versions
from chalicelib.mcp.clients import Client
from chalicelib.mcp.descriptions import describe_tool
from chalicelib.mcp.messages import RpcError, RpcRequest
from chalicelib.mcp.tools import Tool
from chalicelib.mcp.transport import McpAnswer, McpRequest

MAX_BATCH = 20  # messages
CACHE = {"ttlMs": 300_000, "cacheScope": "private"}  # for how long clients may keep what the server offers
CAPABILITIES: JsonObject = {"tools": {}}
SERVER_INFO = f"{headers.META_PREFIX}serverInfo"

# Legacy clients read errors only in answers with the status 200. What is no message at all is refused in any version.
ALWAYS_REFUSED = (messages.PARSE_ERROR, messages.INVALID_REQUEST)
MODERN_STATUSES = {messages.METHOD_NOT_FOUND: 404, messages.INTERNAL_ERROR: 500}


class ServerInfo(NamedTuple):
    """The name, title and version of a server. Its `instructions` tell a model what the tools are for."""

    name: str
    title: str
    version: str
    instructions: str


class Server:
    """The tools that clients can list and call.

    `report_failure` is called while an exception is handled that no tool should raise. It is to write the log.
    `report_call` is called with the name of each tool before it is called.
    """

    def __init__(
        self,
        info: ServerInfo,
        tools: Sequence[Tool],
        report_failure: Callable[[], None],
        report_call: Callable[[str], None],
    ) -> None:
        self._info = {"name": info.name, "title": info.title, "version": info.version}
        self._instructions = info.instructions
        self._tools = {tool.name: tool for tool in tools}
        self._report_failure = report_failure
        self._report_call = report_call

    def answer(self, request: McpRequest) -> McpAnswer:
        """Answer a POST request with one message, or with a batch of them."""
        try:
            content = messages.parse_body(request.body)
            if isinstance(content, list):
                return self._answer_batch(content, request)
        except RpcError as error:
            return McpAnswer(400, json_text.dump_sendable(messages.describe_error(None, error)))
        status, answer = self._answer_message(content, request)
        return McpAnswer(status, "" if answer is None else json_text.dump_sendable(answer))

    def _answer_batch(self, batch: list[Any], request: McpRequest) -> McpAnswer:
        """Answer the messages of a batch, of which notifications get no answer. Raises RpcError."""
        if headers.read_version(request.headers) not in (None, versions.WITH_BATCHES):
            raise RpcError(messages.INVALID_REQUEST, "This version has no batches. Send one message in each request.")
        if not 1 <= len(batch) <= MAX_BATCH:
            text = f"A batch must have 1 to {MAX_BATCH} messages. This one has {len(batch)}."
            raise RpcError(messages.INVALID_REQUEST, text)
        if any(isinstance(message, dict) and message.get("method") == "initialize" for message in batch):
            raise RpcError(messages.INVALID_REQUEST, "initialize must not be part of a batch.")
        answers = [answer for _, answer in (self._answer_message(message, request) for message in batch) if answer]
        return McpAnswer(200, json_text.dump_sendable(answers)) if answers else McpAnswer(202)

    def _answer_message(self, message: object, request: McpRequest) -> tuple[int, JsonObject | None]:
        """Return the status and the answer to a message, which is None for a notification or a response."""
        is_modern = headers.is_modern(request.headers, message)
        try:
            rpc = messages.read_request(message)
            if rpc is None:
                return 202, None
            result = self._answer_modern(rpc, request) if is_modern else self._answer_legacy(rpc, request)
            return 200, messages.describe_result(rpc.id, result)
        except Exception as exception:  # one message must not take the answers of the others of its batch with it
            error = self._to_rpc_error(exception)
            status = MODERN_STATUSES.get(error.code, 400) if is_modern or error.code in ALWAYS_REFUSED else 200
            return status, messages.describe_error(messages.find_id(message), error)

    def _to_rpc_error(self, exception: Exception) -> RpcError:
        if isinstance(exception, RpcError):
            return exception
        if isinstance(exception, errors.Problem) and exception.status < 500:
            return RpcError(messages.INVALID_PARAMS, exception.detail)
        self._report_failure()
        return RpcError(messages.INTERNAL_ERROR, "An internal error occurred. The log has details about it.")

    def _answer_modern(self, rpc: RpcRequest, request: McpRequest) -> JsonObject:
        client = Client(versions.MODERN, headers.require_modern(request.headers, rpc))
        if rpc.method == "server/discover":
            supported = {"supportedVersions": list(versions.SUPPORTED), "capabilities": CAPABILITIES}
            result = supported | {"instructions": self._instructions} | CACHE
        else:
            result = self._answer_any(rpc, client, request)
            result |= CACHE if rpc.method == "tools/list" else {}
        return {"resultType": "complete"} | result | {"_meta": {SERVER_INFO: self._info}}

    def _answer_legacy(self, rpc: RpcRequest, request: McpRequest) -> JsonObject:
        if rpc.method == "initialize":
            version = versions.choose_version(rpc.params.get("protocolVersion"))
            offered = {"protocolVersion": version, "capabilities": CAPABILITIES, "serverInfo": self._info}
            return offered | {"instructions": self._instructions}
        if rpc.method == "ping":
            return {}
        version = headers.read_version(request.headers) or versions.WITHOUT_HEADER
        return self._answer_any(rpc, Client(version, {}), request)

    def _answer_any(self, rpc: RpcRequest, client: Client, request: McpRequest) -> JsonObject:
        """Answer what all versions have."""
        if rpc.method == "tools/list":
            return self._list_tools(rpc.params)
        if rpc.method == "tools/call":
            tool = calls.find_tool(self._tools, rpc.params)
            self._report_call(tool.name)
            return calls.call_tool(tool, rpc.params, client, request)
        raise RpcError(messages.METHOD_NOT_FOUND, f"There is no method {messages.show(rpc.method)}.")

    def _list_tools(self, params: JsonObject) -> JsonObject:
        """Return all tools in their order. They fit on one page, so there is no cursor that could be right."""
        if params.get("cursor") is not None:
            raise RpcError(messages.INVALID_PARAMS, "There is no such cursor: tools/list has one page.")
        return {"tools": [describe_tool(tool) for tool in self._tools.values()]}
