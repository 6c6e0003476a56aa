"""An agent of somebody, which knows the service by its tools alone."""

import json
from typing import Any

import httpx

from tests.support.mcp_messages import modern

Json = dict[str, Any]

PATH = "/mcp"


class Agent:
    """A client of the Model Context Protocol. If it `can_elicit`, it can put a question to its user."""

    def __init__(self, client: httpx.Client, *, can_elicit: bool = False) -> None:
        self._client = client
        self._capabilities: Json = {"elicitation": {}} if can_elicit else {}

    def post(self, method: str, params: Json | None = None) -> httpx.Response:
        """Send a message, and return the answer."""
        headers, body = modern(method, params, capabilities=self._capabilities)
        return self._client.post(PATH, content=json.dumps(body), headers=headers)

    def list_tools(self) -> dict[str, Json]:
        """Return the tools by name."""
        answer = self.post("tools/list")
        assert answer.status_code == 200, answer.text
        return {tool["name"]: tool for tool in answer.json()["result"]["tools"]}

    def send(self, tool: str, arguments: Json, **more: Any) -> Json:
        """Call a tool, and return the result."""
        answer = self.post("tools/call", {"name": tool, "arguments": arguments} | more)
        assert answer.status_code == 200, answer.text
        result: Json = answer.json()["result"]
        return result

    def call(self, tool: str, /, **arguments: Any) -> Json:
        """Call a tool that succeeds, and return its data."""
        result = self.send(tool, arguments)
        assert not result.get("isError"), result
        data: Json = result["structuredContent"]
        return data

    def refusal(self, tool: str, /, **arguments: Any) -> Json:
        """Call a tool that refuses, and return its data."""
        result = self.send(tool, arguments)
        assert result.get("isError"), result
        data: Json = result["structuredContent"]
        return data

    def confirm(self, tool: str, /, **arguments: Any) -> Json:
        """Call a tool that shows first what it would do, call it again with the token, and return its data."""
        shown = self.call(tool, **arguments)
        assert shown["done"] is False
        return self.call(tool, **arguments, confirm_token=shown["confirm_token"])

    def reply(self, tool: str, arguments: Json, question: Json, action: str) -> Json:
        """Call a tool again with what the user has answered to its question, and return the result."""
        responses = {name: {"action": action, "content": {}} for name in question["inputRequests"]}
        return self.send(tool, arguments, inputResponses=responses, requestState=question["requestState"])
