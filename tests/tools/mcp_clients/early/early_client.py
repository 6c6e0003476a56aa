"""Talk to an MCP server with version 1 of the official Python client.

Each line of standard input is a task: {url, authorization, calls}. Its results are printed on one line. `calls` are
names of tools with arguments.
"""

import asyncio
import json
import sys
from typing import Any

from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

Json = dict[str, Any]
PATIENCE = 60  # seconds for a task


async def talk(task: Json) -> Json:
    """Carry out a task and return the version of the protocol, the tools and the results."""
    headers = {"Authorization": task["authorization"]}
    async with (
        streamablehttp_client(task["url"], headers=headers) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        version = (await session.initialize()).protocolVersion
        tools = [tool.model_dump(mode="json") for tool in (await session.list_tools()).tools]
        results = [await call(session, *one) for one in task["calls"]]
    return {"version": version, "tools": tools, "results": results}


async def call(session: ClientSession, name: str, arguments: Json) -> Json:
    """Call a tool and return its result. The early versions do not know structured results."""
    result = await session.call_tool(name, arguments)
    text = "".join(getattr(part, "text", "") for part in result.content)
    return {"is_error": result.isError, "structured": getattr(result, "structuredContent", None), "text": text}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(asyncio.run(asyncio.wait_for(talk(json.loads(line)), PATIENCE))), flush=True)
