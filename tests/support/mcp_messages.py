"""Messages of the protocol, as clients of each version send them, and a server without HTTP to send them to."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib import errors, json_text
from chalicelib.mcp.server import Server, ServerInfo
from chalicelib.mcp.tools import Tool
from chalicelib.mcp.transport import McpRequest
from tests.support.mcp_tools import TOOLS

Json = dict[str, Any]

MODERN = "2026-07-28"
META = "io.modelcontextprotocol/"
INFO = ServerInfo("tests", "Tests", "1.2.3", "Only for tests.")


def message(method: str, params: Json | None = None, rpc_id: Any = 1) -> Json:
    """Return a request of JSON-RPC."""
    return {"jsonrpc": "2.0", "id": rpc_id, "method": method, "params": params or {}}


def modern(method: str, params: Json | None = None, *, capabilities: Json | None = None) -> tuple[Json, Json]:
    """Return the headers and the body of a request in the modern version."""
    meta = {f"{META}protocolVersion": MODERN, f"{META}clientCapabilities": capabilities or {}}
    headers = {"mcp-protocol-version": MODERN, "mcp-method": method}
    if method == "tools/call" and params:
        headers["mcp-name"] = params["name"]
    return headers, message(method, {"_meta": meta} | (params or {}))


@dataclass
class Answered:
    """An HTTP answer, with its body parsed."""

    status: int
    body: Any

    @property
    def error(self) -> Json:
        assert "result" not in self.body
        error: Json = self.body["error"]
        assert set(error) <= {"code", "message", "data"}
        assert error["message"].endswith(".")
        return error

    @property
    def result(self) -> Json:
        assert self.status == 200, self.body
        assert "error" not in self.body
        result: Json = self.body["result"]
        return result


class UnsignedStates:
    """States as readable text, which still belong to one call."""

    def seal(self, state: Json, bound_to: object) -> str:
        return base64.b64encode(json_text.dump_sorted([state, bound_to]).encode()).decode()

    def unseal(self, text: str, bound_to: object) -> Json:
        state, was_bound_to = json.loads(base64.b64decode(text))
        if was_bound_to != bound_to:
            raise errors.WrongState("This state was not made for this request.")
        found: Json = state
        return found


@dataclass
class CoreServer:
    """A server with some tools, and what it has reported: failures, and the names of called tools."""

    tools: Sequence[Tool] = tuple(TOOLS)
    failures: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = Server(INFO, self.tools, lambda: self.failures.append("failed"), self.called.append)

    def send(self, body: object, headers: Json | None = None) -> Answered:
        """Send a body, which may be bytes, and return the answer."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self._server.answer(McpRequest(headers or {}, content, "context", UnsignedStates()))
        return Answered(answer.status, json.loads(answer.text) if answer.text else None)

    def send_modern(self, method: str, params: Json | None = None, **more: Any) -> Answered:
        headers, body = modern(method, params, **more)
        return self.send(body, headers)

    def send_legacy(self, method: str, params: Json | None = None, version: str | None = "2025-11-25") -> Answered:
        headers = {"mcp-protocol-version": version} if version else {}
        return self.send(message(method, params), headers)
