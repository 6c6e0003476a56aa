"""Talk to an MCP server with version 2 of the official Python client.

Each line of standard input is a task: {url, authorization, mode, answer, calls}. Its results are printed on one line.
`mode` is how the client chooses the protocol's version, `answer` what a user says who is asked something: accept,
decline or, for a client that cannot ask, null. `calls` are names of tools with arguments.
"""

import asyncio
import json
import sys
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult

Json = dict[str, Any]
PATIENCE = 60  # seconds for a task


async def talk(task: Json) -> Json:
    """Carry out a task and return the version of the protocol, the tools, the questions and the results."""
    questions: list[str] = []

    async def ask(_: Any, parameters: Any) -> ElicitResult:
        questions.append(parameters.message)
        return ElicitResult(action=task["answer"], content={})

    async with httpx2.AsyncClient(headers={"Authorization": task["authorization"]}) as http:
        transport = streamable_http_client(task["url"], http_client=http)
        async with Client(transport, mode=task["mode"], elicitation_callback=ask if task["answer"] else None) as client:
            tools = [tool.model_dump(mode="json") for tool in (await client.list_tools()).tools]
            results = [await call(client, *one) for one in task["calls"]]
            version = client.session.protocol_version
    return {"version": version, "tools": tools, "questions": questions, "results": results}


async def call(client: Client, name: str, arguments: Json) -> Json:
    """Call a tool and return its result."""
    result = await client.call_tool(name, arguments)
    text = "".join(getattr(part, "text", "") for part in result.content)
    return {"is_error": result.is_error, "structured": result.structured_content, "text": text}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(asyncio.run(asyncio.wait_for(talk(json.loads(line)), PATIENCE))), flush=True)
